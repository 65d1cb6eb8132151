//! The one question of sealing: does this person still owe any evaluation for this application?
//!
//! Owing begins at assignment to a lead, second or bar-raiser slot of any interview that is not
//! cancelled, and ends at submission, waiver, removal or cancellation. While it lasts, the person
//! sees of others' cards only that they exist and whether they are in.

#![expect(missing_docs, reason = "`auto_type` makes aliases without any")]

use std::collections::HashSet;

use diesel::dsl::{AsExprOf, exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::reach::{agreed_to_by, own_files};
use super::{Actor, OrgRole, Relation, TeamRole};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    applications, approval_runs, approval_step_members, approval_steps, assessment_results,
    debrief_peeks, debriefs, hiring_team_members, interviews, kits, panelists, scorecards,
};
use crate::debriefs::DebriefWay;
use crate::error::Result;
use crate::ids::{AgencyId, ApplicationId, InterviewId, UserId};

/// How much of others' cards a person sees for one application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardView {
    /// Only that cards exist and whether they are in; the debrief reads `gathering`.
    Sealed,
    /// How many are in, until reveal; then the cards of revealed debriefs.
    Revealed,
    /// Every submitted card.
    All,
}

/// What a person is to one application, in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent answers of one statement")]
pub struct Standing {
    /// Sits on a panel.
    pub panelist: bool,
    /// Owes an evaluation.
    pub owes: bool,
    /// Decides a debrief.
    pub decider: bool,
    /// Drives a debrief.
    pub driver: bool,
    /// Has to agree to the decision of a debrief.
    pub agreer: bool,
    /// Recruits for the job, by a role on its hiring team.
    pub recruits: bool,
    /// Was asked to approve an offer, or may vote on one in another's place.
    pub approver: bool,
    /// Is of the agency that brought it in.
    pub brought: bool,
    /// Is the candidate.
    pub own_file: bool,
}

impl Standing {
    /// The relations for the policy.
    pub fn relations(self) -> Vec<Relation> {
        [
            (self.panelist, Relation::Panelist),
            (self.decider, Relation::Decider),
            (self.driver, Relation::Driver),
            (self.agreer, Relation::Agreer),
            (self.approver, Relation::Approver),
            (self.brought, Relation::Agency),
        ]
        .into_iter()
        .filter_map(|(holds, relation)| holds.then_some(relation))
        .collect()
    }

    /// How much of others' cards the person sees. A panelist's other roles never widen the view;
    /// recruiter and driver who sit on no panel see the text. A program sees what is revealed.
    pub fn card_view(self, actor: &Actor) -> CardView {
        let view = self.card_view_in_person(actor.role);
        if actor.via.is_some() { view.min(CardView::Revealed) } else { view }
    }

    fn card_view_in_person(self, role: OrgRole) -> CardView {
        if self.owes {
            return CardView::Sealed;
        }
        if !self.panelist && (self.driver || self.recruits || role == OrgRole::Recruiter) {
            return CardView::All;
        }
        CardView::Revealed
    }
}

/// The slots that owe a scorecard; shadows and observers do not.
const OWING_SLOTS: [&str; 3] = ["lead", "second", "bar_raiser"];
/// The interviews for which nobody owes anything any more.
const ENDED_WITHOUT_CARD: [&str; 2] = ["cancelled", "no_show"];

/// The interviews that were not called off.
#[diesel::dsl::auto_type]
fn live_interviews() -> _ {
    let ended: [&'static str; 2] = ENDED_WITHOUT_CARD;
    interviews::table.filter(interviews::state.ne_all(ended)).select(interviews::id)
}

/// The panel seats through which anybody owes an evaluation.
#[diesel::dsl::auto_type]
fn any_owing_seats() -> _ {
    let slots: [&'static str; 3] = OWING_SLOTS;
    let live: live_interviews = live_interviews();
    panelists::slot
        .eq_any(slots)
        .and(panelists::submitted_at.is_null())
        .and(panelists::waived_at.is_null())
        .and(panelists::removed_at.is_null())
        .and(panelists::interview_id.eq_any(live))
}

/// The panel seats through which a person owes an evaluation, as a condition. Every query that
/// must know takes this one.
#[diesel::dsl::auto_type]
pub fn owing_seats(user: UserId) -> _ {
    let owing: any_owing_seats = any_owing_seats();
    panelists::user_id.eq(user).and(owing)
}

/// The panel seats whose evaluation was due before an instant and is owed, by whomever; for those who
/// [`chases()`] it.
#[diesel::dsl::auto_type]
pub fn late_seats(now: Instant) -> _ {
    let owing: any_owing_seats = any_owing_seats();
    owing.and(panelists::due_at.is_not_null()).and(panelists::due_at.assume_not_null().lt(now))
}

/// Everybody who still owes an evaluation for an application, by id.
pub fn who_owes(conn: &mut Conn, application_id: ApplicationId) -> Result<Vec<UserId>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(application_id))
        .filter(any_owing_seats())
        .order(panelists::user_id)
        .select(panelists::user_id)
        .distinct();
    Ok(owing.load(conn)?)
}

