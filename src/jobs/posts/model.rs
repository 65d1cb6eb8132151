//! The life of a job post, what stands in it, and what fits its questions.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use crate::error::{FieldError, Illegal};
use crate::http::fields::{Country, Key, Line, Prose, maybe_whole, web_link};
use crate::ids::OfficeId;
use crate::jobs::eligibility::model::TimeZoneRule;
use crate::organization::money::Money;
use crate::organization::pay_bands::PayPeriod;
use crate::text_enum;

/// How many posts a job has at most.
pub const POSTS_MAX: i64 = 20;
/// How many questions a post has at most.
pub const QUESTIONS_MAX: usize = 30;
/// The longest answers where a question does not say.
const SHORT: i32 = 500;
const LONG: i32 = 5000;
/// The longest answers that a question may ask for.
const SHORT_MAX: i32 = 1000;
const LONG_MAX: i32 = 20_000;
/// The longest link.
const LINK_MAX: usize = 2000;

/// What somebody agrees to where a post says nothing else.
pub const CONSENT: &str =
    "I agree that what I send here is kept and used to decide on this application.";

text_enum! {
    /// The life of a job post: draft → published ⇄ unpublished.
    pub enum JobPostState {
        /// Being written.
        Draft => "draft",
        /// For everybody, as long as its job is open.
        Published => "published",
        /// For nobody any more, or not at the moment.
        Unpublished => "unpublished",
    }
}

/// What can happen to a job post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobPostCommand {
    /// Show it to everybody.
    Publish,
    /// Take it back.
    Unpublish,
}

impl JobPostState {
    /// The state after a command.
    ///
    /// # Errors
    /// When the life knows no such step.
    pub const fn apply(self, command: JobPostCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Draft | Self::Unpublished, JobPostCommand::Publish) => Ok(Self::Published),
            (Self::Published, JobPostCommand::Unpublish) => Ok(Self::Unpublished),
            (Self::Published, JobPostCommand::Publish)
            | (Self::Draft | Self::Unpublished, JobPostCommand::Unpublish) => Err(Illegal),
        }
    }
}

text_enum! {
    /// Where the work of a post is done.
    pub enum Workplace {
        /// At an office.
        Onsite => "onsite",
        /// From where somebody lives.
        Remote => "remote",
    }
}

text_enum! {
    /// What a question of a post takes.
    pub enum PostQuestionKind {
        /// One line of text.
        ShortText => "short_text",
        /// Text of several lines.
        LongText => "long_text",
        /// True or false.
        YesNo => "yes_no",
        /// One of the options.
        SingleChoice => "single_choice",
        /// A number.
        Number => "number",
        /// A link of http or https.
        Url => "url",
    }
}

text_enum! {
    /// What is worth a look before a post is published; nothing is refused for it.
    pub enum JobPostWarningCode {
        /// People are not told what the job pays. Some countries ask for it.
        PayRangeMissing => "pay_range_missing",
    }
}

/// Where the work of a post is done, and who may do it from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostLocation {
    pub(crate) workplace: Workplace,
    /// Which office; for work onsite, and only there.
    pub(crate) office_id: Option<OfficeId>,
    /// From which countries; from all of them when there is none. Only for remote work.
    #[serde(default)]
    #[validate(length(max = 250))]
    #[schema(max_items = 250)]
    pub(crate) countries: Vec<Country>,
    /// From which time zones; from all of them when it is absent. Only for remote work.
    #[validate(nested)]
    pub(crate) time_zones: Option<TimeZoneRule>,
}

/// What a job pays, as everybody reads it. It need not be the pay band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostPay {
    pub(crate) minimum: Money,
    /// Not below the minimum, in the same currency.
    pub(crate) maximum: Money,
    /// What the amounts are for.
    pub(crate) period: PayPeriod,
}

/// A question to whoever applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostQuestion {
    /// What its answer is called; once in a post.
    pub(crate) key: Key,
    pub(crate) kind: PostQuestionKind,
    /// The question.
    pub(crate) text: Line<300>,
    /// What helps to answer it.
    pub(crate) help: Option<Prose<1000>>,
    /// Whether it must be answered.
    #[serde(default)]
    pub(crate) required: bool,
    /// The longest answer in characters, of texts alone: up to 1,000 for one line (500 when it is absent), up to
    /// 20,000 for several (5,000).
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 1, max = 20000))]
    #[schema(minimum = 1, maximum = 20000)]
    pub(crate) max_length: Option<i32>,
    /// What is chosen from: 2 to 50 for a choice, none for anything else.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub(crate) options: Vec<Line<200>>,
}

