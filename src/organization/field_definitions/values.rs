//! The values of custom fields: how they are set, and what of them is shown.

use std::borrow::{Borrow, Cow};
use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::store::{self, FieldDefinition};
use super::{FieldAudience, FieldNoun, FieldType};
use crate::access::{Action, Actor, Holdings};
use crate::db::Conn;
use crate::db::types::Document;
use crate::error::{Error, FieldError, Result};
use crate::ids::UserId;
use crate::users;

/// How many fields in use a noun has at most.
pub const FIELDS_MAX: usize = 100;
/// How long all values of one thing may be together, as JSON.
const SIZE_MAX: usize = 65_536;

/// Values by the keys of their fields. As an input it is a merge patch: what is absent stays, `null`
/// clears.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Custom(Map<String, Value>);

impl<'de> Deserialize<'de> for Custom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Map::deserialize(deserializer)?;
        if values.len() > FIELDS_MAX {
            return Err(serde::de::Error::custom(format!("at most {FIELDS_MAX} fields")));
        }
        Ok(Self(values))
    }
}

impl PartialSchema for Custom {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(
                "Values of the organization's own fields by their keys; see the field definitions. \
                 Answers hold what you may see; in a request absent keys stay and `null` clears.",
            ))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .max_properties(Some(FIELDS_MAX))
            .examples([serde_json::json!({})])
            .into()
    }
}
impl ToSchema for Custom {
    fn name() -> Cow<'static, str> {
        "Custom".into()
    }
}

/// Which audiences somebody belongs to beside everyone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldReach {
    /// Those who recruit.
    pub recruiting: bool,
    /// Those who decide on pay.
    pub compensation: bool,
}

impl FieldReach {
    /// What somebody sees and sets who holds this towards a candidate or an application. An agency
    /// that brought somebody in reaches them, and still does not recruit.
    pub fn of(actor: &Actor, holdings: &Holdings) -> Self {
        Self {
            recruiting: actor.agency_id.is_none() && holdings.allow(Action::ReadContactPoints),
            compensation: holdings.allow(Action::ReadOffer),
        }
    }

    fn includes(self, audience: FieldAudience) -> bool {
        match audience {
            FieldAudience::Everyone => true,
            FieldAudience::Recruiting => self.recruiting,
            FieldAudience::Compensation => self.compensation,
        }
    }
}

/// The fields of a noun that are in use.
#[derive(Debug, Default)]
pub struct Fields(Vec<(FieldDefinition, Vec<String>)>);

impl Fields {
    /// Loads the fields of a noun, if any of these documents has values at all.
    pub fn of<D: Borrow<Document>>(
        conn: &mut Conn,
        noun: FieldNoun,
        documents: impl IntoIterator<Item = D>,
    ) -> Result<Self> {
        let is_empty = |document: D| document.borrow().0.as_object().is_none_or(Map::is_empty);
        if documents.into_iter().all(is_empty) {
            return Ok(Self::default());
        }
        Self::load(conn, noun)
    }

    fn load(conn: &mut Conn, noun: FieldNoun) -> Result<Self> {
        let mut fields = Vec::new();
        for row in store::of_noun(conn, noun)? {
            let options = row.options()?;
            fields.push((row, options));
        }
        Ok(Self(fields))
    }

    /// What a reader sees of a document: values of fields in use, for their audience, that fit. An
    /// option that was taken away since is still the one that was chosen.
    pub fn shown(&self, document: &Document, reach: FieldReach) -> Custom {
        let seen = self.0.iter().filter(|(field, _)| reach.includes(field.audience));
        let values = seen.filter_map(|(field, _)| {
            let value = document.0.get(&field.key)?;
            let fits = field.kind.has_options() || field.kind.check(&[], value).is_ok();
            fits.then(|| (field.key.clone(), value.clone()))
        });
        Custom(values.collect())
    }
}

/// Applies a merge patch to a document.
///
/// # Errors
/// `invalid` with the pointer `/custom/<key>` for each value that does not fit, and for each key that
/// is none to this person.
pub fn merge(
    conn: &mut Conn,
    noun: FieldNoun,
    document: &Document,
    patch: &Custom,
    reach: FieldReach,
) -> Result<Document> {
    if patch.0.is_empty() {
        return Ok(document.clone());
    }
    let fields = Fields::load(conn, noun)?;
    let mut values = document.0.as_object().cloned().unwrap_or_default();
    let (mut users, mut wrong) = (Vec::new(), Vec::new());
    for (key, value) in &patch.0 {
        let known = |(field, _): &&(FieldDefinition, Vec<String>)| {
            field.key == *key && reach.includes(field.audience)
        };
        let Some((field, options)) = fields.0.iter().find(known) else {
            wrong.push(refused(key, "unknown_field", "There is no such field that you can see."));
            continue;
        };
        if value.is_null() {
            values.remove(key);
            continue;
        }
        match field.kind.check(options, value) {
            Ok(value) => {
                if field.kind == FieldType::User {
                    users.extend(
                        value.as_str().and_then(|id| id.parse::<UserId>().ok()).map(|id| (key, id)),
                    );
                }
                values.insert(key.clone(), value);
            }
            Err(sentence) => wrong.push(refused(key, "invalid_value", sentence)),
        }
    }
    wrong.extend(unknown_users(conn, &users)?);
    let document = Document(Value::Object(values));
    if document.0.to_string().len() > SIZE_MAX {
        let detail = format!("All values together are at most {SIZE_MAX} bytes of JSON.");
        wrong.push(FieldError::body("/custom", "too_long", detail));
    }
    if wrong.is_empty() { Ok(document) } else { Err(Error::invalid_fields(wrong)) }
}

fn unknown_users(conn: &mut Conn, users: &[(&String, UserId)]) -> Result<Vec<FieldError>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UserId> = users.iter().map(|(_, id)| *id).collect();
    let active: HashSet<UserId> = users::store::hold_responsible(conn, &ids)?;
    let unknown = users.iter().filter(|(_, id)| !active.contains(id));
    Ok(unknown
        .map(|(key, _)| refused(key, "unknown_reference", "There is no such user."))
        .collect())
}

/// A wrong value; the key is escaped as JSON Pointer asks (RFC 6901).
fn refused(key: &str, code: &'static str, detail: impl Into<String>) -> FieldError {
    FieldError::body(format!("/custom/{}", key.replace('~', "~0").replace('/', "~1")), code, detail)
}
