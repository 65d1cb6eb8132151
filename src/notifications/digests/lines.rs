//! What a digest says, line by line.

use serde_json::{Map, Value, json};

use super::life::{hour_of, is_timely};
use super::seen::{self, LISTED, Late};
use crate::capabilities::{self, CapabilityKind};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{CapabilityId, DeliveryId};
use crate::notifications::compose::{Composed, Content, compose as compose_news};
use crate::notifications::local;
use crate::outbox;
use crate::pages;
use crate::queue::{Item, ItemKind, Place};
use crate::users;
use crate::users::store::User;

/// The lines of a digest, before the secrets of their links are derived.
#[derive(Clone, Default)]
pub(in crate::notifications) struct Lines {
    /// What its reader owes, with the link that opens it without a sign-in, if there is one.
    pub(in crate::notifications) owed: Vec<(Map<String, Value>, Option<CapabilityId>)>,
    /// What others owe, in debriefs that its reader drives.
    pub(in crate::notifications) late: Vec<Value>,
    /// What people owe whom its reader manages.
    pub(in crate::notifications) escalated: Vec<Value>,
    /// The mails that it takes along.
    pub(in crate::notifications) news: Vec<Composed>,
    /// Which deliveries are settled with it, those included that are owed no more.
    pub(in crate::notifications) carries: Vec<DeliveryId>,
}

impl Lines {
    /// Whether there is nothing to say.
    pub(in crate::notifications) fn is_empty(&self) -> bool {
        self.owed.is_empty()
            && self.late.is_empty()
            && self.escalated.is_empty()
            && self.news.is_empty()
    }
}

/// The digest of a person that was made at an instant and is sent at another; none when it was held up for
/// so long that the next one says it.
pub(in crate::notifications) fn compose(
    conn: &mut Conn,
    reader: &User,
    public_url: &str,
    (made_at, now): (Instant, Instant),
) -> Result<Option<(Content, Lines)>> {
    let calendar = users::calendar_around(conn, reader, now)?;
    let due = hour_of(conn, &calendar, reader.id, made_at)?;
    if !is_timely(&calendar, due, now) {
        return Ok(None);
    }
    let mut items = seen::owed(conn, reader, &calendar, now)?;
    let mut late = seen::late(conn, reader, now)?;
    let mut escalated = seen::escalated(conn, reader, now)?;
    let waiting = outbox::collected(conn, reader.id, LISTED)?;
    let carries = waiting.iter().map(|delivery| delivery.id).collect();
    let mut lines = Lines { carries, ..Lines::default() };
    for delivery in &waiting {
        let cause = outbox::cause(conn, delivery.event_id)?;
        lines.news.extend(compose_news(conn, delivery, &cause, public_url, now)?);
    }
    let listed = usize::try_from(LISTED).unwrap_or(usize::MAX);
    let more = |found: usize| found.saturating_sub(listed);
    let more = more(items.len()) + more(late.len()) + more(escalated.len());
    let counts = (late.len(), escalated.len(), lines.news.len());
    let headline = headline(&items, counts, now);
    items.truncate(listed);
    late.truncate(listed);
    escalated.truncate(listed);
    for item in items {
        lines.owed.push(owed(conn, reader, item, public_url, now)?);
    }
    let other = |card| other(card, &reader.time_zone);
    lines.late = late.into_iter().map(other).collect();
    lines.escalated = escalated.into_iter().map(other).collect();
    let mut facts = Map::new();
    facts.insert("headline".to_owned(), json!(headline));
    facts.insert("more".to_owned(), json!(more));
    let path = pages::QUEUE.to_owned();
    let content = Content { path, application_id: None, capability: None, facts, calendar: None };
    Ok(Some((content, lines)))
}

/// What it comes to: `2 things are with you, 1 of them overdue`.
fn headline(
    items: &[Item],
    (late, escalated, news): (usize, usize, usize),
    now: Instant,
) -> String {
    let overdue = items.iter().filter(|item| item.is_overdue(now)).count();
    let mut parts = Vec::new();
    match items.len() {
        0 => {}
        1 if overdue == 1 => parts.push("one thing is with you, and overdue".to_owned()),
        1 => parts.push("one thing is with you".to_owned()),
        some if overdue > 0 => {
            parts.push(format!("{some} things are with you, {overdue} of them overdue"));
        }
        some => parts.push(format!("{some} things are with you")),
    }
    if late > 0 {
        parts.push("scorecards that you wait for are late".to_owned());
    } else if escalated > 0 {
        parts.push("scorecards of people whom you manage are late".to_owned());
    }
    if items.is_empty() && news > 0 {
        parts.push("news from your hires".to_owned());
    }
    let whole = parts.join("; ");
    let mut letters = whole.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn owed(
    conn: &mut Conn,
    reader: &User,
    item: Item,
    public_url: &str,
    now: Instant,
) -> Result<(Map<String, Value>, Option<CapabilityId>)> {
    let is_overdue = item.is_overdue(now);
    let (capability, path) = match item.place {
        Place::Interview(id) => {
            let to = (CapabilityKind::Scorecard, id.any());
            match capabilities::store::find_live_to(conn, to, reader.id, now)? {
                Some(link) => (Some(link), "/l/".to_owned()),
                None => (None, pages::scorecard_path(id)),
            }
        }
        Place::Debrief(id) => (None, pages::debrief_path(id)),
        Place::ApprovalRun(_) => (None, pages::QUEUE.to_owned()),
    };
    let what = match item.kind {
        ItemKind::Scorecard => format!("Scorecard: {}", item.title),
        ItemKind::Interview => format!("Interview: {}", item.title),
        ItemKind::Question
        | ItemKind::MeetingNotes
        | ItemKind::Decision
        | ItemKind::Agreement
        | ItemKind::Telling
        | ItemKind::Vote => item.title,
    };
    let when = item.due_at.map_or_else(
        || "No date".to_owned(),
        |due| format!("Due {}", local(due, &reader.time_zone)),
    );
    let about = [item.candidate_name, item.job_title].into_iter().flatten();
    let about = about.collect::<Vec<_>>().join(", ");
    let mut line = Map::new();
    for (key, value) in [
        ("what", json!(what)),
        ("about", json!(about)),
        ("when", json!(when)),
        ("is_overdue", json!(is_overdue)),
        ("minutes", json!(item.minutes)),
        ("link", json!(format!("{public_url}{path}"))),
    ] {
        line.insert(key.to_owned(), value);
    }
    Ok((line, capability))
}

fn other(card: Late, time_zone: &str) -> Value {
    let (what, about) = if card.is_open {
        (card.kit_name, format!("{}, {}", card.candidate_name, card.job_title))
    } else {
        ("a scorecard".to_owned(), "A hire that you have no part in".to_owned())
    };
    json!({
        "who": card.author_name,
        "what": what,
        "about": about,
        "when": format!("Was due {}", local(card.due_at, time_zone)),
    })
}
