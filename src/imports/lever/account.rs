//! The files of an account, read whole.

use super::decode::is_technical;
use super::leftovers::Record;
use super::reader::{BadRecord, Format, Located, Records};
use super::wire::jobs::{Posting, Requisition, RequisitionField};
use super::wire::opportunities::{Opportunity, Panel};
use super::wire::settings::{
    ArchiveReason, DispositionStages, FeedbackTemplate, Label, Stage, User,
};
use super::wire::values::LeverId;
use crate::imports::kind::Kind;
use crate::imports::report::{Report, Skipped};
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// The kinds of record that an account's files hold; each file is named after its kind.
const KINDS: [Kind; 12] = [
    Kind::Users,
    Kind::Stages,
    Kind::ArchiveReasons,
    Kind::DispositionStages,
    Kind::Sources,
    Kind::Tags,
    Kind::Postings,
    Kind::Requisitions,
    Kind::RequisitionFields,
    Kind::FeedbackTemplates,
    Kind::Panels,
    Kind::Opportunities,
];

/// Both endings a file may have, in the order they are read.
const ENDINGS: [(&str, Format); 2] = [("json", Format::Page), ("ndjson", Format::Lines)];

/// Everything that was sound in an account's files, each list in its file's order, each id once.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// From `users`.
    pub users: Vec<User>,
    /// From `stages`.
    pub stages: Vec<Stage>,
    /// From `archive_reasons`.
    pub archive_reasons: Vec<ArchiveReason>,
    /// From `disposition_stages`; at most one in practice.
    pub disposition_stages: Vec<DispositionStages>,
    /// From `sources`.
    pub sources: Vec<Label>,
    /// From `tags`.
    pub tags: Vec<Label>,
    /// From `postings`.
    pub postings: Vec<Posting>,
    /// From `requisitions`.
    pub requisitions: Vec<Requisition>,
    /// From `requisition_fields`.
    pub requisition_fields: Vec<RequisitionField>,
    /// From `feedback_templates`.
    pub feedback_templates: Vec<FeedbackTemplate>,
    /// From `panels`.
    pub panels: Vec<Panel>,
    /// From `opportunities`.
    pub opportunities: Vec<Opportunity>,
}

/// Why an account cannot be read at all.
#[derive(Debug)]
pub enum ReadError {
    /// The folder cannot be listed.
    Folder(io::Error),
    /// Neither `opportunities.json` nor `opportunities.ndjson` is there, without which there is
    /// nothing to import.
    NoOpportunities,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(error) => write!(f, "the folder cannot be read: {error}"),
            Self::NoOpportunities => {
                f.write_str("the folder holds neither opportunities.ndjson nor opportunities.json")
            }
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder(error) => Some(error),
            Self::NoOpportunities => None,
        }
    }
}

/// Reads the account in `folder`. Trouble with one record, or with one file, goes into `report`.
pub fn read(folder: &Path, report: &mut Report) -> Result<Account, ReadError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(ReadError::Folder)? {
        let name = entry.map_err(ReadError::Folder)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    remark_other_files(names, report);
    read_with(&|name| open(&folder.join(name)), report)
}

/// Opens a file of the account by name; nothing if it is not there.
type Open<'a> = dyn Fn(&str) -> io::Result<Option<Box<dyn BufRead>>> + 'a;

fn read_with(open: &Open<'_>, report: &mut Report) -> Result<Account, ReadError> {
    let account = Account {
        users: read_kind(Kind::Users, open, report).unwrap_or_default(),
        stages: read_kind(Kind::Stages, open, report).unwrap_or_default(),
        archive_reasons: read_kind(Kind::ArchiveReasons, open, report).unwrap_or_default(),
        disposition_stages: read_kind(Kind::DispositionStages, open, report).unwrap_or_default(),
        sources: read_kind(Kind::Sources, open, report).unwrap_or_default(),
        tags: read_kind(Kind::Tags, open, report).unwrap_or_default(),
        postings: read_kind(Kind::Postings, open, report).unwrap_or_default(),
        requisitions: read_kind(Kind::Requisitions, open, report).unwrap_or_default(),
        requisition_fields: read_kind(Kind::RequisitionFields, open, report).unwrap_or_default(),
        feedback_templates: read_kind(Kind::FeedbackTemplates, open, report).unwrap_or_default(),
        panels: read_kind(Kind::Panels, open, report).unwrap_or_default(),
        opportunities: read_kind(Kind::Opportunities, open, report)
            .ok_or(ReadError::NoOpportunities)?,
    };
    Ok(account)
}

