//! What the page of a card shows: the interview, its kit, and the card of whoever sits on the panel.

use crate::access::{self, Actor};
use crate::attachments::{self, store::Found};
use crate::candidates;
use crate::db::Conn;
use crate::debriefs;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{AttributeId, InterviewId, LevelId};
use crate::interviews::seen::{self as interviews, KitLine, SeenInterview};
use crate::interviews::store::{self as seats, Panelist};
use crate::jobs;
use crate::loops::Place;
use crate::loops::templates::Priority;
use crate::organization::levels;
use crate::pages::Newest;
use crate::questions;
use crate::scorecards::api::RevisedContent;
use crate::scorecards::model::REVISIONS_MAX;
use crate::scorecards::seen::{self as cards, SeenCard, SeenRating};
use crate::scorecards::{ScorecardState, store};
use crate::users;

/// One card with everything around it.
pub(super) struct Sheet {
    pub(super) interview: SeenInterview,
    pub(super) seat: Panelist,
    pub(super) candidate_name: String,
    pub(super) job_title: String,
    /// The zone of whoever sits here.
    pub(super) time_zone: String,
    /// What the kit asks, each with what to ask then.
    pub(super) questions: Vec<(String, Vec<String>)>,
    /// What to cover besides, by name.
    pub(super) probes: Vec<String>,
    pub(super) attributes: Vec<Judged>,
    /// The levels that may be signalled, of the job's track from the bottom to the top.
    pub(super) levels: Vec<(LevelId, String)>,
    pub(super) card: Option<SeenCard>,
    pub(super) ratings: Vec<SeenRating>,
    /// What the candidate sent, as far as a panel reads it.
    pub(super) files: Vec<Found>,
    /// What is attached to the card.
    pub(super) attached: Vec<Found>,
    /// Whether cards are shown to whoever handed in, before everybody did.
    pub(super) reveals_early: bool,
    /// Whether recruiter and driver read cards as they come in.
    pub(super) shows_recruiters: bool,
    /// What became of a card that is in.
    pub(super) handed_in: Option<HandedIn>,
}

/// What stands around a card that is in.
pub(super) struct HandedIn {
    /// Who handed it in for its author.
    pub(super) by: Option<String>,
    /// What it said before it was corrected last.
    pub(super) before: Option<RevisedContent>,
    /// Whether its author has read another card of the application by now.
    pub(super) has_read: bool,
    /// Whether it may still be corrected, as far as its author may know.
    pub(super) is_open: bool,
}

/// An attribute of the kit.
pub(super) struct Judged {
    pub(super) id: AttributeId,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) priority: Priority,
    /// Level, label and anchor, lowest first.
    pub(super) levels: Vec<(i32, String, Option<String>)>,
}

impl Judged {
    /// A level as its choice is labelled; "no signal" for none.
    pub(super) fn words(&self, level: Option<i32>) -> String {
        let known = level.and_then(|level| self.levels.iter().find(|(known, ..)| *known == level));
        known.map_or_else(
            || "No signal".to_owned(),
            |(level, label, _)| format!("{level} · {label}"),
        )
    }

    /// Whether its scale has a level.
    pub(super) fn has(&self, level: i32) -> bool {
        self.levels.iter().any(|(known, ..)| *known == level)
    }
}

impl Sheet {
    /// Whether the card was handed in.
    pub(super) fn is_in(&self) -> bool {
        self.card.as_ref().is_some_and(|card| card.state == ScorecardState::Submitted)
    }

    /// Whether the card is in and may be corrected.
    pub(super) fn can_be_corrected(&self) -> bool {
        self.handed_in.as_ref().is_some_and(|handed_in| handed_in.is_open)
    }

    /// The version of the draft; none was begun yet before the first.
    pub(super) fn version(&self) -> i64 {
        let judgement = self.card.as_ref().and_then(|card| card.judgement.as_ref());
        judgement.map_or(0, |judgement| judgement.version)
    }
}

