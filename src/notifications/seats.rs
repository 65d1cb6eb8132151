//! Mails about seats on panels: that somebody does not come, and that their card was handed in for them.

use serde_json::Value;

use super::compose::Content;
use super::interviews::{self, local};
use super::leaving::{about, who_run};
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, PanelistId, ScorecardId};
use crate::interviews::SeatResponse;
use crate::interviews::store::{self, Interview, Panelist};
use crate::loops;
use crate::mail::MailKind;
use crate::scorecards;
use crate::users;
use crate::users::store::User;

/// The mails of `panelist.responded`: to those who run the hire, at once, when it is a no.
pub(super) fn owed_for_response(
    conn: &mut Conn,
    id: PanelistId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let Some((seat, _)) = declined(conn, id)? else { return Ok(Vec::new()) };
    let people = who_run(conn, seat.application_id)?;
    Ok(at_once(MailKind::PanelistDeclined, all_but_the_actor(people, actor)))
}

/// What the mail `panelist_declined` says; none when they come after all, or somebody else does.
pub(super) fn panelist_declined(
    conn: &mut Conn,
    reader: &User,
    id: PanelistId,
) -> Result<Option<Content>> {
    let Some((seat, interview)) = declined(conn, id)? else { return Ok(None) };
    let Some(mut content) = about(conn, reader, seat.application_id)? else { return Ok(None) };
    let person = users::store::find(conn, seat.user_id)?;
    let kit = loops::templates::store::find_kit(conn, interview.kit_id)?;
    let starts_at = interview.starts_at.map_or_else(
        || "not scheduled yet".to_owned(),
        |starts_at| local(starts_at, &reader.time_zone),
    );
    let texts = [
        ("panelist_name", person.map(|person| person.name).unwrap_or_default()),
        ("kit_name", kit.map(|kit| kit.name).unwrap_or_default()),
        ("slot", seat.slot.as_str().to_owned()),
        ("starts_at_local", starts_at),
    ];
    for (key, text) in texts {
        content.facts.insert(key.to_owned(), Value::String(text));
    }
    content.path = format!("/api/v1/interviews/{}", interview.id);
    Ok(Some(content))
}

/// What the mail `scorecard_handed_in` says to the author of a card, and to nobody else.
pub(super) fn handed_in(
    conn: &mut Conn,
    reader: &User,
    id: ScorecardId,
    now: Instant,
) -> Result<Option<Content>> {
    let card = scorecards::store::find_placed(conn, id)?.map(|placed| placed.card);
    let Some(card) = card.filter(|card| card.author_id == reader.id) else { return Ok(None) };
    let (Some(submitter), Some(interview)) =
        (card.submitted_by, store::find(conn, card.interview_id)?)
    else {
        return Ok(None);
    };
    let Some((_, mut facts)) = interviews::about(conn, &interview)? else { return Ok(None) };
    let name = users::store::find(conn, submitter)?.map(|user| user.name).unwrap_or_default();
    facts.insert("submitter_name".to_owned(), Value::String(name));
    Ok(Some(interviews::content(conn, reader, &interview, facts, now)?))
}

fn declined(conn: &mut Conn, id: PanelistId) -> Result<Option<(Panelist, Interview)>> {
    let Some(seat) = store::find_seat(conn, id)? else { return Ok(None) };
    let interview = store::find(conn, seat.interview_id)?;
    let stands = |interview: &Interview| {
        seat.response == SeatResponse::Declined && interview.state.is_to_come()
    };
    Ok(interview.filter(stands).map(|interview| (seat.clone(), interview)))
}
