use lettre::message::Mailbox;

use crate::mail::transport::{SendError, StoredMail};
use crate::mail::{Address, Mail, eml, message};

use super::sample;

fn from() -> Mailbox {
    let from = Address { name: "Acme Hiring".to_owned(), email: "hiring@acme.test".to_owned() };
    message::mailbox(&from).unwrap()
}

fn bytes(mail: &Mail) -> Result<Vec<u8>, SendError> {
    message::build(mail, &from()).map(|message| message.formatted())
}

/// The message with its header folds taken out.
fn source(mail: &Mail) -> String {
    String::from_utf8(bytes(mail).unwrap()).unwrap().replace("\r\n ", " ")
}

fn read_back(mail: &Mail) -> StoredMail {
    eml::parse(&bytes(mail).unwrap()).unwrap()
}

#[test]
fn a_message_has_every_header_that_mail_programs_need() {
    let source = source(&sample());
    for line in [
        "From: \"Acme Hiring\" <hiring@acme.test>",
        "Message-ID: <scorecard_due.dlv_01jzz5@evenbar.acme.test>",
        "In-Reply-To: <application.app_01jyy4@evenbar.acme.test>",
        "References: <application.app_01jyy4@evenbar.acme.test>",
        "Date: Thu, 25 Mar 2027 18:40:00 +0000",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <https://evenbar.acme.test/l/abc>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "X-Evenbar-Kind: scorecard_due",
        "MIME-Version: 1.0",
    ] {
        assert_eq!(source.matches(&format!("{line}\r\n")).count(), 1, "{line}\n{source}");
    }
    let plain = source.find("Content-Type: text/plain; charset=utf-8").unwrap();
    let html = source.find("Content-Type: text/html; charset=utf-8").unwrap();
    assert!(source.find("multipart/alternative").unwrap() < plain && plain < html);
}

#[test]
fn a_mail_without_a_way_to_unsubscribe_claims_none() {
    let source = source(&Mail { list_unsubscribe: None, ..sample() });
    assert!(!source.contains("List-Unsubscribe"));
}

#[test]
fn the_root_of_a_thread_answers_nothing() {
    let id = sample().message_id;
    for thread_root in [None, Some(id.clone()), Some(format!("<{id}>"))] {
        let source = source(&Mail { thread_root, ..sample() });
        assert!(!source.contains("In-Reply-To") && !source.contains("References"));
    }
}

#[test]
fn the_same_mail_is_the_same_bytes_and_only_ascii_with_whole_line_ends() {
    let first = bytes(&sample()).unwrap();
    assert_eq!(first, bytes(&sample()).unwrap());
    assert!(first.is_ascii());
    let text = String::from_utf8(first).unwrap();
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    assert!(text.split("\r\n").all(|line| line.len() <= 200));
}

#[test]
fn names_subjects_and_bodies_come_back_as_they_went_in() {
    let mail = sample();
    let stored = read_back(&mail);
    assert_eq!(stored.message_id, format!("<{}>", mail.message_id));
    assert_eq!(stored.thread_root, mail.thread_root);
    assert!(stored.to == mail.to);
    assert_eq!(stored.subject, mail.subject);
    assert_eq!((stored.text, stored.html), (mail.text, mail.html));
    assert_eq!(stored.kind, mail.kind);
    assert_eq!(stored.sent_at.timestamp(), mail.sent_at.timestamp());
    for name in [
        "",
        "Ada",
        "Ada Lovelace",
        "Ada \"L\" \\ Byron",
        "O'Neil, Ann <x@y.test>",
        "=?utf-8?b?QWRh?=",
        "ليلى",
        "李 小龍 李 小龍 李 小龍 李 小龍 李 小龍 李 小龍 李 小龍",
        "a@b",
        "(comment)",
    ] {
        let to = Address { name: name.to_owned(), email: "a.b+c@acme.test".to_owned() };
        let subject = format!("Two  blanks of {name}, an emoji 🎈 and {}", "word ".repeat(60));
        let stored = read_back(&Mail { to: to.clone(), subject: subject.clone(), ..sample() });
        assert!(stored.to == to, "{name}: {} {}", stored.to.name, stored.to.email);
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(stored.subject, subject.replace("=?", "= ?"));
    }
}

