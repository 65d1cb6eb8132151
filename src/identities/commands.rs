//! Coming in with an identity, and parting from one.

use super::model::{Account, Known, Plan};
use super::store::{self, Identity};
use super::{Refusal, Rules};
use crate::access::{
    Action, Actor, Claims, Credential, OrgRole, Permit, authenticate, everywhere, permit_known,
};
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::http::fields::{Email, Line, Locale, Zone};
use crate::ids::{IdentityId, SignInId, UserId};
use crate::oidc::Asserted;
use crate::organization::settings;
use crate::sessions;
use crate::users::commands::{NewUser, place};
use crate::users::store::{self as users, User};
use crate::users::{UserState, invitations};

/// Uses a sign-in, before anybody is asked about it. False when it was used.
pub fn claim(tx: &mut Tx<'_>, id: SignInId, expires_at: Instant) -> Result<bool> {
    store::claim(tx, &Permit::for_system(id), expires_at)
}

/// Finds, connects or makes the account of somebody whom the provider signed in, and gives it the
/// role of their groups.
///
/// # Errors
/// `already_exists` when another sign-in of the same person was quicker.
pub fn enter(
    tx: &mut Tx<'_>,
    asserted: &Asserted,
    rules: &Rules,
    connecting: Option<Claims>,
) -> Result<std::result::Result<UserId, Refusal>> {
    let Some(organization) = settings::store::organization(tx.conn)? else {
        return Ok(Err(Refusal::NotSetUp));
    };
    // One at a time, so that two first sign-ins make one account, and two owners do not both cease
    // to be the last one.
    dialect::lock(tx.conn, Root::Organization, organization.id.any())?;
    let connecting = match connecting {
        None => None,
        Some(claims) => match authenticate(tx.conn, &Credential::Session(claims), tx.now()) {
            Ok(actor) => users::find(tx.conn, actor.user_id)?,
            Err(error) if error.code == Code::Unauthenticated => {
                return Ok(Err(Refusal::SignedOut));
            }
            Err(error) => return Err(error),
        },
    };
    let identity = store::find_subject(tx.conn, &asserted.issuer, &asserted.subject)?;
    let email: Option<Email> =
        asserted.verified_email.as_deref().and_then(|text| text.parse().ok());
    let connected = match &identity {
        Some(identity) => users::find(tx.conn, identity.user_id)?,
        None => None,
    };
    let addressed = match &email {
        Some(email) => users::find_by_email(tx.conn, &email.folded())?,
        None => None,
    };
    let known = Known {
        email: email.as_ref(),
        connected: account(tx, rules, connected.as_ref())?,
        addressed: account(tx, rules, addressed.as_ref())?,
        connecting: account(tx, rules, connecting.as_ref())?,
    };
    let user_id = match (rules.plan(&known), identity) {
        (Err(refusal), _) => return Ok(Err(refusal)),
        (Ok(Plan::Create), _) => {
            let email = email.ok_or_else(|| Error::internal("an account without an address"))?;
            create(tx, asserted, email, organization.time_zone, organization.locale)?
        }
        (Ok(Plan::Connect(user_id)), _) => user_id,
        (Ok(Plan::Enter(user_id)), Some(identity)) => {
            store::touch(tx, &Permit::for_own_session(identity.id, user_id.any()))?;
            set_role(tx, user_id, rules, &asserted.groups)?;
            return Ok(Ok(user_id));
        }
        (Ok(Plan::Enter(_)), None) => return Err(Error::internal("an identity is missing")),
    };
    join(tx, user_id)?;
    connect(tx, user_id, asserted)?;
    set_role(tx, user_id, rules, &asserted.groups)?;
    Ok(Ok(user_id))
}

/// What the rules ask about an account.
fn account(tx: &mut Tx<'_>, rules: &Rules, user: Option<&User>) -> Result<Option<Account>> {
    let Some(user) = user else { return Ok(None) };
    Ok(Some(Account {
        id: user.id,
        state: user.state,
        has_password: has_password(user, rules),
        is_connected: store::is_connected(tx.conn, user.id)?,
    }))
}

/// Whether they can sign in without the provider.
pub(crate) fn has_password(user: &User, rules: &Rules) -> bool {
    user.password_hash.is_some() && rules.password_works(&user.email_folded)
}

