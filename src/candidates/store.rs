//! Queries on `candidates`, `contact_points`.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Contact, ContactKind, search};
use crate::access::{Actor, Condition, Permit, contactable_candidates};
use crate::clock::Instant;
use crate::db::schema::{applications, candidates, contact_points, users};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{AgencyId, ApplicationId, CandidateId, ContactPointId, UserId};

/// A row of `candidates`: a person, once.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = candidates, treat_none_as_default_value = false)]
pub struct Candidate {
    /// Which.
    pub id: CandidateId,
    /// The name as the person writes it.
    pub name: String,
    /// Where the person lives, as typed.
    pub location: Option<String>,
    /// The person's IANA zone.
    pub time_zone: Option<String>,
    /// The person's language tag.
    pub locale: Option<String>,
    /// The user who is this person, if they work here: never shown this file.
    pub user_id: Option<UserId>,
    /// The agency that brought the person in.
    pub agency_id: Option<AgencyId>,
    /// Values of the organization's own fields.
    pub custom: Document,
    /// Guards updates.
    pub version: i64,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Since when nothing is left of the person but ids and counts.
    pub anonymized_at: Option<Instant>,
}

/// A row of `contact_points`: an e-mail address, phone or link of a candidate.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contact_points, treat_none_as_default_value = false)]
pub struct ContactPoint {
    /// Which.
    pub id: ContactPointId,
    /// Whose.
    pub candidate_id: CandidateId,
    /// Its place in the candidate's list, from 0.
    pub position: i32,
    /// E-mail address, phone or link.
    pub kind: ContactKind,
    /// As it is shown.
    pub value: String,
    /// As it is compared.
    pub value_folded: String,
    /// Since when the mail server takes no mail to it.
    pub refused_at: Option<Instant>,
    /// What the mail server said; no address.
    pub refused_reason: Option<String>,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: CandidateId) -> QueryResult<Option<Candidate>> {
    candidates::table.find(id).first(conn).optional()
}

/// Those of these candidates that are visible, in no order.
pub fn find_visible(
    conn: &mut Conn,
    ids: &[CandidateId],
    visible: Condition<candidates::table>,
) -> QueryResult<Vec<Candidate>> {
    candidates::table.filter(candidates::id.eq_any(ids.iter().copied())).filter(visible).load(conn)
}

/// Whether nothing is left of a candidate but ids and counts.
pub fn is_anonymized(conn: &mut Conn, id: CandidateId) -> QueryResult<bool> {
    let gone = candidates::table
        .filter(candidates::id.eq(id))
        .filter(candidates::anonymized_at.is_not_null());
    diesel::select(exists(gone)).get_result(conn)
}

/// The same of the candidate of an application.
pub fn is_anonymized_by(conn: &mut Conn, id: ApplicationId) -> QueryResult<bool> {
    let gone = applications::table
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .filter(applications::id.eq(id))
        .filter(candidates::anonymized_at.is_not_null());
    diesel::select(exists(gone)).get_result(conn)
}

/// What of a candidate beside the name the reader may see.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Seen {
    /// Contact points.
    pub(super) contacts: bool,
    /// What is paid.
    pub(super) offers: bool,
}

/// Where and in which zone a candidate is written to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Addressee {
    /// Who.
    pub id: CandidateId,
    /// The name as the person writes it.
    pub name: String,
    /// The first of their e-mail addresses.
    pub email: String,
    /// The person's IANA zone.
    pub time_zone: Option<String>,
    /// Why the mail server takes no mail to it, if it takes none.
    pub refused: Option<String>,
}

/// Where a candidate is written to; none for one who has no e-mail address.
pub fn addressee(conn: &mut Conn, id: CandidateId) -> QueryResult<Option<Addressee>> {
    candidates::table
        .inner_join(contact_points::table.on(contact_points::candidate_id.eq(candidates::id)))
        .filter(candidates::id.eq(id))
        .filter(contact_points::kind.eq(ContactKind::Email))
        .order(contact_points::position)
        .select((
            candidates::id,
            candidates::name,
            contact_points::value,
            candidates::time_zone,
            contact_points::refused_reason,
        ))
        .first(conn)
        .optional()
}

/// The accounts of a candidate who works here: the one that says so, and those with an address of
/// theirs.
pub fn accounts_of(conn: &mut Conn, id: CandidateId) -> QueryResult<Vec<UserId>> {
    let said = candidates::table
        .filter(candidates::id.eq(id))
        .filter(candidates::user_id.is_not_null())
        .select(candidates::user_id.assume_not_null());
    let addresses = contact_points::table
        .filter(contact_points::candidate_id.eq(id))
        .filter(contact_points::kind.eq(ContactKind::Email))
        .select(contact_points::value_folded);
    users::table
        .filter(users::id.eq_any(said).or(users::email_folded.eq_any(addresses)))
        .order(users::id)
        .select(users::id)
        .load(conn)
}

/// The contact points of some candidates, each list in its order.
pub(super) fn contact_points(
    conn: &mut Conn,
    ids: &[CandidateId],
) -> QueryResult<HashMap<CandidateId, Vec<ContactPoint>>> {
    let rows: Vec<ContactPoint> = contact_points::table
        .filter(contact_points::candidate_id.eq_any(ids))
        .order((contact_points::candidate_id, contact_points::position))
        .load(conn)?;
    let mut by_candidate: HashMap<CandidateId, Vec<ContactPoint>> = HashMap::new();
    for row in rows {
        by_candidate.entry(row.candidate_id).or_default().push(row);
    }
    Ok(by_candidate)
}

