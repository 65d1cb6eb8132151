//! Cards as somebody sees them: one statement decides who may see that a card exists and whether
//! its judgement is unsealed, and loads the judgement only then.

use diesel::dsl::{case_when, exists, max, min};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Recommendation, ScorecardState};
use crate::access::{self, Action, Actor, Reach, takes_part, unsealed_cards};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    applications, attachments, debriefs, interviews, panelists, ratings, scorecard_reads,
    scorecards,
};
use crate::debriefs::DebriefWay;
use crate::ids::{
    AnyId, ApplicationId, AttributeId, InterviewId, LevelId, LoopId, ScorecardId, UserId,
};
use crate::interviews::model::OWING_SLOTS;
use crate::loops::templates::Slot;

diesel::alias!(
    const JUDGED: Alias<Judged> = scorecards as judged;
    const SEATS: Alias<Seats> = panelists as seats;
    const STAMPED: Alias<Stamped> = panelists as stamped;
    const PACKETS: Alias<Packets> = debriefs as packets;
);

/// Which cards.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one alone.
    pub id: Option<ScorecardId>,
    /// Of this application.
    pub application_id: Option<ApplicationId>,
    /// Of this interview.
    pub interview_id: Option<InterviewId>,
    /// Of the interviews of these loops; of any, if there are none.
    pub loops: Vec<LoopId>,
    /// Below this id.
    pub before: Option<AnyId>,
    /// At most so many.
    pub limit: i64,
}

/// A card as somebody sees it.
#[derive(Debug, Clone, Queryable)]
pub struct SeenCard {
    pub id: ScorecardId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub author_id: UserId,
    pub state: ScorecardState,
    pub submitted_at: Option<Instant>,
    pub created_at: Instant,
    /// The author's seat; none once they were removed from the panel.
    pub slot: Option<Slot>,
    /// Whether this reader's reading of it was noted before.
    pub noted: bool,
    /// None while it is sealed to the reader.
    pub judgement: Option<Judgement>,
    /// Whether its author had read no other card by then; none while it is sealed to the reader.
    pub independent: Option<bool>,
    /// When its debrief was revealed; none while it is sealed to the reader, and for their own.
    pub revealed_at: Option<Instant>,
    /// When a debrief of its application was first revealed with it in, for a card of a light stage; as above.
    pub joined_at: Option<Instant>,
    /// The author's own notes; none to anybody else.
    pub private_notes: Option<String>,
    /// Whether files stand on it; false while it is sealed to the reader.
    pub has_files: bool,
}

/// What a card says.
#[derive(Debug, Clone, Queryable)]
pub struct Judgement {
    pub recommendation: Option<Recommendation>,
    pub recommendation_reason: Option<String>,
    pub level_signal_id: Option<LevelId>,
    pub summary: Option<String>,
    pub submitted_by: Option<UserId>,
    pub submitted_reason: Option<String>,
    pub revision: i32,
    pub revised_at: Option<Instant>,
    pub revised_reason: Option<String>,
    pub revised_after_reading: Option<bool>,
    pub version: i64,
    pub updated_at: Instant,
}

impl SeenCard {
    /// Whether showing it to this reader must be noted first.
    pub fn must_be_noted(&self, reader: UserId) -> bool {
        self.judgement.is_some() && self.author_id != reader && !self.noted
    }

    /// Whether it takes part in the debrief; others' cards that are seen always do.
    pub fn counts(&self) -> bool {
        self.slot.is_some_and(crate::interviews::model::owes_by_slot)
    }
}

