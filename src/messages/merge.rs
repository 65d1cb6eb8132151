//! Placeholders: which there are, where they stand in a text, and what is put in their place.

use super::MessagePurpose;
use crate::text_enum;

text_enum! {
    /// What can stand between `{{` and `}}`.
    pub enum MergeField {
        /// The first word of the candidate's name.
        CandidateFirstName => "candidate.first_name",
        /// The candidate's name.
        CandidateName => "candidate.name",
        /// What the job is called in public.
        JobTitle => "job.title",
        /// The name of whoever writes.
        SenderName => "sender.name",
        /// The name of the organization.
        OrganizationName => "organization.name",
        /// When the interview begins, by the candidate's clock and in the language of the message.
        InterviewTime => "interview.time",
        /// How many minutes it takes.
        InterviewMinutes => "interview.minutes",
        /// Where it is.
        InterviewPlace => "interview.place",
        /// The address of the meeting.
        InterviewLink => "interview.link",
    }
}

impl MergeField {
    /// Whether it tells of an interview.
    pub const fn is_of_interview(self) -> bool {
        match self {
            Self::InterviewTime
            | Self::InterviewMinutes
            | Self::InterviewPlace
            | Self::InterviewLink => true,
            Self::CandidateFirstName
            | Self::CandidateName
            | Self::JobTitle
            | Self::SenderName
            | Self::OrganizationName => false,
        }
    }

    /// Whether it may stand in a message for a purpose: only what is about an interview tells of one.
    fn is_for(self, purpose: MessagePurpose) -> bool {
        !self.is_of_interview()
            || matches!(purpose, MessagePurpose::InterviewDetails | MessagePurpose::Update)
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Words.
    Words(String),
    /// A placeholder, and where it stands.
    Field(MergeField, Place),
}

/// Where something begins in a text, both counted from 1 in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    fn after(words: &str) -> Self {
        let line = words.matches('\n').count() + 1;
        let last = words.rsplit('\n').next().unwrap_or_default();
        Self { line, column: last.chars().count() + 1 }
    }
}

/// What does not fit in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// A word to branch on.
    pub(super) code: &'static str,
    /// A sentence that says where.
    pub(super) detail: String,
}

/// A text with its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed(Vec<Piece>);

/// Reads a text for a purpose.
///
/// # Errors
/// Every placeholder that there is not, and one that does not end.
pub(super) fn parse(text: &str, purpose: MessagePurpose) -> Result<Parsed, Vec<Misfit>> {
    let (mut pieces, mut wrong) = (Vec::new(), Vec::new());
    let (mut before, mut rest) = (String::new(), text);
    while let Some((words, tail)) = rest.split_once("{{") {
        before.push_str(words);
        let place = Place::after(&before);
        pieces.push(Piece::Words(words.to_owned()));
        let Some((name, tail)) = tail.split_once("}}") else {
            let Place { line, column } = place;
            let detail = format!("The placeholder at line {line}, column {column} does not end.");
            wrong.push(Misfit { code: "unclosed_placeholder", detail });
            return Err(wrong);
        };
        match known(name.trim(), purpose) {
            Some(field) => pieces.push(Piece::Field(field, place)),
            None => wrong.push(unknown(name.trim(), place, purpose)),
        }
        before.push_str("{{");
        before.push_str(name);
        before.push_str("}}");
        rest = tail;
    }
    pieces.push(Piece::Words(rest.to_owned()));
    if wrong.is_empty() { Ok(Parsed(pieces)) } else { Err(wrong) }
}

fn known(name: &str, purpose: MessagePurpose) -> Option<MergeField> {
    let fields = MergeField::ALL.iter().copied().filter(|field| field.is_for(purpose));
    fields.into_iter().find(|field| field.as_str() == name)
}

fn unknown(name: &str, place: Place, purpose: MessagePurpose) -> Misfit {
    let fields = MergeField::ALL.iter().filter(|field| field.is_for(purpose));
    let names: Vec<&str> = fields.map(|field| field.as_str()).collect();
    let name: String = name.chars().take(60).collect();
    let Place { line, column } = place;
    let detail = format!(
        "There is no placeholder `{name}` (line {line}, column {column}) in a message for `{purpose}`. There are: {}.",
        names.join(", ")
    );
    Misfit { code: "unknown_placeholder", detail }
}

impl Parsed {
    /// The placeholders in it.
    pub(super) fn fields(&self) -> impl Iterator<Item = MergeField> + '_ {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Field(field, _) => Some(*field),
        })
    }

    /// The text with everything in its place.
    ///
    /// # Errors
    /// Every placeholder for which there is nothing.
    pub(super) fn fill(
        &self,
        value: impl Fn(MergeField) -> Option<String>,
    ) -> Result<String, Vec<Misfit>> {
        let (mut text, mut wrong) = (String::new(), Vec::new());
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Field(field, Place { line, column }) => {
                    let found = value(*field).filter(|value| !value.trim().is_empty());
                    let detail = format!(
                        "There is nothing to put for `{field}` (line {line}, column {column})."
                    );
                    match found {
                        Some(value) => text.push_str(&value),
                        None => wrong.push(Misfit { code: "unfilled_placeholder", detail }),
                    }
                }
            }
        }
        if wrong.is_empty() { Ok(text) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, purpose: MessagePurpose) -> Vec<(&'static str, String)> {
        let wrong = parse(text, purpose).unwrap_err();
        wrong.into_iter().map(|misfit| (misfit.code, misfit.detail)).collect()
    }

    #[test]
    fn what_is_put_in_is_not_read_for_placeholders_again() {
        let parsed = parse("Dear {{ candidate.name }}, {{sender.name}} }}", MessagePurpose::Update);
        let filled = parsed.unwrap().fill(|field| {
            let is_name = field == MergeField::CandidateName;
            let hostile = || "{{sender.name}}".to_owned();
            Some(if is_name { hostile() } else { field.as_str().to_uppercase() })
        });
        assert_eq!(filled.unwrap(), "Dear {{sender.name}}, SENDER.NAME }}");
    }

    #[test]
    fn every_unknown_placeholder_is_named_with_its_place() {
        let wrong = told("Hé {{pay}}\n\n  {{candidate.rating}}", MessagePurpose::Update);
        assert!(wrong[0].1.starts_with("There is no placeholder `pay` (line 1, column 4) in"));
        assert!(wrong[1].1.contains("`candidate.rating` (line 3, column 3)"));
        assert!(wrong.iter().all(|(code, _)| *code == "unknown_placeholder"));
        let wrong = told("When? {{interview.time}}", MessagePurpose::Rejected);
        assert!(wrong[0].1.contains("in a message for `rejected`"));
        let wrong = told("Dear {{candidate.name", MessagePurpose::Update);
        assert_eq!(wrong[0].1, "The placeholder at line 1, column 6 does not end.");
    }

    #[test]
    fn a_placeholder_without_a_value_is_named_with_its_place() {
        let parsed = parse("\n{{interview.link}}", MessagePurpose::InterviewDetails).unwrap();
        let wrong = parsed.fill(|_| Some(" ".to_owned())).unwrap_err();
        assert_eq!(wrong[0].code, "unfilled_placeholder");
        assert!(wrong[0].detail.ends_with("`interview.link` (line 2, column 1)."));
    }
}
