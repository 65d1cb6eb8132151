//! A real mail server, run beside a test: `smtp_server.py`, by the Python with aiosmtpd and icalendar
//! that lies in the folder `EVENBAR_TOOLS_BIN`. It ends with the test, however that ends, because its standard
//! input does.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use evenbar::mail::Address;
use evenbar::mail::smtp::{Security, SmtpSettings};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::environment::{leave_out, variable};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/support/smtp_server.py");
const JUDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/support/calendar_judge.py");

/// A mail as the server met it.
#[derive(Debug, Clone, Deserialize)]
pub struct Received {
    /// The sender of the envelope.
    pub sender: String,
    /// The recipient of the envelope.
    pub recipient: String,
    /// What the server said to it.
    pub answer: String,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// Whether somebody had signed in.
    pub signed_in: bool,
    /// Decoded, by their names in small letters.
    pub headers: Map<String, Value>,
    /// Type and text of each part, in order.
    pub parts: Vec<(String, String)>,
    /// What a strict reader finds wrong with it.
    pub defects: Vec<String>,
}

impl Received {
    /// A header, decoded; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A mail server of its own for a test. Its port refuses connections until it listens.
pub struct MailServer {
    python: PathBuf,
    port: u16,
    folder: PathBuf,
    process: Child,
    /// Its standard input and output; the input is taken away to end it.
    talk: Mutex<(Option<ChildStdin>, BufReader<ChildStdout>)>,
}

impl MailServer {
    /// A server that takes mails as they come; none without its programs on this machine.
    ///
    /// # Panics
    /// When `EVENBAR_REQUIRE_TOOLS=1` and they are not there.
    pub fn plain() -> Option<Self> {
        Self::start("plain")
    }

    /// A server that takes mails only through TLS and from user `evenbar` with the password `right`.
    ///
    /// # Panics
    /// As [`MailServer::plain`].
    pub fn guarded() -> Option<Self> {
        Self::start("starttls")
    }

    fn start(protection: &str) -> Option<Self> {
        static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(find_python);
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let python = PYTHON.as_ref()?;
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("evenbar-test-mail-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut process = Command::new(python)
            .args(["-I", SCRIPT])
            .arg(&folder)
            .arg(protection)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let port = line(&mut answers).parse().unwrap();
        let python = python.clone();
        Some(Self { python, port, folder, process, talk: Mutex::new((Some(orders), answers)) })
    }

    /// How it is reached without protection.
    pub fn settings(&self) -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::None,
            username: None,
            password: None,
            authorities_pem: None,
            from: Address { name: "Evenbar".to_owned(), email: "evenbar@example.com".to_owned() },
        }
    }

    /// The authority that vouches for a guarded server, as PEM.
    pub fn authority(&self) -> String {
        std::fs::read_to_string(self.folder.join("authority.pem")).unwrap()
    }

    /// From now on connections are taken.
    pub fn listen(&self) {
        self.order("listen");
    }

    /// From now on mails to that address get this reply at this step, `RCPT` or `DATA`; the reply
    /// `hang up` is none.
    pub fn answer(&self, step: &str, address: &str, reply: &str) {
        self.order(&format!("answer {step} {address} {reply}"));
    }

    /// From now on mails to that address are taken.
    pub fn accept(&self, address: &str) {
        self.order(&format!("accept {address}"));
    }

    /// The next mail gets no answer until it is released.
    pub fn hold_the_next(&self) {
        self.order("hold");
    }

    /// Returns once that mail is held.
    pub fn await_the_held(&self) {
        self.order("held");
    }

    /// Gives that mail its answer.
    pub fn release_the_held(&self) {
        self.order("release");
    }

    /// How many connections there were.
    pub fn connections(&self) -> u32 {
        self.order("connections").parse().unwrap()
    }

    /// From now on three in ten tries get a temporary answer, half of them at RCPT and half at DATA.
    pub fn falter(&self, seed: u64) {
        self.order(&format!("falter {seed}"));
    }

    /// How often that was at RCPT, and how often at DATA.
    pub fn faltered(&self) -> (u32, u32) {
        let steps: BTreeMap<String, u32> = serde_json::from_str(&self.order("faltered")).unwrap();
        (steps["RCPT"], steps["DATA"])
    }

    /// From now on it is counted anew to how many addresses a mail was answered.
    pub fn count_anew(&self) {
        self.order("count");
    }

    /// Returns once it is so many.
    ///
    /// # Panics
    /// When nothing comes for a minute before that.
    #[track_caller]
    pub fn await_answers_to(&self, addresses: usize) {
        let counted: usize = self.order(&format!("counted {addresses}")).parse().unwrap();
        assert!(counted >= addresses, "mails to {counted} of {addresses} came, and then no more");
    }

    /// Every mail that came as far as its text, in order, also those that were then refused.
    pub fn received(&self) -> Vec<Received> {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
        files.sort();
        let read = |path: &PathBuf| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        files.iter().map(read).collect()
    }

    /// What an independent reader finds in the mails that are for a calendar, in the order in which
    /// they came: `calendar_judge.py`.
    pub fn entries(&self) -> Vec<Value> {
        let python = self.python.as_os_str();
        let judged = Command::new(python).args(["-I", JUDGE]).arg(&self.folder).output().unwrap();
        let words = String::from_utf8_lossy(&judged.stderr);
        assert!(judged.status.success(), "{words}");
        serde_json::from_slice(&judged.stdout).unwrap()
    }

    fn order(&self, order: &str) -> String {
        let mut talk = self.talk.lock().unwrap();
        let (orders, answers) = &mut *talk;
        writeln!(orders.as_mut().unwrap(), "{order}").unwrap();
        line(answers)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let talk = self.talk.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        drop(talk.0.take());
        self.process.wait().ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

/// The Python in the folder `EVENBAR_TOOLS_BIN`, if it has aiosmtpd and icalendar.
fn find_python() -> Option<PathBuf> {
    let folder = variable("EVENBAR_TOOLS_BIN").filter(|folder| !folder.is_empty());
    let python = folder.map(|folder| Path::new(&folder).join("python")).filter(|python| {
        let ask = ["-I", "-c", "import aiosmtpd.smtp, icalendar"];
        Command::new(python).args(ask).output().is_ok_and(|answer| answer.status.success())
    });
    if python.is_none() {
        leave_out(
            "EVENBAR_REQUIRE_TOOLS",
            "EVENBAR_TOOLS_BIN names no folder with a Python that has aiosmtpd and icalendar",
            "the tests with a real mail server; name a folder with a Python that has aiosmtpd and \
             icalendar in EVENBAR_TOOLS_BIN to run them",
        );
    }
    python
}
