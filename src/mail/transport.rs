//! The way a mail leaves: one [`Mailer`] per process, chosen by the settings.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::folder::Folder;
use super::memory::Memory;
use super::smtp::{self, SettingsError, Smtp, SmtpSettings};
use super::{Address, Mail, MailKind};

/// Most mails that one look into a mailbox gives.
pub const MAX_LISTED: usize = 200;

/// Sends mails; cheap to clone, and all clones share connections and mailbox.
#[derive(Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder of `.eml` files, when no mail server is set.
    Folder(Folder),
    /// Into memory, for tests.
    Memory(Arc<Memory>),
}

impl Mailer {
    /// A mailer to that server; opens no connection yet.
    pub fn smtp(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        Smtp::new(settings).map(Self::Smtp)
    }

    /// A mailer into that folder, which the first mail makes; `from` is the sender shown.
    pub fn folder(path: PathBuf, from: &Address) -> Result<Self, SettingsError> {
        Folder::new(path, from).map(Self::Folder)
    }

    /// A mailer into a mailbox of its own, which the second value looks into.
    pub fn memory() -> (Self, Arc<Memory>) {
        let memory = Arc::new(Memory::default());
        (Self::Memory(Arc::clone(&memory)), memory)
    }

    /// Hands the mail over and returns once the other side has answered for it.
    ///
    /// Blocks for up to 30 seconds on each step of a slow server, so call it from a worker thread
    /// and never inside a database closure. There is no exactly-once in SMTP: when the process dies
    /// between the server's answer and the caller's commit, the mail goes out twice, both times with
    /// the same Message-ID.
    ///
    /// # Errors
    /// [`SendError::Temporary`]: keep the mail and try again later. [`SendError::Permanent`]: this
    /// mail to this address will never be taken. [`SendError::Refused`]: no mail to it will.
    pub fn send(&self, mail: &Mail) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail),
            Self::Folder(folder) => folder.send(mail),
            Self::Memory(memory) => memory.send(mail),
        }
    }

    /// How many mails may be handed over at the same time: a mail server is mostly waited for, a folder
    /// never.
    pub fn at_once(&self) -> usize {
        match self {
            Self::Smtp(_) => smtp::AT_ONCE.into(),
            Self::Folder(_) | Self::Memory(_) => 1,
        }
    }

    /// The mails kept here, newest first, at most `limit` and never more than [`MAX_LISTED`]; a mail
    /// server keeps none for us. A file that is no mail of ours is left out.
    pub fn read_folder(&self, limit: usize) -> io::Result<Vec<StoredMail>> {
        let limit = limit.min(MAX_LISTED);
        match self {
            Self::Smtp(_) => Ok(Vec::new()),
            Self::Folder(folder) => folder.read(limit),
            Self::Memory(memory) => Ok(memory.newest(limit)),
        }
    }
}

/// Names the way out only: the settings of a mail server are nobody's business in a log.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "Mailer::Smtp",
            Self::Folder(_) => "Mailer::Folder",
            Self::Memory(_) => "Mailer::Memory",
        })
    }
}

/// A mail read back from where it was kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// With angle brackets.
    pub message_id: String,
    /// Root of the thread, with angle brackets; none for the root itself.
    pub thread_root: Option<String>,
    /// Whom it was sent to.
    pub to: Address,
    /// As the reader sees it, decoded.
    pub subject: String,
    /// The plain part, decoded, lines ended by `\n`.
    pub text: String,
    /// The HTML part, likewise.
    pub html: String,
    /// What it is about.
    pub kind: MailKind,
    /// To the second.
    pub sent_at: DateTime<Utc>,
}

impl fmt::Debug for StoredMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredMail")
            .field("kind", &self.kind)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

/// Why a mail was not taken. The details hold no mail address and fit a log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The server is away, busy or refuses us for now, or the disk is full: the mail waits.
    Temporary {
        /// What happened.
        detail: String,
    },
    /// The message is refused for good.
    Permanent {
        /// What happened.
        detail: String,
    },
    /// The address is refused for good, whatever the message.
    Refused {
        /// What happened.
        detail: String,
    },
}

impl SendError {
    /// What happened, for the delivery's row.
    pub fn detail(&self) -> &str {
        match self {
            Self::Temporary { detail } | Self::Permanent { detail } | Self::Refused { detail } => {
                detail
            }
        }
    }

    /// Whether trying again is in vain.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Permanent { .. } | Self::Refused { .. })
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Temporary { detail } => write!(f, "the mail waits: {detail}"),
            Self::Permanent { detail } => write!(f, "the mail is refused: {detail}"),
            Self::Refused { detail } => write!(f, "the address is refused: {detail}"),
        }
    }
}

impl std::error::Error for SendError {}
