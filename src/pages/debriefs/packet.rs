//! What the page of a debrief is made of: what the API shows its reader, the names in it, and the texts of
//! the cards that are open to them.

use super::drive::{self, Reins};
use super::round::{self, Rounds};
use crate::access::{self, Actor};
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs::api::{
    self, Debrief, DebriefAttribute, DebriefFinding, DebriefView, Loaded, Unnoted,
};
use crate::debriefs::named::Named;
use crate::debriefs::store::turnout;
use crate::debriefs::{DebriefState, DebriefWay};
use crate::error::{Code, Error, Result};
use crate::ids::{
    AttributeId, DebriefId, InterviewId, LevelId, LoopId, RejectionReasonId, ScorecardId, UserId,
};
use crate::jobs;
use crate::loops::Place;
use crate::loops::coverage::api::{self as coverage, LoopCoverage};
use crate::organization::rejection_reasons;
use crate::pages::scorecards::signals;
use crate::rubrics::store::{self as rubrics, Anchor};
use crate::scorecards::Recommendation;
use crate::scorecards::seen::{SeenCard, SeenRating};
use crate::users;

/// A debrief with everything around it that its reader may see.
pub(super) struct Packet {
    pub(super) debrief: Debrief,
    pub(super) version: i64,
    pub(super) named: Named,
    /// Who reads it, and the zone of their clock.
    pub(super) reader: UserId,
    pub(super) time_zone: String,
    /// The interviews for which the reader owes a card, by the names of their kits; nothing else is
    /// shown then.
    pub(super) owed: Vec<(InterviewId, String)>,
    /// When the last card that is awaited is due, as long as cards are awaited.
    pub(super) last_due: Option<Instant>,
    /// None to whoever owes a card, or may not read interviews.
    pub(super) coverage: Option<LoopCoverage>,
    /// The cards of the debrief with their texts; none before they are open to the reader.
    pub(super) cards: Vec<SeenCard>,
    pub(super) ratings: Vec<SeenRating>,
    /// The scales of what is judged.
    pub(super) anchors: Vec<Anchor>,
    /// The levels to hire at, for whoever decides now.
    pub(super) levels: Vec<(LevelId, String)>,
    /// For which reasons somebody is rejected, for whoever decides lightly now.
    pub(super) reasons: Vec<(RejectionReasonId, String)>,
    /// What becomes of a decision that stands.
    pub(super) rounds: Rounds,
    /// What its reader may do to it as long as it goes on.
    pub(super) reins: Reins,
}

