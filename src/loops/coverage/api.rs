//! The coverage of a loop over the API.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{CoverageState, are_contested, state_of};
use super::store::{self, Cell, Column};
use crate::access::Actor;
use crate::db::Conn;
use crate::debriefs;
use crate::debriefs::api::DebriefView;
use crate::error::{Error, Result};
use crate::http::{Ctx, PathId, Shown};
use crate::ids::{AttributeId, InterviewId, LoopId, ScorecardId, kinds};
use crate::loops::seen;
use crate::loops::templates::{KitKind, Priority};
use crate::scorecards;
use crate::scorecards::seen::{SeenCard, SeenRating};

/// Which interview of a loop rates which attribute, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopCoverage {
    loop_id: LoopId,
    /// How much of it is shown: `sealed` while you owe a scorecard for the application, `counted` until
    /// the cards are unsealed to you.
    view: DebriefView,
    /// The columns: the interviews that were not called off, in the order of the kits.
    interviews: Vec<CoverageInterview>,
    /// The rows: what the kits rate, in their order, each once.
    attributes: Vec<CoverageAttribute>,
}

/// An interview as a column.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageInterview {
    interview_id: InterviewId,
    #[schema(example = "System design")]
    kit_name: String,
    kit_kind: KitKind,
    /// How many cards are still owed; null while it is sealed to you.
    #[schema(minimum = 0)]
    owing: Option<i64>,
    /// How many cards are in; null while it is sealed to you.
    #[schema(minimum = 0)]
    submitted: Option<i64>,
}

/// An attribute as a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageAttribute {
    attribute_id: AttributeId,
    /// What names it in its rubric.
    #[schema(example = "handles_ambiguity")]
    key: String,
    #[schema(example = "Handles ambiguity")]
    name: String,
    /// `must` as soon as one kit of the loop says so.
    priority: Priority,
    /// What all interviews together say.
    state: CoverageState,
    /// The interviews that are to rate it, in the order of the columns.
    cells: Vec<CoverageCell>,
}

/// That an interview is to rate an attribute.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageCell {
    interview_id: InterviewId,
    /// What came of it. Where ratings of one attribute contradict each other, all cells with a rating
    /// are `contested`: two levels apart, or on both sides of the bar.
    state: CoverageState,
}

/// Get the coverage of a loop
///
/// Which interview rates which attribute. As long as you owe a scorecard for the application everything
/// is `planned`. After that it is counted how many cards are in, and once the cards are unsealed to you,
/// each cell says whether its attribute was rated, showed no signal, or is contested.
#[utoipa::path(
    operation_id = "getLoopCoverage", tag = "loops",
    params(("id" = LoopId, Path, description = "Which loop.")),
    responses((status = 200, description = "The coverage.", body = LoopCoverage)),
)]
#[get("/loops/{id}/coverage")]
pub async fn get_loop_coverage(ctx: Ctx, PathId(id): PathId<kinds::Loop>) -> Result<HttpResponse> {
    let (shown, unnoted) = ctx.read(move |conn, actor| load(conn, actor, id)).await?;
    scorecards::api::note(&ctx, unnoted).await?;
    ctx.answer(shown)
}

