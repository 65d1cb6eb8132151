//! Queries on `approval_runs`, `approval_steps`, `approval_step_members` and `votes`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::model::{Member, Passage, PassageStep};
use super::{RunState, RunSubjectKind, StepMode, StepState, TermsHash, VoteDecision};
use crate::access::{Condition, Permit};
use crate::clock::Instant;
use crate::db::schema::{
    approval_runs, approval_step_members, approval_steps, offer_versions, votes,
};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{
    AnyId, ApplicationId, ApprovalRunId, ApprovalStepId, JobId, OfferId, OfferVersionId, RowId,
    SettingsVersionId, UserId, VoteId,
};

/// A row of `approval_runs`: one passage of one version through its steps.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_runs, treat_none_as_default_value = false)]
pub struct Run {
    pub id: ApprovalRunId,
    pub subject_kind: RunSubjectKind,
    pub subject_id: AnyId,
    pub application_id: Option<ApplicationId>,
    pub job_id: Option<JobId>,
    pub terms_hash: Option<TermsHash>,
    pub state: RunState,
    pub settings_version_id: Option<SettingsVersionId>,
    pub started_by: Option<UserId>,
    pub started_at: Instant,
    pub ended_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `approval_steps`: a step of a run.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_steps, treat_none_as_default_value = false)]
pub struct Step {
    pub id: ApprovalStepId,
    pub approval_run_id: ApprovalRunId,
    pub position: i32,
    pub name: String,
    pub mode: StepMode,
    pub state: StepState,
    pub asked_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// A row of `approval_step_members`: who may vote on a step.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_step_members, treat_none_as_default_value = false)]
pub struct StepMember {
    pub id: RowId,
    pub approval_step_id: ApprovalStepId,
    pub user_id: UserId,
}

/// A row of `votes`: a vote, bound to the terms it saw.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = votes, treat_none_as_default_value = false)]
pub struct Vote {
    pub id: VoteId,
    pub approval_run_id: ApprovalRunId,
    pub approval_step_id: ApprovalStepId,
    pub user_id: UserId,
    pub cast_by: Option<UserId>,
    pub decision: VoteDecision,
    pub note: Option<String>,
    pub terms_hash: Option<TermsHash>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// A run with everything below it.
#[derive(Debug, Clone)]
pub struct WholeRun {
    /// The run itself.
    pub run: Run,
    /// The offer whose version it is about, if it is about one.
    pub offer_id: Option<OfferId>,
    /// Its steps in order.
    pub steps: Vec<WholeStep>,
}

/// A step with its members and their votes.
#[derive(Debug, Clone)]
pub struct WholeStep {
    /// The step itself.
    pub step: Step,
    /// Who may vote, with the vote of whoever did.
    pub members: Vec<(UserId, Option<Vote>)>,
}

impl WholeRun {
    /// What the rules of approval work on.
    pub fn passage(&self) -> Passage {
        let steps = self.steps.iter().map(|whole| PassageStep {
            mode: whole.step.mode,
            state: whole.step.state,
            members: whole
                .members
                .iter()
                .map(|(user_id, vote)| Member {
                    user_id: *user_id,
                    vote: vote.as_ref().map(|vote| vote.decision),
                    cast_by: vote.as_ref().and_then(|vote| vote.cast_by),
                })
                .collect(),
        });
        Passage { state: self.run.state, terms_hash: self.run.terms_hash, steps: steps.collect() }
    }

    /// Whether the step whose turn it is waits for the vote of a person.
    pub fn waits_for(&self, user_id: UserId) -> bool {
        let pending = self.steps.iter().filter(|whole| whole.step.state == StepState::Pending);
        let members = pending.flat_map(|whole| &whole.members);
        members.into_iter().any(|(member, vote)| *member == user_id && vote.is_none())
    }

    /// The steps on which a vote of a person is still to come.
    pub fn steps_of(&self, user_id: UserId) -> impl Iterator<Item = &WholeStep> {
        self.steps.iter().filter(move |whole| {
            matches!(whole.step.state, StepState::Waiting | StepState::Pending)
                && whole.members.iter().any(|(member, vote)| *member == user_id && vote.is_none())
        })
    }

