//! The side of the service: starts the process that reads a file, and ends it when it takes too long.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::TEXT_MAX;
use super::child::{REFUSED, kept};
use crate::attachments::MediaType;
use crate::error::{Error, Result};

/// How often is looked whether the process has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What became of reading a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// What it says, perhaps nothing.
    Read(String),
    /// The process made no sense of it.
    Refused,
    /// The process was ended, or broke.
    Broke,
}

/// How files are read: by this program, each in a process of its own.
#[derive(Debug, Clone)]
pub struct Extractor {
    program: PathBuf,
    patience: Duration,
}

impl Extractor {
    /// By a program that takes `extract-text`, which is ended after some time.
    pub fn new(program: PathBuf, patience: Duration) -> Self {
        Self { program, patience }
    }

    /// By the program that runs.
    ///
    /// # Errors
    /// `internal` when the system does not say which that is.
    pub fn of_this_program() -> Result<Self> {
        let program = crate::config::this_program().map_err(Error::internal)?;
        Ok(Self::new(program, Duration::from_secs(30)))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `internal` when no process can be started.
    pub(super) fn read(&self, media_type: MediaType, bytes: &[u8]) -> Result<Outcome> {
        let mut child = Command::new(&self.program)
            .arg("extract-text")
            .arg(media_type.as_str())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::internal)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (code, text) = std::thread::scope(|scope| {
            // A process that ends early reads no further, which is no failure of ours.
            scope.spawn(move || stdin.map(|mut pipe| pipe.write_all(bytes).is_ok()));
            let said = scope.spawn(move || {
                let (mut said, most) = (Vec::new(), u64::try_from(TEXT_MAX).unwrap_or(0));
                let read = stdout.map(|pipe| pipe.take(most).read_to_end(&mut said));
                read.and_then(std::result::Result::ok).map(|_| said)
            });
            let code = self.wait(&mut child);
            (code, said.join().ok().flatten())
        });
        Ok(match (code?, text) {
            (Some(0), Some(text)) => Outcome::Read(kept(&String::from_utf8_lossy(&text))),
            (Some(code), _) if code == i32::from(REFUSED) => Outcome::Refused,
            (Some(_) | None, _) => Outcome::Broke,
        })
    }

    /// How the process ended; none when something ended it.
    fn wait(&self, child: &mut Child) -> Result<Option<i32>> {
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(Error::internal)? {
                return Ok(status.code());
            }
            if begun.elapsed() >= self.patience {
                child.kill().map_err(Error::internal)?;
                return Ok(child.wait().map_err(Error::internal)?.code());
            }
            std::thread::park_timeout(LOOK);
        }
    }
}
