//! Adding, changing and deactivating users.

mod leave;
mod profile;

pub use leave::leave;
pub(super) use profile::lock_managers;
pub use profile::{ProfileChange, update_me};

use super::api::{CreateUser, UpdateUser};
use super::store::{self, User};
use super::{UserCommand, UserState, invitations};
use crate::access::{Action, Actor, OrgRole, Permit, permit_known};
use crate::agencies;
use crate::capabilities;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Email;
use crate::ids::{AgencyId, UserId};
use crate::organization::settings;
use crate::sessions;

/// A user to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name.
    pub name: String,
    /// The address; none for somebody whom an import only names, who gets one at which no mail
    /// ever arrives (RFC 2606).
    pub email: Option<Email>,
    /// The role in the organization.
    pub role: OrgRole,
    /// Whether they may sign in.
    pub state: UserState,
    /// An IANA time zone.
    pub time_zone: String,
    /// A language tag.
    pub locale: String,
    /// The agency that an external recruiter works for; none for everybody else.
    pub agency_id: Option<AgencyId>,
    /// The PHC string of a password, made before the transaction.
    pub password_hash: Option<String>,
}

/// Adds an active user as an actor asks.
///
/// # Errors
/// `already_exists` when the address belongs to an account.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateUser,
    password_hash: Option<&str>,
) -> Result<UserId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    check_owner(actor, id, [input.role])?;
    let new = NewUser {
        name: input.name.to_text(),
        email: Some(input.email.clone()),
        role: input.role,
        state: UserState::Active,
        time_zone: input.time_zone.to_text(),
        locale: input.locale.to_text(),
        agency_id: check_agency(tx, input.role, input.agency_id)?,
        password_hash: password_hash.map(str::to_owned),
    };
    place(tx, &permit, id, new)?;
    Ok(id)
}

/// Adds a user, or a placeholder for one.
///
/// # Errors
/// `already_exists` when the address belongs to an account.
pub fn place(tx: &mut Tx<'_>, permit: &Permit, id: UserId, new: NewUser) -> Result<User> {
    let now = tx.now();
    let email =
        new.email.map_or_else(|| format!("{id}@placeholder.invalid"), |email| email.to_text());
    let row = User {
        id,
        name: new.name,
        email_folded: email.to_lowercase(),
        email,
        role: new.role,
        state: new.state,
        time_zone: new.time_zone,
        locale: new.locale,
        agency_id: new.agency_id,
        password_hash: new.password_hash,
        weekly_hours: None,
        holiday_calendar_id: None,
        manager_id: None,
        interviews_per_day: None,
        interviews_per_week: None,
        meeting_room_url: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    let event = Event::new(EventKind::UserCreated, id.into()).code("role", row.role.as_str());
    record(tx, permit, &event.code("state", row.state.as_str()))?;
    Ok(row)
}

/// Makes an account an active owner with another name and password, and ends its sessions: for
/// whoever sets the deployment up.
pub fn make_owner(tx: &mut Tx<'_>, permit: &Permit, known: User, new: NewUser) -> Result<User> {
    let row = User {
        name: new.name,
        role: OrgRole::Owner,
        agency_id: None,
        state: UserState::Active,
        password_hash: new.password_hash,
        ..known
    };
    store::save(tx, permit, &row)?;
    sessions::store::revoke_all(tx, permit, row.id)?;
    close_doors(tx, permit, row.id)?;
    let event = Event::new(EventKind::UserUpdated, row.id.into()).code("role", row.role.as_str());
    record(tx, permit, &event.changed(&["name", "password", "role", "state"]))?;
    Ok(row)
}

/// Changes a user.
///
/// # Errors
/// `forbidden` when somebody who is no owner makes or unmakes one; `not_ready` for the last active
/// owner.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UserId,
    expected: Option<i64>,
    input: &UpdateUser,
) -> Result<UserId> {
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    let mut row = find(tx, id, expected)?;
    let mut changed = profile::apply(tx.conn, &input.profile(), &mut row)?;
    if let Some(role) = input.role {
        if role != row.role {
            check_owner(actor, id, [row.role, role])?;
            keep_an_owner(tx, &row)?;
        }
        row.role = role;
        changed.push("role");
    }
    if input.role.is_some() || input.agency_id.is_some() {
        let agency_id = input.agency_id.unwrap_or(row.agency_id);
        // Whoever is no external recruiter any more leaves the agency with it.
        let left = row.role != OrgRole::External && input.agency_id.is_none();
        row.agency_id = check_agency(tx, row.role, agency_id.filter(|_| !left))?;
        changed.push("agency_id");
    }
    if let Some(manager_id) = input.manager_id {
        profile::manage(tx, &mut row, manager_id)?;
        changed.push("manager_id");
    }
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::UserUpdated, id.into()).changed(&changed);
    let event = if input.role.is_some() { event.code("role", row.role.as_str()) } else { event };
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Takes back whatever link or invitation of a user still works.
pub(super) fn close_doors(tx: &mut Tx<'_>, permit: &Permit, id: UserId) -> Result<()> {
    capabilities::commands::revoke(tx, permit, None, Some(id))?;
    invitations::commands::close_pending(tx, permit, id)
}

