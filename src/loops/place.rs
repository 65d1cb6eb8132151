//! Where a loop and everything in it stands: the application, with its job and candidate.

use crate::access::{self, Action, Actor, Permit, Scope, Standing, Subject};
use crate::applications::{self, ApplicationStatus};
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind};
use crate::ids::{ApplicationId, CandidateId, JobId, StageId, UserId};
use crate::users;
use crate::users::store::User;

/// The application that a loop, an interview, a card or a debrief belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The application: the aggregate root that everything in a loop is locked by.
    pub application_id: ApplicationId,
    /// Its job.
    pub job_id: JobId,
    /// Its candidate.
    pub candidate_id: CandidateId,
    /// The stage it stands in.
    pub stage_id: StageId,
    /// Whether it goes on.
    pub status: ApplicationStatus,
}

impl Place {
    /// The place of an application.
    pub fn of(conn: &mut Conn, id: ApplicationId) -> Result<Option<Self>> {
        Ok(applications::store::find(conn, id)?.map(|row| Self {
            application_id: row.id,
            job_id: row.job_id,
            candidate_id: row.candidate_id,
            stage_id: row.stage_id,
            status: row.status,
        }))
    }

    /// The same, after waiting until nobody else changes anything of the application: what is read
    /// from here on stays true until the end of the transaction.
    pub fn lock(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Self> {
        dialect::lock(tx.conn, Root::Application, id.any())?;
        Self::of(tx.conn, id)?.ok_or_else(Error::not_found)
    }

    /// An event about something of the application.
    pub fn event(&self, kind: EventKind, subject: impl Into<Subject>) -> Event {
        Event::new(kind, subject.into())
            .job(self.job_id)
            .candidate(self.candidate_id)
            .application(self.application_id)
    }

    /// What the actor is to the application, and the scope of something of it.
    pub fn scope(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        subject: impl Into<Subject>,
    ) -> Result<(Scope, Standing)> {
        let standing = access::standing(conn, actor, self.application_id)?;
        Ok((Scope::on_job(subject, self.job_id).standing(standing), standing))
    }

    /// Asks the policy about something of the application.
    ///
    /// # Errors
    /// `not_found` or `forbidden`.
    pub fn permit(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        action: Action,
        subject: impl Into<Subject>,
    ) -> Result<Permit> {
        let (scope, _) = self.scope(tx.conn, actor, subject)?;
        access::permit(tx.conn, actor, action, &scope)
    }

    /// Somebody who takes a part in judging: they can act, work here, and are not the candidate.
    ///
    /// # Errors
    /// `invalid` at the pointer.
    pub fn require_judge(&self, tx: &mut Tx<'_>, pointer: &'static str, id: UserId) -> Result<()> {
        let user = users::store::find_responsible(tx.conn, id)?
            .ok_or_else(|| Error::unknown_reference(pointer))?;
        if self.is_own_file(tx.conn, &user)? {
            let detail = "Nobody takes a part in judging themselves.";
            return Err(Error::invalid(pointer, "own_application", detail));
        }
        Ok(())
    }

    /// Whether a person is the candidate.
    pub fn is_own_file(&self, conn: &mut Conn, user: &User) -> Result<bool> {
        Ok(access::standing(conn, &user.in_absence(), self.application_id)?.own_file)
    }

    /// Refuses to begin something new for an application that ended.
    ///
    /// # Errors
    /// `illegal_transition`.
    pub fn require_active(&self) -> Result<()> {
        match self.status {
            ApplicationStatus::Active => Ok(()),
            ApplicationStatus::Rejected
            | ApplicationStatus::Withdrawn
            | ApplicationStatus::Hired => {
                Err(Error::new(Code::IllegalTransition, "The application is no longer active."))
            }
        }
    }
}

/// A step that a life does not know from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal {
    /// Where it stands.
    pub from: &'static str,
    /// What was asked.
    pub command: &'static str,
}

impl From<Illegal> for Error {
    fn from(illegal: Illegal) -> Self {
        let Illegal { from, command } = illegal;
        Self::new(Code::IllegalTransition, format!("It is {from}; it cannot {command} from there."))
    }
}