/// The packet of a reader, and what they are shown for the first time in it.
///
/// # Errors
/// `not_found` for whoever may not read the debrief.
pub(super) fn load(
    conn: &mut Conn,
    actor: &Actor,
    id: DebriefId,
    now: Instant,
) -> Result<(Packet, Unnoted)> {
    let Loaded { shown, mut unnoted, cards, ratings } = api::load(conn, actor, id)?;
    let reader = users::store::find_active(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let named = Named::load(conn, &shown.value)?;
    let mut packet = Packet {
        debrief: shown.value,
        version: shown.version,
        named,
        reader: actor.user_id,
        time_zone: reader.time_zone,
        owed: Vec::new(),
        last_due: None,
        coverage: None,
        cards,
        ratings,
        anchors: Vec::new(),
        levels: Vec::new(),
        reasons: Vec::new(),
        rounds: Rounds::default(),
        reins: Reins::default(),
    };
    let application_id = packet.debrief.application_id;
    if packet.debrief.view == DebriefView::Sealed {
        packet.owed = access::owed_interviews(conn, actor.user_id, application_id)?;
        return Ok((packet, unnoted));
    }
    let waits = matches!(packet.debrief.state, DebriefState::Gathering | DebriefState::Stalled);
    let mut waiting = None;
    if waits {
        let mut awaited = turnout::waiting(conn, packet.debrief.loop_id)?;
        if let Some(request) = &packet.debrief.signal_request {
            awaited = awaited.only(request.interview_id);
        }
        packet.last_due = awaited.last_due(packet.debrief.extended_until);
        waiting = Some(awaited);
    }
    packet.reins = drive::reins(conn, actor, &packet, waiting.as_ref(), now)?;
    packet.rounds = round::rounds(conn, actor, &packet)?;
    packet.coverage = coverage_of(conn, actor, packet.debrief.loop_id, &mut unnoted)?;
    if packet.debrief.cards.is_some() {
        let judged: Vec<AttributeId> = packet.attributes().map(|one| one.attribute_id).collect();
        packet.anchors = rubrics::anchors_of(conn, &judged)?;
    }
    if packet.decides() {
        let place = Place::of(conn, application_id)?.ok_or_else(Error::not_found)?;
        let job = jobs::store::find(conn, place.job_id)?;
        packet.levels = signals(conn, job.and_then(|job| job.level_id), None)?;
    }
    if packet.decides_lightly() {
        packet.reasons = rejection_reasons::store::usable(conn)?;
    }
    Ok((packet, unnoted))
}

/// The coverage, for whoever may read interviews.
fn coverage_of(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopId,
    unnoted: &mut Unnoted,
) -> Result<Option<LoopCoverage>> {
    let (shown, more) = match coverage::load(conn, actor, id) {
        Err(error) if error.code == Code::NotFound => return Ok(None),
        loaded => loaded?,
    };
    let (cards, results) = unnoted;
    cards.extend(more.0);
    cards.sort_unstable();
    cards.dedup();
    results.extend(more.1);
    results.sort_unstable();
    results.dedup();
    Ok(Some(shown.value))
}

impl Packet {
    /// What is judged, in the order of the kits.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &DebriefAttribute> {
        self.debrief.attributes.iter().flatten()
    }

    /// What was found, the blocking first.
    pub(super) fn findings(&self) -> impl Iterator<Item = &DebriefFinding> {
        self.debrief.findings.iter().flatten()
    }

    /// What an attribute is called.
    pub(super) fn attribute(&self, id: AttributeId) -> Option<&str> {
        self.attributes().find(|one| one.attribute_id == id).map(|one| one.name.as_str())
    }

    /// Whether the reader wrote a card of it.
    fn has_judged(&self) -> bool {
        self.debrief.ballots.iter().flatten().any(|ballot| ballot.user_id == self.reader)
    }

    /// Whether the reader can respond now.
    pub(super) fn responds(&self) -> bool {
        let responded = self.debrief.responded.as_ref();
        self.debrief.state == DebriefState::Discussing
            && !self.awaits_meeting()
            && responded.is_some_and(|people| !people.contains(&self.reader))
            && self.has_judged()
    }

    /// Whether it is held as a meeting whose notes are not in.
    pub(super) fn awaits_meeting(&self) -> bool {
        self.debrief.meeting_reason.is_some() && self.debrief.meeting_notes.is_none()
    }

    /// The questions that are put to the reader.
    pub(super) fn asked(&self) -> impl Iterator<Item = &DebriefFinding> {
        let now = self.debrief.discussions;
        let asks =
            self.findings().filter(move |one| one.discussion.is_some() && one.discussion == now);
        asks.filter(|one| one.user_ids.contains(&self.reader))
    }

    /// Whether the reader can cast another ballot now.
    pub(super) fn casts(&self) -> bool {
        let state = self.debrief.state;
        (state == DebriefState::Discussing || state == DebriefState::Deciding) && self.has_judged()
    }

    /// Whether the reader can say something to the decision now.
    pub(super) fn dissents(&self) -> bool {
        let decision = self.debrief.decision.as_ref();
        let mut dissent = decision.iter().flat_map(|one| one.dissent.iter().flatten());
        self.debrief.state == DebriefState::DissentWindow
            && dissent.any(|one| one.user_id == self.reader && one.statement.is_none())
    }

    /// Whether the reader can ask for more signal now.
    pub(super) fn asks(&self) -> bool {
        let part = [self.debrief.decider_id, self.debrief.driver_id].contains(&self.reader);
        let asked = self.debrief.signal_request.is_some();
        self.debrief.state == DebriefState::Deciding
            && self.debrief.way == DebriefWay::Written
            && part
            && !asked
            && self.debrief.cards.is_some()
    }

    /// Whether the reader decides now.
    pub(super) fn decides(&self) -> bool {
        self.debrief.state == DebriefState::Deciding
            && self.debrief.way == DebriefWay::Written
            && self.debrief.decider_id == self.reader
            && self.debrief.cards.is_some()
    }

    /// Whether it falls to the reader to tell the candidate now.
    pub(super) fn informs(&self) -> bool {
        self.debrief.state == DebriefState::Decided
            && self.debrief.driver_id == self.reader
            && self.rounds.next.is_none()
    }

    /// The cards that a decision answers because they say "strong no", with their authors.
    pub(super) fn concerns(&self) -> impl Iterator<Item = (ScorecardId, UserId)> {
        let frozen = self.debrief.ballots.iter().flatten();
        frozen
            .filter(|ballot| ballot.recommendation == Recommendation::StrongNo)
            .filter_map(|ballot| Some((ballot.scorecard_id?, ballot.user_id)))
    }

    /// The findings that a decision answers.
    pub(super) fn missed(&self) -> impl Iterator<Item = &DebriefFinding> {
        let newest = self.findings().filter(|one| Some(one.reveal) == self.debrief.reveals);
        newest.filter(|one| one.kind.is_missed_must_have())
    }
}
