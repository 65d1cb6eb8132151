//! The reach of events, whatever their audience.

#![expect(missing_docs, reason = "auto_type names types after the functions below")]

use diesel::dsl::{AsExprOf, exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Reach, closed_jobs, own_files, team_jobs};
use crate::db::schema::{applications, events, jobs};
use crate::ids::JobId;

diesel::alias!(applications as elsewhere: Elsewhere);

/// The confidential jobs of which the reader knows nothing.
#[diesel::dsl::auto_type]
fn hidden_jobs(reach: Reach) -> _ {
    let on_teams: team_jobs = team_jobs(reach.member, reach.team_roles);
    let behind_glass: Vec<JobId> = reach.behind_glass;
    closed_jobs
        .filter(closed_jobs.field(jobs::confidential))
        .filter(closed_jobs.field(jobs::id).ne_all(on_teams))
        .filter(closed_jobs.field(jobs::id).ne_all(behind_glass))
        .select(closed_jobs.field(jobs::id))
}

/// The candidates who applied to such jobs and to no other.
#[diesel::dsl::auto_type]
fn hidden_candidates(reach: Reach) -> _ {
    let hidden: hidden_jobs = hidden_jobs(reach.clone());
    let also_hidden: hidden_jobs = hidden_jobs(reach);
    let openly = elsewhere
        .filter(elsewhere.field(applications::candidate_id).eq(applications::candidate_id))
        .filter(elsewhere.field(applications::job_id).ne_all(also_hidden));
    applications::table
        .filter(applications::job_id.eq_any(hidden))
        .filter(not(exists(openly)))
        .select(applications::candidate_id)
}

/// Events of what the reader may know to exist: not those of confidential jobs without a part in
/// them, of candidates who applied to nothing else, or of the reader's own file; and for a key that
/// is narrowed to jobs only those of these jobs. [`Reach::of`] takes `ReadApplication`.
#[diesel::dsl::auto_type]
pub fn known_events(reach: Reach) -> _ {
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let only: Vec<JobId> = reach.narrowed_to.clone();
    let own: own_files = own_files(reach.user, reach.email_folded.clone());
    let jobs: hidden_jobs = hidden_jobs(reach.clone());
    let candidates: hidden_candidates = hidden_candidates(reach);
    let of_known_job = events::job_id.is_null().or(events::job_id.assume_not_null().ne_all(jobs));
    let of_known_candidate = events::candidate_id.is_null().or(events::candidate_id
        .assume_not_null()
        .ne_all(candidates)
        .and(events::candidate_id.assume_not_null().ne_all(own)));
    let in_bounds =
        free.or(events::job_id.is_not_null().and(events::job_id.assume_not_null().eq_any(only)));
    of_known_job.and(of_known_candidate).and(in_bounds)
}
