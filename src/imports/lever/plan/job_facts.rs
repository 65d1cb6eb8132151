//! What a requisition or a posting says about its job.

use super::approvals::approval;
use super::jobs::{JobKey, JobPlan, JobState};
use super::money::{BandPlan, band};
use crate::imports::lever::wire::jobs::{Band, Posting, Requisition};
use crate::imports::lever::wire::values::{Headcount, Instant, Text};
use crate::imports::report::Report;

/// Title where Lever gives none.
const UNTITLED: &str = "Untitled";

/// Whether a word of confidentiality keeps a record from those outside the team. A word that is
/// not known does, to be safe.
pub(super) fn is_confidential(word: Option<&Text>) -> bool {
    word.is_some_and(|word| *word != "non-confidential")
}

/// A job of which only the title and the state are known.
pub(super) fn bare(key: JobKey, title: Option<&Text>, state: JobState) -> JobPlan {
    JobPlan {
        key,
        postings: Vec::new(),
        title: title.and_then(Text::trimmed).unwrap_or_else(|| Text::new(UNTITLED)),
        code: None,
        state,
        is_confidential: false,
        department: None,
        team: None,
        level: None,
        locations: Vec::new(),
        employment: None,
        description: None,
        internal_notes: None,
        hiring_manager: None,
        owner: None,
        creator: None,
        headcount: None,
        hired_count: 0,
        band: None,
        pay_range: None,
        approval: None,
        created_at: None,
        closed_at: None,
    }
}

/// The job of a requisition, without what its advertisement adds.
pub(super) fn requisition_job(
    requisition: &Requisition,
    key: JobKey,
    report: &mut Report,
) -> JobPlan {
    let id = requisition.id.as_str();
    let state = match requisition.status.as_ref().map(Text::as_str) {
        Some("open") => JobState::Open,
        Some("closed") => JobState::Closed,
        Some("onHold") => JobState::Paused,
        Some("pending" | "rejected" | "draft") => JobState::Draft,
        Some(_) | None => {
            report.remark("requisitions.status is not known; taken as draft", Some(id));
            JobState::Draft
        }
    };
    let headcount = match requisition.headcount_infinite {
        Some(true) => Some(Headcount::Unlimited),
        Some(false) | None => requisition.headcount_total,
    };
    let trimmed = |text: &Option<Text>| text.as_ref().and_then(Text::trimmed);
    JobPlan {
        code: trimmed(&requisition.requisition_code),
        is_confidential: is_confidential(requisition.confidentiality.as_ref()),
        department: trimmed(&requisition.department),
        team: trimmed(&requisition.team),
        locations: trimmed(&requisition.location).into_iter().collect(),
        employment: trimmed(&requisition.employment_status),
        internal_notes: trimmed(&requisition.internal_notes),
        hiring_manager: requisition.hiring_manager.clone(),
        owner: requisition.owner.clone(),
        creator: requisition.creator.clone(),
        headcount,
        hired_count: requisition.headcount_hired.unwrap_or_default(),
        band: band_of(
            requisition.compensation_band.as_ref(),
            "requisitions.compensationBand",
            id,
            report,
        ),
        approval: approval(requisition.approval.as_ref(), &requisition.id, report),
        created_at: requisition.created_at.map(Instant::utc),
        closed_at: requisition.closed_at.map(Instant::utc),
        ..bare(key, requisition.name.as_ref(), state)
    }
}

/// The job of a posting.
pub(super) fn posting_job(posting: &Posting, report: &mut Report) -> JobPlan {
    let id = posting.id.as_str();
    let state = match posting.state.as_ref().map(Text::as_str) {
        Some("published" | "internal") => JobState::Open,
        Some("closed") => JobState::Closed,
        Some("draft" | "pending" | "rejected") => JobState::Draft,
        Some(_) | None => {
            report.remark("postings.state is not known; taken as draft", Some(id));
            JobState::Draft
        }
    };
    let key = JobKey::Posting(posting.id.clone());
    let mut job = JobPlan {
        is_confidential: is_confidential(posting.confidentiality.as_ref()),
        description: posting
            .content
            .as_ref()
            .and_then(|content| content.description.as_ref()?.trimmed()),
        hiring_manager: posting.hiring_manager.clone(),
        owner: posting.owner.clone(),
        creator: posting.user.clone(),
        pay_range: band_of(posting.salary_range.as_ref(), "postings.salaryRange", id, report),
        created_at: posting.created_at.map(Instant::utc),
        ..bare(key, posting.text.as_ref(), state)
    };
    if let Some(categories) = &posting.categories {
        let trimmed = |text: &Option<Text>| text.as_ref().and_then(Text::trimmed);
        job.department = trimmed(&categories.department);
        job.team = trimmed(&categories.team);
        job.level = trimmed(&categories.level);
        job.employment = trimmed(&categories.commitment);
        let places = categories.location.iter().chain(&categories.all_locations);
        job.locations = super::labels(places, std::iter::empty());
    }
    job
}

/// Adds to a requisition's job what its advertisement says beyond it. Where both speak, the
/// requisition holds, because it is what was approved.
pub(super) fn advertise(job: JobPlan, posting: JobPlan) -> JobPlan {
    JobPlan {
        is_confidential: job.is_confidential || posting.is_confidential,
        department: job.department.or(posting.department),
        team: job.team.or(posting.team),
        level: job.level.or(posting.level),
        locations: super::labels(job.locations.iter(), posting.locations.iter()),
        employment: job.employment.or(posting.employment),
        description: posting.description,
        hiring_manager: job.hiring_manager.or(posting.hiring_manager),
        owner: job.owner.or(posting.owner),
        creator: job.creator.or(posting.creator),
        pay_range: posting.pay_range,
        created_at: job.created_at.or(posting.created_at),
        ..job
    }
}

fn band_of(
    wire: Option<&Band>,
    path: &str,
    record_id: &str,
    report: &mut Report,
) -> Option<BandPlan> {
    match band(wire?) {
        Ok(band) => Some(band),
        Err(fault) => {
            report.no_home(&format!("{path}.{}", fault.field()), Some(record_id));
            None
        }
    }
}
