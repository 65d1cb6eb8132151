//! Contact points: what is accepted, and by what they are compared.

use crate::http::fields::{Email, web_link};
use crate::text_enum;

text_enum! {
    /// How a candidate is reached.
    pub enum ContactKind {
        /// `email`
        Email => "email",
        /// `phone`
        Phone => "phone",
        /// `link`
        Link => "link",
    }
}

/// The fewest digits by which two phone numbers are taken for one; fewer are an extension.
pub const PHONE_DIGITS_MIN: usize = 7;

/// An e-mail address, phone number or link with what it is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Which of them.
    pub kind: ContactKind,
    /// As it is shown.
    pub value: String,
    /// As it is compared.
    pub folded: String,
}

impl Contact {
    /// Takes what somebody typed here.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn checked(kind: ContactKind, value: &str) -> Result<Self, String> {
        let value = match kind {
            ContactKind::Email => value.parse::<Email>()?.to_text(),
            ContactKind::Phone => phone(value)?,
            ContactKind::Link => web_link(value)?,
        };
        Ok(Self::kept(kind, &value))
    }

    /// Keeps what another system told, however it was typed there.
    pub fn kept(kind: ContactKind, value: &str) -> Self {
        Self { kind, value: value.to_owned(), folded: fold(kind, value) }
    }

    /// Whether an equal one at another candidate is worth a hint.
    pub fn identifies(&self) -> bool {
        match self.kind {
            ContactKind::Email => !self.folded.is_empty(),
            ContactKind::Phone => self.folded.len() >= PHONE_DIGITS_MIN,
            ContactKind::Link => false,
        }
    }
}

/// What a value is compared by.
pub fn fold(kind: ContactKind, value: &str) -> String {
    match kind {
        ContactKind::Email => value.trim().to_lowercase(),
        ContactKind::Phone => digits(value),
        ContactKind::Link => value.trim().trim_end_matches('/').to_lowercase(),
    }
}

/// The digits of a number in its international form: `+49 (0)30 …` and `0049 30 …` are one.
fn digits(value: &str) -> String {
    let digits: String = value.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    digits.strip_prefix("00").map_or_else(|| digits.clone(), str::to_owned)
}

fn phone(value: &str) -> Result<String, String> {
    let known = |c: char| c.is_ascii_digit() || " +()-./ext".contains(c);
    let count = value.chars().filter(char::is_ascii_digit).count();
    if value.chars().all(known) && (3..=20).contains(&count) {
        return Ok(value.to_owned());
    }
    Err("a phone number has 3 to 20 digits and no letters but `ext`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_written_in_three_ways_is_one_number() {
        let folded = |text: &str| fold(ContactKind::Phone, text);
        assert_eq!(folded("+49 (0)30 123-456"), "4930123456");
        assert_eq!(folded("0049 30 123 456"), folded("+49.30/123456"));
        assert_ne!(folded("030 123456"), folded("+49 30 123456"));
    }

    #[test]
    fn what_does_not_fit_its_kind_is_refused() {
        let fits = |kind, text: &str| Contact::checked(kind, text).is_ok();
        assert!(fits(ContactKind::Email, "Ada@Example.com"));
        assert!(!fits(ContactKind::Email, "ada"));
        assert!(fits(ContactKind::Phone, "+1 (555) 010-0199 ext 12"));
        assert!(!fits(ContactKind::Phone, "call me"));
        assert!(fits(ContactKind::Link, "https://ada.example.com/cv"));
        assert!(!fits(ContactKind::Link, "javascript:alert(1)"));
    }

    #[test]
    fn an_extension_or_no_digits_at_all_identify_nobody() {
        assert!(!Contact::kept(ContactKind::Phone, "n/a").identifies());
        assert!(!Contact::kept(ContactKind::Phone, "4711").identifies());
        assert!(Contact::kept(ContactKind::Phone, "+49 30 123456").identifies());
    }
}
