//! The spine: what happened, once per change, in the transaction of the change.
//!
//! Tables: `events`, `event_tail`, `event_log`. The activity feed, notifications and audit read
//! them. Payloads hold ids, codes, numbers and names of changed fields: **never personal data,
//! free text, ratings or pay**, so that erasure elsewhere leaves the chain whole.
//!
//! The feed is for those who hold `ReadEvents`. What each of them gets is part of the query:
//!
//! | audience         | owner, admin | recruiter                               |
//! |------------------|--------------|-----------------------------------------|
//! | `team`           | yes          | yes                                     |
//! | `administration` | yes          | no                                      |
//! | `sealed`         | no           | while nothing is owed for the application |
//! | `compensation`   | no           | while nothing is owed for the application |
//! | `private_note`   | no           | no                                      |
//!
//! That somebody drafts an offer tells how a debrief went, so `compensation` waits for the reader's
//! own evaluation as well. Positions that a reader may not see are passed over, and the cursor goes
//! on behind them.

mod chain;
mod changes;
mod kind;
mod store;

pub mod api;
pub mod audit;

pub use chain::{Broken, Head, Verified, head, seal, verify};
pub use changes::Changes;
pub use kind::{Audience, EventKind};

use serde_json::{Map, Value};

use crate::access::{Action, Permit, Subject};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::ids::{AnyId, ApplicationId, CandidateId, EventId, Id, JobId, Kind, UserId};

/// Something that happened to a subject.
#[derive(Debug, Clone)]
pub struct Event {
    kind: EventKind,
    subject: Subject,
    job_id: Option<JobId>,
    candidate_id: Option<CandidateId>,
    application_id: Option<ApplicationId>,
    on_behalf_of: Option<UserId>,
    audience: Audience,
    payload: Map<String, Value>,
}

impl Event {
    /// An event about a subject, with an empty payload.
    pub fn new(kind: EventKind, subject: Subject) -> Self {
        Self {
            kind,
            subject,
            job_id: None,
            candidate_id: None,
            application_id: None,
            on_behalf_of: None,
            audience: kind.audience(),
            payload: Map::new(),
        }
    }

    /// The job that it belongs to.
    pub fn job(mut self, id: JobId) -> Self {
        self.job_id = Some(id);
        self
    }

    /// The candidate that it belongs to.
    pub fn candidate(mut self, id: CandidateId) -> Self {
        self.candidate_id = Some(id);
        self
    }

    /// The application that it belongs to.
    pub fn application(mut self, id: ApplicationId) -> Self {
        self.application_id = Some(id);
        self
    }

    /// In whose place the actor acted.
    pub fn on_behalf_of(mut self, id: UserId) -> Self {
        self.on_behalf_of = Some(id);
        self
    }

    /// Only for these, where the subject is one of a kind that others see as well.
    pub fn only_for(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// An id in the payload, in wire form.
    pub fn id<K: Kind>(mut self, key: &str, id: Id<K>) -> Self {
        self.payload.insert(key.to_owned(), Value::String(id.to_string()));
        self
    }

    /// A code of a closed set in the payload.
    pub fn code(mut self, key: &str, code: &'static str) -> Self {
        self.payload.insert(key.to_owned(), Value::String(code.to_owned()));
        self
    }

    /// Codes of a closed set in the payload.
    pub fn codes(mut self, key: &str, codes: &[&'static str]) -> Self {
        self.payload.insert(key.to_owned(), Value::from(codes));
        self
    }

    /// A number in the payload.
    pub fn number(mut self, key: &str, number: i64) -> Self {
        self.payload.insert(key.to_owned(), Value::from(number));
        self
    }

    /// The names of the fields that changed, never their values.
    pub fn changed(mut self, fields: &[&'static str]) -> Self {
        self.payload.insert("changed".to_owned(), Value::from(fields));
        self
    }

    /// What happened.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// What it happened to.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// An id in the payload, if there is one.
    pub fn named<K: Kind>(&self, key: &str) -> Option<Id<K>> {
        self.payload.get(key)?.as_str()?.parse().ok()
    }

    /// In whose place the actor acted, if in anybody's.
    pub fn in_place_of(&self) -> Option<UserId> {
        self.on_behalf_of
    }

    /// The application that it belongs to, if any.
    pub fn application_id(&self) -> Option<ApplicationId> {
        self.application_id
    }
}

/// Records an event and everything that it makes somebody owe, in the transaction of the change.
///
/// # Errors
/// `internal` when the permit is for another subject: a bug in the command, and nothing is saved;
/// `candidate_anonymized` when it is about a candidate of whom nothing is left.
pub fn record(tx: &mut Tx<'_>, permit: &Permit, event: &Event) -> Result<EventId> {
    if !permit.covers(event.subject) {
        let source =
            format!("a permit for {:?} cannot record {:?}", permit.subject(), event.subject);
        return Err(Error::internal(source));
    }
    let id: EventId = tx.id();
    // What the service finds out by itself, such as what became of a mail, is no writing about somebody.
    let outlives = event.kind.outlives_the_person() || permit.action() == Action::System;
    if !store::insert(tx, permit, id, event, outlives)? {
        let detail = "The candidate was anonymized; nothing is written about them any more.";
        return Err(Error::new(Code::CandidateAnonymized, detail));
    }
    if tx.unit.origin == crate::db::Origin::Live {
        crate::notifications::owe(tx, permit, id, event)?;
    }
    Ok(id)
}

impl From<(&'static str, AnyId)> for Subject {
    fn from((noun, id): (&'static str, AnyId)) -> Self {
        Self { noun, id }
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl crate::http::Operations) {
    cfg.service(api::list_events).service(audit::api::export_audit).service(audit::api::list_audit);
}
