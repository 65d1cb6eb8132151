//! Descriptions of jobs from a file: each becomes a draft of a job with a draft of a post.
//!
//! The file is JSON: `{"positions": [{"file", "title", "sections": [{"heading", "text"}], "frontmatter"}]}`. What a
//! position says of dates, grades and pay is in its text, and nothing of it is guessed into a field. `file` is what
//! the position is called: a second run finds it and leaves it alone.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::external_refs::store as refs;
use super::kind::Kind;
use super::report::{Report, Skipped};
use crate::access::Permit;
use crate::db::types::Document;
use crate::db::{Db, Origin, Tx};
use crate::error::{Code, Error, Result};
use crate::http::fields::{Line, Locale, Prose};
use crate::ids::{JobId, JobPostId};
use crate::jobs::commands::{self as jobs, NewJob};
use crate::jobs::posts::commands::{self as posts, NewJobPost};
use crate::jobs::posts::model::{CONSENT, PostLocation, Workplace};
use crate::jobs::{Headcount, JobState};
use crate::pipelines::commands as pipelines;

/// What such files are called in external references.
pub const SYSTEM: &str = "job-descriptions";
/// What their records are called.
const KIND: &str = "position";

/// A file of descriptions.
#[derive(Debug, Clone, Deserialize, Validate)]
pub struct JobDescriptions {
    /// The descriptions.
    #[validate(length(max = 5000))]
    pub positions: Vec<Position>,
}

/// A description of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Position {
    /// What it is called; once in a file.
    pub file: String,
    /// What the job is called.
    pub title: String,
    /// What it says, in order.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// What it says where there are no sections.
    pub frontmatter: Option<String>,
}

/// A part of a description.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Section {
    /// What it is about.
    pub heading: String,
    /// Markdown.
    pub text: String,
}

/// A description that fits.
#[derive(Debug, Clone)]
struct Fitting {
    name: String,
    title: Line<200>,
    text: Prose<20000>,
}

impl Position {
    /// The text of the post, as Markdown.
    fn text(&self) -> String {
        if self.sections.is_empty() {
            return self.frontmatter.clone().unwrap_or_default();
        }
        let told = self.sections.iter();
        let told = told.map(|section| format!("## {}\n\n{}", section.heading, section.text));
        told.collect::<Vec<_>>().join("\n\n")
    }

    /// What is kept of it.
    ///
    /// # Errors
    /// Which part does not fit, without its words.
    fn fit(&self) -> Result<Fitting, String> {
        if self.file.is_empty() || self.file.len() > 200 {
            return Err("its name has 1 to 200 bytes".to_owned());
        }
        let title = self.title.parse().map_err(|why| format!("its title: {why}"))?;
        let text = self.text().parse().map_err(|why| format!("its text: {why}"))?;
        Ok(Fitting { name: self.file.clone(), title, text })
    }
}

/// Imports descriptions, each on its own: what cannot be taken is in the report, and the rest goes on.
///
/// # Errors
/// When the database is away; what was written before stays.
pub fn import(db: &Db, from: &JobDescriptions) -> Result<Report> {
    let mut report = Report::default();
    for position in &from.positions {
        report.read(Kind::Postings);
        match keep(db, position) {
            Ok(true) => {
                report.created(Kind::Jobs);
                report.created(Kind::JobPosts);
            }
            Ok(false) => {
                report.unchanged(Kind::Jobs);
                report.unchanged(Kind::JobPosts);
            }
            Err(Refused::Misfit(reason)) => report.skip(Skipped {
                kind: Kind::Postings,
                file: SYSTEM.to_owned(),
                line: None,
                record_id: Some(position.file.chars().take(200).collect()),
                reason,
            }),
            Err(Refused::Database(error)) => return Err(error),
        }
    }
    Ok(report)
}

/// Why a description was not taken.
enum Refused {
    /// It does not fit, or could not be written.
    Misfit(String),
    /// Nothing can be written at the moment.
    Database(Error),
}

/// Whether it is new.
fn keep(db: &Db, position: &Position) -> Result<bool, Refused> {
    let fitting = position.fit().map_err(Refused::Misfit)?;
    let mut unit = db.unit();
    unit.origin = Origin::Import;
    db.write_here(&unit, move |tx| write(tx, &fitting)).map_err(|error| {
        if error.code == Code::DatabaseUnavailable {
            Refused::Database(error)
        } else {
            Refused::Misfit(format!("it could not be written ({})", error.code.as_str()))
        }
    })
}

fn write(tx: &mut Tx<'_>, from: &Fitting) -> Result<bool> {
    if refs::find_by_external(tx.conn, SYSTEM, KIND, &from.name)?.is_some() {
        return Ok(false);
    }
    let id: JobId = tx.id();
    let permit = Permit::for_import(id);
    let job = NewJob {
        title: from.title.to_text(),
        state: JobState::Draft,
        department_id: None,
        level_id: None,
        pay_band_id: None,
        approval_chain_id: None,
        location: None,
        description: None,
        requisition_code: None,
        headcount: Headcount::Limited,
        confidential: false,
        opened_at: None,
        closed_at: None,
        custom: Document::empty(),
    };
    jobs::place(tx, &permit, id, job)?;
    pipelines::place(tx, &permit, id, &pipelines::default_stages())?;
    let post_id: JobPostId = tx.id();
    let location = PostLocation {
        workplace: Workplace::Remote,
        office_id: None,
        countries: Vec::new(),
        time_zones: None,
    };
    let language: Locale = "en".parse().map_err(|why: String| Error::internal(why))?;
    let post = NewJobPost {
        title: from.title.to_text(),
        text: from.text.to_text(),
        language: language.to_text(),
        location: &location,
        pay: None,
        questions: &[],
        consent_text: CONSENT.to_owned(),
    };
    posts::place(tx, &permit.extend_to(post_id), (post_id, id), post)?;
    refs::insert(tx, &permit, (SYSTEM, KIND, &from.name), id.into())?;
    Ok(true)
}
