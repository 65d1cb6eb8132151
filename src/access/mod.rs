//! Who may do what, and who sees what.
//!
//! [`permit`] asks the one table in `policy.rs` and gives a [`Permit`], or hides (404) or forbids
//! (403). `sealing.rs` answers the one question of sealing; `reach.rs` puts a caller's reach into
//! the queries of lists, so that what one may not see is never loaded and never counted.

mod actor;
mod existence;
mod nameable;
mod policy;
mod reach;
mod scopes;
mod sealing;

pub use actor::{
    Account, Actor, Claims, Credential, InPlace, KeyGrant, OrgRole, PresentedKey, PresentedLink,
    TeamRole, authenticate,
};
pub use nameable::{Nameable, nameable};
pub use policy::{Action, Holder, Relation, holders_of, table};
pub use reach::{
    Condition, Reach, applications_by_role, applications_in_bounds, candidate_scope,
    contactable_candidates, interviewed_candidates, jobs_in_reach, known_events,
    offered_applications, offered_candidates, on_job, own_applications, reachable_candidates,
    readable_applications, readable_candidates, readable_jobs, somewhere, takes_part,
    visible_approval_runs, visible_candidate, visible_candidates, visible_jobs, visible_offers,
};
pub use scopes::KeyScope;
pub use sealing::{
    CardView, Standing, chases, late_seats, owed_among, owed_applications, owed_candidates,
    owed_interviews, owes, owes_anything, owes_nothing, owing_seats, recruits_everywhere, standing,
    unsealed_cards, unsealed_results, who_owes,
};

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{agency_jobs, hiring_team_members, jobs};
use crate::error::{Code, Denial, Error, Result};
use crate::ids::{AnyId, CandidateId, Id, JobId, Kind};

/// What a key lacks for what only people do.
pub const NO_KEY: &str = "person: no API key may do this";

/// A thing that is acted on: its noun as in [`Kind::NOUN`], and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The noun.
    pub noun: &'static str,
    /// Which one.
    pub id: AnyId,
}

impl<K: Kind> From<Id<K>> for Subject {
    fn from(id: Id<K>) -> Self {
        Self { noun: K::NOUN, id: id.any() }
    }
}

/// What the policy needs to know of a subject.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The subject.
    pub subject: Subject,
    /// The job that it belongs to; roles on that job's hiring team count.
    pub job_id: Option<JobId>,
    /// Roles on the teams of several jobs that it belongs to, where there is no one job.
    pub team_roles: Vec<TeamRole>,
    /// What the actor is to the subject, as the noun's store found it.
    pub relations: Vec<Relation>,
    /// Who may hold anything towards it at all.
    circle: Circle,
}

/// Who may hold anything towards a subject at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Circle {
    /// Whoever the policy says.
    All,
    /// Roles in the organization do not count, as on a confidential job.
    Part,
    /// Not the actor, who is the candidate.
    Nobody,
}

impl Scope {
    /// A subject that belongs to no job.
    pub fn of(subject: impl Into<Subject>) -> Self {
        let subject = subject.into();
        let (team_roles, relations) = (Vec::new(), Vec::new());
        Self { subject, job_id: None, team_roles, relations, circle: Circle::All }
    }

    /// A subject of a job.
    pub fn on_job(subject: impl Into<Subject>, job_id: JobId) -> Self {
        Self { job_id: Some(job_id), ..Self::of(subject) }
    }

    /// The actor's roles on the teams of the jobs that the subject belongs to.
    pub fn teamed(mut self, roles: impl IntoIterator<Item = TeamRole>) -> Self {
        self.team_roles.extend(roles);
        self
    }

    /// The role in the organization does not reach it.
    pub fn for_those_with_a_part(self) -> Self {
        Self { circle: self.circle.max(Circle::Part), ..self }
    }

    /// The actor is the candidate whom it is about.
    pub fn for_nobody(self) -> Self {
        Self { circle: Circle::Nobody, ..self }
    }

    /// What the actor is to the application that the subject belongs to.
    pub fn standing(self, standing: Standing) -> Self {
        let scope = self.related(standing.relations());
        if standing.own_file { scope.for_nobody() } else { scope }
    }

    /// What the actor is to the subject.
    pub fn related(mut self, relations: impl IntoIterator<Item = Relation>) -> Self {
        self.relations.extend(relations);
        self
    }
}

/// The proof that an actor may change a subject. Every store function that writes takes one, and
/// `events::record` asserts that it is for the subject of the event.
#[derive(Debug)]
pub struct Permit {
    subject: Subject,
    action: Action,
    actor_kind: &'static str,
    actor_id: Option<AnyId>,
    on_behalf_of: Option<AnyId>,
}

