//! What a person sees of others' cards for an application, and why. The explanation is made of who
//! the person is and what they owe; no judgement, no count and no phase of a debrief goes into it.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Actor, CardView, Scope, holdings, owed_interviews, standing};
use crate::applications::{commands, store};
use crate::db::Conn;
use crate::debriefs;
use crate::error::{Error, FieldError, Result};
use crate::http::{Ctx, Params, PathId, Shown};
use crate::ids::{ApplicationId, InterviewId, UserId, kinds};
use crate::text_enum;
use crate::users::{self, UserState};

text_enum! {
    /// How much a person sees of others' scorecards.
    pub enum CardsSeen {
        /// Nothing at all.
        Nothing => "nothing",
        /// That cards exist, and whether they are in.
        Sealed => "sealed",
        /// How many are in until the debrief reveals them; the cards from then on.
        CountsUntilReveal => "counts_until_reveal",
        /// Every submitted card.
        All => "all",
    }
}

text_enum! {
    /// Why a person sees that much.
    pub enum VisibilityReasonCode {
        /// They cannot sign in.
        Deactivated => "deactivated",
        /// They were asked to join and have not yet.
        Invited => "invited",
        /// They have no part in the evaluation of the application.
        NoPart => "no_part",
        /// They still owe an evaluation.
        OwesEvaluation => "owes_evaluation",
        /// They sit on a panel and have handed in what they owed; other roles never widen the view.
        Panelist => "panelist",
        /// They have a part, but do not drive the hire.
        TakesPart => "takes_part",
        /// They decide, sit on no panel, and looked before the reveal.
        Peeked => "peeked",
        /// They decide a stage on one card, which is before them.
        DecidesLightly => "decides_lightly",
        /// They drive the hire and sit on no panel.
        DrivesHire => "drives_hire",
    }
}

/// One reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisibilityReason {
    code: VisibilityReasonCode,
    /// The reason as a sentence.
    #[schema(example = "Still owes an evaluation for the interview \"System design\".")]
    detail: String,
    /// The interview that the evaluation is owed for.
    interview_id: Option<InterviewId>,
}

/// What a person sees of others' scorecards for an application, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationVisibility {
    application_id: ApplicationId,
    /// Whose view is explained.
    user_id: UserId,
    cards_seen: CardsSeen,
    /// Never empty.
    reasons: Vec<VisibilityReason>,
}

/// Whose view.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VisibilityFilter {
    /// Whose view is explained; your own without it.
    #[serde(rename = "as")]
    person: Option<UserId>,
}

/// Explain what somebody sees
///
/// Says how much of others' scorecards a person sees for an application, and why. Everybody who may
/// read the application may ask for themselves; recruiters and the hiring manager for anybody.
#[utoipa::path(
    operation_id = "explainVisibility", tag = "applications",
    params(("id" = ApplicationId, Path, description = "Which application."), VisibilityFilter),
    responses((status = 200, description = "The explanation.", body = ApplicationVisibility)),
)]
#[get("/applications/{id}/visibility")]
pub async fn explain_visibility(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    Params(filter): Params<VisibilityFilter>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id, filter.person.unwrap_or(actor.user_id))).await
}

fn show(
    conn: &mut Conn,
    actor: &Actor,
    id: ApplicationId,
    person: UserId,
) -> Result<Shown<ApplicationVisibility>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = commands::scope(conn, actor, &row)?;
    let own = person == actor.user_id;
    let action = if own { Action::ReadApplication } else { Action::ExplainVisibility };
    holdings(conn, actor, &scope)?.require(action)?;
    let unknown = || {
        let field = FieldError::query("as", "unknown_reference", "There is no such user.");
        Error::invalid_fields(vec![field])
    };
    let user = users::store::find(conn, person)?.ok_or_else(unknown)?;
    let (cards_seen, reasons) = match user.state {
        UserState::Active => explain(conn, &user.in_absence(), &row)?,
        UserState::Deactivated => {
            let reason = because(VisibilityReasonCode::Deactivated, "Cannot sign in any more.");
            (CardsSeen::Nothing, vec![reason])
        }
        UserState::Invited => {
            let reason = because(VisibilityReasonCode::Invited, "Has not joined yet.");
            (CardsSeen::Nothing, vec![reason])
        }
    };
    let value = ApplicationVisibility { application_id: id, user_id: person, cards_seen, reasons };
    Ok(Shown { version: row.version, value })
}

fn explain(
    conn: &mut Conn,
    person: &Actor,
    row: &store::Application,
) -> Result<(CardsSeen, Vec<VisibilityReason>)> {
    let standing = standing(conn, person, row.id)?;
    let scope = Scope::on_job(row.id, row.job_id).standing(standing);
    if !holdings(conn, person, &scope)?.allow(Action::ReadScorecard) {
        let detail = "Has no part in the evaluation of this application.";
        return Ok((CardsSeen::Nothing, vec![because(VisibilityReasonCode::NoPart, detail)]));
    }
    let (seen, mut reasons) = match standing.card_view(person) {
        CardView::Sealed => (CardsSeen::Sealed, owed(conn, person.user_id, row.id)?),
        CardView::All => {
            let detail = "Drives the hire and sits on no panel of this application.";
            (CardsSeen::All, vec![because(VisibilityReasonCode::DrivesHire, detail)])
        }
        CardView::Revealed if standing.panelist => {
            let detail =
                "Sits on a panel and owes nothing more; other roles never widen this view.";
            (CardsSeen::CountsUntilReveal, vec![because(VisibilityReasonCode::Panelist, detail)])
        }
        CardView::Revealed if debriefs::store::has_peeked(conn, person.user_id, row.id)? => {
            let detail = "Decides, sits on no panel, and looked before the reveal.";
            (CardsSeen::All, vec![because(VisibilityReasonCode::Peeked, detail)])
        }
        CardView::Revealed => {
            let detail = "Has a part in the evaluation, but does not drive the hire.";
            (CardsSeen::CountsUntilReveal, vec![because(VisibilityReasonCode::TakesPart, detail)])
        }
    };
    if seen == CardsSeen::CountsUntilReveal
        && standing.decider
        && debriefs::store::light::decides(conn, person.user_id, row.id)?
    {
        let detail = "Decides a stage on one card, and reads that one since it came in.";
        reasons.push(because(VisibilityReasonCode::DecidesLightly, detail));
    }
    Ok((seen, reasons))
}

fn owed(conn: &mut Conn, person: UserId, id: ApplicationId) -> Result<Vec<VisibilityReason>> {
    let reason = |(interview_id, kit): (InterviewId, String)| VisibilityReason {
        code: VisibilityReasonCode::OwesEvaluation,
        detail: format!("Still owes an evaluation for the interview \"{kit}\"."),
        interview_id: Some(interview_id),
    };
    Ok(owed_interviews(conn, person, id)?.into_iter().map(reason).collect())
}

fn because(code: VisibilityReasonCode, detail: &str) -> VisibilityReason {
    VisibilityReason { code, detail: detail.to_owned(), interview_id: None }
}