#[test]
fn a_line_break_in_a_name_or_a_subject_forges_no_header() {
    let evil = "Eve\r\nBcc: all@acme.test\n\r\n<script>\u{0}\u{2028}X-Evil: 1";
    let mut mail = sample();
    mail.subject = format!("Interview with {evil}");
    mail.to.name = evil.to_owned();
    let source = source(&mail);
    let (head, _) = source.split_once("\r\n\r\n").unwrap();
    for line in head.split("\r\n") {
        assert!(!line.starts_with("Bcc") && !line.starts_with("X-Evil"), "{line}");
    }
    let message = message::build(&mail, &from()).unwrap();
    assert_eq!(message.envelope().to().len(), 1);
    assert_eq!(read_back(&mail).to.name, "Eve Bcc: all@acme.test <script> X-Evil: 1");
}

#[test]
fn a_subject_cannot_smuggle_an_encoded_word() {
    let subject = "Debrief open: =?utf-8?b?4oCuQWRh?=".to_owned();
    let stored = read_back(&Mail { subject, ..sample() });
    assert_eq!(stored.subject, "Debrief open: = ?utf-8?b?4oCuQWRh?=");
}

#[test]
fn what_cannot_be_written_is_refused_for_good() {
    let with = |change: fn(&mut Mail)| {
        let mut mail = sample();
        change(&mut mail);
        bytes(&mail)
    };
    let refused: [fn(&mut Mail); 14] = [
        |mail| mail.to.email = String::new(),
        |mail| mail.to.email = "zoe".to_owned(),
        |mail| mail.to.email = "zoe@acme.test\r\nBcc: a@b.test".to_owned(),
        |mail| mail.to.email = "\"a\r\nb\"@acme.test".to_owned(),
        |mail| mail.to.email = "\"a b\"@acme.test".to_owned(),
        |mail| mail.to.email = "zoe@acme.test, eve@acme.test".to_owned(),
        |mail| mail.to.email = "Zoe <zoe@acme.test>".to_owned(),
        |mail| mail.message_id = "no-at-sign".to_owned(),
        |mail| mail.message_id = "a@b>\r\nX-Evil: 1".to_owned(),
        |mail| mail.message_id = format!("{}@acme.test", "a".repeat(300)),
        |mail| mail.thread_root = Some("a b@c".to_owned()),
        |mail| mail.list_unsubscribe = Some("https://acme.test/\r\nX-Evil: 1".to_owned()),
        |mail| mail.list_unsubscribe = Some("mailto:x@acme.test".to_owned()),
        |mail| mail.sent_at = chrono::DateTime::from_timestamp(-1, 0).unwrap(),
    ];
    for (place, change) in refused.into_iter().enumerate() {
        let result = with(change);
        assert!(result.as_ref().is_err_and(SendError::is_permanent), "case {place}");
        assert!(!result.unwrap_err().detail().contains('\n'), "case {place}");
    }
    let late = with(|mail| mail.sent_at = chrono::DateTime::<chrono::Utc>::MAX_UTC);
    assert!(matches!(late, Err(SendError::Permanent { .. })));
}

#[test]
fn a_domain_in_another_script_is_written_in_its_ascii_form() {
    let mut mail = sample();
    mail.to.email = "zoe@münchen.example".to_owned();
    assert_eq!(read_back(&mail).to.email, "zoe@xn--mnchen-3ya.example");
}

#[test]
fn a_torn_or_foreign_file_is_no_mail() {
    let whole = bytes(&sample()).unwrap();
    for cut in (0..whole.len() - 4).step_by(7) {
        assert!(eml::parse(&whole[..cut]).is_none(), "cut at {cut}");
    }
    assert!(eml::parse(b"\xff\xfe").is_none());
    assert!(eml::parse(b"Subject: hi\r\n\r\nho").is_none());
}
