//! What is held about a person, over the API.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, get};

use crate::access::{self, Action, Reach, candidate_scope, holdings};
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, PathId};
use crate::ids::{ApplicationId, CandidateId, kinds};
use crate::retention::export::{PersonalData, gather};
use crate::retention::{commands, store};

/// Export what is held about a candidate
///
/// Everything that is held about a person, for answering them when they ask: as a file. Whoever judged or
/// wrote is a number instead of a name. How they were judged is given once the application is closed or
/// its debrief was revealed; what is left out is said. Files are named, and downloaded one by one. That
/// you read it is recorded, and counts as reading the scorecards in it. Whoever owes a scorecard about the
/// candidate waits until it is in (409 `not_ready`).
#[utoipa::path(
    operation_id = "exportPersonalData", tag = "retention",
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 200, description = "What is held.", body = PersonalData)),
)]
#[get("/candidates/{id}/personal-data")]
pub async fn export_personal_data(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    // In one write, so that what is given is what was noted, and nothing is given that was not.
    let held: PersonalData = ctx
        .write(move |tx, actor| {
            let scope = candidate_scope(tx.conn, actor, id)?;
            holdings(tx.conn, actor, &scope)?.require(Action::ExportPersonalData)?;
            let applications = store::applications_of(tx.conn, id)?.into_iter();
            let applications: Vec<ApplicationId> = applications.map(|(id, _)| id).collect();
            let reach = Reach::of(actor, Action::ReadApplication);
            let readable = store::count_in_reach(tx.conn, id, reach)?;
            if usize::try_from(readable).is_ok_and(|readable| readable < applications.len()) {
                return Err(Error::new(Code::Forbidden, "Not all of it is yours to read."));
            }
            if !access::owed_among(tx.conn, actor.user_id, &applications)?.is_empty() {
                let detail = "You owe a scorecard about them; export it when it is in.";
                return Err(Error::new(Code::NotReady, detail));
            }
            commands::note_export(tx, actor, id)?;
            gather(tx.conn, id, now)
        })
        .await?;
    let name = format!("attachment; filename=\"evenbar-{id}.json\"");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(held))
}
