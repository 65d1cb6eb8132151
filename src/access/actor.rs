//! Who asks.

use std::net::IpAddr;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{Action, KeyScope, NO_KEY};
use crate::approvals::delegations::in_place;
use crate::capabilities::CapabilityKind;
use crate::capabilities::store::working_at;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    agencies, api_key_secrets, api_keys, break_glass, capabilities, delegations, scorecards,
    service_accounts, sessions, users,
};
use crate::db::types::Document;
use crate::error::{Error, Result};
use crate::ids::{
    AgencyId, AnyId, ApiKeyId, ApplicationId, ApprovalRunId, DelegationId, JobId, ServiceAccountId,
    SessionId, UserId,
};
use crate::text_enum;

text_enum! {
    /// A person's role in the organization.
    pub enum OrgRole {
        /// Runs the organization.
        Owner => "owner",
        /// Configures.
        Admin => "admin",
        /// Hires, on every job that is not confidential.
        Recruiter => "recruiter",
        /// Schedules.
        Coordinator => "coordinator",
        /// Everybody else who works here.
        Member => "member",
        /// Works for an agency, and sees only what the agency brought in.
        External => "external",
    }
}

text_enum! {
    /// A person's role on a job.
    pub enum TeamRole {
        /// Whose hire it is.
        HiringManager => "hiring_manager",
        /// Drives the job.
        Recruiter => "recruiter",
        /// Schedules for the job.
        Coordinator => "coordinator",
        /// May be put on its panels.
        Interviewer => "interviewer",
    }
}

/// What an access token says after its signature was checked. Roles are not in it: they are read
/// from the database on each request, so that a demotion bites at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub user_id: UserId,
    /// The session that the token was made for.
    pub session_id: SessionId,
}

/// What a request says about who asks, after it was checked without the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// An access token.
    Session(Claims),
    /// The secret of an API key.
    Key(PresentedKey),
    /// The link of a mail that writes its person's scorecard; the page behind it does nothing else.
    CardLink(PresentedLink),
}

/// A link as a browser brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedLink {
    /// SHA-256 of its secret.
    pub token_hash: Vec<u8>,
    /// Which browser, by the hash of its form cookie.
    pub browser_hash: Vec<u8>,
}

/// The secret of an API key as a request brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedKey {
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// Where the request came from, as far as it can be believed.
    pub address: IpAddr,
}

/// The key through which a service account acts, with what it allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGrant {
    /// The key.
    pub key_id: ApiKeyId,
    /// Whose key it is.
    pub service_account_id: ServiceAccountId,
    /// What it may do, as far as the owner may.
    pub scopes: Vec<KeyScope>,
}

impl KeyGrant {
    /// What lacks for it: the scope, or a person.
    pub(super) fn lacks(&self, action: Action) -> Option<String> {
        match action.scope() {
            Some(scope) if scope.is_in(&self.scopes) => None,
            Some(scope) => Some(format!("scope: {scope}")),
            None => Some(NO_KEY.to_owned()),
        }
    }
}

/// An approval in which somebody may vote in another's place, by a delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InPlace {
    /// The approval.
    pub run_id: ApprovalRunId,
    /// The application of the offer.
    pub application_id: ApplicationId,
    /// In whose place.
    pub giver_id: UserId,
}

/// A person who signed in, or a service account that acts with its owner's reach; with the role and
/// the bounds as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who; for a service account its owner.
    pub user_id: UserId,
    /// Through which session; none that exists for a service account.
    pub session_id: SessionId,
    /// The role in the organization.
    pub role: OrgRole,
    /// The address of the account, folded: a candidate with this address is the person themselves,
    /// whose file they never see.
    pub email_folded: String,
    /// The agency that an external recruiter works for, while it is in use.
    pub agency_id: Option<AgencyId>,
    /// The jobs whose glass the person broke, until the grant runs out.
    pub broke_glass: Vec<JobId>,
    /// The approvals in which the person may vote in others' places at this moment; none for programs.
    pub in_place: Vec<InPlace>,
    /// The only jobs that are in reach, whatever the person may do; `None` for all of theirs.
    pub narrowed_to: Option<Vec<JobId>>,
    /// The key of a service account, if it is one that asks.
    pub via: Option<KeyGrant>,
}

