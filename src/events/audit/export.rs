//! The audit log as lines of JSON (NDJSON), for keeping and checking it elsewhere.
//!
//! One line per position, in order. `hash` is SHA-256 over the bytes of `previous_hash` and the line
//! without its two hashes as canonical JSON (RFC 8785). A line whose event is withheld has its place
//! and its hashes alone. The last line says that the export is complete; one without it was torn.

use std::collections::HashSet;

use actix_web::web::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use serde_json::{Value, json};

use super::{reach, store};
use crate::access::{Action, Actor, owes_anything, require_everywhere};
use crate::db::Conn;
use crate::digest::hex;
use crate::error::{Code, Error, Result};
use crate::events::Head;
use crate::events::chain;
use crate::events::store::{self as events, EventRow, LogRow};
use crate::http::Ctx;
use crate::ids::EventId;

/// How many lines are in memory at once.
const CHUNK: i64 = 256;

/// Which positions, and where the chain ended when the export began.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) head: Head,
}

/// The lines of a span. Who reads is asked again for every chunk, so that somebody who is demoted
/// meanwhile gets no more of it.
pub(super) fn lines(ctx: Ctx, span: Span) -> impl Stream<Item = Result<Bytes>> {
    let begin = (ctx, Some(span.from - 1), span, 0);
    stream::try_unfold(begin, |(ctx, after, span, written)| async move {
        let Some(after) = after else { return Ok(None) };
        let to = span.to;
        let (rows, shown) = ctx
            .read(move |conn, actor| {
                require_everywhere(actor, Action::ReadAudit)?;
                require_nothing_owed(conn, actor)?;
                let mut rows = events::log_after(conn, after, CHUNK)?;
                rows.retain(|(place, _)| place.position <= to);
                let ids: Vec<EventId> = rows.iter().map(|(place, _)| place.event_id).collect();
                let shown = store::shown_among(conn, &reach(actor), &ids)?;
                Ok((rows, shown))
            })
            .await?;
        let Some((last, _)) = rows.last() else {
            let end = line(&trailer(&span, written))?;
            return Ok(Some((end, (ctx, None, span, written))));
        };
        let (next, written) = (last.position, written + rows.len());
        let lines: Vec<Bytes> =
            rows.iter().map(|row| line(&entry(row, &shown)?)).collect::<Result<_>>()?;
        Ok(Some((lines.concat().into(), (ctx, Some(next), span, written))))
    })
    .inspect_err(|error: &Error| {
        tracing::warn!(problem.code = error.code.as_str(), "An export of the audit log was torn.");
    })
}

/// The hashes of an export are made of what is sealed, too: two histories that differ in a judgement
/// alone have other hashes.
///
/// # Errors
/// `not_ready` for somebody who owes an evaluation.
pub(super) fn require_nothing_owed(conn: &mut Conn, actor: &Actor) -> Result<()> {
    if owes_anything(conn, actor.user_id)? {
        let detail = "You owe a scorecard; export the log when it is in.";
        return Err(Error::new(Code::NotReady, detail));
    }
    Ok(())
}

fn line(value: &Value) -> Result<Bytes> {
    let mut bytes = serde_json::to_vec(value).map_err(Error::internal)?;
    bytes.push(b'\n');
    Ok(bytes.into())
}

fn entry((place, event): &(LogRow, Option<EventRow>), shown: &HashSet<EventId>) -> Result<Value> {
    let position = place.position;
    let mut line = match event {
        Some(event) if shown.contains(&event.id) => chain::document(position, event),
        Some(_) => json!({ "position": position.to_string(), "withheld": true }),
        None => {
            return Err(Error::internal(format!("the event of position {position} is gone")));
        }
    };
    if let Some(fields) = line.as_object_mut() {
        fields.insert("previous_hash".to_owned(), hex(&place.previous_hash).into());
        fields.insert("hash".to_owned(), hex(&place.hash).into());
    }
    Ok(line)
}

fn trailer(span: &Span, written: usize) -> Value {
    let Head { position, hash } = &span.head;
    json!({
        "complete": true,
        "lines": written,
        "from_position": span.from.to_string(),
        "to_position": span.to.to_string(),
        "head": { "position": position.to_string(), "hash": hash },
    })
}