/// Whether a person still owes any evaluation for an application.
pub fn owes(conn: &mut Conn, user_id: UserId, application_id: ApplicationId) -> Result<bool> {
    let seats = panelists::table
        .filter(panelists::application_id.eq(application_id))
        .filter(owing_seats(user_id));
    Ok(diesel::select(exists(seats)).get_result(conn)?)
}

/// Those of some applications for which a person still owes any evaluation.
pub fn owed_among(
    conn: &mut Conn,
    user_id: UserId,
    applications: &[ApplicationId],
) -> Result<HashSet<ApplicationId>> {
    if applications.is_empty() {
        return Ok(HashSet::new());
    }
    let owed: Vec<ApplicationId> = panelists::table
        .filter(panelists::application_id.eq_any(applications.iter().copied()))
        .filter(owing_seats(user_id))
        .select(panelists::application_id)
        .load(conn)?;
    Ok(owed.into_iter().collect())
}

/// Whether a person owes any evaluation at all, for whatever application.
pub fn owes_anything(conn: &mut Conn, user_id: UserId) -> Result<bool> {
    let seats = panelists::table.filter(owing_seats(user_id));
    Ok(diesel::select(exists(seats)).get_result(conn)?)
}

/// The interviews for which a person still owes an evaluation, oldest first, with the names of their
/// kits.
pub fn owed_interviews(
    conn: &mut Conn,
    user_id: UserId,
    application_id: ApplicationId,
) -> Result<Vec<(InterviewId, String)>> {
    let owed: Vec<InterviewId> = panelists::table
        .filter(panelists::application_id.eq(application_id))
        .filter(owing_seats(user_id))
        .select(panelists::interview_id)
        .load(conn)?;
    Ok(interviews::table
        .inner_join(kits::table.on(kits::id.eq(interviews::kit_id)))
        .filter(interviews::id.eq_any(owed))
        .order(interviews::id)
        .select((interviews::id, kits::name))
        .load(conn)?)
}

/// What a person is to an application.
pub fn standing(conn: &mut Conn, actor: &Actor, application: ApplicationId) -> Result<Standing> {
    let user = actor.member_id();
    let seats = panelists::table
        .filter(panelists::application_id.eq(application))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null());
    let owing = panelists::table
        .filter(panelists::application_id.eq(application))
        .filter(owing_seats(user));
    let debriefs = debriefs::table.filter(debriefs::application_id.eq(application));
    let approving = approval_runs::table
        .inner_join(approval_steps::table.on(approval_steps::approval_run_id.eq(approval_runs::id)))
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .filter(approval_runs::application_id.eq(application))
        .filter(approval_step_members::user_id.eq(user));
    let recruiting = hiring_team_members::table
        .inner_join(applications::table.on(applications::job_id.eq(hiring_team_members::job_id)))
        .filter(applications::id.eq(application))
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::role.eq(TeamRole::Recruiter));
    // The nil id is nobody's.
    let agency = actor.agency_id.unwrap_or(AgencyId::from_uuid(uuid::Uuid::nil()));
    let this = applications::table.filter(applications::id.eq(application));
    let own =
        applications::candidate_id.eq_any(own_files(actor.user_id, actor.email_folded.clone()));
    let found = diesel::select((
        exists(seats),
        exists(owing),
        exists(debriefs.filter(debriefs::decider_id.eq(user))),
        exists(debriefs.filter(debriefs::driver_id.eq(user))),
        exists(debriefs.filter(debriefs::id.eq_any(agreed_to_by(user)))),
        exists(recruiting),
        exists(approving),
        exists(this.filter(applications::agency_id.eq(agency))),
        exists(this.filter(own)),
    ))
    .get_result::<(bool, bool, bool, bool, bool, bool, bool, bool, bool)>(conn)?;
    let (panelist, owes, decider, driver, agreer, recruits, approver, brought, own_file) = found;
    let approver = approver || actor.in_place.iter().any(|one| one.application_id == application);
    Ok(Standing { panelist, owes, decider, driver, agreer, recruits, approver, brought, own_file })
}

