use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;

use crate::mail::transport::{MAX_LISTED, Mailer, SendError};
use crate::mail::{Address, Mail, MailKind};

use super::sample;

/// A folder of its own for one test, gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/target/mail-tests");
        let path = PathBuf::from(place).join(format!("{name}-{}", std::process::id()));
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        Self(path)
    }

    fn mailer(&self) -> Mailer {
        let from = Address { name: String::new(), email: "hiring@acme.test".to_owned() };
        Mailer::folder(self.0.join("mails"), &from).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.0.join("mails"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.0.exists() {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }
}

fn later(id: &str, seconds: i64) -> Mail {
    let sent_at = sample().sent_at + TimeDelta::seconds(seconds);
    Mail { message_id: format!("{id}@acme.test"), sent_at, ..sample() }
}

fn ids(mailer: &Mailer, limit: usize) -> Vec<String> {
    mailer.read_folder(limit).unwrap().into_iter().map(|mail| mail.message_id).collect()
}

#[test]
fn a_second_attempt_overwrites_the_first_and_never_doubles_it() {
    let scratch = Scratch::new("twice");
    let mailer = scratch.mailer();
    mailer.send(&sample()).unwrap();
    let again = Mail {
        message_id: format!("<{}>", sample().message_id),
        text: "second\n".to_owned(),
        sent_at: sample().sent_at + TimeDelta::hours(1),
        ..sample()
    };
    mailer.send(&again).unwrap();
    assert_eq!(
        scratch.names(),
        ["20270325T184000123456Z-scorecard_due-scorecard_due.dlv_01jzz5@evenbar.acme.test.eml"]
    );
    let stored = mailer.read_folder(10).unwrap();
    assert_eq!((stored.len(), stored[0].text.as_str()), (1, "second\n"));
}

#[test]
fn a_folder_lists_the_newest_first_within_the_limit_and_skips_what_is_not_a_mail() {
    let scratch = Scratch::new("list");
    let mailer = scratch.mailer();
    assert_eq!(ids(&mailer, 10), [""; 0]);
    for (id, seconds) in [("b", 2), ("a", 1), ("c", 3)] {
        mailer.send(&later(id, seconds)).unwrap();
    }
    fs::write(scratch.0.join("mails/notes.txt"), "no mail").unwrap();
    fs::write(scratch.0.join("mails/.half.eml"), "half a mail").unwrap();
    fs::write(scratch.0.join("mails/19990101T000000000000Z-x-y.eml"), "no mail").unwrap();
    assert_eq!(ids(&mailer, MAX_LISTED + 1), ["<c@acme.test>", "<b@acme.test>", "<a@acme.test>"]);
    assert_eq!(ids(&mailer, 2), ["<c@acme.test>", "<b@acme.test>"]);
    assert_eq!(ids(&mailer, 0), [""; 0]);
}

#[test]
fn an_id_never_leaves_the_folder_and_different_ids_never_share_a_file() {
    let scratch = Scratch::new("names");
    let mailer = scratch.mailer();
    for id in ["../../x", "a/b", "a_b", "a%2Fb", "a-b", "b"] {
        mailer
            .send(&later(id, 0))
            .map_or_else(|error| assert!(id.starts_with("..") && error.is_permanent()), drop);
    }
    let names = scratch.names();
    assert!(names.iter().all(|name| name.starts_with("2027")), "{names:?}");
    assert_eq!(names.len(), 6);
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn the_folder_and_its_mails_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("private");
    scratch.mailer().send(&sample()).unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = scratch.0.join("mails");
    assert_eq!(mode(folder.clone()), 0o700);
    assert_eq!(mode(folder.join(&scratch.names()[0])), 0o600);
}

#[test]
fn a_folder_that_cannot_be_written_means_the_mail_waits() {
    let scratch = Scratch::new("blocked");
    fs::create_dir_all(scratch.0.parent().unwrap()).unwrap();
    fs::write(&scratch.0, "a file where the folder should be").unwrap();
    let error = scratch.mailer().send(&sample()).unwrap_err();
    assert!(matches!(error, SendError::Temporary { .. }), "{error}");
    fs::remove_file(&scratch.0).unwrap();
}

#[test]
fn memory_keeps_every_mail_in_order_and_fails_when_told_to() {
    let (mailer, memory) = Mailer::memory();
    let busy = SendError::Temporary { detail: "450 busy".to_owned() };
    let gone = SendError::Permanent { detail: "550 gone".to_owned() };
    memory.fail_next(2, &busy);
    memory.fail_next(1, &gone);
    let mail = sample();
    assert_eq!(mailer.send(&mail), Err(busy.clone()));
    assert_eq!(mailer.send(&mail), Err(busy));
    assert_eq!(mailer.send(&mail), Err(gone));
    assert!(memory.mails().is_empty());
    for seconds in [0, 0, 5] {
        mailer.send(&later("again", seconds)).unwrap();
    }
    assert_eq!(memory.mails().len(), 3);
    let newest = mailer.read_folder(1).unwrap();
    assert_eq!(newest[0].sent_at.timestamp(), mail.sent_at.timestamp() + 5);
    assert_eq!(newest[0].kind, MailKind::ScorecardDue);
    memory.clear();
    assert!(memory.mails().is_empty());
}

#[test]
fn memory_refuses_a_bad_address_as_a_mail_server_would() {
    let (mailer, memory) = Mailer::memory();
    let mut mail = sample();
    mail.to.email = "nobody".to_owned();
    assert!(mailer.send(&mail).unwrap_err().is_permanent());
    assert!(memory.mails().is_empty());
}
