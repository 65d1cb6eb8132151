//! `evenbar import`: another system's account, and descriptions of jobs.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::rubrics::read;
use super::{Failure, open_migrated, progress_bar};
use crate::config::Settings;
use crate::imports::job_descriptions::{self, JobDescriptions};
use crate::imports::lever::write;
use crate::imports::report::Report;

/// Where an account comes from.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Import an account as Lever's API returns it.
    Lever(LeverArgs),
    /// Make drafts of jobs with posts from a file of descriptions.
    JobDescriptions(FileArgs),
}

/// Which file, and how to tell of it.
#[derive(Debug, Args)]
pub(super) struct FileArgs {
    /// The file, JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The form of the report on standard output.
    #[arg(long, value_enum, default_value_t = ReportForm::Text)]
    report: ReportForm,
}

/// What to import, and how to tell of it.
#[derive(Debug, Args)]
pub(super) struct LeverArgs {
    /// The folder with users.json, opportunities.ndjson and the others.
    folder: PathBuf,
    /// Read everything and report, but write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The form of the report on standard output.
    #[arg(long, value_enum, default_value_t = ReportForm::Text)]
    report: ReportForm,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportForm {
    /// A table for people.
    Text,
    /// For programs.
    Json,
}

/// Imports, reports, and fails when anything was skipped.
pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Lever(args) => lever(settings, &args),
        Command::JobDescriptions(args) => {
            let descriptions: JobDescriptions = read(&args.file)?;
            let report = job_descriptions::import(&open_migrated(settings)?, &descriptions)?;
            tell(&report, args.report)
        }
    }
}

fn lever(settings: &Settings, args: &LeverArgs) -> Result<(), Failure> {
    let db = open_migrated(settings)?;
    let bar = progress_bar("{bar:40} {pos}/{len} records, {eta} left")?;
    let progress = |done: usize, total: usize| {
        bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    };
    let imported = write::import(&db, &args.folder, args.dry_run, &progress);
    bar.finish_and_clear();
    tell(&imported?, args.report)
}

/// Prints what became of an import, and fails when anything was skipped.
fn tell(report: &Report, form: ReportForm) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match form {
        ReportForm::Text => write!(out, "{report}")?,
        ReportForm::Json => writeln!(out, "{}", serde_json::to_string_pretty(report)?)?,
    }
    match report.skipped_count() {
        0 => Ok(()),
        skipped => Err(format!("{skipped} records were skipped; the report says why").into()),
    }
}