/// The applications for which a person owes an evaluation.
#[diesel::dsl::auto_type]
pub fn owed_applications(user: UserId) -> _ {
    let owing: owing_seats = owing_seats(user);
    panelists::table.filter(owing).select(panelists::application_id)
}

/// The candidates about whom a person owes an evaluation, for whichever application.
#[diesel::dsl::auto_type]
pub fn owed_candidates(user: UserId) -> _ {
    let owed: owed_applications = owed_applications(user);
    applications::table.filter(applications::id.eq_any(owed)).select(applications::candidate_id)
}

/// Whether a person owes nothing for an application, as a condition of a query on `applications`.
#[diesel::dsl::auto_type]
pub fn owes_nothing(user: UserId) -> _ {
    let owing: owing_seats = owing_seats(user);
    let seats =
        panelists::table.filter(panelists::application_id.eq(applications::id)).filter(owing);
    not(exists(seats))
}

/// Whether a person sits on no panel of an application.
#[diesel::dsl::auto_type]
fn sits_on_no_panel(user: UserId) -> _ {
    let seats = panelists::table
        .filter(panelists::application_id.eq(applications::id))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null());
    not(exists(seats))
}

/// Whether a person drives a debrief of an application, or recruits for its job.
#[diesel::dsl::auto_type]
fn drives_or_recruits(user: UserId) -> _ {
    let role: TeamRole = TeamRole::Recruiter;
    let driving = debriefs::table
        .filter(debriefs::application_id.eq(applications::id))
        .filter(debriefs::driver_id.eq(user));
    let recruiting = hiring_team_members::table
        .filter(hiring_team_members::job_id.eq(applications::job_id))
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::role.eq(role));
    exists(driving).or(exists(recruiting))
}

/// Whether a person chases the cards of an application, as a condition of a query on `applications`: who
/// drives a debrief of it or recruits for its job. `recruiter` is as for [`unsealed_cards()`]; no program
/// chases anybody.
#[diesel::dsl::auto_type]
pub fn chases(user: UserId, recruiter: bool, in_person: bool) -> _ {
    let everywhere: AsExprOf<bool, Bool> = recruiter.into_sql::<Bool>();
    let person: AsExprOf<bool, Bool> = in_person.into_sql::<Bool>();
    let part: drives_or_recruits = drives_or_recruits(user);
    person.and(everywhere.or(part))
}

/// The debriefs of a card.
#[diesel::dsl::auto_type]
fn debriefs_of_card() -> _ {
    debriefs::table
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(scorecards::interview_id))
}

/// Whether the debrief of a card was revealed, or shows cards before it is.
#[diesel::dsl::auto_type]
fn was_revealed() -> _ {
    let debriefs: debriefs_of_card = debriefs_of_card();
    let joined: joined_a_packet = joined_a_packet();
    let open = debriefs::revealed_at.is_not_null().or(debriefs::reveals_early.eq(true));
    exists(debriefs.filter(open)).or(joined)
}

/// Whether a card of a light stage was in when a debrief of its application was revealed: it joined that packet.
#[diesel::dsl::auto_type]
fn joined_a_packet() -> _ {
    let light: DebriefWay = DebriefWay::Light;
    let of_card: debriefs_of_card = debriefs_of_card();
    let packets = debriefs::table
        .filter(debriefs::application_id.eq(scorecards::application_id))
        .filter(debriefs::revealed_at.ge(scorecards::submitted_at));
    exists(of_card.filter(debriefs::way.eq(light))).and(exists(packets))
}

/// Whether a card of a light stage is before this person to decide on it, or was: the gate that they read it
/// through.
#[diesel::dsl::auto_type]
fn is_at_the_gate_of(user: UserId) -> _ {
    let light: DebriefWay = DebriefWay::Light;
    let of_card: debriefs_of_card = debriefs_of_card();
    let theirs = of_card
        .filter(debriefs::way.eq(light))
        .filter(debriefs::decider_id.eq(user))
        .filter(debriefs::decide_by.is_not_null());
    exists(theirs)
}

