//! The database of a demo: which one, whether it is one, and filling it once.

use std::path::{Path, PathBuf};

use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, Url};
use crate::error::{Error, Result};
use crate::ids::IdSource;
use crate::organization::setup::is_used;

use super::company;
use super::store::{self, Made};

/// Where a demo keeps its data when nobody says.
const DEFAULT_URL: &str = "sqlite://evenbar-demo/evenbar.sqlite3";
/// Where its mails go then.
const DEFAULT_MAILS: &str = "evenbar-demo/mail";

/// Why there is no demo.
type Refusal = Box<dyn std::error::Error + Send + Sync>;

/// The settings of a demo, whose database is there and filled when this returns.
///
/// # Errors
/// A listen address that others can reach, and what [`seed`] says.
pub fn prepare(settings: Settings) -> std::result::Result<Settings, Refusal> {
    let settings = of_demo(settings);
    if !settings.listen.ip().is_loopback() {
        let reason = "everybody who reaches a demo can sign in as anybody; listen on the loopback";
        return Err(format!("{} is refused: {reason}", settings.listen).into());
    }
    seed(&settings)?;
    Ok(settings)
}

/// Fills the database of these settings with the sample company and says what was made; `None` when
/// the company is there already.
///
/// # Errors
/// PostgreSQL, a database that is in use, and whatever fails while the sample company is made.
pub fn seed(settings: &Settings) -> std::result::Result<Option<Made>, Refusal> {
    let Url::Sqlite(path) = settings.url()? else {
        return Err("a demo keeps its data in a SQLite file of its own, not in PostgreSQL".into());
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = beside(&path, ".unfinished");
    if is_filled(settings)? {
        if !unfinished.exists() {
            return Ok(None);
        }
        // An earlier start was interrupted; what it left is half a company, and ours.
        remove(&path)?;
        is_filled(settings)?;
    }
    std::fs::write(&unfinished, b"")?;
    let made = fill(settings)?;
    std::fs::remove_file(&unfinished)?;
    Ok(Some(made))
}

/// A demo never touches what a real start would use.
pub fn of_demo(settings: Settings) -> Settings {
    let usual = Settings::default();
    let mut settings = settings;
    if settings.database_url == usual.database_url {
        DEFAULT_URL.clone_into(&mut settings.database_url);
    }
    if settings.mail_folder == usual.mail_folder {
        settings.mail_folder = PathBuf::from(DEFAULT_MAILS);
    }
    // Nothing leaves a demo.
    settings.smtp_host = None;
    settings
}

/// Whether the organization in this database was founded as sample data.
pub fn is_demo(db: &Db) -> Result<bool> {
    db.read_here(|conn| Ok(store::founding_origin(conn)?.as_deref() == Some("seed")))
}

/// Whether the sample company is there. A database that holds something else is refused.
fn is_filled(settings: &Settings) -> std::result::Result<bool, Refusal> {
    let url = settings.url()?;
    let db = Db::open(&url, settings.limits(), Clock::system(), IdSource::random())?;
    crate::db::migrate(&mut db.connect()?)?;
    if is_demo(&db)? {
        return Ok(true);
    }
    if db.read_here(is_used)? {
        return Err(
            format!("{} is no demo's database; it is left alone", settings.database_url).into()
        );
    }
    Ok(false)
}

fn fill(settings: &Settings) -> std::result::Result<Made, Refusal> {
    let started = std::time::Instant::now();
    let clock = Clock::manual(Clock::system().now());
    let db = Db::open(&settings.url()?, settings.limits(), clock.clone(), IdSource::random())?;
    actix_web::rt::System::new().block_on(company::make(&db, &clock, settings))?;
    tracing::info!(seconds = started.elapsed().as_secs_f64(), "The sample company was made.");
    Ok(db.read_here(|conn| Ok(store::made(conn)?))?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> std::result::Result<(), Error> {
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::internal(error.to_string())),
        }
    }
    Ok(())
}
