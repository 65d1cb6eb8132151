//! Leaving: what stands on a person, and to whom it goes when they are shut out.
//!
//! Nobody is shut out unseen from what others wait for. What has an owner but needs none is released;
//! what needs somebody (a debrief its decider, a step of approval its member) goes to a successor, or
//! the deactivation is refused and names it. When it is urgent, it is left behind instead, and whoever
//! drives or recruits is told; naming a successor later hands it over.
//!
//! Each noun moves its own rows, in `commands::leave` of its room, with an event per thing. What a
//! deactivation ends by itself stands in [`ENDINGS`].

pub mod api;
pub(crate) mod commands;
mod obligations;

pub use commands::{ENDINGS, Ending};

use std::collections::BTreeMap;

use crate::http::Operations;

use crate::access::Subject;
use crate::capabilities::NewLink;
use crate::ids::{ApplicationId, JobId, UserId};
use crate::text_enum;

text_enum! {
    /// What stands on a person.
    pub enum ObligationKind {
        /// A seat on the panel of an interview to come.
        PanelSeat => "panel_seat",
        /// A scorecard that is owed for an interview that took place.
        OwedScorecard => "owed_scorecard",
        /// The decision of a debrief.
        DebriefDecider => "debrief_decider",
        /// The course of a debrief.
        DebriefDriver => "debrief_driver",
        /// A debrief that is not decided without them agreeing.
        DebriefAgreer => "debrief_agreer",
        /// A vote on an approval that is under way.
        ApprovalStep => "approval_step",
        /// A place on a step of an approval chain.
        ApprovalChain => "approval_chain",
        /// A role on a hiring team.
        HiringTeamRole => "hiring_team_role",
        /// An active application that they own.
        ApplicationOwner => "application_owner",
        /// A prospect that they own.
        ProspectOwner => "prospect_owner",
        /// A department that they head.
        DepartmentHead => "department_head",
        /// Somebody whom they lead.
        Manager => "manager",
        /// A service account that acts with their reach.
        ServiceAccount => "service_account",
    }
}

/// Something that stands on a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obligation {
    /// What.
    pub kind: ObligationKind,
    /// Which.
    pub subject: Subject,
    /// Of which job, where that is known.
    pub job_id: Option<JobId>,
    /// Of which application, where there is one.
    pub application_id: Option<ApplicationId>,
    /// Whether it cannot be released, only handed over.
    pub needs_successor: bool,
}

/// Something that nobody could be given and that cannot be released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// What.
    pub kind: ObligationKind,
    /// Which.
    pub subject: Subject,
    /// Of which job, where that is known.
    pub job_id: Option<JobId>,
    /// Of which application, where there is one.
    pub application_id: Option<ApplicationId>,
    /// Why, in a few words.
    pub why: &'static str,
}

/// What somebody leaves on its way to others: who gets what, who got how much, and what is stuck.
#[derive(Debug)]
pub struct HandOver {
    /// Who goes.
    pub leaver: UserId,
    successor: Option<UserId>,
    by_kind: Vec<(ObligationKind, Option<UserId>)>,
    links: Vec<NewLink>,
    taken: BTreeMap<UserId, i64>,
    stuck: Vec<Stuck>,
}

impl HandOver {
    /// From somebody to one successor, with other successors, or nobody, for some kinds.
    pub fn new(
        leaver: UserId,
        successor: Option<UserId>,
        by_kind: Vec<(ObligationKind, Option<UserId>)>,
    ) -> Self {
        let (links, taken, stuck) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { leaver, successor, by_kind, links, taken, stuck }
    }

    /// With links that were drawn for successors on panels.
    pub(crate) fn with_links(self, links: Vec<NewLink>) -> Self {
        Self { links, ..self }
    }

    /// A link for a successor on a panel, as long as there are some.
    pub(crate) fn link(&mut self) -> Option<NewLink> {
        self.links.pop()
    }

    /// Who takes over what is of a kind.
    pub fn to(&self, kind: ObligationKind) -> Option<UserId> {
        let own = self.by_kind.iter().find(|(of, _)| *of == kind);
        own.map_or(self.successor, |(_, successor)| *successor)
    }

    /// Notes that somebody took things over.
    pub fn took(&mut self, person: UserId, many: usize) {
        *self.taken.entry(person).or_default() += i64::try_from(many).unwrap_or(i64::MAX);
    }

    /// Notes what nobody could be given.
    pub fn stick(&mut self, stuck: Stuck) {
        self.stuck.push(stuck);
    }

    /// Everybody who is named as a successor, once, by id.
    fn successors(&self) -> Vec<UserId> {
        let named = self.by_kind.iter().filter_map(|(_, successor)| *successor);
        let mut people: Vec<UserId> = named.chain(self.successor).collect();
        people.sort_unstable();
        people.dedup();
        people
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_obligations);
}
