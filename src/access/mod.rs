//! Who may do what, and who sees what.
//!
//! [`permit`] asks the one table in `policy.rs` and gives a [`Permit`], or hides (404) or forbids
//! (403). `sealing.rs` answers the one question of sealing; `reach.rs` puts a caller's reach into
//! the queries of lists, so that what one may not see is never loaded and never counted.

mod actor;
mod policy;
mod reach;
mod scopes;
mod sealing;

pub use actor::{
    Actor, Claims, Credential, KeyGrant, OrgRole, PresentedKey, TeamRole, authenticate,
};
pub use policy::{Action, Holder, Relation, holders_of, table};
pub use reach::{
    Condition, candidate_scope, contactable_candidates, on_job, reachable_applications, takes_part,
    visible_applications, visible_approval_runs, visible_candidate, visible_candidates,
    visible_jobs, visible_offers,
};
pub use scopes::KeyScope;
pub use sealing::{
    CardView, Standing, owed_interviews, owes, owing_seats, recruits_everywhere, standing,
    unsealed_cards, who_owes,
};

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::hiring_team_members;
use crate::error::{Code, Denial, Error, Result};
use crate::ids::{AnyId, Id, JobId, Kind, UserId};

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
}

impl Scope {
    /// A subject that belongs to no job.
    pub fn of(subject: impl Into<Subject>) -> Self {
        let subject = subject.into();
        Self { subject, job_id: None, team_roles: Vec::new(), relations: Vec::new() }
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

    /// `user`, `service_account`, `system` or `import`.
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
    /// The scopes of the key that asks, if one does.
    scopes: Option<Vec<KeyScope>>,
}

impl Holdings {
    /// Whether the policy allows it.
    pub fn allow(&self, action: Action) -> bool {
        self.in_scope(action) && policy::allows(&self.holders, action)
    }

    fn in_scope(&self, action: Action) -> bool {
        let covers =
            |scopes: &Vec<KeyScope>| action.scope().is_some_and(|scope| scope.is_in(scopes));
        self.scopes.as_ref().is_none_or(covers)
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
            return Err(forbidden(action, self.in_scope(action)));
        }
        Err(Error::not_found())
    }
}

/// What the actor holds towards the subject: the role in the organization, roles on the job's
/// team (one statement), and relations.
pub fn holdings(conn: &mut Conn, actor: &Actor, scope: &Scope) -> Result<Holdings> {
    let held = holdings_of(conn, actor.user_id, actor.role, scope)?;
    Ok(Holdings { scopes: actor.via.as_ref().map(|grant| grant.scopes.clone()), ..held })
}

/// The same for anybody, to explain what they see. Nobody acts with it.
pub fn holdings_of(
    conn: &mut Conn,
    user_id: UserId,
    role: OrgRole,
    scope: &Scope,
) -> Result<Holdings> {
    let mut holders = vec![Holder::Organization(role)];
    holders.extend(scope.relations.iter().copied().map(Holder::Relation));
    holders.extend(scope.team_roles.iter().copied().map(Holder::Team));
    if let Some(job_id) = scope.job_id {
        let roles: Vec<TeamRole> = hiring_team_members::table
            .filter(hiring_team_members::job_id.eq(job_id))
            .filter(hiring_team_members::user_id.eq(user_id))
            .select(hiring_team_members::role)
            .load(conn)?;
        holders.extend(roles.into_iter().map(Holder::Team));
    }
    Ok(Holdings { holders, scopes: None })
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
    Err(forbidden(action, actor.in_scope(action)))
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
    if everywhere(actor, action) { Ok(()) } else { Err(forbidden(action, actor.in_scope(action))) }
}

/// The refusal of something that is known to exist, with what would have allowed it.
fn forbidden(action: Action, in_scope: bool) -> Error {
    let lacking = match action.scope() {
        _ if in_scope => policy::lacking(action),
        Some(scope) => format!("scope: {scope}"),
        None => NO_KEY.to_owned(),
    };
    let denial = Some(Denial { action: Some(action.as_str()), lacking });
    let detail = format!("You may not {}.", action.as_str().replace('_', " "));
    Error { denial, ..Error::new(Code::Forbidden, detail) }
}
