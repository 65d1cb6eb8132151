//! What is held about a person, read as the registry says.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Nullable, Text};

use crate::access::{Reach, readable_applications};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, panelists, users};
use crate::db::types::{DbTs, DbUuid};
use crate::ids::{AnyId, ApplicationId, CandidateId, ScorecardId, UserId};
use crate::retention::registry::{Given, Table, Tells};

/// A column of a row, as text.
#[derive(Debug, QueryableByName)]
pub struct Cell {
    /// The row.
    #[diesel(sql_type = DbUuid)]
    pub id: AnyId,
    /// The column.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What stands in it.
    #[diesel(sql_type = Nullable<Text>)]
    pub value: Option<String>,
}

/// When a row was, and by whom.
#[derive(Debug, Default)]
pub struct Meta {
    pub at: Option<Instant>,
    pub by: Option<AnyId>,
}

#[derive(QueryableByName)]
struct At {
    #[diesel(sql_type = DbUuid)]
    id: AnyId,
    #[diesel(sql_type = Nullable<DbTs>)]
    written_at: Option<Instant>,
}

#[derive(QueryableByName)]
struct By {
    #[diesel(sql_type = DbUuid)]
    id: AnyId,
    #[diesel(sql_type = Nullable<DbUuid>)]
    written_by: Option<AnyId>,
}

#[derive(QueryableByName)]
struct OneId {
    #[diesel(sql_type = DbUuid)]
    id: AnyId,
}

/// An application of which it may be told how it was judged: it is closed, or revealed as a whole.
const OPEN: &str = "FROM applications WHERE candidate_id = $1 AND (applications.status <> 'active' \
    OR (EXISTS (SELECT 1 FROM debriefs d WHERE d.application_id = applications.id \
    AND d.revealed_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM debriefs d \
    WHERE d.application_id = applications.id AND d.revealed_at IS NULL AND d.state <> 'cancelled')))";

/// The condition on the rows of a table that are given.
fn condition(table: &Table) -> String {
    let all = table.way.condition();
    let open = |text: &str| {
        text.replace("FROM applications WHERE candidate_id = $1", OPEN)
            .replace("FROM scorecards WHERE ", "FROM scorecards WHERE state <> 'draft' AND ")
    };
    match (table.tells, table.name) {
        (Tells::Judgement, "scorecards") => format!("{} AND state <> 'draft'", open(all)),
        (Tells::Judgement, _) => open(all),
        (Tells::Facts, "attachments") => {
            let cards = open(
                "SELECT id FROM scorecards WHERE application_id IN \
                (SELECT id FROM applications WHERE candidate_id = $1)",
            );
            format!(
                "{all} AND removed_at IS NULL AND (scorecard_id IS NULL OR scorecard_id IN ({cards}))"
            )
        }
        (Tells::Facts, "notes") => format!("{all} AND removed_at IS NULL"),
        (Tells::Facts, _) => all.to_owned(),
    }
}

/// The columns of a table that the person is given, row by row.
pub fn cells(conn: &mut Conn, id: CandidateId, table: &Table) -> QueryResult<Vec<Cell>> {
    let condition = condition(table);
    let given = table.columns.iter().filter(|column| column.given != Given::Withheld);
    let parts: Vec<String> = given
        .map(|column| {
            let value = match column.name {
                "tag_id" => "(SELECT tags.name FROM tags WHERE tags.id = tag_id)".to_owned(),
                name => format!("CAST({name} AS TEXT)"),
            };
            let (name, table) = (column.name, table.name);
            format!("SELECT id, '{name}' AS name, {value} AS value FROM {table} WHERE {condition}")
        })
        .collect();
    sql_query(parts.join(" UNION ALL ")).bind::<DbUuid, _>(id.any()).load(conn)
}

/// When the rows of a table that are given were, and by whom.
pub fn meta(conn: &mut Conn, id: CandidateId, table: &Table) -> QueryResult<BTreeMap<AnyId, Meta>> {
    let (name, condition) = (table.name, condition(table));
    let mut found: BTreeMap<AnyId, Meta> = BTreeMap::new();
    if let Some(at) = table.at {
        let statement = format!("SELECT id, {at} AS written_at FROM {name} WHERE {condition}");
        let rows: Vec<At> = sql_query(statement).bind::<DbUuid, _>(id.any()).load(conn)?;
        for row in rows {
            found.entry(row.id).or_default().at = row.written_at;
        }
    }
    if let Some(by) = table.by {
        let statement = format!("SELECT id, {by} AS written_by FROM {name} WHERE {condition}");
        let rows: Vec<By> = sql_query(statement).bind::<DbUuid, _>(id.any()).load(conn)?;
        for row in rows {
            found.entry(row.id).or_default().by = row.written_by;
        }
    }
    Ok(found)
}

/// The cards of a candidate that are given.
pub fn given_cards(conn: &mut Conn, id: CandidateId) -> QueryResult<Vec<ScorecardId>> {
    let statement = format!(
        "SELECT id FROM scorecards WHERE state <> 'draft' AND application_id IN (SELECT id {OPEN}) ORDER BY id"
    );
    let rows: Vec<OneId> = sql_query(statement).bind::<DbUuid, _>(id.any()).load(conn)?;
    Ok(rows.into_iter().map(|row| row.id.typed()).collect())
}

/// The live applications of a candidate of which it is not told how they were judged.
pub fn sealed_applications(conn: &mut Conn, id: CandidateId) -> QueryResult<Vec<ApplicationId>> {
    let statement = format!(
        "SELECT id FROM applications WHERE candidate_id = $1 AND id NOT IN (SELECT id {OPEN}) ORDER BY id"
    );
    let rows: Vec<OneId> = sql_query(statement).bind::<DbUuid, _>(id.any()).load(conn)?;
    Ok(rows.into_iter().map(|row| row.id.typed()).collect())
}

/// Whoever sat on a panel for a candidate, in the order of their seats.
pub fn panel_of(conn: &mut Conn, id: CandidateId) -> QueryResult<Vec<AnyId>> {
    panelists::table
        .inner_join(applications::table.on(applications::id.eq(panelists::application_id)))
        .filter(applications::candidate_id.eq(id))
        .order(panelists::id)
        .select(panelists::user_id)
        .load(conn)
}

/// The names and addresses of some people.
pub fn identities_of(
    conn: &mut Conn,
    ids: &[UserId],
) -> QueryResult<Vec<(UserId, String, String)>> {
    users::table
        .filter(users::id.eq_any(ids.iter().copied()))
        .select((users::id, users::name, users::email))
        .load(conn)
}

/// How many applications of a candidate are in reach.
pub fn count_in_reach(conn: &mut Conn, id: CandidateId, reach: Reach) -> QueryResult<i64> {
    applications::table
        .filter(applications::candidate_id.eq(id))
        .filter(readable_applications(reach))
        .count()
        .get_result(conn)
}