impl Permit {
    /// For an actor whom the policy allows it.
    fn of(actor: &Actor, action: Action, subject: Subject) -> Self {
        let Some(grant) = &actor.via else {
            let actor_id = Some(actor.user_id.any());
            return Self { subject, action, actor_kind: "user", actor_id, on_behalf_of: None };
        };
        let actor_id = Some(grant.service_account_id.any());
        let on_behalf_of = Some(actor.user_id.any());
        Self { subject, action, actor_kind: "service_account", actor_id, on_behalf_of }
    }

    /// For timers and deliveries, which act for the service itself.
    pub fn for_system(subject: impl Into<Subject>) -> Self {
        Self {
            subject: subject.into(),
            action: Action::System,
            actor_kind: "system",
            actor_id: None,
            on_behalf_of: None,
        }
    }

    /// For imports, which tell of the past of another system.
    pub fn for_import(subject: impl Into<Subject>) -> Self {
        Self {
            subject: subject.into(),
            action: Action::Import,
            actor_kind: "import",
            actor_id: None,
            on_behalf_of: None,
        }
    }

    /// For the holder of a capability: one object, few actions.
    pub fn for_capability(subject: impl Into<Subject>, user: Option<AnyId>) -> Self {
        let subject = subject.into();
        Self {
            subject,
            action: Action::Capability,
            actor_kind: "user",
            actor_id: user,
            on_behalf_of: None,
        }
    }

    /// For a candidate who acts by a link.
    pub fn for_candidate(subject: impl Into<Subject>, candidate: CandidateId) -> Self {
        Self {
            subject: subject.into(),
            action: Action::Capability,
            actor_kind: "candidate",
            actor_id: Some(candidate.any()),
            on_behalf_of: None,
        }
    }

    /// For somebody who applies by a job post: the candidate that they become, if they become one.
    pub fn for_applicant(subject: impl Into<Subject>, candidate: Option<CandidateId>) -> Self {
        Self {
            subject: subject.into(),
            action: Action::ApplyByPost,
            actor_kind: "candidate",
            actor_id: candidate.map(Id::any),
            on_behalf_of: None,
        }
    }

    /// For a person's own session: signing in, renewing, signing out.
    pub fn for_own_session(subject: impl Into<Subject>, user: AnyId) -> Self {
        let subject = subject.into();
        Self {
            subject,
            action: Action::OwnSession,
            actor_kind: "user",
            actor_id: Some(user),
            on_behalf_of: None,
        }
    }

    /// The same permission for a consequence of the action: a row that must change with it.
    pub fn extend_to(&self, subject: impl Into<Subject>) -> Self {
        Self { subject: subject.into(), ..*self }
    }

    /// Whether it is for this subject.
    pub fn covers(&self, subject: Subject) -> bool {
        self.subject == subject
    }

    /// What may be changed.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// What was permitted.
    pub fn action(&self) -> Action {
        self.action
    }

    /// `user`, `service_account`, `candidate`, `system` or `import`.
    pub fn actor_kind(&self) -> &'static str {
        self.actor_kind
    }

    /// Who acts; `None` for the service and imports.
    pub fn actor_id(&self) -> Option<AnyId> {
        self.actor_id
    }

    /// With whose reach a service account acts.
    pub fn on_behalf_of(&self) -> Option<AnyId> {
        self.on_behalf_of
    }

    /// The person behind it: who acts, or with whose reach a service account does.
    pub fn person(&self) -> Option<AnyId> {
        self.on_behalf_of.or(self.actor_id)
    }
}

/// What somebody holds towards a subject, loaded once for several questions.
#[derive(Debug, Clone)]
pub struct Holdings {
    holders: Vec<Holder>,
    /// The key that asks, if one does.
    via: Option<KeyGrant>,
}

impl Holdings {
    /// Whether the policy allows it, and the key.
    pub fn allow(&self, action: Action) -> bool {
        self.key_lacks(action).is_none() && policy::allows(&self.holders, action)
    }

    fn key_lacks(&self, action: Action) -> Option<String> {
        self.via.as_ref().and_then(|grant| grant.lacks(action))
    }

    /// Asks the policy. Somebody who may not even see the subject is told that there is none.
    ///
    /// # Errors
    /// `not_found` or `forbidden`.
    pub fn require(&self, action: Action) -> Result<()> {
        if self.allow(action) {
            return Ok(());
        }
        if action.seen_by().is_some_and(|read| self.allow(read)) {
            return Err(forbidden(action, self.key_lacks(action)));
        }
        Err(Error::not_found())
    }
}

