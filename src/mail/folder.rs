//! A mailbox that is a folder: one `.eml` file per mail, which any mail program opens.
//!
//! `20270328T010203000000Z-scorecard_due-<message id>.eml`: the instant of the first attempt sorts
//! the files, the id makes a second attempt overwrite the first. Mails carry links that act, so the
//! folder and its files are readable by their owner alone.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;

use super::line::without_addresses;
use super::smtp::{SettingsError, sender};
use super::transport::{SendError, StoredMail};
use super::{Address, Mail, eml, message};

/// Largest file that is read back; a mail of ours has about ten kilobytes.
const MAX_FILE: u64 = 1024 * 1024;
/// Longest id in a file name; with instant and kind the name stays below 255 octets.
const MAX_NAMED_ID: usize = 190;
const ENDING: &str = ".eml";

/// Where the files go and who sends them.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
    from: Mailbox,
}

impl Folder {
    pub(super) fn new(path: PathBuf, from: &Address) -> Result<Self, SettingsError> {
        Ok(Self { path, from: sender(from)? })
    }

    pub(super) fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let bytes = message::build(mail, &self.from)?.formatted();
        let id = file_safe(&mail.message_id);
        if id.len() > MAX_NAMED_ID {
            return Err(SendError::Permanent { detail: "the message id is too long".to_owned() });
        }
        self.keep(mail, &id, &bytes).map_err(|error| SendError::Temporary {
            detail: without_addresses(&format!("the mail folder cannot be written: {error}")),
        })
    }

    /// Writes under another name, flushes and renames: a reader never meets half a mail, and one
    /// that was acknowledged outlives a power cut.
    fn keep(&self, mail: &Mail, id: &str, bytes: &[u8]) -> io::Result<()> {
        make_private_folder(&self.path)?;
        let name = self.name_of(id)?.unwrap_or_else(|| {
            let instant = mail.sent_at.format("%Y%m%dT%H%M%S%6fZ");
            format!("{instant}-{}-{id}{ENDING}", mail.kind.slug())
        });
        let half = self.path.join(format!(".{id}.half"));
        let mut file = private_file(&half)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&half, self.path.join(name))?;
        flush_folder(&self.path)
    }

    /// The file that an earlier attempt at the same mail left, whenever that was.
    fn name_of(&self, id: &str) -> io::Result<Option<String>> {
        let wanted = format!("{id}{ENDING}");
        for entry in fs::read_dir(&self.path)? {
            let Ok(name) = entry?.file_name().into_string() else {
                continue;
            };
            // Neither instants nor kinds hold a hyphen, so the rest is the id to the letter.
            if name.splitn(3, '-').nth(2) == Some(wanted.as_str()) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    pub(super) fn read(&self, limit: usize) -> io::Result<Vec<StoredMail>> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            // Nothing was sent yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        // Only the newest names are kept while walking, however full the folder is.
        let mut newest = BTreeSet::new();
        for entry in entries {
            let Ok(name) = entry?.file_name().into_string() else {
                continue;
            };
            if !name.starts_with('.') && name.ends_with(ENDING) {
                newest.insert(name);
            }
            if newest.len() > limit {
                newest.pop_first();
            }
        }
        let mut mails = Vec::with_capacity(newest.len());
        for name in newest.iter().rev() {
            let mut bytes = Vec::new();
            match File::open(self.path.join(name)) {
                Ok(file) => file.take(MAX_FILE).read_to_end(&mut bytes)?,
                // Somebody tidies up while we read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if let Some(mail) = eml::parse(&bytes) {
                mails.push(mail);
            } else {
                tracing::warn!("a file in the mail folder is no mail of ours");
            }
        }
        Ok(mails)
    }
}

/// The id as part of a file name; different ids stay different, which replacing by `_` would not
/// grant.
fn file_safe(id: &str) -> String {
    let bare = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    bare.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"@._-".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(unix)]
fn make_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The new name itself must reach the disk, too.
#[cfg(unix)]
fn flush_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn flush_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
