//! The MIME message (RFC 5322, 2045) that every transport sends, made of a [`Mail`].

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue, To,
};
use lettre::message::{Mailbox, Mailboxes, MultiPart, MultiPartKind, SinglePart};

use super::line::one_line;
use super::transport::SendError;
use super::{Address, Mail};
use crate::calendars::Method;
use crate::calendars::ics::Party;

/// Longest message id, brackets included; ours are about half of it.
const MAX_MESSAGE_ID: usize = 200;
/// Longest address of an unsubscribe link: a header line may hold 998 octets (RFC 5322 §2.1.1).
const MAX_LINK: usize = 900;
/// First instant that a four-digit year cannot name, in seconds; the `Date` header ends before it.
const YEAR_10000: u64 = 253_402_300_800;

/// Builds the message; whatever cannot be written correctly is a permanent failure, since no retry
/// would mend it.
pub(super) fn build(mail: &Mail, from: &Mailbox) -> Result<Message, SendError> {
    let id = message_id(&mail.message_id)?;
    let to = mailbox(&mail.to)?;
    // lettre reads the envelope out of the printed headers otherwise, and a name it cannot read back
    // would lose the recipient.
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])
        .map_err(|error| permanent(&format!("no envelope: {error}")))?;
    let mut builder = Message::builder()
        .envelope(envelope)
        .from(from.clone())
        .header(To::from(Mailboxes::from(to.clone())))
        // Plain text that looks like an encoded word (RFC 2047) would be decoded by the reader, and
        // could hide there what was taken out here.
        .subject(one_line(&mail.subject).replace("=?", "= ?"))
        .date(UNIX_EPOCH + date(mail)?)
        .message_id(Some(id.clone()))
        .raw_header(raw("X-Evenbar-Kind", mail.kind.slug()));
    builder = match &mail.reply_to {
        Some(person) => builder.reply_to(mailbox(person)?),
        // RFC 3834: keeps vacation responders and ticket systems from answering.
        None => builder.raw_header(raw("Auto-Submitted", "auto-generated")),
    };
    if let Some(root) = &mail.thread_root {
        let root = message_id(root)?;
        // The root itself answers nothing.
        if root != id {
            builder = builder.in_reply_to(root.clone()).references(root);
        }
    }
    if let Some(link) = &mail.list_unsubscribe {
        builder = builder
            .raw_header(raw("List-Unsubscribe", &unsubscribe(link)?))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let whole = match &mail.calendar {
        None => bodies(mail, &id, None),
        Some(invitation) => {
            let file = invitation.write(party(from), party(&to));
            with_attachment(bodies(mail, &id, Some((invitation.method, &file))), &id, &file)
        }
    };
    builder
        .multipart(whole)
        .map_err(|error| permanent(&format!("the message cannot be written: {error}")))
}

/// The mailbox as lettre knows it.
pub(super) fn mailbox(address: &Address) -> Result<Mailbox, SendError> {
    // Quoted local parts may hold blanks by the letter of RFC 5321; nobody has one.
    let blank = |letter: char| letter.is_whitespace() || letter.is_control();
    let email = ascii_domain(&address.email)
        .filter(|email| !email.contains(blank))
        .and_then(|email| email.parse().ok())
        .ok_or_else(|| SendError::Refused { detail: "not a mail address".to_owned() })?;
    let name = one_line(&address.name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), email))
}

/// Text first, HTML after it: receivers show the last part they understand (RFC 2046 §5.1.4). What is
/// for the calendar comes last, where Gmail and Outlook look for it.
///
/// All parts are quoted-printable, which never holds `=_`; so a boundary that begins with it cannot
/// occur in a text and needs no randomness, and equal mails are equal to the byte.
fn bodies(mail: &Mail, id: &str, calendar: Option<(Method, &str)>) -> MultiPart {
    let part = |content_type, body: &str| {
        SinglePart::builder()
            .header(content_type)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(body.to_owned())
    };
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary("", id))
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.html));
    let typed = |(method, file): (Method, &str)| {
        let kind = format!("text/calendar; charset=utf-8; method={}", method.as_str());
        ContentType::parse(&kind).ok().map(|kind| part(kind, file))
    };
    match calendar.and_then(typed) {
        Some(calendar) => parts.singlepart(calendar),
        None => parts,
    }
}

/// The same file once more to keep, for programs that take no invitation. Base64 holds no `=_` either.
fn with_attachment(bodies: MultiPart, id: &str, file: &str) -> MultiPart {
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Mixed)
        .boundary(boundary("mixed_", id))
        .multipart(bodies);
    match ContentType::parse("application/ics; name=\"invite.ics\"") {
        Ok(kind) => parts.singlepart(
            SinglePart::builder()
                .header(kind)
                .header(ContentDisposition::attachment("invite.ics"))
                .header(ContentTransferEncoding::Base64)
                .body(file.as_bytes().to_vec()),
        ),
        Err(_) => parts,
    }
}

fn boundary(kind: &str, id: &str) -> String {
    let tail: String = id.chars().filter(char::is_ascii_alphanumeric).take(48).collect();
    format!("=_evenbar_{kind}{tail}")
}

/// Somebody as an entry names them.
fn party(mailbox: &Mailbox) -> Party<'_> {
    Party { name: mailbox.name.as_deref().unwrap_or_default(), email: mailbox.email.as_ref() }
}

/// The id in angle brackets, if it is one: `dot-atom@dot-atom`, nothing quoted.
fn message_id(id: &str) -> Result<String, SendError> {
    let bare = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    let dot_atom = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
    };
    match bare.split_once('@') {
        Some((left, right))
            if dot_atom(left) && dot_atom(right) && bare.len() + 2 <= MAX_MESSAGE_ID =>
        {
            Ok(format!("<{bare}>"))
        }
        _ => Err(permanent("not a message id")),
    }
}

fn unsubscribe(link: &str) -> Result<String, SendError> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    let clean = link.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    if web && clean && link.len() <= MAX_LINK {
        Ok(format!("<{link}>"))
    } else {
        Err(permanent("not a link to unsubscribe by"))
    }
}

/// Since 1970. Outside of what the header can name, lettre would panic.
fn date(mail: &Mail) -> Result<Duration, SendError> {
    u64::try_from(mail.sent_at.timestamp())
        .ok()
        .filter(|seconds| *seconds < YEAR_10000)
        .map(Duration::from_secs)
        .ok_or_else(|| permanent("not a date that a mail can carry"))
}

/// `ada@münchen.example` → `ada@xn--mnchen-3ya.example`: few servers take the first form.
fn ascii_domain(email: &str) -> Option<String> {
    let (local, domain) = email.rsplit_once('@')?;
    if domain.is_ascii() {
        return Some(email.to_owned());
    }
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => Some(format!("{local}@{ascii}")),
        _ => None,
    }
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn permanent(detail: &str) -> SendError {
    SendError::Permanent { detail: detail.to_owned() }
}
