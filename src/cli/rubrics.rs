//! `evenbar rubrics`: the library as files.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;
use validator::Validate;

use super::{Failure, open_migrated};
use crate::config::Settings;
use crate::rubrics::VersionState;
use crate::rubrics::exchange::{self, Done, Form, Imported, Library};

/// Which way.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print rubrics in the format of docs/rubric-format.md.
    Export(ExportArgs),
    /// Bring files of that format in.
    Import(ImportArgs),
}

/// What to print, and how.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Form::Yaml)]
    pub(super) format: Form,
    /// Keys or ids of what to print; all of them if there is none.
    #[arg(value_name = "ID")]
    pub(super) ids: Vec<String>,
}

/// What to bring in.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Files; those that end with .json are read as JSON, all others as YAML.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Publish drafts, too, where nothing keeps them from it.
    #[arg(long)]
    pub(super) publish: bool,
}

/// Runs one of the commands.
pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Export(args) => export(settings, &args),
        Command::Import(args) => import(settings, &args),
    }
}

fn export(settings: &Settings, args: &ExportArgs) -> Result<(), Failure> {
    let db = open_migrated(settings)?;
    let library = db.read_here(|conn| exchange::export(conn, &args.ids))?;
    Ok(write!(std::io::stdout().lock(), "{}", exchange::write(&library, args.format)?)?)
}

/// Reads all files before anything is written, so that a slip in one leaves the library as it was.
fn import(settings: &Settings, args: &ImportArgs) -> Result<(), Failure> {
    let libraries =
        args.files.iter().map(|file| read::<Library>(file)).collect::<Result<Vec<_>, _>>()?;
    let db = open_migrated(settings)?;
    let mut refused = 0;
    for library in &libraries {
        let imported = exchange::import(&db, library, args.publish)?;
        tell(&imported)?;
        let done = imported.rubrics.iter().map(|rubric| &rubric.done);
        refused += done.filter(|done| matches!(done, Done::Refused(_))).count();
    }
    if refused > 0 {
        return Err(format!("{refused} rubrics could not be taken").into());
    }
    Ok(())
}

/// Reads a file in the form that its name says.
pub(super) fn read<T: DeserializeOwned + Validate>(file: &Path) -> Result<T, Failure> {
    let form = match file.extension() {
        Some(end) if end.eq_ignore_ascii_case("json") => Form::Json,
        Some(_) | None => Form::Yaml,
    };
    let name = file.display();
    let large = std::fs::metadata(file).map_err(|error| format!("{name}: {error}"))?.len();
    if large > exchange::BYTES_MAX {
        return Err(format!("{name}: a file has at most {} bytes", exchange::BYTES_MAX).into());
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    exchange::read(&text, form).map_err(|error| format!("{name}: {error}").into())
}

fn tell(imported: &Imported) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for rubric in &imported.rubrics {
        match &rubric.done {
            Done::Added => writeln!(out, "{}: added", rubric.key)?,
            Done::Extended => writeln!(out, "{}: extended", rubric.key)?,
            Done::Unchanged => writeln!(out, "{}: unchanged", rubric.key)?,
            Done::Refused(reason) => writeln!(out, "{}: refused. {reason}", rubric.key)?,
        }
        for version in &rubric.versions {
            writeln!(out, "  version {}: {}", version.number, version.state)?;
            for finding in &version.errors {
                let (code, pointer) = (finding.code, &finding.pointer);
                writeln!(out, "    {code} {pointer}: {}", code.detail())?;
            }
        }
    }
    let versions = imported.rubrics.iter().flat_map(|rubric| &rubric.versions);
    let (published, drafts): (Vec<_>, Vec<_>) =
        versions.partition(|version| version.state == VersionState::Published);
    let (rubrics, published) = (imported.rubrics.len(), published.len());
    writeln!(out, "{rubrics} rubrics: {published} versions published, {} drafts.", drafts.len())
}
