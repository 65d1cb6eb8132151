//! Queries of the list of jobs.

use diesel::prelude::*;

use super::JobSort;
use crate::access::Condition;
use crate::clock::Instant;
use crate::db::schema::{hiring_team_members, jobs};
use crate::db::types::lower;
use crate::db::{Conn, MultiBackend};
use crate::http::{Place, SortValue, SortedPage, SortedRequest, Span};
use crate::ids::{DepartmentId, LevelId, OfficeId, UserId};
use crate::jobs::JobState;
use crate::jobs::store::{Columns, Job, Parts, Seen, columns, hiring_for};
use crate::{any_of, keyset, within};

// The condition of reach looks into teams itself, so those of the filter go by another name.
diesel::alias!(hiring_team_members as teams: Teams);

/// Which jobs a list shows; an empty filter shows all.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) states: Vec<JobState>,
    /// Only those of these departments themselves.
    pub(super) departments: Vec<DepartmentId>,
    pub(super) offices: Vec<OfficeId>,
    pub(super) levels: Vec<LevelId>,
    pub(super) members: Vec<UserId>,
    pub(super) requisition_code: Option<String>,
    pub(super) created: Span,
    pub(super) updated: Span,
}

/// The jobs on whose hiring team one of these people is.
#[diesel::dsl::auto_type]
fn with_on_team(people: Vec<UserId>) -> _ {
    teams
        .filter(teams.field(hiring_team_members::user_id).eq_any(people))
        .select(teams.field(hiring_team_members::job_id))
}

type Query<'a> = diesel::dsl::IntoBoxed<
    'a,
    diesel::dsl::Select<jobs::table, (<jobs::table as Table>::AllColumns, Columns)>,
    MultiBackend,
>;

/// One page of the visible jobs, each with what of it the reader sees.
pub(super) fn list(
    conn: &mut Conn,
    wanted: &Wanted,
    visible: Condition<jobs::table>,
    parts: Parts,
    page: &SortedRequest<JobSort>,
) -> QueryResult<SortedPage<(Job, Seen)>> {
    let shown = (jobs::all_columns, columns(parts));
    let query = jobs::table.select(shown).filter(visible).into_boxed();
    let rows: Vec<(Job, Seen)> =
        sorted(by_fields(query, wanted), page).limit(page.fetch()).load(conn)?;
    Ok(rows.into_iter().map(|row| (place(&row.0, page), row)).collect())
}

fn by_fields<'a>(query: Query<'a>, wanted: &Wanted) -> Query<'a> {
    let query = any_of!(query, jobs::state, &wanted.states);
    let query = any_of!(query, jobs::department_id, &wanted.departments);
    let query = any_of!(query, jobs::level_id, &wanted.levels);
    let query = within!(query, jobs::created_at, wanted.created);
    let mut query = within!(query, jobs::updated_at, wanted.updated);
    if !wanted.offices.is_empty() {
        query = query.filter(jobs::id.eq_any(hiring_for(wanted.offices.clone())));
    }
    if !wanted.members.is_empty() {
        query = query.filter(jobs::id.eq_any(with_on_team(wanted.members.clone())));
    }
    if let Some(code) = &wanted.requisition_code {
        query = query.filter(jobs::requisition_code.eq(code.clone()));
    }
    query
}

fn sorted<'a>(query: Query<'a>, page: &'a SortedRequest<JobSort>) -> Query<'a> {
    let Some(order) = page.order else {
        let query = match page.before() {
            Some(before) => query.filter(jobs::id.lt(before)),
            None => query,
        };
        return query.order(jobs::id.desc());
    };
    let (descending, after) = (order.descending, page.after_time());
    let same = |key: Instant| key;
    match order.key {
        JobSort::CreatedAt => {
            keyset!(query, (jobs::created_at, jobs::id), descending, after, same)
        }
        JobSort::UpdatedAt => {
            keyset!(query, (jobs::updated_at, jobs::id), descending, after, same)
        }
        JobSort::Title => {
            let (after, folded) = (page.after_text(), |key: &'a str| lower(key));
            keyset!(query, (lower(jobs::title), jobs::id), descending, after, folded)
        }
    }
}

/// Where a row stands in the list.
fn place(row: &Job, page: &SortedRequest<JobSort>) -> Place {
    let value = match page.order.map(|order| order.key) {
        None => SortValue::Id,
        Some(JobSort::CreatedAt) => SortValue::Time(row.created_at),
        Some(JobSort::UpdatedAt) => SortValue::Time(row.updated_at),
        Some(JobSort::Title) => SortValue::Text(row.title.clone()),
    };
    Place { value, id: row.id.any() }
}
