//! Applications and prospects with their history.

use serde_json::{Map, Value};

use super::candidates::candidate;
use super::jobs::{self, stage};
use super::people::user;
use super::settings::{reason, source};
use super::unit::{Kept, Made, Source, Writer, line, refer};
use crate::applications::commands::{PastApplication, PastClosing, PastMove, insert_past};
use crate::candidates::commands::{NewProspect, PastProspectMove};
use crate::candidates::prospects::commands as prospects;
use crate::clock::Instant;
use crate::db::types::Document;
use crate::error::Result;
use crate::ids::{CandidateId, Id, kinds};
use crate::imports::kind::Kind;
use crate::imports::lever::plan::Plan;
use crate::imports::lever::plan::jobs::JobKey;
use crate::imports::lever::plan::pursuits::{Outcome, PursuitPlan, Standing};
use crate::imports::lever::wire::values::LeverId;

/// What opportunities are called in external references.
const OPPORTUNITY: &str = "opportunity";

/// Why a record is skipped whose history names something that is not there.
const INCOMPLETE: &str = "something that it names was not taken";

/// Writes the applications and prospects of a plan.
pub(super) fn write(writer: &mut Writer<'_>, plan: &Plan) -> Result<()> {
    for pursuit in &plan.pursuits {
        let is_application = matches!(pursuit.standing, Standing::Application { .. });
        let origin = Source {
            counted: if is_application { Kind::Applications } else { Kind::Prospects },
            file: Kind::Opportunities,
            kind: OPPORTUNITY,
            id: pursuit.id.as_str().to_owned(),
            at: Some(pursuit.created_at),
        };
        let Some(person) = candidate(writer, &pursuit.contact) else {
            writer.skip(&origin, "its contact was not taken");
            writer.step();
            continue;
        };
        let is_new = match &pursuit.standing {
            Standing::Application { id, job } => application(writer, origin, pursuit, person, plan, (id, job))?,
            Standing::Prospect => prospect(writer, origin, pursuit, person, plan)?,
        };
        count(writer, pursuit, is_new);
        writer.step();
    }
    Ok(())
}

/// Counts the history of a pursuit as the pursuit itself was.
fn count(writer: &mut Writer<'_>, pursuit: &PursuitPlan, is_new: Option<bool>) {
    let moves = pursuit.changes.iter().map(|_| Kind::StageChanges);
    for kind in moves.chain(pursuit.closing.iter().map(|_| Kind::Archivals)) {
        match is_new {
            Some(true) => writer.report.created(kind),
            Some(false) => writer.report.unchanged(kind),
            None => {}
        }
    }
}

fn is_new<K>(kept: &Kept<K>) -> Option<bool> {
    match kept {
        Kept::Created(_) => Some(true),
        Kept::Unchanged(_) => Some(false),
        Kept::Skipped => None,
    }
}

fn application(
    writer: &mut Writer<'_>,
    origin: Source,
    pursuit: &PursuitPlan,
    candidate_id: CandidateId,
    plan: &Plan,
    (application, job): (&LeverId, &JobKey),
) -> Result<Option<bool>> {
    let Some(past) = past(writer, pursuit, candidate_id, job, plan) else {
        writer.skip(&origin, INCOMPLETE);
        return Ok(None);
    };
    let application = application.as_str().to_owned();
    let kept: Kept<kinds::Application> = writer.keep(origin, move |tx, permit, id| {
        insert_past(tx, permit, past.clone())?;
        refer(tx, permit, ("application", &application), id)?;
        Ok(Made::New(id))
    })?;
    Ok(is_new(&kept))
}

