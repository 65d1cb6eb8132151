//! Everything that is held about a person, as the registry says, with the names of others replaced.
//!
//! Who wrote or judged is a third party: whoever sat on a panel is `Interviewer 1`, whoever else works here
//! `Colleague 1`, numbered as they come up, and their names and addresses are replaced in all words. How
//! somebody was judged is given once their application is closed or its debrief was revealed.

mod redaction;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::registry::{Given, TABLES, Table};
use super::store::{self, Cell, Meta};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, ApplicationId, CandidateId};
use redaction::Redaction;

/// Everything that is held about a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalData {
    candidate_id: CandidateId,
    /// When it was put together.
    prepared_at: Instant,
    /// By kind of record, those about the person first.
    sections: Vec<PersonalDataSection>,
    /// What is held and not given here, and why.
    withheld: Vec<WithheldData>,
}

/// The records of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalDataSection {
    #[schema(example = "application_answers")]
    name: &'static str,
    /// Each with when it was, by whom, and what it says.
    #[schema(value_type = Vec<Object>)]
    records: Vec<Value>,
}

/// Something that is held and not given here.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithheldData {
    #[schema(example = "judgements")]
    what: &'static str,
    /// `not_revealed`, `author_alone` or `download`.
    #[schema(example = "not_revealed")]
    why: &'static str,
    /// The applications that it is about, where it is about some and not all.
    application_ids: Vec<ApplicationId>,
}

/// Puts together what is held.
pub(super) fn gather(conn: &mut Conn, id: CandidateId, now: Instant) -> Result<PersonalData> {
    let mut loaded = Vec::new();
    for table in TABLES.iter().filter(|table| table.is_given()) {
        loaded.push((table, store::cells(conn, id, table)?, store::meta(conn, id, table)?));
    }
    let people = loaded.iter().flat_map(|(_, _, meta)| meta.values().filter_map(|one| one.by));
    let redaction = Redaction::new(conn, id, people.collect())?;
    let mut sections = Vec::new();
    for (table, cells, meta) in loaded {
        let records = records(table, cells, &meta, &redaction);
        if !records.is_empty() {
            sections.push(PersonalDataSection { name: table.name, records });
        }
    }
    let mut withheld = vec![
        WithheldData { what: "files", why: "download", application_ids: Vec::new() },
        WithheldData { what: "private_notes", why: "author_alone", application_ids: Vec::new() },
    ];
    let application_ids = store::sealed_applications(conn, id)?;
    if !application_ids.is_empty() {
        withheld.push(WithheldData { what: "judgements", why: "not_revealed", application_ids });
    }
    Ok(PersonalData { candidate_id: id, prepared_at: now, sections, withheld })
}

fn records(
    table: &Table,
    cells: Vec<Cell>,
    meta: &BTreeMap<AnyId, Meta>,
    redaction: &Redaction,
) -> Vec<Value> {
    let mut rows: BTreeMap<AnyId, Map<String, Value>> = BTreeMap::new();
    for (id, one) in meta {
        let row = rows.entry(*id).or_default();
        if let Some(at) = one.at {
            row.insert("at".to_owned(), serde_json::json!(at));
        }
        if let Some(label) = one.by.and_then(|by| redaction.label(by)) {
            row.insert("by".to_owned(), Value::String(label.to_owned()));
        }
    }
    for cell in cells {
        let given = table.columns.iter().find(|column| column.name == cell.name);
        let given = given.map_or(Given::Withheld, |column| column.given);
        let value = cell.value.map_or(Value::Null, |text| shown(given, text, redaction));
        rows.entry(cell.id).or_default().insert(cell.name, value);
    }
    rows.into_values().map(Value::Object).collect()
}

fn shown(given: Given, text: String, redaction: &Redaction) -> Value {
    let parsed = || serde_json::from_str(&text);
    match given {
        Given::Withheld => Value::Null,
        Given::Text => Value::String(text),
        Given::Words => Value::String(redaction.of(&text)),
        Given::Number => parsed().unwrap_or(Value::String(text)),
        Given::Json => parsed().map_or(Value::Null, |value| redaction.within(value)),
    }
}
