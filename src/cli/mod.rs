//! The commands of the binary.

mod admin;
mod import;
mod loops;
mod rubrics;
mod serve;

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

use crate::attachments::text;
use crate::clock::Clock;
use crate::config::{Flags, LogFormat, Settings};
use crate::crowd;
use crate::db::{Db, Url};
use crate::demo;
use crate::error::Error;
use crate::http::openapi;
use crate::ids::IdSource;

/// A self-hosted hiring-pipeline and interview-scorecard service.
#[derive(Debug, Parser)]
#[command(name = "evenbar", version, about)]
struct Cli {
    /// A TOML file of settings.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// `sqlite://PATH` or `postgres://…`
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service (what a bare `evenbar` does).
    Serve(ServeArgs),
    /// Apply the migrations that are missing.
    Migrate,
    /// Fill an empty database with the sample company that `serve --demo` shows, or with a crowd to measure by.
    Seed(SeedArgs),
    /// Bring another system's account in, or descriptions of jobs.
    #[command(subcommand)]
    Import(import::Command),
    /// Take loop templates out as files, and bring them in.
    #[command(subcommand)]
    Loops(loops::Command),
    /// Take rubrics out as files, and bring them in.
    #[command(subcommand)]
    Rubrics(rubrics::Command),
    /// Print the OpenAPI document.
    Openapi,
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Read the text of a file from standard input, with few rights; the service starts it.
    #[command(hide = true)]
    ExtractText {
        /// What the file was recognized as.
        media_type: String,
    },
    /// Look after the deployment.
    #[command(subcommand)]
    Admin(admin::Command),
}

/// How to serve.
#[derive(Debug, Default, Args)]
struct ServeArgs {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where people reach this service.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Sample company, one-click sign-in, a readable mailbox; loopback only, a database of its own.
    #[arg(long)]
    demo: bool,
}

/// What to fill a database with.
#[derive(Debug, Args)]
struct SeedArgs {
    /// A crowd of so many made-up applications instead of the sample company.
    #[arg(long, value_name = "COUNT")]
    applications: Option<u32>,
    /// Applications of a crowd for each of its jobs.
    #[arg(long, value_name = "COUNT", requires = "applications", default_value_t = crowd::PER_JOB)]
    per_job: u32,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check the settings and the database, and print the settings without secrets.
    Check,
}

/// Why a command ended badly.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Some(Command::ExtractText { media_type }) = &cli.command {
        return text::child::run(media_type);
    }
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut out = std::io::stderr().lock();
            let mut cause: Option<&dyn std::error::Error> = Some(&*error);
            while let Some(error) = cause {
                // Nothing better can be done when standard error is closed.
                drop(writeln!(out, "evenbar: {error}"));
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> Result<(), Failure> {
    let command = cli.command.unwrap_or_else(|| Command::Serve(ServeArgs::default()));
    let mut flags = Flags { database_url: cli.database_url, ..Flags::default() };
    if let Command::Serve(args) = &command {
        flags.listen = args.listen;
        flags.public_url.clone_from(&args.public_url);
    }
    if let Command::Openapi = command {
        return Ok(write!(std::io::stdout(), "{}", openapi::as_json()?)?);
    }
    let settings = Settings::read(cli.config.as_deref(), &flags)?;
    match command {
        Command::Serve(args) => {
            start_log(&settings)?;
            serve::serve(settings, args.demo)
        }
        Command::Migrate => {
            let db = open(&settings)?;
            for name in crate::db::migrate(&mut db.connect()?)? {
                writeln!(std::io::stdout(), "applied {name}")?;
            }
            Ok(())
        }
        Command::Seed(SeedArgs { applications: None, .. }) => seed(settings),
        Command::Seed(SeedArgs { applications: Some(count), per_job }) => {
            seed_crowd(&settings, count, per_job)
        }
        Command::Config(ConfigCommand::Check) => check(&settings),
        Command::Import(command) => import::run(&settings, command),
        Command::Loops(command) => loops::run(&settings, command),
        Command::Rubrics(command) => rubrics::run(&settings, command),
        Command::Admin(command) => admin::run(&settings, command),
        Command::Openapi | Command::ExtractText { .. } => Ok(()),
    }
}

/// Opens the database of the settings; makes the folder of a SQLite file, for its owner alone.
fn open(settings: &Settings) -> Result<Db, Failure> {
    let url = settings.url()?;
    if let Url::Sqlite(path) = &url {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), make_private_folder)?;
    }
    Ok(Db::open(&url, settings.limits(), Clock::system(), IdSource::random())?)
}

fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens the database and applies what is missing.
fn open_migrated(settings: &Settings) -> Result<Db, Failure> {
    let db = open(settings)?;
    for name in crate::db::migrate(&mut db.connect()?)? {
        tracing::info!(migration = name, "A migration was applied.");
    }
    Ok(db)
}

/// Makes the sample company where there is nothing yet.
fn seed(settings: Settings) -> Result<(), Failure> {
    let settings = demo::of_demo(settings);
    let url = &settings.database_url;
    let mut out = std::io::stdout();
    let Some(made) = demo::seed(&settings)? else {
        writeln!(out, "{url} holds the sample company already; there is nothing to do.")?;
        return Ok(());
    };
    let demo::Made { people, jobs, candidates, events } = made;
    writeln!(
        out,
        "{url} now holds the sample company: {people} people, {jobs} jobs, {candidates} candidates, \
         {events} events. Look at it with serve --demo."
    )?;
    Ok(())
}

/// Makes a crowd in an empty database.
fn seed_crowd(settings: &Settings, count: u32, per_job: u32) -> Result<(), Failure> {
    let db = open_migrated(settings)?;
    let bar = progress_bar("{bar:40} {pos}/{len} applications, {eta} left")?;
    bar.set_length(count.into());
    let made = crowd::make(&db, count, per_job, &|done| bar.set_position(done.into()));
    bar.finish_and_clear();
    let crowd::Made { jobs, applications, moves } = made?;
    writeln!(
        std::io::stdout(),
        "{applications} applications with {moves} stage changes for {jobs} jobs. Whoever has a token sees them: \
         evenbar admin token --email {} (or owner@crowd.invalid).",
        crowd::recruiter_email(1)
    )?;
    Ok(())
}

/// A bar on standard error, where somebody looks at it.
fn progress_bar(template: &str) -> Result<ProgressBar, Failure> {
    let bar =
        if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template(template)?);
    Ok(bar)
}

fn check(settings: &Settings) -> Result<(), Failure> {
    let db = open(settings)?;
    let current = crate::db::is_current(&mut db.connect()?)?;
    let mut shown = serde_json::to_value(settings)?;
    if let (Url::Postgres(_), Some(fields)) = (settings.url()?, shown.as_object_mut()) {
        fields.insert("database_url".to_owned(), "postgres://… (not shown)".into());
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
    if let Some(provider) = settings.sign_in()?.provider {
        provider.try_out(Clock::system().now())?;
        writeln!(out, "{} answers, with its keys.", provider.name())?;
    }
    if !current {
        return Err(Error::unavailable("migrations are missing; run evenbar migrate").into());
    }
    writeln!(out, "The settings can be used, and the database is up to date.")?;
    Ok(())
}

fn start_log(settings: &Settings) -> Result<(), Failure> {
    let mut filter = EnvFilter::try_new(&settings.log_filter)?;
    // At their finest levels these write out what goes over the wire, headers and addresses included.
    for library in ["actix_http=info", "actix_web=info", "lettre=info", "rustls=info"] {
        filter = filter.add_directive(library.parse()?);
    }
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, reason = written_reason(panic.payload()), "Something panicked.");
    }));
    Ok(())
}

/// Why something panicked, if the reason stands in the source as it is. One that was put together at
/// run time may quote what it was about, which is nobody's business in a log.
fn written_reason(payload: &(dyn std::any::Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_quotes_somebody_is_logged_without_its_words() {
        let caught = |payload: Box<dyn std::any::Any + Send>| written_reason(&*payload);
        assert_eq!(caught(Box::new("the lock is poisoned")), Some("the lock is poisoned"));
        let quoting = std::panic::catch_unwind(|| "Zoë".split_at(3).0.len());
        assert_eq!(caught(quoting.unwrap_err()), None);
    }
}
