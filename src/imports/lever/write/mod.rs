//! Turns a plan into rows, one record at a time.
//!
//! Each record is a unit of work of its own: what cannot be written is skipped and named in the
//! report, and the rest goes on. What Lever calls a record is kept in `external_refs` in the same
//! transaction, so that a second run finds it and leaves it alone. Nothing here makes a mail,
//! because every unit says that it comes from an import. Records go in the order in which they
//! name each other.

mod approvals;
mod candidates;
mod jobs;
mod people;
mod pursuits;
mod rubrics;
mod settings;
mod unit;

use std::path::Path;

use super::account::{self, ReadError};
use super::plan::{self, Plan};
use crate::db::Db;
use crate::error::Error;
use crate::imports::report::Report;
use unit::Writer;

/// What Lever is called in external references.
pub const SYSTEM: &str = "lever";

/// Why an import ended before its end.
#[derive(Debug)]
pub enum ImportError {
    /// The account cannot be read at all.
    Read(ReadError),
    /// The database cannot be reached or cannot write; what was written before stays.
    Database(Error),
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::Database(error) => Some(error),
        }
    }
}

impl From<Error> for ImportError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// Imports the account in a folder. A dry run reads everything and says what would be written, but
/// writes nothing. `progress` hears how many records of how many are done.
///
/// # Errors
/// When the folder is no account, or the database fails. Trouble with one record is in the report.
pub fn import(
    db: &Db,
    folder: &Path,
    dry_run: bool,
    progress: &dyn Fn(usize, usize),
) -> Result<Report, ImportError> {
    let mut report = Report::default();
    let account = account::read(folder, &mut report).map_err(ImportError::Read)?;
    let plan = plan::plan(account, &mut report);
    let mut writer = Writer::open(db, &mut report, dry_run, progress, size(&plan))?;
    people::write(&mut writer, &plan.users)?;
    settings::reasons(&mut writer, &plan)?;
    settings::sources(&mut writer, &plan.sources)?;
    settings::without_home(&mut writer, &plan);
    jobs::write(&mut writer, &plan)?;
    approvals::write(&mut writer, &plan.jobs)?;
    rubrics::write(&mut writer, &plan.rubrics)?;
    candidates::write(&mut writer, &plan.candidates)?;
    pursuits::write(&mut writer, &plan)?;
    Ok(report)
}

/// How many records a plan holds.
fn size(plan: &Plan) -> usize {
    [
        plan.users.len(),
        plan.reasons.len(),
        plan.sources.len(),
        plan.jobs.len(),
        plan.rubrics.len(),
        plan.candidates.len(),
        plan.pursuits.len(),
    ]
    .iter()
    .sum()
}