/// The coverage as the actor may see it, and the cards of others of which it now tells them.
fn load(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopId,
) -> Result<(Shown<LoopCoverage>, Vec<ScorecardId>)> {
    let one = seen::Filter { id: Some(id), limit: 1, ..seen::Filter::default() };
    let row = seen::loops(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let (columns, cells) = (store::columns(conn, id)?, store::cells(conn, id)?);
    let mut coverage = LoopCoverage::planned(id, columns, cells.clone());
    let Some((_, version, _)) = row.opened else {
        return Ok((Shown { version: 1, value: coverage }, Vec::new()));
    };
    coverage.count(&store::seats(conn, id)?);
    let cards = unsealed(conn, actor, id)?;
    let ids: Vec<ScorecardId> = cards.iter().map(|card| card.id).collect();
    let ratings = scorecards::seen::ratings(conn, actor, &ids)?;
    if !cards.is_empty() {
        coverage.rate(&cells, &cards, &ratings);
    }
    let must_be_noted = cards.iter().filter(|card| card.must_be_noted(actor.user_id));
    let unnoted = must_be_noted.map(|card| card.id).collect();
    Ok((Shown { version, value: coverage }, unnoted))
}

/// The cards of a loop that are in and unsealed to the actor. One's own alone are none before the
/// reveal: they would look like all there is.
fn unsealed(conn: &mut Conn, actor: &Actor, id: LoopId) -> Result<Vec<SeenCard>> {
    let mut cards = scorecards::seen::unsealed_of(conn, actor, id)?;
    let debrief = debriefs::store::newest_of_loop(conn, id)?;
    let is_revealed = debrief.is_some_and(|debrief| debrief.revealed_at.is_some());
    if !is_revealed && cards.iter().all(|card| card.author_id == actor.user_id) {
        cards.clear();
    }
    Ok(cards)
}

impl LoopCoverage {
    /// What everybody sees of it. An attribute comes once per kit that names it.
    fn planned(loop_id: LoopId, columns: Vec<Column>, cells: Vec<Cell>) -> Self {
        let interviews = columns.into_iter().map(|column| CoverageInterview {
            interview_id: column.interview_id,
            kit_name: column.kit_name,
            kit_kind: column.kit_kind,
            owing: None,
            submitted: None,
        });
        let mut attributes: Vec<CoverageAttribute> = Vec::new();
        for cell in cells {
            let planned =
                CoverageCell { interview_id: cell.interview_id, state: CoverageState::Planned };
            let known = attributes.iter_mut().find(|row| row.attribute_id == cell.attribute_id);
            if let Some(known) = known {
                known.priority = known.priority.min(cell.priority);
                known.cells.push(planned);
                continue;
            }
            attributes.push(CoverageAttribute {
                attribute_id: cell.attribute_id,
                key: cell.key,
                name: cell.name,
                priority: cell.priority,
                state: CoverageState::Planned,
                cells: vec![planned],
            });
        }
        Self { loop_id, view: DebriefView::Sealed, interviews: interviews.collect(), attributes }
    }

    /// Says how many cards are in: seats, each with whether its card is in and whether it was waived.
    fn count(&mut self, seats: &[(InterviewId, bool, bool)]) {
        self.view = DebriefView::Counted;
        for interview in &mut self.interviews {
            let mine = seats.iter().filter(|(id, ..)| *id == interview.interview_id);
            let (mut owing, mut submitted) = (0, 0);
            for (_, is_in, is_waived) in mine {
                submitted += i64::from(*is_in);
                owing += i64::from(!is_in && !is_waived);
            }
            (interview.owing, interview.submitted) = (Some(owing), Some(submitted));
        }
    }

    /// Says what the ratings of cards amount to.
    fn rate(&mut self, cells: &[Cell], cards: &[SeenCard], ratings: &[SeenRating]) {
        self.view = DebriefView::Full;
        let interview_of = |id: ScorecardId| {
            let card = cards.iter().find(|card| card.id == id);
            card.map(|card| card.interview_id)
        };
        for row in &mut self.attributes {
            let mine = ratings.iter().filter(|rating| rating.attribute_id == row.attribute_id);
            let mine: Vec<(Option<InterviewId>, Option<i32>)> =
                mine.map(|rating| (interview_of(rating.scorecard_id), rating.level)).collect();
            let levels: Vec<i32> = mine.iter().filter_map(|(_, level)| *level).collect();
            let bar = cells.iter().find(|cell| cell.attribute_id == row.attribute_id);
            let contested = bar.is_some_and(|cell| are_contested(&levels, cell.pass_level));
            row.state = state_of(mine.iter().map(|(_, level)| *level), contested);
            for cell in &mut row.cells {
                let here = mine.iter().filter(|(id, _)| *id == Some(cell.interview_id));
                cell.state = state_of(here.map(|(_, level)| *level), contested);
            }
        }
    }
}
