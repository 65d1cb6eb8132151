//! Postings and requisitions.

use super::extra::Extra;
use super::values::{Headcount, Instant, LeverId, Text, list};
use serde::Deserialize;
use serde_json::Number;

/// An advertised job. From `GET /postings`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    /// The id.
    pub id: LeverId,
    /// The title.
    pub text: Option<Text>,
    /// `published`, `internal`, `closed`, `draft`, `pending` or `rejected`.
    pub state: Option<Text>,
    /// `confidential` or `non-confidential`.
    pub confidentiality: Option<Text>,
    /// Who made it, a user.
    pub user: Option<LeverId>,
    /// Who owns it, a user.
    pub owner: Option<LeverId>,
    /// The hiring manager, a user.
    pub hiring_manager: Option<LeverId>,
    /// Department, team and place.
    pub categories: Option<Categories>,
    /// The text of the advertisement.
    pub content: Option<Content>,
    /// Codes of the requisitions it belongs to.
    #[serde(default, deserialize_with = "list")]
    pub requisition_codes: Vec<Text>,
    /// The pay range shown to candidates.
    pub salary_range: Option<Band>,
    /// When it was made.
    pub created_at: Option<Instant>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where a posting belongs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Categories {
    /// The department.
    pub department: Option<Text>,
    /// The team within the department.
    pub team: Option<Text>,
    /// The level.
    pub level: Option<Text>,
    /// `Full-time` and the like.
    pub commitment: Option<Text>,
    /// The main place.
    pub location: Option<Text>,
    /// All places, the main one among them.
    #[serde(default, deserialize_with = "list")]
    pub all_locations: Vec<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The text of an advertisement.
#[derive(Clone, Debug, Deserialize)]
pub struct Content {
    /// Plain text.
    pub description: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A pay band.
#[derive(Clone, Debug, Deserialize)]
pub struct Band {
    /// Lower end, in the currency's major unit (dollars).
    pub min: Option<Number>,
    /// Upper end, in the currency's major unit.
    pub max: Option<Number>,
    /// ISO 4217 code.
    pub currency: Option<Text>,
    /// `per-year-salary`, `per-month-salary`, `per-day-wage`, `per-hour-wage` and others.
    pub interval: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An approval to hire. From `GET /requisitions`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requisition {
    /// The id.
    pub id: LeverId,
    /// The account's own code for it, by which postings name it.
    pub requisition_code: Option<Text>,
    /// The title.
    pub name: Option<Text>,
    /// `open`, `closed`, `onHold`, `pending`, `rejected` or `draft`.
    pub status: Option<Text>,
    /// `confidential` or `non-confidential`.
    pub confidentiality: Option<Text>,
    /// How many people may be hired.
    pub headcount_total: Option<Headcount>,
    /// True if the headcount is unlimited.
    pub headcount_infinite: Option<bool>,
    /// How many were hired.
    pub headcount_hired: Option<u32>,
    /// Who made it, a user.
    pub creator: Option<LeverId>,
    /// Who owns it, a user.
    pub owner: Option<LeverId>,
    /// The hiring manager, a user.
    pub hiring_manager: Option<LeverId>,
    /// Notes for colleagues.
    pub internal_notes: Option<Text>,
    /// The approved pay.
    pub compensation_band: Option<Band>,
    /// The approval; without steps if the account did not ask for one.
    pub approval: Option<Approval>,
    /// `Exempt Full-Time` and the like.
    pub employment_status: Option<Text>,
    /// The place.
    pub location: Option<Text>,
    /// The department.
    pub department: Option<Text>,
    /// The team within the department.
    pub team: Option<Text>,
    /// The postings that hire for it.
    #[serde(default, deserialize_with = "list")]
    pub postings: Vec<LeverId>,
    /// When it was made.
    pub created_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The approval of a requisition.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// The id; absent if no approval was asked for.
    pub id: Option<LeverId>,
    /// `approved`, `denied` or `inprogress`; null if it was never started.
    pub status: Option<Text>,
    /// When it was started.
    pub started_at: Option<Instant>,
    /// When it was granted.
    pub approved_at: Option<Instant>,
    /// Who asked for it, a user.
    pub created_by: Option<LeverId>,
    /// The steps, in order.
    #[serde(default, deserialize_with = "list")]
    pub steps: Vec<ApprovalStep>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A step of an approval.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalStep {
    /// The id; absent in an approval that was never started.
    pub id: Option<LeverId>,
    /// `approved`, `denied` or `inprogress`; null if its turn has not come.
    pub status: Option<Text>,
    /// How many of the approvers must say yes.
    pub approvals_required: Option<u32>,
    /// The approvers, each of equal standing.
    #[serde(default, deserialize_with = "list")]
    pub approvers: Vec<Approver>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Someone who approves.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approver {
    /// The user who approves, also where a rule (the hiring manager) chose them.
    pub id: LeverId,
    /// Whether a rule chose the user.
    pub is_dynamic: Option<bool>,
    /// The vote; absent while it is owed.
    pub approved: Option<bool>,
    /// When the vote was given, be it yes or no.
    pub approved_at: Option<Instant>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The definition of a field that the account added to requisitions. From
/// `GET /requisition_fields`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequisitionField {
    /// The key, a word.
    pub id: LeverId,
    /// The name.
    pub text: Option<Text>,
    /// `date`, `number`, `text`, `dropdown` or `object`.
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// Whether it must be filled in.
    pub is_required: Option<bool>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}