/// What the actor holds towards the subject: the role in the organization, unless the job is
/// confidential; roles on the job's team; and relations. One statement, two for an agency.
pub fn holdings(conn: &mut Conn, actor: &Actor, scope: &Scope) -> Result<Holdings> {
    let via = actor.via.clone();
    if scope.circle == Circle::Nobody {
        return Ok(Holdings { holders: Vec::new(), via });
    }
    let mut holders: Vec<Holder> = scope.relations.iter().copied().map(Holder::Relation).collect();
    holders.extend(scope.team_roles.iter().copied().map(Holder::Team));
    let mut circle = scope.circle;
    if let Some(job_id) = scope.job_id {
        if actor.narrowed_to.as_ref().is_some_and(|jobs| !jobs.contains(&job_id)) {
            return Ok(Holdings { holders: Vec::new(), via });
        }
        let (confidential, on_job) = on_the_job(conn, actor, job_id)?;
        holders.extend(on_job);
        if confidential {
            circle = circle.max(Circle::Part);
        }
    }
    if circle == Circle::All {
        holders.push(Holder::Organization(actor.role));
    }
    Ok(Holdings { holders, via })
}

/// Whether a job is confidential, and what the actor holds towards it: roles on its team, broken
/// glass, and that it is open to their agency.
fn on_the_job(conn: &mut Conn, actor: &Actor, job_id: JobId) -> Result<(bool, Vec<Holder>)> {
    let member = hiring_team_members::job_id
        .eq(jobs::id)
        .and(hiring_team_members::user_id.eq(actor.member_id()));
    let rows: Vec<(bool, Option<TeamRole>)> = jobs::table
        .left_join(hiring_team_members::table.on(member))
        .filter(jobs::id.eq(job_id))
        .select((jobs::confidential, hiring_team_members::role.nullable()))
        .load(conn)?;
    let confidential = rows.iter().any(|(confidential, _)| *confidential);
    let mut holders: Vec<Holder> =
        rows.into_iter().filter_map(|(_, role)| role.map(Holder::Team)).collect();
    if actor.broke_glass.contains(&job_id) {
        holders.push(Holder::Relation(Relation::BreakGlass));
    }
    if let Some(agency_id) = actor.agency_id {
        let open = agency_jobs::table
            .filter(agency_jobs::agency_id.eq(agency_id))
            .filter(agency_jobs::job_id.eq(job_id));
        if diesel::select(diesel::dsl::exists(open)).get_result(conn)? {
            holders.push(Holder::Relation(Relation::AgencyOnJob));
        }
    }
    Ok((confidential, holders))
}

/// Asks the policy. An actor who may not even see the subject is told that there is none.
///
/// # Errors
/// `not_found` or `forbidden`.
pub fn permit(conn: &mut Conn, actor: &Actor, action: Action, scope: &Scope) -> Result<Permit> {
    holdings(conn, actor, scope)?.require(action)?;
    Ok(Permit::of(actor, action, scope.subject))
}

/// Whether the policy allows it; for fields of a view that only some may see.
pub fn may(conn: &mut Conn, actor: &Actor, action: Action, scope: &Scope) -> Result<bool> {
    Ok(holdings(conn, actor, scope)?.allow(action))
}

/// Asks the policy about something that everybody knows to exist: collections and configuration.
///
/// # Errors
/// `forbidden`.
pub fn permit_known(actor: &Actor, action: Action, subject: impl Into<Subject>) -> Result<Permit> {
    let subject = subject.into();
    if everywhere(actor, action) {
        return Ok(Permit::of(actor, action, subject));
    }
    Err(forbidden(action, actor.key_lacks(action)))
}

/// Whether the actor's role in the organization alone allows it, within the scopes of the key that
/// asks.
pub fn everywhere(actor: &Actor, action: Action) -> bool {
    actor.in_scope(action) && policy::allows(&[Holder::Organization(actor.role)], action)
}

/// Reading a collection that the actor's role must allow as a whole.
///
/// # Errors
/// `forbidden`.
pub fn require_everywhere(actor: &Actor, action: Action) -> Result<()> {
    if everywhere(actor, action) { Ok(()) } else { Err(forbidden(action, actor.key_lacks(action))) }
}

/// The refusal of something that is known to exist, with what would have allowed it.
fn forbidden(action: Action, key_lacks: Option<String>) -> Error {
    let lacking = key_lacks.unwrap_or_else(|| policy::lacking(action));
    let denial = Some(Box::new(Denial { action: Some(action.as_str()), lacking }));
    let detail = format!("You may not {}.", action.as_str().replace('_', " "));
    Error { denial, ..Error::new(Code::Forbidden, detail) }
}