/// Lets a deactivated user in again. Their old sessions stay ended.
///
/// # Errors
/// `illegal_transition` when they are active.
pub fn reactivate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UserId,
    expected: Option<i64>,
) -> Result<UserId> {
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    let mut row = find(tx, id, expected)?;
    check_owner(actor, id, [row.role])?;
    row.state = row.state.apply(UserCommand::Reactivate)?;
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::UserReactivated, id.into()))?;
    Ok(id)
}

/// An external recruiter works for an agency that is in use, and nobody else for any.
pub(super) fn check_agency(
    tx: &mut Tx<'_>,
    role: OrgRole,
    agency_id: Option<AgencyId>,
) -> Result<Option<AgencyId>> {
    const POINTER: &str = "/agency_id";
    match (role == OrgRole::External, agency_id) {
        (true, Some(id)) if agencies::store::is_usable(tx.conn, id)? => Ok(Some(id)),
        (true, Some(_)) => Err(Error::unknown_reference(POINTER)),
        (true, None) => {
            let detail = "An external recruiter works for an agency.";
            Err(Error::invalid(POINTER, "required", detail))
        }
        (false, Some(_)) => {
            let detail = "Only an external recruiter works for an agency.";
            Err(Error::invalid(POINTER, "invalid_value", detail))
        }
        (false, None) => Ok(None),
    }
}

fn find(tx: &mut Tx<'_>, id: UserId, expected: Option<i64>) -> Result<User> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok(row)
}

/// What somebody needs who acts on another's account beside these commands.
///
/// # Errors
/// `not_found`; `forbidden`, also for an owner's account unless the actor is one.
pub fn permit_to_manage(tx: &mut Tx<'_>, actor: &Actor, id: UserId) -> Result<Permit> {
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    let row = find(tx, id, None)?;
    check_owner(actor, id, [row.role])?;
    Ok(permit)
}

/// Only an owner makes or unmakes owners.
pub(super) fn check_owner<const N: usize>(
    actor: &Actor,
    id: UserId,
    roles: [OrgRole; N],
) -> Result<()> {
    if roles.contains(&OrgRole::Owner) {
        permit_known(actor, Action::ManageOwners, id)?;
    }
    Ok(())
}

/// When `row` was an owner, somebody else still is. Two owners who demote each other at the same
/// moment wait for each other here, so that the second one sees what the first one did.
pub(super) fn keep_an_owner(tx: &mut Tx<'_>, row: &User) -> Result<()> {
    if row.role != OrgRole::Owner {
        return Ok(());
    }
    if let Some(organization) = settings::store::organization(tx.conn)? {
        dialect::lock(tx.conn, Root::Organization, organization.id.any())?;
    }
    if store::has_other_owner(tx.conn, Some(row.id))? {
        return Ok(());
    }
    Err(Error::new(
        Code::NotReady,
        "This is the last active owner; make somebody else an owner first.",
    ))
}