/// The cards that the actor may see, newest first: their own, and those of others that take part in
/// a debrief, each with its judgement if that is unsealed.
#[expect(clippy::too_many_lines, reason = "one statement")]
pub fn cards(conn: &mut Conn, actor: &Actor, filter: &Filter) -> QueryResult<Vec<SeenCard>> {
    let user = actor.user_id;
    let in_person = actor.via.is_none().into_sql::<Bool>();
    let in_reach = takes_part(Reach::of(actor, Action::ReadScorecard));
    let others = SEATS.field(panelists::slot).eq_any(OWING_SLOTS).and(in_reach).nullable();
    let seat = SEATS
        .field(panelists::interview_id)
        .eq(scorecards::interview_id)
        .and(SEATS.field(panelists::user_id).eq(scorecards::author_id))
        .and(SEATS.field(panelists::removed_at).is_null());
    let unsealed = unsealed_cards(user, access::recruits_everywhere(actor), actor.via.is_none());
    let judged = JUDGED.field(scorecards::id).eq(scorecards::id).and(unsealed);
    let stamped = STAMPED
        .field(panelists::id)
        .eq(SEATS.field(panelists::id))
        .and(JUDGED.field(scorecards::id).is_not_null());
    let noted = scorecard_reads::table
        .filter(scorecard_reads::scorecard_id.eq(scorecards::id))
        .filter(scorecard_reads::reader_id.eq(actor.reader_id()));
    // One's own card is always open, also to somebody who may not know of the reveal.
    let foreign =
        JUDGED.field(scorecards::id).nullable().is_not_null().and(scorecards::author_id.ne(user));
    let mine = scorecards::author_id.eq(user).and(in_person);
    let files = attachments::table
        .filter(attachments::scorecard_id.eq(scorecards::id.nullable()))
        .filter(attachments::removed_at.is_null());
    let revealed = debriefs::table
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(scorecards::interview_id))
        // A card that was asked for after the reveal is not late.
        .filter(interviews::created_at.nullable().le(debriefs::revealed_at))
        .select(max(debriefs::revealed_at))
        .single_value();
    let of_light = debriefs::table
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(scorecards::interview_id))
        .filter(debriefs::way.eq(DebriefWay::Light));
    let joined = PACKETS
        .filter(exists(of_light))
        .filter(PACKETS.field(debriefs::application_id).eq(scorecards::application_id))
        .filter(PACKETS.field(debriefs::revealed_at).ge(scorecards::submitted_at))
        .select(min(PACKETS.field(debriefs::revealed_at)))
        .single_value();
    let mut query = scorecards::table
        .inner_join(applications::table.on(applications::id.eq(scorecards::application_id)))
        .left_join(SEATS.on(seat))
        .left_join(JUDGED.on(judged))
        .left_join(STAMPED.on(stamped))
        .filter(scorecards::author_id.eq(user).nullable().or(others))
        .select((
            scorecards::id,
            scorecards::interview_id,
            scorecards::application_id,
            scorecards::author_id,
            scorecards::state,
            scorecards::submitted_at,
            scorecards::created_at,
            SEATS.field(panelists::slot).nullable(),
            exists(noted),
            JUDGED
                .fields((
                    scorecards::recommendation,
                    scorecards::recommendation_reason,
                    scorecards::level_signal_id,
                    scorecards::summary,
                    scorecards::submitted_by,
                    scorecards::submitted_reason,
                    scorecards::revision,
                    scorecards::revised_at,
                    scorecards::revised_reason,
                    scorecards::revised_after_reading,
                    scorecards::version,
                    scorecards::updated_at,
                ))
                .nullable(),
            STAMPED.field(panelists::independent).nullable(),
            case_when(foreign, revealed),
            case_when(foreign, joined),
            case_when(mine, scorecards::private_notes),
            JUDGED.field(scorecards::id).nullable().is_not_null().and(exists(files)),
        ))
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(scorecards::id.eq(id));
    }
    if let Some(id) = filter.application_id {
        query = query.filter(scorecards::application_id.eq(id));
    }
    if let Some(id) = filter.interview_id {
        query = query.filter(scorecards::interview_id.eq(id));
    }
    if !filter.loops.is_empty() {
        let of_loops = interviews::table.filter(interviews::loop_id.eq_any(&filter.loops));
        let held = of_loops.select(interviews::id);
        query = query.filter(scorecards::interview_id.eq_any(held));
    }
    if let Some(before) = filter.before {
        query = query.filter(scorecards::id.lt(before));
    }
    query.order(scorecards::id.desc()).limit(filter.limit).load(conn)
}

/// How many cards of a loop are looked at; a loop has a handful.
const CARDS_MAX: i64 = 200;

/// The cards of a loop, or of some, that take part in a debrief, are in, and are unsealed to the actor, oldest
/// first.
pub fn unsealed_of(
    conn: &mut Conn,
    actor: &Actor,
    loops: Vec<LoopId>,
) -> QueryResult<Vec<SeenCard>> {
    let of_loops = Filter { loops, limit: CARDS_MAX, ..Filter::default() };
    let mut cards = cards(conn, actor, &of_loops)?;
    cards.retain(|card| card.counts() && card.submitted_at.is_some() && card.judgement.is_some());
    cards.reverse();
    Ok(cards)
}

/// A rating of an unsealed card.
#[derive(Debug, Clone, Queryable)]
pub struct SeenRating {
    pub scorecard_id: ScorecardId,
    pub attribute_id: AttributeId,
    pub level: Option<i32>,
    pub no_signal: bool,
    pub evidence: Option<String>,
}

/// The ratings of those of the cards whose judgement is unsealed to the actor at this moment.
pub fn ratings(
    conn: &mut Conn,
    actor: &Actor,
    cards: &[ScorecardId],
) -> QueryResult<Vec<SeenRating>> {
    ratings::table
        .inner_join(scorecards::table.on(scorecards::id.eq(ratings::scorecard_id)))
        .inner_join(applications::table.on(applications::id.eq(scorecards::application_id)))
        .filter(ratings::scorecard_id.eq_any(cards))
        .filter(unsealed_cards(
            actor.user_id,
            access::recruits_everywhere(actor),
            actor.via.is_none(),
        ))
        .order(ratings::id)
        .select((
            ratings::scorecard_id,
            ratings::attribute_id,
            ratings::level,
            ratings::no_signal,
            ratings::evidence,
        ))
        .load(conn)
}