    /// Whether a person stands on any of its steps.
    pub fn has_member(&self, user_id: UserId) -> bool {
        self.steps.iter().flat_map(|step| &step.members).any(|(member, _)| *member == user_id)
    }
}

impl WholeStep {
    /// Whether the step can do without a member: one vote is enough, and somebody else can give it.
    pub fn spares(&self, user_id: UserId) -> bool {
        let others = self.members.iter().filter(|(member, _)| *member != user_id);
        self.step.mode == StepMode::Any && others.into_iter().any(|(_, vote)| vote.is_none())
    }
}

/// Which runs.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this application.
    pub application_id: Option<ApplicationId>,
    /// In this state.
    pub state: Option<RunState>,
    /// Whose pending step this person is asked on and has not voted on.
    pub waiting_for: Option<UserId>,
    /// Those that wait for the vote of the same person in another's place.
    pub waiting_in_place: Vec<ApprovalRunId>,
}

/// One run without its steps.
pub fn find(conn: &mut Conn, id: ApprovalRunId) -> QueryResult<Option<Run>> {
    approval_runs::table.find(id).first(conn).optional()
}

/// One run with everything below it, in one statement.
pub fn whole(conn: &mut Conn, id: ApprovalRunId) -> QueryResult<Option<WholeRun>> {
    Ok(load_whole(conn, Pick::Runs(&[id]))?.pop())
}

/// The run of a version; a version is submitted at most once.
pub fn whole_of_version(conn: &mut Conn, id: OfferVersionId) -> QueryResult<Option<WholeRun>> {
    Ok(load_whole(conn, Pick::Subject(id.any()))?.pop())
}

/// The run of a step.
pub fn whole_of_step(conn: &mut Conn, id: ApprovalStepId) -> QueryResult<Option<WholeRun>> {
    let run: Option<ApprovalRunId> = approval_steps::table
        .find(id)
        .select(approval_steps::approval_run_id)
        .first(conn)
        .optional()?;
    run.map_or(Ok(None), |run| whole(conn, run))
}

/// One page of runs, newest first.
pub fn list(
    conn: &mut Conn,
    visible: Condition<approval_runs::table>,
    wanted: &Wanted,
    page: &PageRequest,
) -> QueryResult<Vec<WholeRun>> {
    let mut query = approval_runs::table.select(approval_runs::id).into_boxed();
    query = query.filter(visible);
    if let Some(application_id) = wanted.application_id {
        query = query.filter(approval_runs::application_id.eq(application_id));
    }
    if let Some(state) = wanted.state {
        query = query.filter(approval_runs::state.eq(state));
    }
    if let Some(user_id) = wanted.waiting_for {
        let in_place = approval_runs::id.eq_any(wanted.waiting_in_place.clone());
        query = query.filter(waits_for(user_id).or(in_place));
    }
    if let Some(before) = page.before {
        query = query.filter(approval_runs::id.lt(before));
    }
    let ids: Vec<ApprovalRunId> =
        query.order(approval_runs::id.desc()).limit(page.fetch()).load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    load_whole(conn, Pick::Runs(&ids))
}

/// The runs under way in which a vote of a person is still to come.
pub fn waiting_for(conn: &mut Conn, user: UserId, limit: i64) -> QueryResult<Vec<WholeRun>> {
    let (waiting, pending): (StepState, StepState) = (StepState::Waiting, StepState::Pending);
    let ids: Vec<ApprovalRunId> = approval_runs::table
        .inner_join(approval_steps::table.on(approval_steps::approval_run_id.eq(approval_runs::id)))
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .filter(approval_runs::state.eq(RunState::Pending))
        .filter(approval_runs::terms_hash.is_not_null())
        .filter(approval_steps::state.eq_any([waiting, pending]))
        .filter(approval_step_members::user_id.eq(user))
        .filter(diesel::dsl::not(exists(votes_on_step(user))))
        .order(approval_runs::id)
        .limit(limit)
        .select(approval_runs::id)
        .distinct()
        .load(conn)?;
    if ids.is_empty() { Ok(Vec::new()) } else { load_whole(conn, Pick::Runs(&ids)) }
}

/// Puts a person in another's place on a step, or takes the other one off it.
pub(super) fn replace_member(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    step: ApprovalStepId,
    (from, to): (UserId, Option<UserId>),
) -> Result<()> {
    let place = approval_step_members::table
        .filter(approval_step_members::approval_step_id.eq(step))
        .filter(approval_step_members::user_id.eq(from));
    let done = match to {
        Some(to) => {
            diesel::update(place).set(approval_step_members::user_id.eq(to)).execute(tx.conn)?
        }
        None => diesel::delete(place).execute(tx.conn)?,
    };
    if done == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Votes of a person on a step.
#[diesel::dsl::auto_type]
fn votes_on_step(user: UserId) -> _ {
    votes::table
        .filter(votes::approval_step_id.eq(approval_steps::id))
        .filter(votes::user_id.eq(user))
}

/// Steps of a run that are pending and on which a person stands without a vote. What another
/// system told of has no hash of terms and takes no votes here.
#[diesel::dsl::auto_type]
fn waits_for(user: UserId) -> _ {
    let (run, step): (RunState, StepState) = (RunState::Pending, StepState::Pending);
    let voted: votes_on_step = votes_on_step(user);
    let asked = approval_steps::table
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .filter(approval_steps::approval_run_id.eq(approval_runs::id))
        .filter(approval_steps::state.eq(step))
        .filter(approval_step_members::user_id.eq(user))
        .filter(diesel::dsl::not(exists(voted)));
    approval_runs::state.eq(run).and(approval_runs::terms_hash.is_not_null()).and(exists(asked))
}

#[derive(Clone, Copy)]
enum Pick<'a> {
    Runs(&'a [ApprovalRunId]),
    Subject(AnyId),
}

type Joined = (Run, Option<OfferId>, Option<Step>, Option<UserId>, Option<Vote>);

fn load_whole(conn: &mut Conn, pick: Pick<'_>) -> QueryResult<Vec<WholeRun>> {
    let mut query = approval_runs::table
        .left_join(offer_versions::table.on(offer_versions::id.eq(approval_runs::subject_id)))
        .left_join(approval_steps::table.on(approval_steps::approval_run_id.eq(approval_runs::id)))
        .left_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .left_join(
            votes::table.on(votes::approval_step_id
                .eq(approval_steps::id)
                .and(votes::user_id.eq(approval_step_members::user_id))),
        )
        .select((
            approval_runs::all_columns,
            offer_versions::offer_id.nullable(),
            approval_steps::all_columns.nullable(),
            approval_step_members::user_id.nullable(),
            votes::all_columns.nullable(),
        ))
        .order((approval_runs::id.desc(), approval_steps::position, approval_step_members::id))
        .into_boxed();
    query = match pick {
        Pick::Runs(ids) => query.filter(approval_runs::id.eq_any(ids)),
        Pick::Subject(id) => query.filter(approval_runs::subject_id.eq(id)),
    };
    Ok(gather(query.load(conn)?))
}

/// Folds joined rows, which come in order, into runs.
fn gather(rows: Vec<Joined>) -> Vec<WholeRun> {
    let mut runs: Vec<WholeRun> = Vec::new();
    for (run, offer_id, step, member, vote) in rows {
        if runs.last().is_none_or(|last| last.run.id != run.id) {
            runs.push(WholeRun { run, offer_id, steps: Vec::new() });
        }
        let (Some(last), Some(step)) = (runs.last_mut(), step) else { continue };
        if last.steps.last().is_none_or(|last| last.step.id != step.id) {
            last.steps.push(WholeStep { step, members: Vec::new() });
        }
        if let (Some(step), Some(member)) = (last.steps.last_mut(), member) {
            step.members.push((member, vote));
        }
    }
    runs
}

/// Inserts a run with its steps, members and, from another system, votes.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, whole: &WholeRun) -> Result<()> {
    diesel::insert_into(approval_runs::table).values(&whole.run).execute(tx.conn)?;
    let steps: Vec<&Step> = whole.steps.iter().map(|step| &step.step).collect();
    let mut members = Vec::new();
    let mut cast = Vec::new();
    for step in &whole.steps {
        for (user_id, vote) in &step.members {
            let (id, user_id) = (tx.id(), *user_id);
            members.push(StepMember { id, approval_step_id: step.step.id, user_id });
            cast.extend(vote);
        }
    }
    crate::each!(tx.conn, c => {
        diesel::insert_into(approval_steps::table).values(steps).execute(c)?;
        diesel::insert_into(approval_step_members::table).values(&members).execute(c)?;
        diesel::insert_into(votes::table).values(cast).execute(c)?;
    });
    Ok(())
}

/// Inserts a vote. The rules have refused a second one before; the index holds it shut.
pub(super) fn insert_vote(tx: &mut Tx<'_>, _permit: &Permit, row: &Vote) -> Result<()> {
    diesel::insert_into(votes::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, "You have voted on this step.")?;
    Ok(())
}

/// Saves a run whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Run) -> Result<()> {
    let now = tx.now();
    let unchanged =
        approval_runs::table.find(row.id).filter(approval_runs::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            approval_runs::state.eq(row.state),
            approval_runs::ended_at.eq(row.ended_at),
            approval_runs::version.eq(row.version + 1),
            approval_runs::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Saves where a step stands. Its run is the aggregate that carries the version.
pub(super) fn save_step(tx: &mut Tx<'_>, _permit: &Permit, row: &Step) -> Result<()> {
    diesel::update(approval_steps::table.find(row.id))
        .set((
            approval_steps::state.eq(row.state),
            approval_steps::asked_at.eq(row.asked_at),
            approval_steps::ended_at.eq(row.ended_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}