/// Reads both files of a kind, the one with pages first; nothing if neither is there.
fn read_kind<T: DeserializeOwned + Record>(
    kind: Kind,
    open: &Open<'_>,
    report: &mut Report,
) -> Option<Vec<T>> {
    let mut intake = Intake { kind, seen: HashSet::new(), records: Vec::new() };
    let mut is_there = false;
    for (ending, format) in ENDINGS {
        let file = file_name(kind, ending);
        match open(&file) {
            Ok(Some(bytes)) => {
                is_there = true;
                intake.take(&file, Records::new(bytes, format), report);
            }
            Ok(None) => {}
            Err(error) => {
                is_there = true;
                let reason = format!("the file cannot be opened: {}", error.kind());
                report.skip(Skipped { kind, file, line: None, record_id: None, reason });
            }
        }
    }
    if !is_there {
        report.remark(&format!("{} is missing; read without it", file_name(kind, "json")), None);
    }
    is_there.then_some(intake.records)
}

fn file_name(kind: Kind, ending: &str) -> String {
    format!("{}.{ending}", kind.name())
}

/// Opens a file, if it is there. A pipe or a device in its place is refused, since opening it
/// could wait for ever.
fn open(path: &Path) -> io::Result<Option<Box<dyn BufRead>>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(Box::new(BufReader::new(File::open(path)?)))),
        Ok(_) => Err(io::Error::from(io::ErrorKind::InvalidInput)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The records of one kind as they come in.
struct Intake<T> {
    kind: Kind,
    seen: HashSet<LeverId>,
    records: Vec<T>,
}

impl<T: DeserializeOwned + Record> Intake<T> {
    fn take(&mut self, file: &str, mut items: Records<T>, report: &mut Report) {
        for item in items.by_ref() {
            report.read(self.kind);
            let taken = item.and_then(|located| self.once(located));
            let record = match taken {
                Ok(record) => record,
                Err(BadRecord { line, record_id, reason }) => {
                    let file = file.to_owned();
                    let line = Some(line);
                    report.skip(Skipped { kind: self.kind, file, line, record_id, reason });
                    continue;
                }
            };
            note_leftovers(self.kind, &record, report);
            self.records.push(record);
        }
        if items.has_more_pages() {
            report.remark(&format!("{file} is one page of several (hasNext is true)"), None);
        }
    }

    /// Lets an id pass once. Lever's paging repeats a record that moves while pages are fetched.
    fn once(&mut self, located: Located<T>) -> Result<T, BadRecord> {
        let Located { line, record } = located;
        match record.id() {
            Some(id) if !self.seen.insert(id.clone()) => Err(BadRecord {
                line,
                record_id: Some(id.as_str().to_owned()),
                reason: "a record with this id was read before".to_owned(),
            }),
            Some(_) | None => Ok(record),
        }
    }
}

fn note_leftovers<T: Record>(kind: Kind, record: &T, report: &mut Report) {
    let id = record.id().map(LeverId::as_str);
    record.leftovers(&mut |path, extra| {
        for name in extra.names() {
            report.no_home(&format!("{}{path}.{name}", kind.name()), id);
        }
    });
}

/// Remarks on files that are not read. A name that may hold anything is not shown.
fn remark_other_files(names: Vec<String>, report: &mut Report) {
    let known: HashSet<String> =
        KINDS.iter().flat_map(|kind| ENDINGS.map(|(ending, _)| file_name(*kind, ending))).collect();
    for name in names.into_iter().filter(|name| !known.contains(name)) {
        let is_shown = name.ends_with("json") && is_technical(&name);
        let shown = if is_shown { &name } else { "another file" };
        report.remark(&format!("{shown} is not read"), None);
    }
}

/// An account whose files are given by name and bytes.
#[cfg(test)]
pub(super) fn read_bytes(
    files: &[(String, Vec<u8>)],
    report: &mut Report,
) -> Result<Account, ReadError> {
    remark_other_files(files.iter().map(|(name, _)| name.clone()).collect(), report);
    let open = |name: &str| {
        let file = files.iter().find(|(known, _)| known == name);
        Ok(file.map(|(_, bytes)| -> Box<dyn BufRead> { Box::new(io::Cursor::new(bytes.clone())) }))
    };
    read_with(&open, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &[u8])]) -> (Result<Account, ReadError>, Report) {
        let files: Vec<_> =
            files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        let mut report = Report::default();
        let account = read_bytes(&files, &mut report);
        (account, report)
    }

    fn lines(report: &Report) -> Vec<String> {
        report.skipped().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_account_without_opportunities_is_refused() {
        let (account, _) = check(&[("users.json", b"{\"data\":[]}")]);
        let error = account.unwrap_err();
        assert!(matches!(error, ReadError::NoOpportunities), "{error}");
        let mut report = Report::default();
        let missing = read(Path::new("/nowhere/at/all"), &mut report).unwrap_err();
        assert!(missing.to_string().starts_with("the folder cannot be read: "), "{missing}");
    }

    #[test]
    fn bad_records_are_named_by_file_and_line_and_the_rest_is_read() {
        let (account, report) = check(&[
            ("users.json", b"{\"data\":[\n{\"id\":\"u-1\"},\n{\"id\":\"u-2\",\"name\":7},\n{\"id\":\"u-3\""),
            ("tags.json", b"[[]]"),
            ("stages.json", b"{\"data\":7}"),
            (
                "opportunities.ndjson",
                b"{\"id\":\"o-1\",\"createdAt\":1}\n{\"id\":\"o-2\",\"createdAt\":\"Ada\"}\n\xFF\xFE\n\
                  {\"id\":\"o-1\",\"createdAt\":1}\n{\"id\":\"o-3\",\"createdAt\":1}",
            ),
        ]);
        let account = account.unwrap();
        assert_eq!((account.users.len(), account.opportunities.len()), (1, 2));
        assert_eq!(
            lines(&report),
            [
                "users.json:3: users u-2: name: expected a string, found integer",
                "users.json:4: users: the file ends here, in the middle of a record or before its \
                 list ends",
                "stages.json:1: stages: the file is not of the shape {\"data\":[…]}",
                "tags.json:1: tags: expected an object, found sequence",
                "opportunities.ndjson:2: opportunities o-2: createdAt: expected a whole number, found string",
                "opportunities.ndjson:3: opportunities: not valid UTF-8 at byte 1 of the record",
                "opportunities.ndjson:4: opportunities o-1: a record with this id was read before",
            ]
        );
        assert_eq!(report.counts(Kind::Opportunities).read, 5);
        assert_eq!(report.counts(Kind::Opportunities).skipped, 3);
        assert!(!report.to_string().contains("Ada"));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_named() {
        let open = |name: &str| -> io::Result<Option<Box<dyn BufRead>>> {
            match name {
                "users.json" => Err(io::Error::from(io::ErrorKind::PermissionDenied)),
                "opportunities.json" => Ok(Some(Box::new(&b"[]"[..]))),
                _ => Ok(None),
            }
        };
        let mut report = Report::default();
        read_with(&open, &mut report).unwrap();
        assert_eq!(
            lines(&report),
            ["users.json: users: the file cannot be opened: permission denied"]
        );
    }

    #[test]
    fn missing_partial_and_other_files_are_remarked_on() {
        let (account, report) = check(&[
            (
                "opportunities.json",
                b"{\"data\":[{\"id\":\"o-1\",\"createdAt\":1}],\"hasNext\":true}",
            ),
            ("opportunities.ndjson", b"{\"id\":\"o-2\",\"createdAt\":1,\"snoozedUntil\":5}\n"),
            ("one-feedback.json", b"{}"),
            ("Ada Lovelace.pdf", b""),
        ]);
        assert_eq!(account.unwrap().opportunities.len(), 2);
        let remarks: Vec<_> = report.remarks().map(|(text, _)| text).collect();
        assert!(remarks.contains(&"one-feedback.json is not read"));
        assert!(remarks.contains(&"another file is not read"));
        assert!(remarks.contains(&"users.json is missing; read without it"));
        assert!(remarks.contains(&"opportunities.json is one page of several (hasNext is true)"));
        let homeless: Vec<_> = report.fields_without_home().collect();
        assert_eq!(homeless[0].0, "opportunities.snoozedUntil");
        assert_eq!(homeless[0].1.example_id.as_deref(), Some("o-2"));
    }
}
