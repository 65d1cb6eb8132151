//! A debrief in a list.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::debriefs::seen::SeenDebrief;
use crate::debriefs::{DebriefState, DebriefWay};
use crate::ids::{ApplicationId, DebriefId, LoopId, UserId};

/// A debrief as it stands in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefSummary {
    id: DebriefId,
    application_id: ApplicationId,
    loop_id: LoopId,
    /// The first round is 1.
    #[schema(minimum = 1)]
    round: i32,
    /// How it is decided.
    way: DebriefWay,
    /// Where it stands; no further than `gathering` as long as you owe a scorecard.
    state: DebriefState,
    /// The one person who decides.
    decider_id: UserId,
    /// Who sees to it that it goes on.
    driver_id: UserId,
    gathering_at: Option<Instant>,
    revealed_at: Option<Instant>,
    decided_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// A debrief for a list.
pub(in crate::debriefs::api) fn summary(row: &SeenDebrief) -> DebriefSummary {
    let phase = row.phase();
    DebriefSummary {
        id: row.id,
        application_id: row.application_id,
        loop_id: row.loop_id,
        round: row.round,
        way: row.way,
        state: phase.state,
        decider_id: row.decider_id,
        driver_id: row.driver_id,
        gathering_at: row.gathering_at,
        revealed_at: phase.revealed_at,
        decided_at: phase.decided_at,
        created_at: row.created_at,
        updated_at: phase.updated_at,
    }
}
