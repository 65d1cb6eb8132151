//! `evenbar loops`: loop templates as files.

use std::io::Write;

use clap::Subcommand;

use super::rubrics::{ExportArgs, ImportArgs, read};
use super::{Failure, open_migrated};
use crate::config::Settings;
use crate::loops::templates::exchange::{self, Imported, LoopLibrary};
use crate::rubrics::VersionState;
use crate::rubrics::exchange::{Done, write};

/// Which way.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print loop templates in the format of docs/loop-format.md.
    Export(ExportArgs),
    /// Bring files of that format in.
    Import(ImportArgs),
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
    Ok(write!(std::io::stdout().lock(), "{}", write(&library, args.format)?)?)
}

/// Reads all files before anything is written, so that a slip in one leaves everything as it was.
fn import(settings: &Settings, args: &ImportArgs) -> Result<(), Failure> {
    let libraries =
        args.files.iter().map(|file| read::<LoopLibrary>(file)).collect::<Result<Vec<_>, _>>()?;
    let db = open_migrated(settings)?;
    let mut refused = 0;
    for library in &libraries {
        let imported = exchange::import(&db, library, args.publish)?;
        tell(&imported)?;
        let done = imported.loop_templates.iter().map(|one| &one.done);
        refused += done.filter(|done| matches!(done, Done::Refused(_))).count();
    }
    if refused > 0 {
        return Err(format!("{refused} loop templates could not be taken").into());
    }
    Ok(())
}

fn tell(imported: &Imported) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for one in &imported.loop_templates {
        match &one.done {
            Done::Added => writeln!(out, "{}: added", one.key)?,
            Done::Extended => writeln!(out, "{}: extended", one.key)?,
            Done::Unchanged => writeln!(out, "{}: unchanged", one.key)?,
            Done::Refused(reason) => writeln!(out, "{}: refused. {reason}", one.key)?,
        }
        for version in &one.versions {
            writeln!(out, "  version {}: {}", version.number, version.state)?;
            for finding in &version.errors {
                let (code, pointer) = (finding.code, &finding.pointer);
                writeln!(out, "    {code} {pointer}: {}", code.detail())?;
            }
        }
    }
    let versions = imported.loop_templates.iter().flat_map(|one| &one.versions);
    let (published, drafts): (Vec<_>, Vec<_>) =
        versions.partition(|version| version.state == VersionState::Published);
    let (templates, published) = (imported.loop_templates.len(), published.len());
    writeln!(
        out,
        "{templates} loop templates: {published} versions published, {} drafts.",
        drafts.len()
    )
}
