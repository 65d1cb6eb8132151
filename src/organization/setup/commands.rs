//! The link that sets up, and what it does.

use crate::access::{OrgRole, Permit};
use crate::capabilities::store::Capability;
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::clock::Instant;
use crate::db::{Conn, Db, Tx, dialect};
use crate::error::{Code, Error, Result};
use crate::http::fields::Email;
use crate::ids::{OrganizationId, UserId};
use crate::organization::settings::commands::{NewOrganization, found};
use crate::organization::settings::store::{Organization, organization};
use crate::sessions::{DerivedSecrets, Purpose};
use crate::users::UserState;
use crate::users::commands::{NewUser, make_owner, place};
use crate::users::store::{User, find_by_email, has_other_owner, is_anybody};

/// Makes the link that sets up, and revokes the ones before it. `None` when there is an
/// organization with an owner. `public_url` is where people reach the service.
///
/// # Errors
/// `database_unavailable`.
pub fn issue_link(db: &Db, derived: &DerivedSecrets, public_url: &str) -> Result<Option<String>> {
    let link = NewLink::draw(db, derived);
    let token = derived.secret(Purpose::Capability, link.id());
    let issued = db.write_here(&db.unit(), move |tx| {
        dialect::lock_start(tx.conn)?;
        if is_set_up(tx.conn)? {
            return Ok(false);
        }
        let permit = Permit::for_system(link.id());
        let kind = CapabilityKind::Setup;
        capabilities::commands::issue(tx, &permit, &link, kind, (None, None))?;
        Ok(true)
    })?;
    Ok(issued.then(|| format!("{public_url}/l/{token}")))
}

/// Whether anybody or anything is there.
///
/// # Errors
/// When the database is away.
pub fn is_used(conn: &mut Conn) -> Result<bool> {
    Ok(organization(conn)?.is_some() || is_anybody(conn)?)
}

/// Whether there is an organization or an owner. Users alone do not count: an import may have
/// brought people who cannot sign in.
fn is_set_up(conn: &mut Conn) -> Result<bool> {
    Ok(organization(conn)?.is_some() || has_other_owner(conn, None)?)
}

/// The link behind a token.
///
/// # Errors
/// `set_up_already`, whatever the token; `unauthenticated` for one that is wrong, used, revoked or
/// expired.
pub fn check_link(conn: &mut Conn, token_hash: &[u8], now: Instant) -> Result<Capability> {
    if is_set_up(conn)? {
        return Err(Error::new(Code::SetUpAlready, "Sign in, or ask an owner to add you."));
    }
    let wrong = || {
        let detail =
            "The link is wrong or no longer works; start Evenbar again to get another one.";
        Error { detail: detail.into(), ..Error::unauthenticated() }
    };
    let link = capabilities::store::find_live(conn, token_hash, now)?;
    link.filter(|link| link.kind == CapabilityKind::Setup).ok_or_else(wrong)
}

/// What a deployment begins with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The organization.
    pub organization: NewOrganization,
    /// Its first owner, active.
    pub owner: NewUser,
}

/// Makes the organization and its first owner, and uses up the link.
///
/// # Errors
/// What [`check_link`] says.
pub fn set_up(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    beginning: &Beginning,
) -> Result<(Organization, User)> {
    // Two browsers with the same link wait for each other here.
    dialect::lock_start(tx.conn)?;
    let now = tx.now();
    let link = check_link(tx.conn, token_hash, now)?;
    let id: OrganizationId = tx.id();
    let (known, owner_id) = account(tx, beginning.owner.email.as_ref())?;
    let permit = Permit::for_capability(id, Some(owner_id.any()));
    capabilities::commands::consume(tx, &permit, &link)?;
    let owner =
        place_owner(tx, &permit.extend_to(owner_id), known, owner_id, beginning.owner.clone())?;
    let organization = found(tx, &permit, id, beginning.organization.clone())?;
    Ok((organization, owner))
}

/// The account of an address, which an import may have brought, or the id of one to make.
pub(super) fn account(tx: &mut Tx<'_>, email: Option<&Email>) -> Result<(Option<User>, UserId)> {
    let known = email.map(|email| find_by_email(tx.conn, &email.folded())).transpose()?.flatten();
    let id = known.as_ref().map_or_else(|| tx.id(), |user| user.id);
    Ok((known, id))
}

/// Makes the account an owner, or adds it.
pub(super) fn place_owner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    known: Option<User>,
    id: UserId,
    owner: NewUser,
) -> Result<User> {
    match known {
        Some(known) => make_owner(tx, permit, known, owner),
        None => place(tx, permit, id, owner),
    }
}

/// An active owner to make.
pub(super) fn owner(
    name: String,
    email: Email,
    time_zone: String,
    locale: String,
    password_hash: String,
) -> NewUser {
    NewUser {
        agency_id: None,
        name,
        email: Some(email),
        role: OrgRole::Owner,
        state: UserState::Active,
        time_zone,
        locale,
        password_hash: Some(password_hash),
    }
}
