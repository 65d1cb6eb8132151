//! Cards as somebody sees them: one statement decides who may see a card, whether its judgement is
//! unsealed, and loads the judgement only then.

use diesel::dsl::{AsExprOf, exists};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Recommendation, ScorecardState};
use crate::access::{self, Action, Actor, takes_part, unsealed_cards};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, debriefs, interviews, panelists, scorecard_reads, scorecards};
use crate::http::PageRequest;
use crate::ids::{ApplicationId, InterviewId, LevelId, ScorecardId, UserId};
use crate::loops::templates::Slot;

diesel::alias!(const JUDGED: Alias<Judged> = scorecards as judged);
diesel::alias!(const SEATS: Alias<Seats> = panelists as seats);

/// The judgement of a card that the reader may read.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Judgement {
    pub recommendation: Option<Recommendation>,
    pub recommendation_reason: Option<String>,
    pub level_signal_id: Option<LevelId>,
    pub summary: Option<String>,
    pub version: i64,
    pub updated_at: Instant,
}

/// A card as somebody sees it.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct SeenCard {
    pub id: ScorecardId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub author_id: UserId,
    pub state: ScorecardState,
    pub submitted_at: Option<Instant>,
    pub created_at: Instant,
    pub slot: Option<Slot>,
    pub revealed_at: Option<Instant>,
    pub read_before: bool,
    pub judgement: Option<Judgement>,
}

pub fn seen(
    conn: &mut Conn,
    actor: &Actor,
    application: Option<ApplicationId>,
    page: &PageRequest,
) -> QueryResult<Vec<SeenCard>> {
    let user = actor.user_id;
    let packet = [Slot::Lead, Slot::Second, Slot::BarRaiser];
    let everywhere: AsExprOf<bool, Bool> = access::everywhere(actor, Action::ReadScorecard).into_sql::<Bool>();
    let others = SEATS
        .field(panelists::slot)
        .nullable()
        .eq_any(packet.map(Some))
        .assume_not_null()
        .and(everywhere.or(takes_part(user, Action::ReadScorecard)));
    let read = scorecard_reads::table
        .filter(scorecard_reads::scorecard_id.eq(scorecards::id))
        .filter(scorecard_reads::reader_id.eq(user));
    let revealed = debriefs::table
        .inner_join(interviews::table.on(interviews::loop_id.eq(debriefs::loop_id)))
        .filter(interviews::id.eq(scorecards::interview_id))
        .select(diesel::dsl::max(debriefs::revealed_at))
        .single_value();
    let mut query = scorecards::table
        .inner_join(applications::table.on(applications::id.eq(scorecards::application_id)))
        .left_join(SEATS.on(SEATS.field(panelists::interview_id).eq(scorecards::interview_id)
            .and(SEATS.field(panelists::user_id).eq(scorecards::author_id))
            .and(SEATS.field(panelists::removed_at).is_null())))
        .left_join(JUDGED.on(JUDGED.field(scorecards::id).eq(scorecards::id)
            .and(unsealed_cards(user, access::recruits_everywhere(actor)))))
        .filter(scorecards::author_id.eq(user).or(others))
        .select((
            scorecards::id,
            scorecards::interview_id,
            scorecards::application_id,
            scorecards::author_id,
            scorecards::state,
            scorecards::submitted_at,
            scorecards::created_at,
            SEATS.field(panelists::slot).nullable(),
            revealed,
            exists(read),
            JUDGED.fields((
                scorecards::recommendation,
                scorecards::recommendation_reason,
                scorecards::level_signal_id,
                scorecards::summary,
                scorecards::version,
                scorecards::updated_at,
            )).nullable(),
        ))
        .into_boxed();
    if let Some(id) = application {
        query = query.filter(scorecards::application_id.eq(id));
    }
    if let Some(before) = page.before {
        query = query.filter(scorecards::id.lt(before));
    }
    query.order(scorecards::id.desc()).limit(page.fetch()).load(conn)
}
