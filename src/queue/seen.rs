//! What a person owes, in a fixed number of statements.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::{Item, ItemKind, Place, Seat, arrange};
use crate::access::{Actor, owing_seats};
use crate::applications::ApplicationStatus;
use crate::approvals;
use crate::approvals::delegations;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    applications, approval_runs, candidates, debriefs, interviews, jobs, kits, panelists,
    scorecards,
};
use crate::debriefs::DebriefState;
use crate::error::Result;
use crate::ids::{ApplicationId, ApprovalRunId, DebriefId, InterviewId};
use crate::interviews::InterviewState;
use crate::loops::templates::{KitKind, Slot};

/// How many things of one kind are looked at, those of the oldest first.
pub const FOUND_MAX: i64 = 200;

/// Everything that the actor owes at an instant, in the order in which it falls due. Applications
/// that ended owe nothing.
pub fn of(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Item>> {
    let mut items = of_panels(conn, actor, now)?;
    items.extend(decisions(conn, actor)?);
    items.extend(votes(conn, actor)?);
    arrange(&mut items);
    Ok(items)
}

#[derive(Queryable)]
struct SeatRow {
    interview_id: InterviewId,
    application_id: ApplicationId,
    slot: Slot,
    due_at: Option<Instant>,
    waived_at: Option<Instant>,
    state: InterviewState,
    starts_at: Option<Instant>,
    ends_at: Option<Instant>,
    kit: (String, KitKind, i32),
    candidate_name: String,
    job_title: String,
    begun: bool,
}

fn of_panels(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Item>> {
    let user = actor.user_id;
    let own_card = scorecards::table
        .filter(scorecards::interview_id.eq(panelists::interview_id))
        .filter(scorecards::author_id.eq(user));
    let off = [InterviewState::Cancelled, InterviewState::NoShow];
    let rows: Vec<SeatRow> = panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .inner_join(applications::table.on(applications::id.eq(panelists::application_id)))
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .filter(panelists::submitted_at.is_null())
        .filter(interviews::state.ne_all(off))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .order(panelists::id)
        .limit(FOUND_MAX)
        .select((
            panelists::interview_id,
            panelists::application_id,
            panelists::slot,
            panelists::due_at,
            panelists::waived_at,
            interviews::state,
            interviews::starts_at,
            interviews::ends_at,
            (kits::name, kits::kind, kits::minutes),
            candidates::name,
            jobs::title,
            exists(own_card),
        ))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|row| row.item(now)).collect())
}

impl SeatRow {
    fn item(self, now: Instant) -> Option<Item> {
        let (title, kit_kind, minutes) = self.kit;
        let seat = Seat {
            slot: self.slot,
            kit_kind,
            minutes,
            state: self.state,
            ends_at: self.ends_at,
            waived: self.waived_at.is_some(),
        };
        let (kind, minutes) = seat.owes(now)?;
        Some(Item {
            kind,
            place: Place::Interview(self.interview_id),
            application_id: Some(self.application_id),
            candidate_name: Some(self.candidate_name),
            job_title: Some(self.job_title),
            title,
            starts_at: self.starts_at,
            due_at: self.due_at,
            minutes,
            begun: self.begun,
        })
    }
}

/// The revealed debriefs that the actor decides, of applications for which they owe nothing.
fn decisions(conn: &mut Conn, actor: &Actor) -> Result<Vec<Item>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(debriefs::application_id))
        .filter(owing_seats(actor.user_id));
    let rows: Vec<(DebriefId, ApplicationId, String, String)> = debriefs::table
        .inner_join(applications::table.on(applications::id.eq(debriefs::application_id)))
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(debriefs::decider_id.eq(actor.user_id))
        .filter(debriefs::state.eq(DebriefState::Revealed))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .filter(not(exists(owing)))
        .order(debriefs::id)
        .limit(FOUND_MAX)
        .select((debriefs::id, debriefs::application_id, candidates::name, jobs::title))
        .load(conn)?;
    let item = |(id, application_id, candidate_name, job_title)| Item {
        kind: ItemKind::Decision,
        place: Place::Debrief(id),
        application_id: Some(application_id),
        candidate_name: Some(candidate_name),
        job_title: Some(job_title),
        title: "Decision".to_owned(),
        starts_at: None,
        due_at: None,
        minutes: ItemKind::Decision.minutes(),
        begun: false,
    };
    Ok(rows.into_iter().map(item).collect())
}

/// An approval run with its application, its candidate's name and its job's title.
type Named = (ApprovalRunId, Option<(ApplicationId, String, String)>);

/// The votes that are awaited: the actor's own, and those that they may cast in another's place.
fn votes(conn: &mut Conn, actor: &Actor) -> Result<Vec<Item>> {
    let own = approvals::store::waiting_for(conn, actor.user_id, FOUND_MAX)?.into_iter();
    let own = own.filter(|whole| whole.waits_for(actor.user_id)).map(|whole| whole.run.id);
    let mut runs: Vec<ApprovalRunId> = own.collect();
    runs.extend(delegations::awaited(conn, actor)?);
    runs.sort_unstable();
    runs.dedup();
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let candidate = applications::table
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)));
    let rows: Vec<Named> = approval_runs::table
        .left_join(candidate.on(approval_runs::application_id.eq(applications::id.nullable())))
        .filter(approval_runs::id.eq_any(runs))
        .order(approval_runs::id)
        .select((approval_runs::id, (applications::id, candidates::name, jobs::title).nullable()))
        .load(conn)?;
    let item = |(id, about): Named| {
        let (application_id, candidate_name, job_title) = about
            .map_or((None, None, None), |(id, name, title)| (Some(id), Some(name), Some(title)));
        Item {
            kind: ItemKind::Vote,
            place: Place::ApprovalRun(id),
            application_id,
            candidate_name,
            job_title,
            title: "Approval".to_owned(),
            starts_at: None,
            due_at: None,
            minutes: ItemKind::Vote.minutes(),
            begun: false,
        }
    };
    Ok(rows.into_iter().map(item).collect())
}
