//! Many made-up candidates at once, for a crowd (`crate::crowd`).

use super::store::{self, Candidate, ContactPoint};
use super::{Contact, ContactKind};
use crate::access::Permit;
use crate::db::Tx;
use crate::db::types::Document;
use crate::error::Result;
use crate::ids::CandidateId;

/// Somebody made up.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The one address.
    pub email: String,
    /// The IANA zone.
    pub time_zone: &'static str,
}

/// Adds people as rows alone: no event tells of each. Returns their ids in order.
pub fn insert(tx: &mut Tx<'_>, permit: &Permit, people: Vec<Person>) -> Result<Vec<CandidateId>> {
    let now = tx.now();
    let (mut rows, mut contacts) = (Vec::new(), Vec::new());
    for person in people {
        let id: CandidateId = tx.id();
        let Contact { kind, value, folded } = Contact::kept(ContactKind::Email, &person.email);
        contacts.push(ContactPoint {
            id: tx.id(),
            candidate_id: id,
            position: 0,
            kind,
            value,
            value_folded: folded,
            refused_at: None,
            refused_reason: None,
        });
        rows.push(Candidate {
            id,
            name: person.name,
            location: None,
            time_zone: Some(person.time_zone.to_owned()),
            locale: None,
            user_id: None,
            agency_id: None,
            custom: Document::empty(),
            version: 1,
            created_at: now,
            updated_at: now,
            anonymized_at: None,
        });
    }
    store::insert_many(tx, permit, &rows, &contacts)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