impl PostLocation {
    /// What does not fit together; the office is looked up elsewhere.
    pub fn misfits(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, code: &'static str, detail: &str| {
            wrong.push(FieldError::body(format!("/location{field}"), code, detail));
        };
        match self.workplace {
            Workplace::Onsite => {
                if self.office_id.is_none() {
                    refuse("/office_id", "required", "Name the office where the work is done.");
                }
                if !self.countries.is_empty() {
                    refuse("/countries", "unexpected", "Only remote work names countries.");
                }
                if self.time_zones.is_some() {
                    refuse("/time_zones", "unexpected", "Only remote work asks for time zones.");
                }
            }
            Workplace::Remote => {
                if self.office_id.is_some() {
                    refuse("/office_id", "unexpected", "Only work onsite names an office.");
                }
            }
        }
        let once: HashSet<&str> = self.countries.iter().map(|country| &**country).collect();
        if once.len() != self.countries.len() {
            refuse("/countries", "duplicate", "Name each country once.");
        }
        if let Some(Err((place, sentence))) = self.time_zones.as_ref().map(TimeZoneRule::read) {
            refuse(&format!("/time_zones{place}"), "invalid_value", sentence);
        }
        wrong
    }
}

impl PostPay {
    /// What does not fit together.
    pub fn misfits(&self) -> Vec<FieldError> {
        let refused =
            |detail: &str| vec![FieldError::body("/pay_range/maximum", "invalid_value", detail)];
        if self.minimum.currency != self.maximum.currency {
            return refused("It is in another currency than the minimum.");
        }
        if self.maximum.minor_units < self.minimum.minor_units {
            return refused("It lies below the minimum.");
        }
        Vec::new()
    }
}

impl PostQuestion {
    /// What does not fit together, by its place among the questions.
    fn misfits(&self, place: usize) -> Vec<FieldError> {
        let refused = |field: &str, code: &'static str, detail: String| {
            vec![FieldError::body(format!("/questions/{place}/{field}"), code, detail)]
        };
        let is_choice = self.kind == PostQuestionKind::SingleChoice;
        let once: HashSet<&str> = self.options.iter().map(|option| &**option).collect();
        if is_choice && self.options.len() < 2 {
            return refused("options", "range", "A choice has at least 2 options.".to_owned());
        }
        if !is_choice && !self.options.is_empty() {
            return refused("options", "unexpected", "Only a choice has options.".to_owned());
        }
        if once.len() != self.options.len() {
            return refused("options", "duplicate", "Name each option once.".to_owned());
        }
        match (self.max_length, self.kind.longest()) {
            (Some(_), None) => {
                refused("max_length", "unexpected", "Only texts have a length.".to_owned())
            }
            (Some(asked), Some((_, most))) if asked > most => {
                refused("max_length", "range", format!("At most {most}."))
            }
            (Some(_) | None, Some(_)) | (None, None) => Vec::new(),
        }
    }

    /// The answer as it is kept.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    fn check(&self, value: &Value) -> Result<Value, String> {
        let text = || value.as_str().ok_or_else(|| "expected a text".to_owned());
        let most = self.max_length.or(self.kind.longest().map(|(usual, _)| usual)).unwrap_or(0);
        let bounded = |text: String| {
            let fits = i32::try_from(text.chars().count()).is_ok_and(|length| length <= most);
            if fits { Ok(text) } else { Err(format!("at most {most} characters")) }
        };
        Ok(match self.kind {
            PostQuestionKind::ShortText => {
                bounded(text()?.parse::<Line<1000>>()?.to_text())?.into()
            }
            PostQuestionKind::LongText => {
                bounded(text()?.parse::<Prose<20_000>>()?.to_text())?.into()
            }
            PostQuestionKind::YesNo => {
                value.as_bool().ok_or_else(|| "expected true or false".to_owned())?.into()
            }
            PostQuestionKind::SingleChoice => {
                let chosen = text()?;
                let known = self.options.iter().find(|option| &***option == chosen);
                known.ok_or_else(|| "not one of the options".to_owned())?.to_text().into()
            }
            PostQuestionKind::Number => {
                let number = value.as_f64().filter(|number| number.abs() < 9_007_199_254_740_992.0);
                number.ok_or_else(|| "expected a number".to_owned())?;
                value.clone()
            }
            PostQuestionKind::Url => {
                let link = text()?.trim();
                if link.len() > LINK_MAX {
                    return Err(format!("at most {LINK_MAX} characters"));
                }
                web_link(link)?.into()
            }
        })
    }
}

impl PostQuestionKind {
    /// How long an answer is where nothing is said, and at most; none for what has no length.
    const fn longest(self) -> Option<(i32, i32)> {
        match self {
            Self::ShortText => Some((SHORT, SHORT_MAX)),
            Self::LongText => Some((LONG, LONG_MAX)),
            Self::YesNo | Self::SingleChoice | Self::Number | Self::Url => None,
        }
    }
}

/// What does not fit of the questions of a post.
pub fn question_misfits(questions: &[PostQuestion]) -> Vec<FieldError> {
    let mut keys = HashSet::new();
    let mut wrong = Vec::new();
    for (place, question) in questions.iter().enumerate() {
        if !keys.insert(&*question.key) {
            let pointer = format!("/questions/{place}/key");
            wrong.push(FieldError::body(pointer, "duplicate", "Another question is called that."));
        }
        wrong.extend(question.misfits(place));
    }
    wrong
}