/// Whether a person, as the decider of the debrief of a card, looked before the reveal: for a reason
/// that the panel can read.
#[diesel::dsl::auto_type]
fn was_peeked_at(user: UserId) -> _ {
    let peeks = debrief_peeks::table
        .inner_join(debriefs::table.on(debriefs::id.eq(debrief_peeks::debrief_id)))
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(scorecards::interview_id))
        .filter(debrief_peeks::user_id.eq(user))
        .filter(debriefs::decider_id.eq(user));
    exists(peeks)
}

/// Whether the debrief of a card shows cards to recruiter and driver before the reveal.
#[diesel::dsl::auto_type]
fn shows_recruiters() -> _ {
    let debriefs: debriefs_of_card = debriefs_of_card();
    exists(debriefs.filter(debriefs::shows_recruiters.eq(true)))
}

/// [`Standing::card_view`] as a condition of a query on `scorecards` joined with `applications`:
/// true for the cards whose judgement the person may read at this moment. `recruiter` is whether
/// the role in the organization is [`OrgRole::Recruiter`]; see [`recruits_everywhere`]. `in_person` is
/// whether no program asks: one sees of all cards, its owner's included, what is revealed.
#[diesel::dsl::auto_type]
pub fn unsealed_cards(user: UserId, recruiter: bool, in_person: bool) -> _ {
    let state: &'static str = "submitted";
    let everywhere: AsExprOf<bool, Bool> = recruiter.into_sql::<Bool>();
    let nothing_owed: owes_nothing = owes_nothing(user);
    let on_no_panel: sits_on_no_panel = sits_on_no_panel(user);
    let part: drives_or_recruits = drives_or_recruits(user);
    let revealed: was_revealed = was_revealed();
    let shown: shows_recruiters = shows_recruiters();
    let reads_early: AsExprOf<bool, Bool> = in_person.into_sql::<Bool>();
    let reads_own: AsExprOf<bool, Bool> = in_person.into_sql::<Bool>();
    let peeked: was_peeked_at = was_peeked_at(user);
    let gate: is_at_the_gate_of = is_at_the_gate_of(user);
    let early = everywhere.or(part).and(shown).or(peeked);
    let all = on_no_panel.and(early).or(gate).and(reads_early);
    let others = scorecards::state.eq(state).and(nothing_owed).and(all.or(revealed));
    scorecards::author_id.eq(user).and(reads_own).or(others)
}

/// The debriefs of the result of an assessment.
#[diesel::dsl::auto_type]
fn debriefs_of_result() -> _ {
    debriefs::table
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(assessment_results::interview_id))
}

/// Whether a person, as the decider of the debrief of a result, looked before the reveal.
#[diesel::dsl::auto_type]
fn result_was_peeked_at(user: UserId) -> _ {
    let peeks = debrief_peeks::table
        .inner_join(debriefs::table.on(debriefs::id.eq(debrief_peeks::debrief_id)))
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(assessment_results::interview_id))
        .filter(debrief_peeks::user_id.eq(user))
        .filter(debriefs::decider_id.eq(user));
    exists(peeks)
}

/// The same as [`unsealed_cards()`] for a query on `assessment_results` joined with `applications`. A
/// result is nobody's own: whoever recorded it reads it like everybody else.
#[diesel::dsl::auto_type]
pub fn unsealed_results(user: UserId, recruiter: bool, in_person: bool) -> _ {
    let everywhere: AsExprOf<bool, Bool> = recruiter.into_sql::<Bool>();
    let nothing_owed: owes_nothing = owes_nothing(user);
    let on_no_panel: sits_on_no_panel = sits_on_no_panel(user);
    let part: drives_or_recruits = drives_or_recruits(user);
    let open: debriefs_of_result = debriefs_of_result();
    let revealed = exists(
        open.filter(debriefs::revealed_at.is_not_null().or(debriefs::reveals_early.eq(true))),
    );
    let showing: debriefs_of_result = debriefs_of_result();
    let shown = exists(showing.filter(debriefs::shows_recruiters.eq(true)));
    let reads_early: AsExprOf<bool, Bool> = in_person.into_sql::<Bool>();
    let peeked: result_was_peeked_at = result_was_peeked_at(user);
    let early = everywhere.or(part).and(shown).or(peeked);
    nothing_owed.and(on_no_panel.and(early).and(reads_early).or(revealed))
}

/// Whether the role in the organization makes somebody the recruiter of every application.
pub fn recruits_everywhere(actor: &Actor) -> bool {
    actor.role == OrgRole::Recruiter
}