impl Actor {
    /// A person without a session: to ask what they may see before something is sent to them, or to
    /// explain it; or one who writes a scorecard by its link. Neither broken glass nor a delegation
    /// counts.
    pub fn in_absence(account: Account) -> Self {
        let session_id = SessionId::from_uuid(uuid::Uuid::nil());
        let Account { user_id, role, email_folded, agency_id } = account;
        Self {
            user_id,
            session_id,
            role,
            email_folded,
            agency_id,
            broke_glass: Vec::new(),
            in_place: Vec::new(),
            narrowed_to: None,
            via: None,
        }
    }

    /// What the key that asks lacks for it, whatever its owner may do; people need no more than their
    /// role.
    pub(super) fn key_lacks(&self, action: Action) -> Option<String> {
        let grant = self.via.as_ref()?;
        if self.narrowed_to.is_some() && action.is_beyond_jobs() {
            return Some("jobs: this key is narrowed to some".to_owned());
        }
        grant.lacks(action)
    }

    /// Whether the key that asks allows it, if one does.
    pub fn in_scope(&self, action: Action) -> bool {
        self.key_lacks(action).is_none()
    }

    /// The same reach without the scopes of the key: for what its owner may know to exist, within the
    /// jobs of the key.
    pub fn unscoped(&self) -> Self {
        Self { via: None, ..self.clone() }
    }

    /// The person, where they work here; nobody, which is the nil id, for people of an agency: whatever
    /// team, panel or approval names them, they have no part but what the agency brought in.
    pub(super) fn member_id(&self) -> UserId {
        if self.role == OrgRole::External {
            UserId::from_uuid(uuid::Uuid::nil())
        } else {
            self.user_id
        }
    }

    /// Who is noted as having read something: the person, or the service account. What a program
    /// reads its owner has not seen.
    pub fn reader_id(&self) -> AnyId {
        self.via.as_ref().map_or(self.user_id.any(), |grant| grant.service_account_id.any())
    }

    /// Who an idempotency key belongs to: the person, or the API key.
    pub fn principal_id(&self) -> AnyId {
        self.via.as_ref().map_or(self.user_id.any(), |grant| grant.key_id.any())
    }
}

/// What of an account decides on what the person may see.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Account {
    /// Who.
    pub user_id: UserId,
    /// The role in the organization.
    pub role: OrgRole,
    /// The address, folded.
    pub email_folded: String,
    /// The agency that an external recruiter works for.
    pub agency_id: Option<AgencyId>,
}

/// Loads who asks, and what bounds them, in one statement; a few more for somebody to whom approvals
/// are delegated.
///
/// # Errors
/// `unauthenticated` when the session or the key does not hold, or the person was deactivated.
pub fn authenticate(conn: &mut Conn, credential: &Credential, now: Instant) -> Result<Actor> {
    match credential {
        Credential::Session(claims) => of_session(conn, *claims, now),
        Credential::Key(key) => of_key(conn, key, now),
        Credential::CardLink(link) => of_link(conn, link, now),
    }
}

/// A link works in the browser that it is bound to; before it is bound, in every one, as long as no card
/// was begun: what was typed after signing in is not for whoever else has the mail.
fn of_link(conn: &mut Conn, link: &PresentedLink, now: Instant) -> Result<Actor> {
    let in_use = users::agency_id.eq(agencies::id.nullable()).and(agencies::archived_at.is_null());
    let begun = scorecards::table
        .filter(scorecards::interview_id.nullable().eq(capabilities::subject_id))
        .filter(scorecards::author_id.nullable().eq(capabilities::user_id));
    let is_free = capabilities::browser_hash.is_null().and(not(exists(begun)));
    let is_here =
        is_free.or(capabilities::browser_hash.eq(Some(&link.browser_hash)).assume_not_null());
    let found: Option<Account> = capabilities::table
        .inner_join(users::table.on(capabilities::user_id.eq(users::id.nullable())))
        .left_join(agencies::table.on(in_use))
        .filter(capabilities::token_hash.eq(&link.token_hash))
        .filter(capabilities::kind.eq(CapabilityKind::Scorecard))
        .filter(working_at(now))
        .filter(is_here)
        .filter(users::state.eq("active"))
        .select((users::id, users::role, users::email_folded, agencies::id.nullable()))
        .first(conn)
        .optional()?;
    found.map(Actor::in_absence).ok_or_else(Error::unauthenticated)
}