/// The contact points by which duplicates of a candidate would be found.
#[diesel::dsl::auto_type]
fn matching<'a>(emails: &'a [String], phones: &'a [String]) -> _ {
    let email: ContactKind = ContactKind::Email;
    let phone: ContactKind = ContactKind::Phone;
    let same_email =
        contact_points::kind.eq(email).and(contact_points::value_folded.eq_any(emails));
    let same_phone =
        contact_points::kind.eq(phone).and(contact_points::value_folded.eq_any(phones));
    same_email.or(same_phone)
}

/// One page of other candidates that share one of these addresses or numbers, newest first; only
/// those whose contact points the reader may see.
pub(super) fn sharing(
    conn: &mut Conn,
    id: CandidateId,
    (emails, phones): (&[String], &[String]),
    reader: &Actor,
    page: &PageRequest,
) -> QueryResult<Vec<(CandidateId, String)>> {
    let owners =
        contact_points::table.filter(matching(emails, phones)).select(contact_points::candidate_id);
    let mut query = candidates::table
        .filter(candidates::id.ne(id))
        .filter(candidates::id.eq_any(owners))
        .filter(contactable_candidates(reader))
        .select((candidates::id, candidates::name))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(candidates::id.lt(before));
    }
    query.order(candidates::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a candidate with its contact points.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Candidate,
    contacts: &[Contact],
) -> Result<()> {
    diesel::insert_into(candidates::table).values(row).execute(tx.conn)?;
    insert_contact_points(tx, permit, row.id, (contacts, &[]))?;
    search::index_candidate(tx, permit, (row.id, &row.name), &texts(contacts))
}

fn texts(contacts: &[Contact]) -> Vec<(ContactKind, &str)> {
    contacts.iter().map(|contact| (contact.kind, contact.value.as_str())).collect()
}

/// Saves a candidate whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Candidate) -> Result<()> {
    let now = tx.now();
    let unchanged = candidates::table.find(row.id).filter(candidates::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            candidates::name.eq(&row.name),
            candidates::location.eq(&row.location),
            candidates::time_zone.eq(&row.time_zone),
            candidates::locale.eq(&row.locale),
            candidates::custom.eq(&row.custom),
            candidates::user_id.eq(row.user_id),
            candidates::version.eq(row.version + 1),
            candidates::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Marks an address of a candidate to which the mail server takes no mail. False when that is known, or the
/// address is not theirs any more.
pub(super) fn mark_refused(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    (id, email): (CandidateId, &str),
    reason: &str,
) -> Result<bool> {
    let now = tx.now();
    let theirs = contact_points::table
        .filter(contact_points::candidate_id.eq(id))
        .filter(contact_points::kind.eq(ContactKind::Email))
        .filter(contact_points::value.eq(email))
        .filter(contact_points::refused_at.is_null());
    let marked = diesel::update(theirs)
        .set((contact_points::refused_at.eq(now), contact_points::refused_reason.eq(reason)))
        .execute(tx.conn)?;
    if marked > 0 {
        let shown = candidates::table.find(id);
        diesel::update(shown).set(candidates::updated_at.eq(now)).execute(tx.conn)?;
    }
    Ok(marked > 0)
}

/// Inserts many candidates with their contact points.
pub(super) fn insert_many(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    rows: &[Candidate],
    contacts: &[ContactPoint],
) -> Result<()> {
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(candidates::table).values(rows).execute(c))?;
    }
    if !contacts.is_empty() {
        each!(tx.conn, c => diesel::insert_into(contact_points::table).values(contacts).execute(c))?;
    }
    Ok(())
}

/// Gives a candidate these contact points in place of the ones before. An address that stays keeps its mark.
pub(super) fn replace_contact_points(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: CandidateId,
    contacts: &[Contact],
) -> Result<()> {
    let before = || contact_points::table.filter(contact_points::candidate_id.eq(id));
    let known: Vec<ContactPoint> =
        before().filter(contact_points::refused_at.is_not_null()).load(tx.conn)?;
    diesel::delete(before()).execute(tx.conn)?;
    insert_contact_points(tx, permit, id, (contacts, &known))?;
    search::index_contacts(tx, permit, id, &texts(contacts))
}

fn insert_contact_points(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    candidate_id: CandidateId,
    (contacts, known): (&[Contact], &[ContactPoint]),
) -> Result<()> {
    let mut rows = Vec::with_capacity(contacts.len());
    for (position, contact) in (0..).zip(contacts) {
        let same =
            |row: &&ContactPoint| row.kind == contact.kind && row.value_folded == contact.folded;
        let known = known.iter().find(same);
        rows.push(ContactPoint {
            id: tx.id(),
            candidate_id,
            position,
            kind: contact.kind,
            value: contact.value.clone(),
            value_folded: contact.folded.clone(),
            refused_at: known.and_then(|row| row.refused_at),
            refused_reason: known.and_then(|row| row.refused_reason.clone()),
        });
    }
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(contact_points::table).values(&rows).execute(c))?;
    }
    Ok(())
}
