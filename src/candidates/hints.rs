//! Duplicate hints over the API: other candidates that share an address or a number.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Contact, ContactKind, store};
use crate::access::{Action, candidate_scope, holdings};
use crate::db::Conn;
use crate::error::Result;
use crate::http::{Ctx, Page, PageOf, Params, PathId};
use crate::ids::{CandidateId, kinds};
use crate::text_enum;

text_enum! {
    /// What two candidates have in common.
    pub enum DuplicateReasonCode {
        /// An e-mail address, but for upper and lower case.
        SameEmail => "same_email",
        /// The digits of a phone number.
        SamePhone => "same_phone",
    }
}

/// Why a candidate may be the same person.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateReason {
    code: DuplicateReasonCode,
    /// The address or number as it stands at the other candidate.
    #[schema(example = "ada@example.com")]
    value: String,
    /// The reason as a sentence.
    #[schema(example = "Both have the e-mail address ada@example.com.")]
    detail: String,
}

/// Another candidate that may be the same person. People decide whether it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateHint {
    /// The other candidate.
    candidate_id: CandidateId,
    /// The other candidate's name.
    #[schema(example = "A. Lovelace")]
    candidate_name: String,
    /// What speaks for it; never empty.
    reasons: Vec<DuplicateReason>,
}

/// Which hints.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DuplicateHintFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(DuplicateHintFilter);

/// List duplicate hints
///
/// Other candidates with the same e-mail address after case folding, or the same digits in a phone
/// number, each with its reasons. Only candidates whose contact points you may read.
#[utoipa::path(
    operation_id = "listDuplicateHints", tag = "candidates",
    params(("id" = CandidateId, Path, description = "Which candidate."), DuplicateHintFilter),
    responses((status = 200, description = "One page of hints.", body = PageOf<DuplicateHint>)),
)]
#[get("/candidates/{id}/duplicate-hints")]
pub async fn list_duplicate_hints(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    Params(filter): Params<DuplicateHintFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let scope = candidate_scope(conn, actor, id)?;
        holdings(conn, actor, &scope)?.require(Action::ReadContactPoints)?;
        let (emails, phones) = identifying(conn, id)?;
        let rows = store::sharing(conn, id, (&emails, &phones), actor, page)?;
        let ids: Vec<CandidateId> = rows.iter().map(|(id, _)| *id).collect();
        let mut contacts = store::contact_points(conn, &ids)?;
        let wire = |(candidate_id, candidate_name): (CandidateId, String)| {
            let theirs = contacts.remove(&candidate_id).unwrap_or_default();
            let reasons =
                theirs.into_iter().filter_map(|one| reason(one, &emails, &phones)).collect();
            (candidate_id.any(), DuplicateHint { candidate_id, candidate_name, reasons })
        };
        Ok(Page::new(rows.into_iter().map(wire).collect()))
    })
    .await
}

/// The folded addresses and numbers that tell who a candidate is.
fn identifying(conn: &mut Conn, id: CandidateId) -> Result<(Vec<String>, Vec<String>)> {
    let own = store::contact_points(conn, &[id])?.remove(&id).unwrap_or_default();
    let own = own.into_iter().map(|point| Contact::kept(point.kind, &point.value));
    let (emails, phones): (Vec<Contact>, Vec<Contact>) =
        own.filter(Contact::identifies).partition(|contact| contact.kind == ContactKind::Email);
    let folded = |contacts: Vec<Contact>| contacts.into_iter().map(|one| one.folded).collect();
    Ok((folded(emails), folded(phones)))
}

fn reason(
    theirs: store::ContactPoint,
    emails: &[String],
    phones: &[String],
) -> Option<DuplicateReason> {
    let store::ContactPoint { kind, value, value_folded, .. } = theirs;
    match kind {
        ContactKind::Email if emails.contains(&value_folded) => Some(DuplicateReason {
            code: DuplicateReasonCode::SameEmail,
            detail: format!("Both have the e-mail address {value}."),
            value,
        }),
        ContactKind::Phone if phones.contains(&value_folded) => Some(DuplicateReason {
            code: DuplicateReasonCode::SamePhone,
            detail: format!("Both have the phone number {value}."),
            value,
        }),
        ContactKind::Email | ContactKind::Phone | ContactKind::Link => None,
    }
}