/// The sheet of somebody on the panel.
///
/// # Errors
/// `not_found` for everybody else, and for an interview that was called off before a card was in.
pub(super) fn load(conn: &mut Conn, actor: &Actor, id: InterviewId) -> Result<Sheet> {
    let one = interviews::Filter { id: Some(id), limit: 1, ..interviews::Filter::default() };
    let interview =
        interviews::interviews(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let seat = seats::seat_of(conn, id, actor.user_id)?.ok_or_else(Error::not_found)?;
    let place = Place::of(conn, interview.application_id)?.ok_or_else(Error::not_found)?;
    let candidate = candidates::store::find(conn, place.candidate_id)?;
    let job = jobs::store::find(conn, place.job_id)?;
    let user = users::store::find_active(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let (card, ratings) = own_card(conn, actor, id)?;
    if card.as_ref().is_none_or(|card| card.state == ScorecardState::Draft)
        && interview.state.is_off()
    {
        return Err(Error::not_found());
    }
    let debrief = debriefs::store::newest_of_loop(conn, interview.loop_id)?;
    let lines = interviews::kit(conn, interview.kit.id)?;
    let newest = PageRequest::read(&Newest, "")?;
    let files = attachments::seen::for_panel(conn, actor, place.candidate_id, &newest)?;
    let own = card.as_ref().map(|card| card.id);
    let attached = attachments::store::of_cards(conn, own.as_slice())?;
    let questions = questions::store::of_kit(conn, interview.kit.id)?.into_iter();
    let questions = questions.map(|row| Ok((row.text, row.follow_ups.read()?)));
    let probes = interviews::probes(conn, &interview)?;
    let level = job.as_ref().and_then(|job| job.level_id);
    let signalled = card.as_ref().and_then(|card| card.judgement.as_ref());
    let signalled = signalled.and_then(|judgement| judgement.level_signal_id);
    let handed_in = match card.as_ref().filter(|card| card.state == ScorecardState::Submitted) {
        Some(card) => Some(handed_in(conn, actor, &interview, card)?),
        None => None,
    };
    Ok(Sheet {
        levels: signals(conn, level, signalled)?,
        questions: questions.collect::<Result<_>>()?,
        probes: probes.into_iter().map(|(_, name)| name).collect(),
        attributes: judged(lines),
        candidate_name: candidate.map(|row| row.name).unwrap_or_default(),
        job_title: job.map(|row| row.title).unwrap_or_default(),
        time_zone: user.time_zone,
        reveals_early: debrief.as_ref().is_some_and(|row| row.reveals_early),
        shows_recruiters: debrief.is_some_and(|row| row.shows_recruiters),
        interview,
        seat,
        card,
        ratings,
        files,
        attached,
        handed_in,
    })
}

fn handed_in(
    conn: &mut Conn,
    actor: &Actor,
    interview: &SeenInterview,
    card: &SeenCard,
) -> Result<HandedIn> {
    let judgement = card.judgement.as_ref();
    let by = match judgement.and_then(|judgement| judgement.submitted_by) {
        Some(id) => users::store::find(conn, id)?.map(|user| user.name),
        None => None,
    };
    let before = store::revisions(conn, card.id)?.pop();
    let revision = judgement.map_or(1, |judgement| judgement.revision);
    // To somebody who still owes, a debrief never ends.
    let owes = access::owes(conn, actor.user_id, card.application_id)?;
    let is_over = !owes && debriefs::is_closed(conn, interview.loop_id)?;
    Ok(HandedIn {
        by,
        before: before.map(|row| row.content.read_kept()).transpose()?.flatten(),
        has_read: store::has_read(conn, actor.user_id, card.application_id)?,
        is_open: !is_over && !interview.state.is_off() && revision <= REVISIONS_MAX,
    })
}

fn own_card(
    conn: &mut Conn,
    actor: &Actor,
    interview: InterviewId,
) -> Result<(Option<SeenCard>, Vec<SeenRating>)> {
    let Some(id) = store::find_own(conn, interview, actor.user_id)? else {
        return Ok((None, Vec::new()));
    };
    let one = cards::Filter { id: Some(id), limit: 1, ..cards::Filter::default() };
    let card = cards::cards(conn, actor, &one)?.pop();
    Ok((card, cards::ratings(conn, actor, &[id])?))
}

/// The levels of a job's track, all that are in use where the job has none, and the one that the card
/// has, whatever became of it: a form without it would take it off the card.
pub(in crate::pages) fn signals(
    conn: &mut Conn,
    level: Option<LevelId>,
    signalled: Option<LevelId>,
) -> Result<Vec<(LevelId, String)>> {
    let level = match level {
        Some(id) => levels::store::find(conn, id)?,
        None => None,
    };
    let wanted = levels::store::Wanted { track: level.map(|row| row.track), archived: Some(false) };
    let mut rows = levels::store::list(conn, wanted, &PageRequest::read(&Newest, "")?)?;
    if let Some(id) = signalled.filter(|id| rows.iter().all(|row| row.id != *id)) {
        rows.extend(levels::store::find(conn, id)?);
    }
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The attributes of a kit, each with its levels.
fn judged(lines: Vec<KitLine>) -> Vec<Judged> {
    let mut attributes: Vec<Judged> = Vec::new();
    for line in lines {
        if attributes.last().is_none_or(|last| last.id != line.attribute_id) {
            attributes.push(Judged {
                id: line.attribute_id,
                name: line.name,
                description: line.description,
                priority: line.priority,
                levels: Vec::new(),
            });
        }
        if let Some(last) = attributes.last_mut() {
            last.levels.extend(line.anchor);
        }
    }
    attributes
}
