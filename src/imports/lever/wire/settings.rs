//! The account's people, stages, reasons, labels and forms.

use super::extra::Extra;
use super::values::{Instant, LeverId, Text, list};
use serde::Deserialize;

/// A person who signs in. From `GET /users`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The id.
    pub id: LeverId,
    /// Given and family name.
    pub name: Option<Text>,
    /// The address used to sign in.
    pub email: Option<Text>,
    /// `super admin`, `admin`, `team member`, `limited team member`, `interviewer`,
    /// `outside recruiter`, or a name the account chose.
    pub access_role: Option<Text>,
    /// What the person does.
    pub job_title: Option<Text>,
    /// The manager, a user.
    pub manager_id: Option<LeverId>,
    /// When the user was made.
    pub created_at: Option<Instant>,
    /// When the user was shut out; absent while active.
    pub deactivated_at: Option<Instant>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A step of the one pipeline. From `GET /stages`; the list's order is the pipeline's.
#[derive(Clone, Debug, Deserialize)]
pub struct Stage {
    /// The id; a word for built-in stages.
    pub id: LeverId,
    /// The name.
    pub text: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A reason for closing an opportunity. From `GET /archive_reasons`.
#[derive(Clone, Debug, Deserialize)]
pub struct ArchiveReason {
    /// The id.
    pub id: LeverId,
    /// The name.
    pub text: Option<Text>,
    /// `active` or `inactive`.
    pub status: Option<Text>,
    /// `hired` or `non-hired`; in `disposition_stages.json` `hired` or null.
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Stages and reasons once more, with the type of each stage. One record.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DispositionStages {
    /// Stages; their order in the pipeline is that of `rank`.
    #[serde(default, deserialize_with = "list")]
    pub stages: Vec<DispositionStage>,
    /// Reasons.
    #[serde(default, deserialize_with = "list")]
    pub archive_reasons: Vec<ArchiveReason>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A stage with its type.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DispositionStage {
    /// The id.
    pub id: LeverId,
    /// The name.
    pub text: Option<Text>,
    /// `lead`, `applicant`, `screen`, `onsite` or `offer`.
    pub pipeline: Option<Text>,
    /// Place in the pipeline; any number, only the order counts.
    pub rank: Option<f64>,
    /// Whether interviews are held in it.
    pub has_interview: Option<bool>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A label or a source. From `GET /tags` and `GET /sources`; the text is the key.
#[derive(Clone, Debug, Deserialize)]
pub struct Label {
    /// The text.
    pub text: Text,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A form for interviewers. From `GET /feedback_templates`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackTemplate {
    /// The id.
    pub id: LeverId,
    /// The title. Titles repeat.
    pub text: Option<Text>,
    /// What to do in the interview.
    pub instructions: Option<Text>,
    /// The folder it is kept in.
    pub group: Option<Group>,
    /// The form's fields, from top to bottom.
    #[serde(default, deserialize_with = "list")]
    pub fields: Vec<TemplateField>,
    /// When it was made.
    pub created_at: Option<Instant>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A folder of forms.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    /// The name.
    pub name: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A field of a form.
#[derive(Clone, Debug, Deserialize)]
pub struct TemplateField {
    /// `scorecard`, `score-system`, `score`, `textarea`, `yes-no`, `dropdown` and more.
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// The heading.
    pub text: Option<Text>,
    /// The lines of a `scorecard`, each of which is scored.
    #[serde(default, deserialize_with = "list")]
    pub scores: Vec<Score>,
    /// The answers to choose from; of a `score-system` the levels, highest first.
    #[serde(default, deserialize_with = "list")]
    pub options: Vec<Choice>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A line that is scored.
#[derive(Clone, Debug, Deserialize)]
pub struct Score {
    /// What is scored.
    pub text: Option<Text>,
    /// What it means.
    pub description: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An answer to choose.
#[derive(Clone, Debug, Deserialize)]
pub struct Choice {
    /// The answer, for instance `4 - Strong Hire`.
    pub text: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}
