//! Queries on `findings`, `responses` and `dissents`, with what belongs to each.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{
    debriefs, dissents, finding_cards, findings, response_answers, responses, scorecards,
};
use crate::db::{Conn, Tx};
use crate::debriefs::Debrief;
use crate::debriefs::detector::{self, FindingKind, Severity};
use crate::error::{Code, Result, UniqueAs};
use crate::ids::{
    AttributeId, DebriefId, DissentId, FindingId, ResponseId, RowId, ScorecardId, UserId,
};

/// A row of `findings`: what was found between the cards of a debrief when they were revealed for the
/// `reveal`th time, or what somebody does not agree to since. It is put to those concerned in discussion
/// `asked_in`, if in any.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = findings, treat_none_as_default_value = false)]
pub struct Finding {
    pub id: FindingId,
    pub debrief_id: DebriefId,
    pub position: i32,
    pub kind: FindingKind,
    pub severity: Severity,
    pub attribute_id: Option<AttributeId>,
    pub reveal: i32,
    pub asked_in: Option<i32>,
    pub created_at: Instant,
}

/// A card that a finding rests on, with its author, who is asked about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Rests {
    pub finding_id: FindingId,
    pub scorecard_id: ScorecardId,
    pub author_id: UserId,
}

/// A row of `responses`: what somebody of the panel says in a discussion.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = responses, treat_none_as_default_value = false)]
pub struct Response {
    pub id: ResponseId,
    pub debrief_id: DebriefId,
    pub discussion: i32,
    pub user_id: UserId,
    pub comment: Option<String>,
    pub occurred_at: Instant,
}

/// A row of `response_answers`: the answer to an open question.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = response_answers, treat_none_as_default_value = false)]
pub struct Answer {
    pub id: RowId,
    pub response_id: ResponseId,
    pub finding_id: FindingId,
    pub answer: String,
}

/// A row of `dissents`: what somebody whose ballot differs from the decision says to it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = dissents, treat_none_as_default_value = false)]
pub struct Statement {
    pub id: DissentId,
    pub debrief_id: DebriefId,
    pub user_id: UserId,
    pub statement: String,
    pub occurred_at: Instant,
}

/// Keeps what was found, after what was found before. What blocks is asked in the next discussion, unless
/// the same was found between the same cards in an earlier reveal, and answered since.
pub fn insert_findings(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    debrief: &Debrief,
    found: &[detector::Finding],
) -> Result<()> {
    let debrief_id = debrief.id;
    let before = findings(tx.conn, debrief_id)?;
    let known = known(tx.conn, debrief)?;
    let is_known = |one: &detector::Finding| {
        known.iter().any(|(found, on)| {
            (found.kind, found.attribute_id) == (one.kind, one.attribute) && *on == one.cards
        })
    };
    let next = debrief.discussions + 1;
    for (position, one) in (i32::try_from(before.len()).unwrap_or(i32::MAX)..).zip(found) {
        let is_asked = one.kind == FindingKind::Refusal || !is_known(one);
        let row = Finding {
            id: tx.id(),
            debrief_id,
            position,
            kind: one.kind,
            severity: one.severity,
            attribute_id: one.attribute,
            reveal: debrief.reveals,
            asked_in: (is_asked && one.severity == Severity::Blocking).then_some(next),
            created_at: tx.now(),
        };
        diesel::insert_into(findings::table).values(&row).execute(tx.conn)?;
        for card in &one.cards {
            let id: RowId = tx.id();
            let values = (
                finding_cards::id.eq(id),
                finding_cards::finding_id.eq(row.id),
                finding_cards::scorecard_id.eq(card),
            );
            diesel::insert_into(finding_cards::table).values(values).execute(tx.conn)?;
        }
    }
    Ok(())
}

/// What was found in the loop of a debrief by now, in all of its rounds, with the cards that each rests on.
fn known(conn: &mut Conn, debrief: &Debrief) -> QueryResult<Vec<(Finding, BTreeSet<ScorecardId>)>> {
    let rounds = debriefs::table.filter(debriefs::loop_id.eq(debrief.loop_id)).select(debriefs::id);
    let found: Vec<Finding> = findings::table
        .filter(findings::debrief_id.eq_any(rounds))
        .order(findings::id)
        .load(conn)?;
    let ids: Vec<FindingId> = found.iter().map(|one| one.id).collect();
    let rests: Vec<(FindingId, ScorecardId)> = finding_cards::table
        .filter(finding_cards::finding_id.eq_any(ids))
        .select((finding_cards::finding_id, finding_cards::scorecard_id))
        .load(conn)?;
    let on = |id: FindingId| rests.iter().filter(move |rest| rest.0 == id).map(|rest| rest.1);
    let known = found.into_iter().map(|one| {
        let cards = on(one.id).collect();
        (one, cards)
    });
    Ok(known.collect())
}

/// What was found, in order.
pub fn findings(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Finding>> {
    findings::table.filter(findings::debrief_id.eq(id)).order(findings::position).load(conn)
}

/// The cards that findings of a debrief rest on.
pub fn rests(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Rests>> {
    finding_cards::table
        .inner_join(findings::table.on(findings::id.eq(finding_cards::finding_id)))
        .inner_join(scorecards::table.on(scorecards::id.eq(finding_cards::scorecard_id)))
        .filter(findings::debrief_id.eq(id))
        .order((findings::position, scorecards::submitted_at, scorecards::id))
        .select((findings::id, scorecards::id, scorecards::author_id))
        .load(conn)
}

/// Keeps a response with its answers.
///
/// # Errors
/// `already_exists` when the person has responded in this discussion.
pub fn insert_response(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    row: &Response,
    answers: &[Answer],
) -> Result<()> {
    diesel::insert_into(responses::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "You have responded in this discussion.")?;
    for answer in answers {
        diesel::insert_into(response_answers::table).values(answer).execute(tx.conn)?;
    }
    Ok(())
}

/// The responses of a debrief, oldest first.
pub fn responses(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Response>> {
    responses::table
        .filter(responses::debrief_id.eq(id))
        .order((responses::occurred_at, responses::id))
        .load(conn)
}

/// The answers of some responses.
pub fn answers(conn: &mut Conn, ids: &[ResponseId]) -> QueryResult<Vec<Answer>> {
    response_answers::table
        .filter(response_answers::response_id.eq_any(ids))
        .order(response_answers::id)
        .load(conn)
}

/// Keeps what somebody says to a decision.
///
/// # Errors
/// `already_exists` when they have said it.
pub fn insert_statement(tx: &mut Tx<'_>, _permit: &Permit, row: &Statement) -> Result<()> {
    diesel::insert_into(dissents::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "You have said what you say to the decision.")
}

/// What is said to the decision of a debrief, oldest first.
pub fn statements(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Statement>> {
    dissents::table.filter(dissents::debrief_id.eq(id)).order(dissents::id).load(conn)
}