fn past(
    writer: &Writer<'_>,
    pursuit: &PursuitPlan,
    candidate_id: CandidateId,
    job: &JobKey,
    plan: &Plan,
) -> Option<PastApplication> {
    let moves = pursuit.changes.iter().map(|change| {
        let from = change.from.as_ref();
        Some(PastMove {
            from_stage_id: match from {
                Some(from) => Some(stage(writer, job, from)?),
                None => None,
            },
            to_stage_id: stage(writer, job, &change.to)?,
            actor_id: user(writer, change.actor.as_ref()).map(Id::any),
            occurred_at: Instant::from_utc(change.at),
        })
    });
    let closing = match &pursuit.closing {
        None => None,
        Some(closing) => {
            let (actor_id, occurred_at) = (None, Instant::from_utc(closing.at));
            Some(match closing.outcome {
                Outcome::Hired => PastClosing::Hired { actor_id, occurred_at },
                Outcome::Rejected => {
                    let reason_id = reason(writer, closing.reason.as_ref())?;
                    PastClosing::Rejected { reason_id, note: None, actor_id, occurred_at }
                }
            })
        }
    };
    Some(PastApplication {
        candidate_id,
        job_id: jobs::job(writer, job)?,
        stage_id: match &pursuit.stage {
            Some(id) => stage(writer, job, id)?,
            None => jobs::first_stage(writer, job, plan)?,
        },
        source_id: source(writer, pursuit.source.as_ref()),
        owner_id: user(writer, pursuit.owner.as_ref()),
        applied_at: Instant::from_utc(pursuit.created_at),
        moves: moves.collect::<Option<Vec<_>>>()?,
        closing,
        custom: custom(writer, pursuit),
    })
}

/// What has no column: how the application came, and who brought it.
fn custom(writer: &Writer<'_>, pursuit: &PursuitPlan) -> Document {
    let mut fields = Map::new();
    if let Some(origin) = &pursuit.origin {
        fields.insert("origin".to_owned(), Value::String(line(origin, 60)));
    }
    if let Some(id) = user(writer, pursuit.sourced_by.as_ref()) {
        fields.insert("sourced_by".to_owned(), Value::String(id.to_string()));
    }
    Document(Value::Object(fields))
}

fn prospect(
    writer: &mut Writer<'_>,
    origin: Source,
    pursuit: &PursuitPlan,
    candidate_id: CandidateId,
    plan: &Plan,
) -> Result<Option<bool>> {
    let id = Some(pursuit.id.as_str());
    if pursuit.origin.is_some() {
        writer.report.no_home("opportunities.origin (of a prospect)", id);
    }
    if pursuit.sourced_by.is_some() {
        writer.report.no_home("opportunities.sourcedBy (of a prospect)", id);
    }
    let closing = pursuit.closing.as_ref();
    let was_hired = closing.is_some_and(|closing| closing.outcome == Outcome::Hired);
    if was_hired {
        writer.report.remark("a prospect was closed as hired; kept as closed without a reason", id);
    }
    let closed_for = closing.filter(|_| !was_hired).map(|closing| closing.reason.as_ref());
    let rejection_reason_id = match closed_for.map(|id| reason(writer, id)) {
        Some(None) => {
            writer.skip(&origin, INCOMPLETE);
            return Ok(None);
        }
        Some(found) => found,
        None => None,
    };
    let name = |id: &LeverId| jobs::stage_name(plan, id);
    let moves = pursuit.changes.iter().map(|change| PastProspectMove {
        from_name: change.from.as_ref().map(name),
        to_name: name(&change.to),
        actor_id: user(writer, change.actor.as_ref()).map(Id::any),
        occurred_at: Instant::from_utc(change.at),
    });
    let new = NewProspect {
        candidate_id,
        source_id: source(writer, pursuit.source.as_ref()),
        owner_id: user(writer, pursuit.owner.as_ref()),
        stage_name: pursuit.stage.as_ref().map(name),
        closed_at: closing.map(|closing| Instant::from_utc(closing.at)),
        rejection_reason_id,
        moves: moves.collect(),
    };
    let kept: Kept<kinds::Prospect> = writer.keep(origin, move |tx, permit, _| {
        Ok(Made::New(prospects::insert(tx, permit, new.clone())?))
    })?;
    Ok(is_new(&kept))
}
