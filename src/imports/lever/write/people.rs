//! Users, and placeholders for those whom the account only names.

use super::unit::{Made, Source, Writer, line};
use crate::access::OrgRole;
use crate::error::Result;
use crate::http::fields::Email;
use crate::ids::UserId;
use crate::imports::kind::Kind;
use crate::imports::lever::plan::users::{Access, Profile, UserPlan};
use crate::imports::lever::wire::values::LeverId;
use crate::organization::settings;
use crate::users::commands::{NewUser, place};
use crate::users::{UserState, store};

/// What users are called in external references.
const USER: &str = "user";

/// Writes the users of a plan.
pub(super) fn write(writer: &mut Writer<'_>, users: &[UserPlan]) -> Result<()> {
    let organization = writer.read(|conn| Ok(settings::store::organization(conn)?))?;
    let (zone, locale) =
        organization.map_or(("UTC".to_owned(), "en".to_owned()), |row| (row.time_zone, row.locale));
    for user in users {
        let new = new_user(user, &zone, &locale);
        let source = Source {
            counted: if user.profile.is_some() { Kind::Users } else { Kind::PlaceholderUsers },
            file: Kind::Users,
            kind: USER,
            id: user.id.as_str().to_owned(),
            at: user.profile.as_ref().and_then(|profile| profile.created_at),
        };
        if let Some(profile) = &user.profile {
            note(writer, user, profile);
        }
        writer.keep(source, move |tx, permit, id| {
            if let Some(email) = &new.email {
                let folded = email.to_text().to_lowercase();
                if let Some(known) = store::find_by_email(tx.conn, &folded)? {
                    return Ok(Made::Linked(known.id));
                }
            }
            place(tx, permit, id, new.clone())?;
            Ok(Made::New(id))
        })?;
        writer.step();
    }
    Ok(())
}

/// The user that stands for one of Lever's.
pub(super) fn user(writer: &Writer<'_>, id: Option<&LeverId>) -> Option<UserId> {
    writer.find(USER, id?.as_str())
}

fn note(writer: &mut Writer<'_>, user: &UserPlan, profile: &Profile) {
    let id = Some(user.id.as_str());
    if profile.job_title.is_some() {
        writer.report.no_home("users.jobTitle", id);
    }
    if profile.manager.is_some() {
        writer.report.no_home("users.managerId", id);
    }
}

fn new_user(user: &UserPlan, zone: &str, locale: &str) -> NewUser {
    let profile = user.profile.as_ref();
    let role = match profile.map(|profile| profile.access) {
        Some(Access::Admin) => OrgRole::Admin,
        Some(Access::Recruiter) => OrgRole::Recruiter,
        Some(Access::Member) | None => OrgRole::Member,
    };
    let is_active = profile.is_some_and(|profile| profile.deactivated_at.is_none());
    let named = profile.and_then(|profile| profile.name.as_ref());
    let email = profile.and_then(|profile| profile.email.as_ref());
    // Nobody ever receives a mail there (RFC 2606).
    let nowhere = || format!("lever-{}@imported.invalid", user.id).parse::<Email>().ok();
    NewUser {
        agency_id: None,
        name: named.map_or_else(|| "Unknown user (Lever)".to_owned(), |name| line(name, 200)),
        email: email.and_then(|email| email.as_str().parse::<Email>().ok()).or_else(nowhere),
        role,
        state: if is_active { UserState::Active } else { UserState::Deactivated },
        time_zone: zone.to_owned(),
        locale: locale.to_owned(),
        password_hash: None,
    }
}
