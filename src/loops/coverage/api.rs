//! The coverage of a loop over the API.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{CoverageState, are_contested, state_of};
use super::store::{self, Cell, Column};
use crate::access::Actor;
use crate::assessments;
use crate::assessments::seen::SeenResult;
use crate::db::Conn;
use crate::debriefs;
use crate::debriefs::api::DebriefView;
use crate::error::{Error, Result};
use crate::http::{Ctx, PathId, Shown};
use crate::ids::{AssessmentResultId, AttributeId, InterviewId, LoopId, ScorecardId, kinds};
use crate::loops::seen;
use crate::loops::templates::{KitKind, Priority};
use crate::scorecards;
use crate::scorecards::seen::{SeenCard, SeenRating};

/// Which interview of a loop rates which attribute, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopCoverage {
    pub(crate) loop_id: LoopId,
    /// How much of it is shown: `sealed` while you owe a scorecard for the application, `counted` until
    /// the cards are unsealed to you.
    pub(crate) view: DebriefView,
    /// The columns: the interviews that were not called off, in the order of the kits.
    pub(crate) interviews: Vec<CoverageInterview>,
    /// The rows: what the kits rate, in their order, each once.
    pub(crate) attributes: Vec<CoverageAttribute>,
}

/// An interview as a column.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageInterview {
    pub(crate) interview_id: InterviewId,
    #[schema(example = "System design")]
    pub(crate) kit_name: String,
    pub(crate) kit_kind: KitKind,
    /// How many cards are still owed; null while it is sealed to you.
    #[schema(minimum = 0)]
    pub(crate) owing: Option<i64>,
    /// How many cards are in; null while it is sealed to you.
    #[schema(minimum = 0)]
    pub(crate) submitted: Option<i64>,
}

/// An attribute as a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageAttribute {
    pub(crate) attribute_id: AttributeId,
    /// What names it in its rubric.
    #[schema(example = "handles_ambiguity")]
    pub(crate) key: String,
    #[schema(example = "Handles ambiguity")]
    pub(crate) name: String,
    /// `must` as soon as one kit of the loop says so.
    pub(crate) priority: Priority,
    /// What all interviews together say.
    pub(crate) state: CoverageState,
    /// The interviews that are to rate it, in the order of the columns.
    pub(crate) cells: Vec<CoverageCell>,
}

/// That an interview is to rate an attribute.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageCell {
    pub(crate) interview_id: InterviewId,
    /// What came of it. Where ratings of one attribute contradict each other, all cells with a rating
    /// are `contested`: two levels apart, or on both sides of the bar.
    pub(crate) state: CoverageState,
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
    let (shown, (cards, results)) = ctx.read(move |conn, actor| load(conn, actor, id)).await?;
    scorecards::api::note(&ctx, cards).await?;
    assessments::api::note(&ctx, results).await?;
    ctx.answer(shown)
}

/// Cards of others and results of which it tells the reader for the first time.
pub(crate) type Unnoted = (Vec<ScorecardId>, Vec<AssessmentResultId>);

/// The coverage as the actor may see it, and of what it now tells them.
pub(crate) fn load(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopId,
) -> Result<(Shown<LoopCoverage>, Unnoted)> {
    let one = seen::Filter { id: Some(id), limit: 1, ..seen::Filter::default() };
    let row = seen::loops(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let (columns, cells) = (store::columns(conn, id)?, store::cells(conn, id)?);
    let mut coverage = LoopCoverage::planned(id, columns, cells.clone());
    let Some((_, version, _)) = row.opened else {
        return Ok((Shown { version: 1, value: coverage }, Unnoted::default()));
    };
    coverage.count(&store::seats(conn, id)?);
    let cards = unsealed(conn, actor, id)?;
    let ids: Vec<ScorecardId> = cards.iter().map(|card| card.id).collect();
    let ratings = scorecards::seen::ratings(conn, actor, &ids)?;
    let results = assessments::seen::unsealed_of(conn, actor, id)?;
    if !cards.is_empty() || !results.is_empty() {
        let given = given(conn, (&cards, &ratings), &results)?;
        coverage.rate(&cells, &given);
    }
    let must_be_noted = cards.iter().filter(|card| card.must_be_noted(actor.user_id));
    let cards = must_be_noted.map(|card| card.id).collect();
    let must_be_noted = results.iter().filter(|result| result.must_be_noted());
    let results = must_be_noted.map(|result| result.id).collect();
    Ok((Shown { version, value: coverage }, (cards, results)))
}

/// A level that a card or a result gives to an attribute, and in which interview.
struct Given {
    interview_id: InterviewId,
    attribute_id: AttributeId,
    level: Option<i32>,
}

/// Whatever unsealed cards and results rate.
fn given(
    conn: &mut Conn,
    (cards, ratings): (&[SeenCard], &[SeenRating]),
    results: &[SeenResult],
) -> Result<Vec<Given>> {
    let of_cards = ratings.iter().filter_map(|rating| {
        let card = cards.iter().find(|card| card.id == rating.scorecard_id)?;
        let (interview_id, attribute_id) = (card.interview_id, rating.attribute_id);
        Some(Given { interview_id, attribute_id, level: rating.level })
    });
    let mut given: Vec<Given> = of_cards.collect();
    let ids: Vec<AssessmentResultId> = results.iter().map(|result| result.id).collect();
    let ratings = assessments::store::ratings_of(conn, &ids)?;
    given.extend(ratings.iter().filter_map(|rating| {
        let result = results.iter().find(|result| result.id == rating.assessment_result_id)?;
        let (interview_id, attribute_id) = (result.interview_id, rating.attribute_id);
        Some(Given { interview_id, attribute_id, level: rating.level })
    }));
    Ok(given)
}

/// The cards of a loop that are in and unsealed to the actor. One's own alone are none before the
/// reveal: they would look like all there is.
fn unsealed(conn: &mut Conn, actor: &Actor, id: LoopId) -> Result<Vec<SeenCard>> {
    let mut cards = scorecards::seen::unsealed_of(conn, actor, vec![id])?;
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

    /// Says what ratings amount to.
    fn rate(&mut self, cells: &[Cell], given: &[Given]) {
        self.view = DebriefView::Full;
        for row in &mut self.attributes {
            let mine = given.iter().filter(|rating| rating.attribute_id == row.attribute_id);
            let mine: Vec<(InterviewId, Option<i32>)> =
                mine.map(|rating| (rating.interview_id, rating.level)).collect();
            let levels: Vec<i32> = mine.iter().filter_map(|(_, level)| *level).collect();
            let bar = cells.iter().find(|cell| cell.attribute_id == row.attribute_id);
            let contested = bar.is_some_and(|cell| are_contested(&levels, cell.pass_level));
            row.state = state_of(mine.iter().map(|(_, level)| *level), contested);
            for cell in &mut row.cells {
                let here = mine.iter().filter(|(id, _)| *id == cell.interview_id);
                cell.state = state_of(here.map(|(_, level)| *level), contested);
            }
        }
    }
}