/// The answers to the questions of a post, in their order, as they are kept; `null` counts as none.
///
/// # Errors
/// Each answer that does not fit, is missing, or answers nothing, at `/answers/<key>`.
pub fn check_answers<'q>(
    questions: &'q [PostQuestion],
    answers: &BTreeMap<String, Value>,
) -> Result<Vec<(&'q PostQuestion, Value)>, Vec<FieldError>> {
    let pointer = |key: &str| format!("/answers/{}", key.replace('~', "~0").replace('/', "~1"));
    let (mut kept, mut wrong) = (Vec::new(), Vec::new());
    for question in questions {
        let answer = answers.get(&*question.key).filter(|answer| !answer.is_null());
        match answer.map(|answer| question.check(answer)) {
            Some(Ok(answer)) => kept.push((question, answer)),
            Some(Err(why)) => {
                wrong.push(FieldError::body(pointer(&question.key), "invalid_value", why));
            }
            None if question.required => {
                let detail = "This question must be answered.";
                wrong.push(FieldError::body(pointer(&question.key), "required", detail));
            }
            None => {}
        }
    }
    let asked = |key: &str| questions.iter().any(|question| &*question.key == key);
    let others = answers.keys().filter(|key| !asked(key));
    wrong.extend(others.map(|key| {
        FieldError::body(pointer(key), "unknown_field", "The post asks nothing of that name.")
    }));
    if wrong.is_empty() { Ok(kept) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_whole_life_of_a_job_post() {
        use JobPostCommand::{Publish, Unpublish};
        use JobPostState::{Draft, Published, Unpublished};
        let table = [
            (Draft, [Ok(Published), Err(Illegal)]),
            (Published, [Err(Illegal), Ok(Unpublished)]),
            (Unpublished, [Ok(Published), Err(Illegal)]),
        ];
        for (state, expected) in table {
            let after = [Publish, Unpublish].map(|command| state.apply(command));
            assert_eq!(after, expected, "{state}");
        }
    }

    fn question(json: Value) -> PostQuestion {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_answer_fits_its_question_or_not() {
        let of = |kind: &str| question(json!({ "key": "it", "kind": kind, "text": "It?" }));
        let choice = question(json!({
            "key": "it", "kind": "single_choice", "text": "It?", "options": ["Yes, soon", "Later"],
        }));
        let brief =
            question(json!({ "key": "it", "kind": "short_text", "text": "It?", "max_length": 3 }));
        let fitting = [
            (&of("short_text"), json!(" One line "), json!("One line")),
            (&of("long_text"), json!("Two\nlines"), json!("Two\nlines")),
            (&of("yes_no"), json!(false), json!(false)),
            (&of("number"), json!(4.5), json!(4.5)),
            (&of("url"), json!("https://example.com/a"), json!("https://example.com/a")),
            (&choice, json!("Later"), json!("Later")),
            (&brief, json!("abc"), json!("abc")),
        ];
        for (question, answer, kept) in fitting {
            assert_eq!(question.check(&answer), Ok(kept), "{}", question.kind);
        }
        let wrong = [
            (&of("short_text"), json!("Two\nlines")),
            (&of("short_text"), json!("x".repeat(501))),
            (&of("long_text"), json!("x".repeat(5001))),
            (&of("long_text"), json!("  ")),
            (&of("yes_no"), json!("yes")),
            (&of("number"), json!("4")),
            (&of("number"), json!(1e300)),
            (&of("url"), json!("javascript:alert(1)")),
            (&choice, json!("Never")),
            (&brief, json!("abcd")),
        ];
        for (question, answer) in wrong {
            assert!(question.check(&answer).is_err(), "{} {answer}", question.kind);
        }
    }

    #[test]
    fn what_is_wrong_with_answers_is_named_by_their_questions() {
        let questions = [
            question(
                json!({ "key": "why", "kind": "long_text", "text": "Why?", "required": true }),
            ),
            question(json!({ "key": "years", "kind": "number", "text": "Years?" })),
        ];
        let answers =
            |json: Value| serde_json::from_value::<BTreeMap<String, Value>>(json).unwrap();
        let kept =
            check_answers(&questions, &answers(json!({ "why": "So.", "years": null }))).unwrap();
        assert_eq!(kept, [(&questions[0], json!("So."))]);
        let wrong =
            check_answers(&questions, &answers(json!({ "years": true, "a/b": 1 }))).unwrap_err();
        let wrong: Vec<_> = wrong.iter().map(|one| (&*one.pointer, &*one.code)).collect();
        assert_eq!(
            wrong,
            [
                ("/answers/why", "required"),
                ("/answers/years", "invalid_value"),
                ("/answers/a~1b", "unknown_field"),
            ]
        );
    }
}
