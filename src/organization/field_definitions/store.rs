//! Queries on `field_definitions`.

use diesel::prelude::*;

use super::{FieldAudience, FieldNoun, FieldType};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::field_definitions;
use crate::db::types::Document;
use crate::error::Result;
use crate::http::PageRequest;
use crate::ids::FieldDefinitionId;
use crate::organization::store::{self, page_of};

/// The key is taken, also by an archived field.
const TAKEN: &str = "The noun has a field of that key, perhaps an archived one.";

/// A row of `field_definitions`: a custom field that the organization added to a noun.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = field_definitions, treat_none_as_default_value = false)]
pub struct FieldDefinition {
    pub id: FieldDefinitionId,
    pub noun: FieldNoun,
    pub key: String,
    pub name: String,
    #[diesel(column_name = type_)]
    pub kind: FieldType,
    pub options: Option<Document>,
    pub audience: FieldAudience,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl FieldDefinition {
    /// What it is chosen from; empty for a type without options.
    ///
    /// # Errors
    /// `internal` for a stored document that is no list of words.
    pub fn options(&self) -> Result<Vec<String>> {
        self.options.as_ref().map_or_else(|| Ok(Vec::new()), Document::read)
    }
}

store::find!(field_definitions, FieldDefinition, FieldDefinitionId);
store::save!(field_definitions, FieldDefinition, TAKEN, [name, options, audience]);

/// One page, newest first.
pub fn list(
    conn: &mut Conn,
    noun: Option<FieldNoun>,
    archived: Option<bool>,
    page: &PageRequest,
) -> QueryResult<Vec<FieldDefinition>> {
    let mut query = field_definitions::table.into_boxed();
    if let Some(noun) = noun {
        query = query.filter(field_definitions::noun.eq(noun));
    }
    page_of!(field_definitions, query, archived, page).load(conn)
}

/// The fields of a noun that are in use; there are at most as many as it may have.
pub fn of_noun(conn: &mut Conn, noun: FieldNoun) -> QueryResult<Vec<FieldDefinition>> {
    field_definitions::table
        .filter(field_definitions::noun.eq(noun))
        .filter(field_definitions::archived_at.is_null())
        .load(conn)
}
