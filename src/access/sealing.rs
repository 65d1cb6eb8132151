//! The one question of sealing: does this person still owe any evaluation for this application?
//!
//! Owing begins at assignment to a lead, second or bar-raiser slot of any interview that is not
//! cancelled, and ends at submission, waiver, removal or cancellation. While it lasts, the person
//! sees of others' cards only that they exist and whether they are in.

#![expect(missing_docs, reason = "`auto_type` makes aliases without any")]

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Actor, OrgRole, Relation};
use crate::db::Conn;
use crate::db::schema::{
    approval_runs, approval_step_members, approval_steps, debriefs, interviews, panelists,
};
use crate::error::Result;
use crate::ids::{ApplicationId, UserId};

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
#[expect(
    clippy::struct_excessive_bools,
    reason = "five independent answers of one statement"
)]
pub struct Standing {
    /// Sits on a panel.
    pub panelist: bool,
    /// Owes an evaluation.
    pub owes: bool,
    /// Decides a debrief.
    pub decider: bool,
    /// Drives a debrief.
    pub driver: bool,
    /// Was asked to approve an offer.
    pub approver: bool,
}

impl Standing {
    /// The relations for the policy.
    pub fn relations(self) -> Vec<Relation> {
        [
            (self.panelist, Relation::Panelist),
            (self.decider, Relation::Decider),
            (self.driver, Relation::Driver),
            (self.approver, Relation::Approver),
        ]
        .into_iter()
        .filter_map(|(holds, relation)| holds.then_some(relation))
        .collect()
    }

    /// How much of others' cards the person sees. A panelist's other roles never widen the view;
    /// recruiter and driver who sit on no panel see the text.
    pub fn card_view(self, actor: &Actor) -> CardView {
        if self.owes {
            return CardView::Sealed;
        }
        if !self.panelist && (self.driver || actor.role == OrgRole::Recruiter) {
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
    interviews::table
        .filter(interviews::state.ne_all(ended))
        .select(interviews::id)
}

/// The panel seats through which a person owes an evaluation, as a condition. Every query that
/// must know takes this one.
#[diesel::dsl::auto_type]
pub fn owing_seats(user: UserId) -> _ {
    let slots: [&'static str; 3] = OWING_SLOTS;
    let live: live_interviews = live_interviews();
    panelists::user_id
        .eq(user)
        .and(panelists::slot.eq_any(slots))
        .and(panelists::submitted_at.is_null())
        .and(panelists::waived_at.is_null())
        .and(panelists::removed_at.is_null())
        .and(panelists::interview_id.eq_any(live))
}

/// Whether a person still owes any evaluation for an application.
pub fn owes(conn: &mut Conn, user_id: UserId, application_id: ApplicationId) -> Result<bool> {
    let seats = panelists::table
        .filter(panelists::application_id.eq(application_id))
        .filter(owing_seats(user_id));
    Ok(diesel::select(exists(seats)).get_result(conn)?)
}

/// What a person is to an application.
pub fn standing(conn: &mut Conn, user: UserId, application: ApplicationId) -> Result<Standing> {
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
    let (panelist, owes, decider, driver, approver) = diesel::select((
        exists(seats),
        exists(owing),
        exists(debriefs.filter(debriefs::decider_id.eq(user))),
        exists(debriefs.filter(debriefs::driver_id.eq(user))),
        exists(approving),
    ))
    .get_result::<(bool, bool, bool, bool, bool)>(conn)?;
    Ok(Standing {
        panelist,
        owes,
        decider,
        driver,
        approver,
    })
}
