//! What a notice says, and how it is signed. Pure.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::ChatFormat;
use crate::clock::Instant;
use crate::notifications::preferences::ChosenMail;

/// What handing in a card takes, in minutes, as the mail says.
const CARD_MINUTES: u32 = 3;

/// A notice without content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `notice.todo` for what somebody waits for, `notice.news` for what can be read.
    kind: &'static str,
    text: String,
    /// A page behind the sign-in.
    url: String,
}

impl Notice {
    /// The notice beside a mail, with a link to a page.
    pub fn of(mail: ChosenMail, url: String) -> Self {
        let todo =
            |what: &str| ("notice.todo", format!("You have something to do in Evenbar: {what}."));
        let (kind, text) = match mail {
            ChosenMail::ScorecardDue => todo(&format!("a scorecard ({CARD_MINUTES} min)")),
            ChosenMail::ApprovalAsked => todo("a vote"),
            ChosenMail::DebriefQuestion => todo("a question to answer"),
            ChosenMail::AgreementAsked => todo("a decision to agree to"),
            ChosenMail::DecisionAwaited => todo("a decision"),
            ChosenMail::AddressRefused | ChosenMail::DebriefStalled => {
                todo("something to look after")
            }
            ChosenMail::DebriefRevealed
            | ChosenMail::DecisionMade
            | ChosenMail::DissentAsked
            | ChosenMail::NoteMentioned
            | ChosenMail::OfferApproved
            | ChosenMail::SetUpForSuccess => {
                ("notice.news", "There is something to read for you in Evenbar.".to_owned())
            }
        };
        Self { kind, text, url }
    }

    /// The body of the request that brings it.
    pub fn body(&self, format: ChatFormat, at: Instant) -> Value {
        let Self { kind, text, url } = self;
        match format {
            ChatFormat::Slack => json!({ "text": format!("{text}\n{url}") }),
            ChatFormat::Generic => {
                json!({ "type": kind, "timestamp": at, "data": { "text": text, "url": url } })
            }
        }
    }
}

/// The secret that signs notices, as its owner is shown it: `whsec_` and base64 of the 32 bytes behind a tag.
pub fn signing_secret(tag: &str) -> String {
    format!("whsec_{}", STANDARD.encode(key(tag)))
}

/// The header `webhook-signature` of a message: `v1,` and base64 of HMAC-SHA256 over id, seconds and body.
pub fn signature(tag: &str, id: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key(tag));
    let signed = format!("{id}.{seconds}.{body}");
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes())))
}

/// The bytes of a tag of ours.
fn key(tag: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(tag).unwrap_or_else(|_| tag.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_notice_says_that_there_is_something_and_not_of_what() {
        let mut said = String::new();
        for mail in ChosenMail::ALL {
            let notice = Notice::of(*mail, "https://hire.example.com/queue".to_owned());
            writeln!(said, "{} {}", notice.kind, notice.text).unwrap();
        }
        insta::assert_snapshot!(said, @r"
        notice.todo You have something to do in Evenbar: something to look after.
        notice.todo You have something to do in Evenbar: a decision to agree to.
        notice.todo You have something to do in Evenbar: a vote.
        notice.todo You have something to do in Evenbar: a question to answer.
        notice.news There is something to read for you in Evenbar.
        notice.todo You have something to do in Evenbar: something to look after.
        notice.todo You have something to do in Evenbar: a decision.
        notice.news There is something to read for you in Evenbar.
        notice.news There is something to read for you in Evenbar.
        notice.news There is something to read for you in Evenbar.
        notice.news There is something to read for you in Evenbar.
        notice.todo You have something to do in Evenbar: a scorecard (3 min).
        notice.news There is something to read for you in Evenbar.
        ");
    }

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // The example of the specification, whose secret is whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.
        let tag =
            URL_SAFE_NO_PAD.encode(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        assert_eq!(signing_secret(&tag), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = signature(
            &tag,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