/// Adds a member.
fn create(
    tx: &mut Tx<'_>,
    asserted: &Asserted,
    email: Email,
    time_zone: String,
    locale: String,
) -> Result<UserId> {
    let id: UserId = tx.id();
    let said: Option<Line<120>> = asserted.name.as_deref().and_then(|name| name.parse().ok());
    let local = email.split_once('@').map_or("", |(local, _)| local).to_owned();
    let zone: Option<Zone> = asserted.time_zone.as_deref().and_then(|zone| zone.parse().ok());
    let language: Option<Locale> = asserted.locale.as_deref().and_then(|tag| tag.parse().ok());
    let new = NewUser {
        agency_id: None,
        name: said.map_or(local, |name| name.to_text()),
        email: Some(email),
        role: OrgRole::Member,
        state: UserState::Active,
        time_zone: zone.map_or(time_zone, |zone| zone.to_text()),
        locale: language.map_or(locale, |tag| tag.to_text()),
        password_hash: None,
    };
    place(tx, &Permit::for_system(id), id, new)?;
    Ok(id)
}

/// Accepts the invitation of somebody who was invited.
fn join(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    let user = users::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if user.state == UserState::Invited {
        invitations::commands::join_vouched(tx, &Permit::for_own_session(id, id.any()), user)?;
    }
    Ok(())
}

fn connect(tx: &mut Tx<'_>, user_id: UserId, asserted: &Asserted) -> Result<()> {
    let (id, now): (IdentityId, Instant) = (tx.id(), tx.now());
    let permit = Permit::for_own_session(id, user_id.any());
    let Asserted { issuer, subject, .. } = asserted.clone();
    store::insert(
        tx,
        &permit,
        &Identity { id, user_id, issuer, subject, created_at: now, last_used_at: now },
    )?;
    let event = Event::new(EventKind::IdentityConnected, id.into()).id("user_id", user_id);
    record(tx, &permit, &event)?;
    Ok(())
}

/// Gives an account the role of its groups. The last active owner stays one, and so does the
/// break-glass owner.
fn set_role(tx: &mut Tx<'_>, id: UserId, rules: &Rules, groups: &[String]) -> Result<()> {
    let mut user = users::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let role = rules.role(user.role, groups);
    if role == user.role {
        return Ok(());
    }
    let is_needed =
        rules.breaks_glass(&user.email_folded) || !users::has_other_owner(tx.conn, Some(id))?;
    if user.role == OrgRole::Owner && is_needed {
        tracing::warn!(user.id = %id, "Groups would have unmade an owner who is needed.");
        return Ok(());
    }
    user.role = role;
    let permit = Permit::for_system(id);
    users::save(tx, &permit, &user)?;
    let event = Event::new(EventKind::UserUpdated, id.into()).code("role", role.as_str());
    record(tx, &permit, &event.changed(&["role"]).code("by", "identity_provider"))?;
    Ok(())
}

/// Parts an account from an identity: one's own, when a password leads in as well; or as whoever
/// manages users, which ends the account's sessions.
///
/// # Errors
/// `not_found` for what is not theirs; `not_ready` when they could not come in any more; `forbidden`
/// for an owner's unless the actor is one.
pub fn disconnect(
    tx: &mut Tx<'_>,
    actor: &Actor,
    rules: &Rules,
    id: IdentityId,
) -> Result<IdentityId> {
    let identity = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let user = users::find(tx.conn, identity.user_id)?.ok_or_else(Error::not_found)?;
    let event = Event::new(EventKind::IdentityDisconnected, id.into()).id("user_id", user.id);
    if user.id == actor.user_id {
        if !has_password(&user, rules) {
            let detail = "Without it you could not sign in any more; set a password first.";
            return Err(Error::new(Code::NotReady, detail));
        }
        let permit = Permit::for_own_session(id, actor.user_id.any());
        store::delete(tx, &permit)?;
        record(tx, &permit, &event)?;
        return Ok(id);
    }
    if !everywhere(actor, Action::ManageUsers) {
        return Err(Error::not_found());
    }
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    if user.role == OrgRole::Owner {
        permit_known(actor, Action::ManageOwners, id)?;
    }
    store::delete(tx, &permit)?;
    let ended = sessions::store::revoke_all(tx, &permit, user.id)?;
    record(tx, &permit, &event.number("sessions_ended", i64::try_from(ended).unwrap_or(i64::MAX)))?;
    Ok(id)
}
