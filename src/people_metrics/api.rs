//! Figures over the API.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::{HttpResponse, get};
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{self, Cast, Figures, GROUP_MIN, Handed, Moves, Quarter};
use super::store::{self, BallotRow, CardRow, Whose};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Code, Error, FieldError, Result};
use crate::http::fields::Day;
use crate::http::{Ctx, Params, Shown};
use crate::ids::{DepartmentId, UserId};
use crate::organization;
use crate::organization::settings::PeopleMetrics;
use crate::users;
use crate::users::time_off::Absence;
use crate::working_time::Span;

/// How many days one's own figures are of at most.
const DAYS_MAX: i64 = 366;
/// How many days they are of, unless somebody says otherwise.
const DAYS: u64 = 90;

/// Figures about your own work on panels.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyMetrics {
    /// The first day, in your time zone.
    from: Day,
    /// The last day.
    to: Day,
    figures: Figures,
    /// How many interviews you were in, by the week; weeks without any are left out.
    #[schema(max_items = 54)]
    weeks: Vec<WeekOfInterviews>,
}

/// How many interviews somebody was in within a week.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeekOfInterviews {
    /// Its Monday.
    week_on: Day,
    #[schema(minimum = 1, example = 3)]
    interviews: usize,
}

/// Of which days.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyMetricsFilter {
    /// The first day, in your time zone; 90 days with the last one when it is absent.
    from: Option<Day>,
    /// The last day; today when it is absent. At most 366 days together.
    to: Option<Day>,
}

/// Figures about the work of groups of at least five people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleMetricsOfGroups {
    /// The quarter.
    #[schema(example = "2026-Q3")]
    quarter: String,
    /// How few people are never shown together.
    #[schema(minimum = 5, example = 5)]
    group_min: usize,
    /// Of the whole organization; null where fewer than five people contributed.
    organization: Option<GroupMetrics>,
    /// By the department of the job. Those of fewer than five people are left out, and as many more as it
    /// takes that nobody finds them by subtraction.
    #[schema(max_items = 500)]
    departments: Vec<DepartmentMetrics>,
}

/// Figures about the work of some people.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMetrics {
    /// How many people handed in the cards.
    #[schema(minimum = 5)]
    people: usize,
    figures: Figures,
}

/// Figures about the work for the jobs of a department.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentMetrics {
    /// Null for jobs without one.
    department_id: Option<DepartmentId>,
    /// How many people handed in the cards.
    #[schema(minimum = 5)]
    people: usize,
    figures: Figures,
}

/// Of which quarter.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleMetricsFilter {
    /// A quarter that is over, in the time zone of the organization; the last one when it is absent.
    #[param(pattern = "^[0-9]{4}-Q[1-4]$", example = "2026-Q3")]
    quarter: Option<String>,
}

/// Get my metrics
///
/// Figures about your own work on panels, which nobody else is shown: how many scorecards you handed in and
/// how many of them in time, what they recommend, how often you changed your mind in a debrief and moved
/// toward what most others said, and how many interviews you were in each week. Scorecards and ballots count
/// once their debrief has ended, and not while you still owe a scorecard for the application. 403
/// `not_measured` where the settings say `people_metrics: off`.
#[utoipa::path(
    operation_id = "getMyMetrics", tag = "users", params(MyMetricsFilter),
    responses((status = 200, description = "The figures.", body = MyMetrics)),
)]
#[get("/me/metrics")]
pub async fn get_my_metrics(
    ctx: Ctx,
    Params(filter): Params<MyMetricsFilter>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| own(conn, actor, filter, now)).await
}

/// Get people metrics
///
/// The same figures about groups of at least five people, of a quarter that is over, for owners,
/// administrators and recruiters. Nobody is named, and a group is left out where it or what it leaves over is
/// of fewer. A scorecard belongs to the quarter in which its debrief ended; confidential jobs are not counted,
/// nor applications for which you owe a scorecard. 403 `not_measured` unless the settings say
/// `people_metrics: aggregate`.
#[utoipa::path(
    operation_id = "getPeopleMetrics", tag = "organization", params(PeopleMetricsFilter),
    responses((status = 200, description = "The figures.", body = PeopleMetricsOfGroups)),
)]
#[get("/people-metrics")]
pub async fn get_people_metrics(
    ctx: Ctx,
    Params(filter): Params<PeopleMetricsFilter>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| of_groups(conn, actor, filter.quarter.as_deref(), now)).await
}

