//! The mail room as others meet it: words, message and ways out.

use chrono::DateTime;

use super::{Address, Mail, MailKind};

mod allowed;
mod messages;
mod smtp;
mod templates;
mod transports;

/// A mail with a name in two scripts, for whoever needs one.
fn sample() -> Mail {
    Mail {
        message_id: "scorecard_due.dlv_01jzz5@evenbar.acme.test".to_owned(),
        thread_root: Some("<application.app_01jyy4@evenbar.acme.test>".to_owned()),
        to: Address { name: "Zoë Østergård".to_owned(), email: "zoe@acme.test".to_owned() },
        reply_to: None,
        subject: "Scorecard due: Дарья Иванова, Senior Engineer".to_owned(),
        text: "Hello Zoë,\n\n.one dot first\na = b\n".to_owned(),
        html: "<p>Hello Zoë</p>\n".to_owned(),
        list_unsubscribe: Some("https://evenbar.acme.test/l/abc".to_owned()),
        calendar: None,
        kind: MailKind::ScorecardDue,
        sent_at: DateTime::from_timestamp(1_806_000_000, 123_456_000).unwrap(),
    }
}

#[test]
fn a_kind_and_its_slug_name_each_other() {
    for kind in MailKind::ALL {
        assert_eq!(MailKind::from_slug(kind.slug()), Some(kind));
    }
    assert_eq!(MailKind::from_slug("rejection"), None);
}

#[test]
fn what_is_printed_for_debugging_names_nobody() {
    let printed = format!("{:?} {:?}", sample(), sample().to);
    for secret in ["Zo", "acme.test>", "zoe@", "Дарья", "/l/abc", "Hello"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
