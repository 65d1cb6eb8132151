//! Queries of the list of applications.

use diesel::prelude::*;

use super::ApplicationSort;
use crate::access::{
    Action, Actor, Reach, applications_by_role, applications_in_bounds, owes_nothing,
    readable_applications,
};
use crate::applications::ApplicationStatus;
use crate::applications::store::{Application, Named, with_names};
use crate::candidates::tags::store::tagged;
use crate::clock::Instant;
use crate::db::schema::{applications, candidates, jobs, rejections, stages};
use crate::db::{Conn, MultiBackend};
use crate::http::{Place, SortValue, SortedPage, SortedRequest, Span};
use crate::ids::{
    CandidateId, DepartmentId, JobId, OfficeId, RejectionReasonId, SourceId, StageId, TagId, UserId,
};
use crate::jobs::store::hiring_for;
use crate::pipelines::StageKind;
use crate::{any_of, keyset, within};

/// Which applications a list holds; an empty filter holds all.
#[derive(Debug, Clone, Default)]
pub(in crate::applications) struct Wanted {
    pub(super) jobs: Vec<JobId>,
    pub(super) candidates: Vec<CandidateId>,
    pub(super) stages: Vec<StageId>,
    pub(super) stage_kinds: Vec<StageKind>,
    pub(super) statuses: Vec<ApplicationStatus>,
    pub(super) owners: Vec<UserId>,
    pub(super) sources: Vec<SourceId>,
    pub(super) rejection_reasons: Vec<RejectionReasonId>,
    pub(super) tags: Vec<TagId>,
    pub(super) departments: Vec<DepartmentId>,
    pub(super) offices: Vec<OfficeId>,
    pub(super) created: Span,
    pub(super) updated: Span,
    pub(super) applied: Span,
    pub(super) stage_entered: Span,
}

/// The applications whose open rejection has one of these reasons.
#[diesel::dsl::auto_type]
fn rejected_for(reasons: Vec<RejectionReasonId>) -> _ {
    rejections::table
        .filter(rejections::rejection_reason_id.eq_any(reasons))
        .filter(rejections::ended_at.is_null())
        .select(rejections::application_id)
}

type Columns =
    (<applications::table as Table>::AllColumns, candidates::name, jobs::title, stages::name);
type Query<'a> = diesel::dsl::IntoBoxed<'a, diesel::dsl::Select<with_names, Columns>, MultiBackend>;

/// One page with names, of what is in reach.
pub(in crate::applications) fn list(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    page: &SortedRequest<ApplicationSort>,
) -> QueryResult<SortedPage<Named>> {
    if actor.agency_id.is_some() && !wanted.tags.is_empty() {
        // An agency reaches whom it brought in, and still does not learn what recruiting notes.
        return Ok(Vec::new());
    }
    let reach = Reach::of(actor, Action::ReadApplication);
    let columns = (applications::all_columns, candidates::name, jobs::title, stages::name);
    let query = with_names().select(columns).filter(readable_applications(reach)).into_boxed();
    let query = by_fields(query, wanted);
    let query = by_what_recruiting_knows(query, actor, wanted);
    let rows: Vec<Named> = sorted(query, page).limit(page.fetch()).load(conn)?;
    Ok(rows.into_iter().map(|row| (place(&row.application, page), row)).collect())
}

fn by_fields<'a>(query: Query<'a>, wanted: &Wanted) -> Query<'a> {
    let query = any_of!(query, applications::job_id, &wanted.jobs);
    let query = any_of!(query, applications::candidate_id, &wanted.candidates);
    let query = any_of!(query, applications::stage_id, &wanted.stages);
    let query = any_of!(query, stages::kind, &wanted.stage_kinds);
    let query = any_of!(query, applications::status, &wanted.statuses);
    let query = any_of!(query, applications::owner_id, &wanted.owners);
    let query = any_of!(query, applications::source_id, &wanted.sources);
    let query = any_of!(query, jobs::department_id, &wanted.departments);
    let query = within!(query, applications::created_at, wanted.created);
    let query = within!(query, applications::updated_at, wanted.updated);
    let query = within!(query, applications::applied_at, wanted.applied);
    let query = within!(query, applications::stage_entered_at, wanted.stage_entered);
    if wanted.offices.is_empty() {
        return query;
    }
    query.filter(applications::job_id.eq_any(hiring_for(wanted.offices.clone())))
}

/// Filters by what only those are shown who recruit: tags, for those who reach the candidate; reasons, for
/// those who move the application or manage its candidate and owe no evaluation for it.
fn by_what_recruiting_knows<'a>(mut query: Query<'a>, actor: &Actor, wanted: &Wanted) -> Query<'a> {
    if !wanted.tags.is_empty() {
        let reach = Reach::of(actor, Action::ReadContactPoints);
        let of = applications::candidate_id.eq_any(tagged(wanted.tags.clone()));
        query = query
            .filter(of)
            .filter(applications_by_role(reach.clone()))
            .filter(applications_in_bounds(reach));
    }
    if !wanted.rejection_reasons.is_empty() {
        let [moving, managing] = [Action::MoveApplication, Action::ManageCandidate]
            .map(|action| Reach::of(actor, action));
        let drives = applications_by_role(moving.clone())
            .and(applications_in_bounds(moving))
            .or(applications_by_role(managing.clone()).and(applications_in_bounds(managing)));
        query = query
            .filter(applications::id.eq_any(rejected_for(wanted.rejection_reasons.clone())))
            .filter(drives)
            .filter(owes_nothing(actor.user_id));
    }
    query
}

fn sorted<'a>(query: Query<'a>, page: &SortedRequest<ApplicationSort>) -> Query<'a> {
    let Some(order) = page.order else {
        let query = match page.before() {
            Some(before) => query.filter(applications::id.lt(before)),
            None => query,
        };
        return query.order(applications::id.desc());
    };
    let (descending, after) = (order.descending, page.after_time());
    let same = |key: Instant| key;
    macro_rules! by {
        ($column:ident) => {
            keyset!(query, (applications::$column, applications::id), descending, after, same)
        };
    }
    match order.key {
        ApplicationSort::CreatedAt => by!(created_at),
        ApplicationSort::UpdatedAt => by!(updated_at),
        ApplicationSort::AppliedAt => by!(applied_at),
        ApplicationSort::StageEnteredAt => by!(stage_entered_at),
    }
}

/// Where a row stands in the list.
fn place(row: &Application, page: &SortedRequest<ApplicationSort>) -> Place {
    let value = match page.order.map(|order| order.key) {
        None => SortValue::Id,
        Some(ApplicationSort::CreatedAt) => SortValue::Time(row.created_at),
        Some(ApplicationSort::UpdatedAt) => SortValue::Time(row.updated_at),
        Some(ApplicationSort::AppliedAt) => SortValue::Time(row.applied_at),
        Some(ApplicationSort::StageEnteredAt) => SortValue::Time(row.stage_entered_at),
    };
    Place { value, id: row.id.any() }
}
