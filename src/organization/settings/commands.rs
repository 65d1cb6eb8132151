//! Changing the organization and its policy.

use std::cmp::Ordering;

use super::Policy;
use super::api::{ReplaceSettings, UpdateOrganization};
use super::store::{self, Organization, SettingsVersion};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Prose;
use crate::ids::{OrganizationId, SettingsVersionId, UserId};

/// An organization to found.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// Its language.
    pub locale: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// Founds the organization with the first version of its policy, which is the default. The caller
/// has made sure that there is none.
pub fn found(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: OrganizationId,
    new: NewOrganization,
) -> Result<Organization> {
    let now = tx.now();
    let NewOrganization { name, locale, time_zone } = new;
    let row =
        Organization { id, name, locale, time_zone, version: 1, created_at: now, updated_at: now };
    store::insert_organization(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::OrganizationSetUp, id.into()))?;
    let version = tx.id();
    let stated = Stated { policy: Policy::default(), people_metrics_reason: None };
    insert_version(tx, &permit.extend_to(version), version, 1, stated, &[])?;
    Ok(row)
}

/// Changes the organization.
pub fn update_organization(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    input: &UpdateOrganization,
) -> Result<OrganizationId> {
    let mut row = store::organization(tx.conn)?.ok_or_else(Error::not_found)?;
    let permit = permit_known(actor, Action::ManageOrganization, row.id)?;
    check_version(expected, row.version)?;
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(locale) = &input.locale {
        row.locale = locale.to_text();
        changed.push("locale");
    }
    if let Some(time_zone) = &input.time_zone {
        row.time_zone = time_zone.to_text();
        changed.push("time_zone");
    }
    store::save_organization(tx, &permit, &row)?;
    let event = Event::new(EventKind::OrganizationUpdated, row.id.into()).changed(&changed);
    record(tx, &permit, &event)?;
    Ok(row.id)
}

/// States the policy anew.
///
/// # Errors
/// `stale` when `expected` is not the number of the newest version; `forbidden` when somebody who is no
/// owner has more measured about people; `invalid` when no reason is given for it.
pub fn replace_settings(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    input: &ReplaceSettings,
) -> Result<SettingsVersionId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let organization = store::organization(tx.conn)?.ok_or_else(Error::not_found)?;
    dialect::lock(tx.conn, Root::Organization, organization.id.any())?;
    let newest = store::newest(tx.conn)?.ok_or_else(Error::not_found)?;
    if expected.is_some_and(|number| number != newest.number) {
        return Err(Error::stale());
    }
    let before = newest.settings.read::<Policy>()?;
    let policy = input.policy(before);
    let given = input.people_metrics_reason.as_ref().map(Prose::to_text);
    let people_metrics_reason = match policy.people_metrics.cmp(&before.people_metrics) {
        Ordering::Greater => {
            permit_known(actor, Action::WidenPeopleMetrics, id)?;
            let required = || {
                let detail = "Say why more is measured about people.";
                Error::invalid("/people_metrics_reason", "required", detail)
            };
            Some(given.ok_or_else(required)?)
        }
        Ordering::Equal => given.or(newest.people_metrics_reason),
        Ordering::Less => given,
    };
    let changed = policy.changes(before);
    let stated = Stated { policy, people_metrics_reason };
    insert_version(tx, &permit, id, newest.number + 1, stated, &changed)?;
    Ok(id)
}

/// What a version states.
struct Stated {
    policy: Policy,
    people_metrics_reason: Option<String>,
}

fn insert_version(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: SettingsVersionId,
    number: i64,
    stated: Stated,
    changed: &[&'static str],
) -> Result<()> {
    let created_by: Option<UserId> = permit.person().map(crate::ids::AnyId::typed);
    let settings = Document::of(&stated.policy)?;
    let row = SettingsVersion {
        id,
        number,
        settings,
        people_metrics_reason: stated.people_metrics_reason,
        created_by,
        created_at: tx.now(),
    };
    store::insert_version(tx, permit, &row)?;
    let event = Event::new(EventKind::SettingsChanged, id.into());
    record(tx, permit, &event.number("number", number).changed(changed))?;
    Ok(())
}