/// Refuses what the policy has not measured. Gives the number of the policy.
fn require_measured(conn: &mut Conn, at_least: PeopleMetrics) -> Result<i64> {
    let row = organization::settings::store::newest(conn)?.ok_or_else(Error::not_found)?;
    let policy: organization::settings::Policy = row.settings.read()?;
    if policy.people_metrics >= at_least {
        return Ok(row.number);
    }
    let detail = format!("The settings say people_metrics: {}.", policy.people_metrics.as_str());
    Err(Error::new(Code::NotMeasured, detail))
}

fn own(
    conn: &mut Conn,
    actor: &Actor,
    filter: MyMetricsFilter,
    now: Instant,
) -> Result<Shown<MyMetrics>> {
    require_everywhere(actor, Action::ManageOwnProfile)?;
    let version = require_measured(conn, PeopleMetrics::OwnOnly)?;
    let user = users::store::find(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let zone = user.zone();
    let (from, to) = window(filter, now.utc().with_timezone(&zone).date_naive())?;
    let span = days(from, to, zone);
    let whose = Whose::Own(user.id, span);
    let rows = store::cards(conn, actor, whose)?;
    let cards = with_lateness(conn, &rows)?;
    let ballots = store::ballots(conn, actor, whose)?;
    let moved = model::moves(&ballots.iter().map(BallotRow::cast).collect::<Vec<_>>());
    let moves = sum(moved.iter().filter(|((_, who), _)| *who == user.id).map(|(_, moves)| *moves));
    let mut weeks: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for at in store::held(conn, user.id, span)? {
        *weeks.entry(monday_of(at.utc().with_timezone(&zone).date_naive())).or_default() += 1;
    }
    let week = |(week, interviews)| WeekOfInterviews { week_on: Day::from(week), interviews };
    let value = MyMetrics {
        from: from.into(),
        to: to.into(),
        figures: Figures::of(&cards, moves),
        weeks: weeks.into_iter().map(week).collect(),
    };
    Ok(Shown { version, value })
}

/// The days that are asked for, or the last ones.
fn window(filter: MyMetricsFilter, today: NaiveDate) -> Result<(NaiveDate, NaiveDate)> {
    let to = filter.to.map_or(today, Day::date);
    let usual = || to.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(to);
    let from = filter.from.map_or_else(usual, Day::date);
    let wrong = |detail| Error::invalid_fields(vec![FieldError::query("to", "range", detail)]);
    if to < from {
        return Err(wrong("It is no earlier than from."));
    }
    if to - from >= TimeDelta::days(DAYS_MAX) {
        return Err(wrong("At most 366 days."));
    }
    Ok((from, to))
}

fn days(from: NaiveDate, to: NaiveDate, zone: Tz) -> Span {
    let (start, end) = Absence::Days(from, to).bounds(zone);
    Span { start, end }
}

fn monday_of(day: NaiveDate) -> NaiveDate {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

fn of_groups(
    conn: &mut Conn,
    actor: &Actor,
    quarter: Option<&str>,
    now: Instant,
) -> Result<Shown<PeopleMetricsOfGroups>> {
    require_everywhere(actor, Action::ReadPeopleMetrics)?;
    let version = require_measured(conn, PeopleMetrics::Aggregate)?;
    let row = organization::settings::store::organization(conn)?.ok_or_else(Error::not_found)?;
    let zone: Tz = row.time_zone.parse().map_err(Error::internal)?;
    let newest = Quarter::before(now.utc().with_timezone(&zone).date_naive());
    let (quarter, (from, to)) = asked(quarter, newest)?;
    let whose = Whose::All(days(from, to, zone));
    let rows = store::cards(conn, actor, whose)?;
    let cards = with_lateness(conn, &rows)?;
    let ballots = store::ballots(conn, actor, whose)?;
    let counted = Counted::new(&rows, cards, &ballots);
    let departments = model::shown(&counted.people);
    let department = |department: Option<DepartmentId>| {
        let GroupMetrics { people, figures } = counted.of(Some(department));
        DepartmentMetrics { department_id: department, people, figures }
    };
    let whole = counted.of(None);
    let value = PeopleMetricsOfGroups {
        quarter: quarter.written(),
        group_min: GROUP_MIN,
        organization: (whole.people >= GROUP_MIN).then_some(whole),
        departments: departments.into_iter().map(department).collect(),
    };
    Ok(Shown { version, value })
}

/// The quarter that is asked for and its days.
fn asked(text: Option<&str>, newest: Quarter) -> Result<(Quarter, (NaiveDate, NaiveDate))> {
    let wrong = |code: &'static str, detail| {
        Error::invalid_fields(vec![FieldError::query("quarter", code, detail)])
    };
    let quarter = match text {
        None => newest,
        Some(text) => Quarter::parse(text)
            .ok_or_else(|| wrong("quarter", "A quarter is written as 2026-Q3."))?,
    };
    if quarter > newest {
        return Err(wrong("range", "That quarter is not over."));
    }
    let days = quarter.days().ok_or_else(|| Error::internal("a quarter without days"))?;
    Ok((quarter, days))
}

/// What is counted, by department.
struct Counted {
    cards: Vec<(Option<DepartmentId>, Handed)>,
    moves: Vec<(Option<DepartmentId>, Moves)>,
    people: BTreeMap<Option<DepartmentId>, BTreeSet<UserId>>,
}

impl Counted {
    fn new(rows: &[CardRow], cards: Vec<Handed>, ballots: &[BallotRow]) -> Self {
        let mut people: BTreeMap<Option<DepartmentId>, BTreeSet<UserId>> = BTreeMap::new();
        for row in rows {
            people.entry(row.department).or_default().insert(row.author);
        }
        let department: HashMap<_, _> =
            ballots.iter().map(|row| (row.debrief, row.department)).collect();
        let moved = model::moves(&ballots.iter().map(BallotRow::cast).collect::<Vec<_>>());
        let moves = moved
            .into_iter()
            .map(|((debrief, _), moves)| (department.get(&debrief).copied().flatten(), moves));
        let cards = rows.iter().map(|row| row.department).zip(cards);
        Self { cards: cards.collect(), moves: moves.collect(), people }
    }

    /// The figures of a department, or of all.
    fn of(&self, department: Option<Option<DepartmentId>>) -> GroupMetrics {
        let wanted = |of: Option<DepartmentId>| department.is_none_or(|one| one == of);
        let cards: Vec<Handed> =
            self.cards.iter().filter(|(of, _)| wanted(*of)).map(|(_, card)| *card).collect();
        let moves = self.moves.iter().filter(|(of, _)| wanted(*of)).map(|(_, moves)| *moves);
        let people: BTreeSet<UserId> = cards.iter().map(|card| card.author).collect();
        GroupMetrics { people: people.len(), figures: Figures::of(&cards, sum(moves)) }
    }
}

fn sum(moves: impl Iterator<Item = Moves>) -> Moves {
    moves.fold(Moves::default(), |sum, one| Moves {
        changed: sum.changed + one.changed,
        toward_majority: sum.toward_majority + one.toward_majority,
    })
}

/// The cards with how late they were by their authors' hours, in five statements however many there are.
fn with_lateness(conn: &mut Conn, rows: &[CardRow]) -> Result<Vec<Handed>> {
    let late: Vec<(UserId, Span)> = rows
        .iter()
        .filter_map(|row| {
            let due_at = row.due_at.filter(|due_at| *due_at < row.submitted_at)?;
            Some((row.author, Span { start: due_at, end: row.submitted_at }))
        })
        .collect();
    let start = late.iter().map(|(_, span)| span.start).min();
    let end = late.iter().map(|(_, span)| span.end).max();
    let calendars = match start.zip(end) {
        Some((start, end)) => {
            let authors: BTreeSet<UserId> = late.iter().map(|(author, _)| *author).collect();
            let authors: Vec<UserId> = authors.into_iter().collect();
            let people = users::store::find_many(conn, &authors)?;
            users::calendars(conn, &people, Span { start, end })?
        }
        None => HashMap::new(),
    };
    let lateness = |row: &CardRow| {
        let due_at = row.due_at?;
        let calendar = calendars.get(&row.author);
        let worked = calendar.map(|one| one.working_time_between(due_at, row.submitted_at));
        Some(worked.filter(|_| due_at < row.submitted_at).unwrap_or_else(TimeDelta::zero))
    };
    let handed = |row: &CardRow| Handed {
        author: row.author,
        recommendation: row.recommendation,
        lateness: lateness(row),
    };
    Ok(rows.iter().map(handed).collect())
}

impl BallotRow {
    fn cast(&self) -> Cast {
        let Self { debrief, user, recommendation, initial, .. } = *self;
        Cast { debrief, user, recommendation, initial }
    }
}
