//! Adding and changing candidates.

use super::api::{ContactPointInput, CreateCandidate, UpdateCandidate};
use super::store::{self, Candidate};
use super::{Contact, prospects, search};
use crate::access::{
    Action, Actor, Permit, Scope, candidate_scope, everywhere, holdings, permit, permit_known,
};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Error, FieldError, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Line, Locale, Zone};
use crate::ids::{AgencyId, CandidateId, UserId};
use crate::organization::field_definitions::{FieldNoun, FieldReach, values};
use crate::users;

pub use prospects::commands::{NewProspect, PastProspectMove};

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewCandidate {
    /// The name as the person writes it.
    pub name: String,
    /// Where the person lives, as typed.
    pub location: Option<String>,
    /// The person's IANA zone.
    pub time_zone: Option<String>,
    /// The person's language tag.
    pub locale: Option<String>,
    /// The user who is this person, if they work here.
    pub user_id: Option<UserId>,
    /// The agency that brought the person in.
    pub agency_id: Option<AgencyId>,
    /// How the person is reached, in order.
    pub contacts: Vec<Contact>,
    /// Values of the organization's own fields, an object.
    pub custom: Document,
}

/// Adds a candidate.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateCandidate,
) -> Result<CandidateId> {
    let id: CandidateId = tx.id();
    let permit = permit_known(actor, Action::CreateCandidate, id)?;
    let holdings = holdings(tx.conn, actor, &Scope::of(id))?;
    let reach = FieldReach::of(actor, &holdings);
    let new = NewCandidate {
        name: input.name.to_text(),
        location: input.location.as_ref().map(Line::to_text),
        time_zone: input.time_zone.as_ref().map(Zone::to_text),
        locale: input.locale.as_ref().map(Locale::to_text),
        user_id: check_user(tx, actor, input.user_id)?,
        agency_id: actor.agency_id,
        contacts: check_contacts(&input.contact_points)?,
        custom: values::merge(
            tx.conn,
            FieldNoun::Candidate,
            &Document::empty(),
            &input.custom,
            reach,
        )?,
    };
    insert(tx, &permit, new)
}

/// Adds the permit's candidate, as checked or as another system told.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, new: NewCandidate) -> Result<CandidateId> {
    let (id, now): (CandidateId, _) = (permit.subject().id.typed(), tx.now());
    let row = Candidate {
        id,
        name: new.name,
        location: new.location,
        time_zone: new.time_zone,
        locale: new.locale,
        user_id: new.user_id,
        agency_id: new.agency_id,
        custom: new.custom,
        version: 1,
        created_at: now,
        updated_at: now,
        anonymized_at: None,
    };
    store::insert(tx, permit, &row, &new.contacts)?;
    record(tx, permit, &Event::new(EventKind::CandidateCreated, id.into()).candidate(id))?;
    Ok(id)
}

/// Changes a candidate.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CandidateId,
    expected: Option<i64>,
    input: &UpdateCandidate,
) -> Result<CandidateId> {
    lock(tx.conn, Root::Candidate, id.any())?;
    let scope = candidate_scope(tx.conn, actor, id)?;
    let permit = permit(tx.conn, actor, Action::ManageCandidate, &scope)?;
    let holdings = holdings(tx.conn, actor, &scope)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    let location = input.location.as_ref().map(|location| location.as_ref().map(Line::to_text));
    changes.set("location", &mut row.location, location);
    let zone = input.time_zone.as_ref().map(|zone| zone.as_ref().map(Zone::to_text));
    changes.set("time_zone", &mut row.time_zone, zone);
    let locale = input.locale.as_ref().map(|locale| locale.as_ref().map(Locale::to_text));
    changes.set("locale", &mut row.locale, locale);
    let reach = FieldReach::of(actor, &holdings);
    let custom = values::merge(tx.conn, FieldNoun::Candidate, &row.custom, &input.custom, reach)?;
    if custom != row.custom {
        row.custom = custom;
        changes.note("custom");
    }
    let user_id = input.user_id.map(|id| check_user(tx, actor, id)).transpose()?;
    changes.set("user_id", &mut row.user_id, user_id);
    store::save(tx, &permit, &row)?;
    if changes.names().contains(&"name") {
        search::index_name(tx, &permit, id, &row.name)?;
    }
    if let Some(contacts) = &input.contact_points {
        store::replace_contact_points(tx, &permit, id, &check_contacts(contacts)?)?;
        changes.note("contact_points");
    }
    let event = Event::new(EventKind::CandidateUpdated, id.into()).candidate(id);
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Notes that the mail server takes no mail to an address of the permit's candidate, once.
pub fn note_refusal(tx: &mut Tx<'_>, permit: &Permit, email: &str, reason: &str) -> Result<()> {
    let id: CandidateId = permit.subject().id.typed();
    lock(tx.conn, Root::Candidate, id.any())?;
    if store::mark_refused(tx, permit, (id, email), reason)? {
        let event = Event::new(EventKind::CandidateAddressRefused, id.into()).candidate(id);
        record(tx, permit, &event)?;
    }
    Ok(())
}

/// Whoever is said to be the candidate works here. Somebody of an agency, who may not read the
/// directory, finds nobody in it this way either.
fn check_user(tx: &mut Tx<'_>, actor: &Actor, id: Option<UserId>) -> Result<Option<UserId>> {
    let Some(user_id) = id else {
        return Ok(None);
    };
    let known =
        everywhere(actor, Action::ReadUsers) && users::store::find(tx.conn, user_id)?.is_some();
    if known { Ok(id) } else { Err(Error::unknown_reference("/user_id")) }
}

/// Each contact point fits its kind and stands there once.
fn check_contacts(inputs: &[ContactPointInput]) -> Result<Vec<Contact>> {
    let (mut contacts, mut wrong): (Vec<Contact>, Vec<FieldError>) = (Vec::new(), Vec::new());
    for (index, input) in inputs.iter().enumerate() {
        let pointer = format!("/contact_points/{index}/value");
        match Contact::checked(input.kind, &input.value) {
            Err(sentence) => wrong.push(FieldError::body(pointer, "invalid_value", sentence)),
            Ok(contact) => {
                let before =
                    |known: &Contact| known.kind == contact.kind && known.folded == contact.folded;
                if contacts.iter().any(before) {
                    wrong.push(FieldError::body(
                        pointer,
                        "duplicate",
                        "It stands in the list already.",
                    ));
                }
                contacts.push(contact);
            }
        }
    }
    if wrong.is_empty() { Ok(contacts) } else { Err(Error::invalid_fields(wrong)) }
}
