//! What applications of a page point at, as far as the reader may know it: one statement per expansion.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use serde::Serialize;
use utoipa::ToSchema;

use super::ApplicationExpansion as Expansion;
use super::api::ListedApplication;
use crate::access::{Action, Actor, everywhere, visible_candidates, visible_jobs};
use crate::applications::store::Named;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::http::SortedPage;
use crate::ids::{CandidateId, DepartmentId, JobId, LevelId, StageId, UserId};
use crate::jobs::{self, JobState};
use crate::pipelines::{self, StageDecision, StageKind};
use crate::{candidates, users};

/// A candidate beside an application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpandedCandidate {
    id: CandidateId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// Where the person lives, as typed.
    #[schema(example = "Berlin, Germany")]
    location: Option<String>,
    /// The person's IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// The person's language tag.
    #[schema(example = "en-GB")]
    locale: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

/// A job beside an application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpandedJob {
    id: JobId,
    #[schema(example = "Senior backend engineer")]
    title: String,
    state: JobState,
    /// Whose it is.
    department_id: Option<DepartmentId>,
    /// The rung that it hires for.
    level_id: Option<LevelId>,
    /// Where the work is.
    #[schema(example = "Remote, UTC-1 to UTC+3")]
    location: Option<String>,
    /// The organization's own code for it.
    #[schema(example = "ENG-42")]
    requisition_code: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

/// A stage beside an application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpandedStage {
    id: StageId,
    /// From 1 on.
    #[schema(minimum = 1, maximum = 20)]
    position: i32,
    #[schema(example = "Onsite")]
    name: String,
    kind: StageKind,
    decision: StageDecision,
}

/// Who looks after an application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpandedOwner {
    id: UserId,
    #[schema(example = "Rosa Recruiter")]
    name: String,
}

/// What was asked for, by id; `None` where it was not.
type Found<K, T> = Option<HashMap<K, T>>;

/// Rows with what was asked for.
pub(super) fn expanded(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &[Expansion],
    rows: SortedPage<Named>,
) -> Result<SortedPage<ListedApplication>> {
    let of = || rows.iter().map(|(_, row)| &row.application);
    let mut candidates: Found<CandidateId, ExpandedCandidate> = None;
    let mut jobs: Found<JobId, ExpandedJob> = None;
    let mut stages: Found<StageId, ExpandedStage> = None;
    let mut owners: Found<UserId, ExpandedOwner> = None;
    for expansion in wanted {
        match expansion {
            Expansion::Candidate => {
                let ids = unique(of().map(|row| row.candidate_id));
                let visible = visible_candidates(actor);
                let rows = candidates::store::find_visible(conn, &ids, visible)?;
                candidates = Some(rows.into_iter().map(|row| (row.id, row.into())).collect());
            }
            Expansion::Job => {
                let ids = unique(of().map(|row| row.job_id));
                let rows = jobs::store::find_all_visible(conn, &ids, visible_jobs(actor))?;
                jobs = Some(rows.into_iter().map(|row| (row.id, row.into())).collect());
            }
            Expansion::Stage => {
                let ids = unique(of().map(|row| row.stage_id));
                let rows = pipelines::store::find_all(conn, &ids)?;
                stages = Some(rows.into_iter().map(|row| (row.id, row.into())).collect());
            }
            Expansion::Owner => {
                let known = everywhere(actor, Action::ReadUsers);
                let ids = unique(of().filter_map(|row| row.owner_id).filter(|_| known));
                let names = users::store::names(conn, &ids)?.into_iter();
                owners = Some(names.map(|(id, name)| (id, ExpandedOwner { id, name })).collect());
            }
        }
    }
    let wire = |(place, row): (_, Named)| {
        let of = &row.application;
        let (candidate, job) =
            (pick(&candidates, Some(of.candidate_id)), pick(&jobs, Some(of.job_id)));
        let (stage, owner) = (pick(&stages, Some(of.stage_id)), pick(&owners, of.owner_id));
        let application = row.into();
        (place, ListedApplication { application, candidate, job, stage, owner })
    };
    Ok(rows.into_iter().map(wire).collect())
}

fn unique<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<BTreeSet<T>>().into_iter().collect()
}

/// What was found for an id, where it was asked for.
fn pick<K: Eq + Hash, T: Clone>(found: &Found<K, T>, id: Option<K>) -> Option<Option<T>> {
    found.as_ref().map(|found| id.and_then(|id| found.get(&id).cloned()))
}

impl From<candidates::store::Candidate> for ExpandedCandidate {
    fn from(row: candidates::store::Candidate) -> Self {
        Self {
            id: row.id,
            name: row.name,
            location: row.location,
            time_zone: row.time_zone,
            locale: row.locale,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<jobs::store::Job> for ExpandedJob {
    fn from(row: jobs::store::Job) -> Self {
        Self {
            id: row.id,
            title: row.title,
            state: row.state,
            department_id: row.department_id,
            level_id: row.level_id,
            location: row.location,
            requisition_code: row.requisition_code,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<pipelines::store::Stage> for ExpandedStage {
    fn from(row: pipelines::store::Stage) -> Self {
        let pipelines::store::Stage { id, position, name, kind, decision, .. } = row;
        Self { id, position, name, kind, decision }
    }
}