fn of_session(conn: &mut Conn, claims: Claims, now: Instant) -> Result<Actor> {
    let in_use = users::agency_id.eq(agencies::id.nullable()).and(agencies::archived_at.is_null());
    let looking = break_glass::user_id
        .eq(users::id)
        .and(break_glass::ended_at.is_null())
        .and(break_glass::expires_at.gt(now));
    let delegated = delegations::delegate_id
        .eq(users::id)
        .and(delegations::ended_at.is_null())
        .and(delegations::starts_at.le(now))
        .and(delegations::ends_at.gt(now));
    let rows: Vec<(Account, Option<JobId>, Option<DelegationId>)> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .left_join(agencies::table.on(in_use))
        .left_join(break_glass::table.on(looking))
        .left_join(delegations::table.on(delegated))
        .filter(sessions::id.eq(claims.session_id))
        .filter(sessions::user_id.eq(claims.user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::state.eq("active"))
        .select((
            (users::id, users::role, users::email_folded, agencies::id.nullable()),
            break_glass::job_id.nullable(),
            delegations::id.nullable(),
        ))
        .load(conn)?;
    let broke_glass = rows.iter().filter_map(|(_, job, _)| *job).collect();
    let delegated = rows.iter().any(|(_, _, delegation)| delegation.is_some());
    let (account, ..) = rows.into_iter().next().ok_or_else(Error::unauthenticated)?;
    let in_place = if delegated { in_place(conn, account.user_id, now)? } else { Vec::new() };
    let session_id = claims.session_id;
    Ok(Actor { session_id, broke_glass, in_place, ..Actor::in_absence(account) })
}

/// What a key is loaded as.
#[derive(Queryable)]
struct FoundKey {
    owner: Account,
    key_id: ApiKeyId,
    service_account_id: ServiceAccountId,
    scopes: Document,
    allowed_addresses: Document,
    job_ids: Option<Document>,
}

/// The glass that the owner broke is not broken for their programs.
fn of_key(conn: &mut Conn, key: &PresentedKey, now: Instant) -> Result<Actor> {
    let in_use = users::agency_id.eq(agencies::id.nullable()).and(agencies::archived_at.is_null());
    let found: Option<FoundKey> = api_key_secrets::table
        .inner_join(api_keys::table.on(api_keys::id.eq(api_key_secrets::api_key_id)))
        .inner_join(
            service_accounts::table.on(service_accounts::id.eq(api_keys::service_account_id)),
        )
        .inner_join(users::table.on(users::id.eq(service_accounts::owner_id)))
        .left_join(agencies::table.on(in_use))
        .filter(api_key_secrets::secret_hash.eq(&key.secret_hash))
        .filter(api_key_secrets::expires_at.gt(now))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::issued_by.eq(service_accounts::owner_id))
        .filter(service_accounts::deactivated_at.is_null())
        .filter(users::state.eq("active"))
        .select((
            (users::id, users::role, users::email_folded, agencies::id.nullable()),
            api_keys::id,
            service_accounts::id,
            api_keys::scopes,
            api_keys::allowed_addresses,
            api_keys::job_ids,
        ))
        .first(conn)
        .optional()?;
    let found = found.ok_or_else(Error::unauthenticated)?;
    let allowed: Vec<IpNet> = found.allowed_addresses.read()?;
    if !allowed.is_empty() && !allowed.iter().any(|range| range.contains(&key.address)) {
        // Nobody who found a key learns that it works elsewhere; its owner reads it in the log.
        tracing::warn!(api_key.id = %found.key_id, "A key came from an address that it does not allow.");
        return Err(Error::unauthenticated());
    }
    let grant = KeyGrant {
        key_id: found.key_id,
        service_account_id: found.service_account_id,
        scopes: found.scopes.read()?,
    };
    let narrowed_to = found.job_ids.map(|ids| ids.read()).transpose()?;
    Ok(Actor { via: Some(grant), narrowed_to, ..Actor::in_absence(found.owner) })
}
