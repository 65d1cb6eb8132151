//! People.

use serde_json::{Map, Value};

use super::unit::{Made, Source, Writer, line, optional_line};
use crate::candidates::commands::{NewCandidate, insert};
use crate::candidates::{Contact, ContactKind};
use crate::db::types::Document;
use crate::error::Result;
use crate::ids::CandidateId;
use crate::imports::kind::Kind;
use crate::imports::lever::plan::candidates::CandidatePlan;
use crate::imports::lever::wire::values::LeverId;

/// What people are called in external references.
const CONTACT: &str = "contact";

/// Stands for the name that Lever does not know.
const NO_NAME: &str = "Unnamed candidate";

/// Writes the candidates of a plan.
pub(super) fn write(writer: &mut Writer<'_>, candidates: &[CandidatePlan]) -> Result<()> {
    for candidate in candidates {
        let new = NewCandidate {
            user_id: None,
            agency_id: None,
            name: candidate
                .name
                .as_ref()
                .map_or_else(|| NO_NAME.to_owned(), |name| line(name, 200)),
            location: optional_line(candidate.location.as_ref(), 200),
            time_zone: None,
            locale: None,
            contacts: contacts(candidate),
            custom: custom(candidate),
        };
        if candidate.phones.iter().any(|phone| phone.label.is_some()) {
            writer.report.no_home("opportunities.phones[].type", Some(candidate.contact.as_str()));
        }
        let source = Source {
            counted: Kind::Candidates,
            file: Kind::Opportunities,
            kind: CONTACT,
            id: candidate.contact.as_str().to_owned(),
            at: Some(candidate.created_at),
        };
        writer
            .keep(source, move |tx, permit, _| Ok(Made::New(insert(tx, permit, new.clone())?)))?;
        writer.step();
    }
    Ok(())
}

/// The candidate that stands for one of Lever's contacts.
pub(super) fn candidate(writer: &Writer<'_>, contact: &LeverId) -> Option<CandidateId> {
    writer.find(CONTACT, contact.as_str())
}

fn contacts(candidate: &CandidatePlan) -> Vec<Contact> {
    let emails = candidate.emails.iter().map(|email| (ContactKind::Email, email));
    let phones = candidate.phones.iter().map(|phone| (ContactKind::Phone, &phone.number));
    let links = candidate.links.iter().map(|link| (ContactKind::Link, link));
    emails
        .chain(phones)
        .chain(links)
        .map(|(kind, text)| Contact::kept(kind, &line(text, 500)))
        .collect()
}

fn custom(candidate: &CandidatePlan) -> Document {
    let mut fields = Map::new();
    if let Some(headline) = optional_line(candidate.headline.as_ref(), 500) {
        fields.insert("headline".to_owned(), Value::String(headline));
    }
    if !candidate.tags.is_empty() {
        let tags = candidate.tags.iter().map(|tag| Value::String(line(tag, 200))).collect();
        fields.insert("tags".to_owned(), Value::Array(tags));
    }
    Document(Value::Object(fields))
}
