//! Owners made by whoever may run the binary, beside the API.

use super::commands::{account, owner, place_owner};
use crate::access::{OrgRole, Permit};
use crate::db::{Db, Origin, dialect};
use crate::error::{Code, Error, Result};
use crate::http::fields::{Email, Line, Locale, Zone};
use crate::ids::{OrganizationId, UserId};
use crate::organization::settings::commands::{NewOrganization, found};
use crate::organization::settings::store::organization;
use crate::sessions::{NewPassword, Passwords};
use crate::users::store::has_other_owner;

/// An owner to make, and the organization if there is none.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// What the organization is called if it must be made.
    pub organization_name: Line<120>,
    /// The owner's name.
    pub name: Line<120>,
    /// What the owner signs in with.
    pub email: Email,
    /// The owner's password.
    pub password: NewPassword,
    /// The owner's zone, and the organization's if it must be made.
    pub time_zone: Zone,
    /// The owner's language, and the organization's if it must be made.
    pub locale: Locale,
}

/// Makes an owner where there is none, and the organization if it is absent. For an address that
/// has an account it sets name and password, ends the account's sessions, and makes it an active
/// owner; while there is an owner, only the account of one. Hashes on this thread.
///
/// # Errors
/// `set_up_already` when somebody else is an owner: they make owners.
pub fn create_owner(db: &Db, new: &NewOwner) -> Result<UserId> {
    new.password.check_for("/password", &new.name.to_text(), &new.email.to_text())?;
    let (new, hash) = (new.clone(), Passwords::hash_here(&new.password)?);
    let mut unit = db.unit();
    unit.origin = Origin::System;
    db.write_here(&unit, move |tx| {
        dialect::lock_start(tx.conn)?;
        if organization(tx.conn)?.is_none() {
            let id: OrganizationId = tx.id();
            let (name, locale) = (new.organization_name.to_text(), new.locale.to_text());
            let time_zone = new.time_zone.to_text();
            found(tx, &Permit::for_system(id), id, NewOrganization { name, locale, time_zone })?;
        }
        let (known, id) = account(tx, Some(&new.email))?;
        let is_owner = known.as_ref().is_some_and(|user| user.role == OrgRole::Owner);
        if !is_owner && has_other_owner(tx.conn, None)? {
            let detail = "There is an owner with another address; owners make owners.";
            return Err(Error::new(Code::SetUpAlready, detail));
        }
        let owner = owner(
            new.name.to_text(),
            new.email.clone(),
            new.time_zone.to_text(),
            new.locale.to_text(),
            hash.clone(),
        );
        Ok(place_owner(tx, &Permit::for_system(id), known, id, owner)?.id)
    })
}
