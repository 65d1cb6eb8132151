//! One record, one unit of work.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::SYSTEM;
use super::super::wire::values::Text;
use crate::access::{Permit, Subject};
use crate::clock::Instant;
use crate::db::{Db, Origin, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::{AnyId, ExternalRefId, Id, Kind as IdKind};
use crate::imports::external_refs::store as refs;
use crate::imports::kind::Kind;
use crate::imports::report::{Report, Skipped};

/// References loaded at a time.
const REFS_PAGE: i64 = 10_000;

/// Which record of Lever's, and how it is counted.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The row of the report.
    pub counted: Kind,
    /// The file that it stands in.
    pub file: Kind,
    /// What Lever calls records of the kind.
    pub kind: &'static str,
    /// Lever's id.
    pub id: String,
    /// When it happened, if Lever says.
    pub at: Option<DateTime<Utc>>,
}

/// What became of a record.
pub(super) enum Kept<K> {
    /// It was written (by a dry run: would be).
    Created(Id<K>),
    /// It was there before.
    Unchanged(Id<K>),
    /// It could not be written; the report says why.
    Skipped,
}

impl<K> Kept<K> {
    /// The id of what stands for the record.
    pub(super) fn id(self) -> Option<Id<K>> {
        match self {
            Self::Created(id) | Self::Unchanged(id) => Some(id),
            Self::Skipped => None,
        }
    }
}

/// What a unit made.
pub(super) enum Made<K> {
    /// Something new under this id.
    New(Id<K>),
    /// Nothing: this one is the same thing.
    Linked(Id<K>),
}

/// Writes records and counts them.
pub(super) struct Writer<'a> {
    pub(super) report: &'a mut Report,
    db: &'a Db,
    is_dry_run: bool,
    progress: &'a dyn Fn(usize, usize),
    total: usize,
    done: usize,
    known: HashMap<(String, String), AnyId>,
}

impl<'a> Writer<'a> {
    /// Loads what earlier runs made.
    pub(super) fn open(
        db: &'a Db,
        report: &'a mut Report,
        is_dry_run: bool,
        progress: &'a dyn Fn(usize, usize),
        total: usize,
    ) -> Result<Self> {
        let mut known = HashMap::new();
        let mut after: Option<ExternalRefId> = None;
        loop {
            let page = db.read_here(|conn| Ok(refs::after(conn, SYSTEM, after, REFS_PAGE)?))?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            known.extend(page.into_iter().map(|row| ((row.kind, row.external_id), row.subject_id)));
        }
        Ok(Self { report, db, is_dry_run, progress, total, done: 0, known })
    }

    /// What stands for a record that an earlier run or this one made.
    pub(super) fn find<K>(&self, kind: &str, id: &str) -> Option<Id<K>> {
        self.known.get(&(kind.to_owned(), id.to_owned())).map(|id| id.typed())
    }

    /// Tells the progress bar that one more record of the plan is done.
    pub(super) fn step(&mut self) {
        self.done += 1;
        (self.progress)(self.done, self.total);
    }

    /// Reads something that records depend on.
    pub(super) fn read<T>(&self, work: impl FnOnce(&mut crate::db::Conn) -> Result<T>) -> Result<T> {
        self.db.read_here(work)
    }

    /// Keeps one record: finds what stands for it, or has `make` write it. `make` gets a permit
    /// for the id that it is to use.
    ///
    /// # Errors
    /// Only when the database is gone; anything else skips the record.
    pub(super) fn keep<K, F>(&mut self, source: Source, make: F) -> Result<Kept<K>>
    where
        K: IdKind + Send + 'static,
        F: Fn(&mut Tx<'_>, &Permit, Id<K>) -> Result<Made<K>> + Send + 'static,
    {
        if let Some(id) = self.find(source.kind, &source.id) {
            self.report.unchanged(source.counted);
            return Ok(Kept::Unchanged(id));
        }
        match self.run(&source, make) {
            Ok(Made::New(id)) => {
                self.report.created(source.counted);
                self.remember(source.kind, &source.id, id.any());
                Ok(Kept::Created(id))
            }
            Ok(Made::Linked(id)) => {
                self.report.unchanged(source.counted);
                self.remember(source.kind, &source.id, id.any());
                Ok(Kept::Unchanged(id))
            }
            Err(error) if error.code == Code::DatabaseUnavailable => Err(error),
            Err(error) => {
                self.skip(&source, &refusal(&error));
                Ok(Kept::Skipped)
            }
        }
    }

    /// Keeps in mind what was written beside the record itself.
    pub(super) fn remember(&mut self, kind: &str, id: &str, subject: AnyId) {
        self.known.insert((kind.to_owned(), id.to_owned()), subject);
    }

    /// Writes something that belongs to a record that is there already. A dry run does not.
    pub(super) fn amend<T, F>(&mut self, work: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if self.is_dry_run {
            return Ok(None);
        }
        let mut unit = self.db.unit();
        unit.origin = Origin::Import;
        self.db.write_here(&unit, work).map(Some)
    }

    /// Notes that a record was not taken.
    pub(super) fn skip(&mut self, source: &Source, reason: &str) {
        self.report.skip(Skipped {
            kind: source.counted,
            file: source.file.name().to_owned(),
            line: None,
            record_id: Some(source.id.clone()),
            reason: reason.to_owned(),
        });
    }

    fn run<K, F>(&self, source: &Source, make: F) -> Result<Made<K>>
    where
        K: IdKind + Send + 'static,
        F: Fn(&mut Tx<'_>, &Permit, Id<K>) -> Result<Made<K>> + Send + 'static,
    {
        let mut unit = self.db.unit();
        if self.is_dry_run {
            return Ok(Made::New(unit.ids.next_id()));
        }
        unit.origin = Origin::Import;
        unit.occurred_at = source.at.map_or(unit.now, Instant::from_utc);
        let (kind, external_id) = (source.kind, source.id.clone());
        self.db.write_here(&unit, move |tx| {
            // Another import may have been quicker.
            if let Some(row) = refs::find_by_external(tx.conn, SYSTEM, kind, &external_id)? {
                return Ok(Made::Linked(row.subject_id.typed()));
            }
            let id: Id<K> = tx.id();
            let permit = Permit::for_import(id);
            let made = make(tx, &permit, id)?;
            let (Made::New(subject) | Made::Linked(subject)) = &made;
            let id = *subject;
            refer(tx, &permit.extend_to(id), (kind, &external_id), id)?;
            Ok(made)
        })
    }
}

/// Keeps what Lever calls a thing.
pub(super) fn refer(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (kind, external_id): (&str, &str),
    subject: impl Into<Subject>,
) -> Result<()> {
    refs::insert(tx, permit, (SYSTEM, kind, external_id), subject.into())?;
    Ok(())
}

/// Why a record was refused, without a value of it.
fn refusal(error: &Error) -> String {
    format!("it could not be written ({})", error.code.as_str())
}

/// A line of at most so many characters.
pub(super) fn line(text: &Text, max: usize) -> String {
    let flat: String = text.as_str().chars().map(|c| if c.is_control() { ' ' } else { c }).take(max).collect();
    flat.trim().to_owned()
}

/// An optional line of at most so many characters.
pub(super) fn optional_line(text: Option<&Text>, max: usize) -> Option<String> {
    text.map(|text| line(text, max)).filter(|line| !line.is_empty())
}

/// An optional text of at most so many characters, with its line breaks.
pub(super) fn prose(text: Option<&Text>, max: usize) -> Option<String> {
    text.map(|text| text.as_str().chars().take(max).collect())
}
