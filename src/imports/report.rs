//! What an import read, made, left alone and could not place.
//!
//! A report names records by the source's opaque ids and fields by their technical names. It never
//! holds a value of a field, so it may be printed, logged and kept. Every list in it is bounded,
//! because a hostile file may hold millions of broken records; the counts go on after a list is
//! full.

use super::kind::Kind;
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// Skipped records listed one by one; those beyond are only counted.
const SKIPPED_LISTED_MAX: usize = 1_000;

/// Distinct fields, and distinct remarks, kept; those beyond share one line.
const TALLIES_MAX: usize = 500;

/// The line that takes the tallies beyond [`TALLIES_MAX`].
const TALLY_OVERFLOW: &str = "(others)";

/// How many records of one kind met which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Met in the files, the broken ones included. Zero for what is only made.
    pub read: u64,
    /// Written by this run (by a dry run: would be written).
    pub created: u64,
    /// Already there, and left as it is.
    pub unchanged: u64,
    /// Met but not taken; see [`Report::skipped`].
    pub skipped: u64,
}

/// How often something was met, with one place to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// The id of the first record that showed it, if that record has an id.
    pub example_id: Option<String>,
}

/// A record that was met but not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// What the record was.
    pub kind: Kind,
    /// The name of the file, without its folder.
    pub file: String,
    /// The line, from 1, on which the record, or the broken part of it, stands; absent if the
    /// whole file is meant.
    pub line: Option<u64>,
    /// The source's id of the record, if it could be read.
    pub record_id: Option<String>,
    /// Why, in words that hold no value of the record.
    pub reason: String,
}

/// The account of one import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    counts: BTreeMap<Kind, Counts>,
    #[serde(serialize_with = "fields_as_list")]
    no_home: BTreeMap<String, Tally>,
    skipped: Vec<Skipped>,
    skipped_not_listed: u64,
    #[serde(serialize_with = "remarks_as_list")]
    remarks: BTreeMap<String, Tally>,
}

impl Report {
    /// Counts one record met in a file.
    pub fn read(&mut self, kind: Kind) {
        self.counts.entry(kind).or_default().read += 1;
    }

    /// Counts one record written.
    pub fn created(&mut self, kind: Kind) {
        self.counts.entry(kind).or_default().created += 1;
    }

    /// Counts one record that was already there.
    pub fn unchanged(&mut self, kind: Kind) {
        self.counts.entry(kind).or_default().unchanged += 1;
    }

    /// Counts and lists one record that was not taken.
    pub fn skip(&mut self, skipped: Skipped) {
        self.counts.entry(skipped.kind).or_default().skipped += 1;
        if self.skipped.len() < SKIPPED_LISTED_MAX {
            self.skipped.push(skipped);
        } else {
            self.skipped_not_listed += 1;
        }
    }

    /// Notes that a field (`opportunities.followers`) or a whole record (`panels`) says something
    /// for which Evenbar has no place.
    pub fn no_home(&mut self, field: &str, record_id: Option<&str>) {
        tally(&mut self.no_home, field, record_id);
    }

    /// Notes something worth knowing that lost nothing. The text must not hold a field's value.
    pub fn remark(&mut self, text: &str, record_id: Option<&str>) {
        tally(&mut self.remarks, text, record_id);
    }

    /// The counts of one kind; zeros for a kind that was never met.
    pub fn counts(&self, kind: Kind) -> Counts {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    /// Fields without a place, by technical name.
    pub fn fields_without_home(&self) -> impl Iterator<Item = (&str, &Tally)> {
        self.no_home
            .iter()
            .map(|(field, tally)| (field.as_str(), tally))
    }

    /// The records not taken, in the order met, at most one thousand.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// How many records were not taken, the unlisted included.
    pub fn skipped_count(&self) -> u64 {
        self.counts.values().map(|counts| counts.skipped).sum()
    }

    /// How many records were written.
    pub fn created_count(&self) -> u64 {
        self.counts.values().map(|counts| counts.created).sum()
    }

    /// The remarks, by text.
    pub fn remarks(&self) -> impl Iterator<Item = (&str, &Tally)> {
        self.remarks
            .iter()
            .map(|(text, tally)| (text.as_str(), tally))
    }
}

fn tally(tallies: &mut BTreeMap<String, Tally>, key: &str, record_id: Option<&str>) {
    let is_full = tallies.len() >= TALLIES_MAX && !tallies.contains_key(key);
    let key = if is_full { TALLY_OVERFLOW } else { key };
    let tally = tallies.entry(key.to_owned()).or_default();
    tally.count += 1;
    if tally.example_id.is_none() {
        tally.example_id = record_id.map(str::to_owned);
    }
}

#[derive(Serialize)]
struct FieldLine<'a> {
    field: &'a str,
    #[serde(flatten)]
    tally: &'a Tally,
}

#[derive(Serialize)]
struct RemarkLine<'a> {
    text: &'a str,
    #[serde(flatten)]
    tally: &'a Tally,
}

fn fields_as_list<S: Serializer>(
    tallies: &BTreeMap<String, Tally>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(tallies.len()))?;
    for (field, tally) in tallies {
        list.serialize_element(&FieldLine { field, tally })?;
    }
    list.end()
}

fn remarks_as_list<S: Serializer>(
    tallies: &BTreeMap<String, Tally>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(tallies.len()))?;
    for (text, tally) in tallies {
        list.serialize_element(&RemarkLine { text, tally })?;
    }
    list.end()
}

impl fmt::Display for Report {
    /// The table for a terminal: counts, then what has no home, what was skipped, and remarks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<22}{:>10}{:>10}{:>11}{:>10}",
            "record", "read", "created", "unchanged", "skipped"
        )?;
        for (kind, counts) in &self.counts {
            let Counts {
                read,
                created,
                unchanged,
                skipped,
            } = counts;
            let name = kind.name();
            writeln!(
                f,
                "{name:<22}{read:>10}{created:>10}{unchanged:>11}{skipped:>10}"
            )?;
        }
        write_tallies(f, "No home in Evenbar", &self.no_home)?;
        if !self.skipped.is_empty() {
            writeln!(f, "\nSkipped")?;
        }
        for skipped in &self.skipped {
            writeln!(f, "  {skipped}")?;
        }
        if self.skipped_not_listed > 0 {
            writeln!(f, "  … and {} more", self.skipped_not_listed)?;
        }
        write_tallies(f, "Remarks", &self.remarks)
    }
}

impl fmt::Display for Skipped {
    /// `file:line: kind id: reason`, the form that editors and terminals make clickable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.kind.name())?;
        if let Some(id) = &self.record_id {
            write!(f, " {id}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

fn write_tallies(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    tallies: &BTreeMap<String, Tally>,
) -> fmt::Result {
    if tallies.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for (key, tally) in tallies {
        write!(f, "{:>8} × {key}", tally.count)?;
        match &tally.example_id {
            Some(id) => writeln!(f, " (as in {id})")?,
            None => writeln!(f)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(line: u64) -> Skipped {
        Skipped {
            kind: Kind::Opportunities,
            file: "opportunities.ndjson".to_owned(),
            line: Some(line),
            record_id: Some("opp-1".to_owned()),
            reason: "not valid JSON".to_owned(),
        }
    }

    #[test]
    fn lists_stay_bounded_while_counts_go_on() {
        let mut report = Report::default();
        for line in 0..2_000 {
            report.skip(skipped(line));
            report.no_home(&format!("users.field_{line}"), None);
        }
        assert_eq!(report.skipped().len(), SKIPPED_LISTED_MAX);
        assert_eq!(report.skipped_count(), 2_000);
        assert_eq!(report.fields_without_home().count(), TALLIES_MAX + 1);
        assert_eq!(
            report
                .fields_without_home()
                .map(|(_, tally)| tally.count)
                .sum::<u64>(),
            2_000
        );
        assert!(report.to_string().contains("… and 1000 more"));
    }

    #[test]
    fn text_and_json_say_the_same() {
        let mut report = Report::default();
        report.read(Kind::Users);
        report.read(Kind::Users);
        report.created(Kind::Users);
        report.unchanged(Kind::Users);
        report.skip(skipped(7));
        report.no_home("users.username", Some("user-1"));
        report.no_home("users.username", Some("user-2"));
        report.remark("tags.json is missing", None);
        let text = report.to_string();
        assert!(text.contains("users                          2         1          1         0"));
        assert!(text.contains("opportunities.ndjson:7: opportunities opp-1: not valid JSON"));
        assert!(text.contains("2 × users.username (as in user-1)"));
        assert!(text.contains("1 × tags.json is missing\n"));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["counts"]["users"]["read"], 2);
        assert_eq!(json["no_home"][0]["field"], "users.username");
        assert_eq!(json["no_home"][0]["example_id"], "user-1");
        assert_eq!(json["remarks"][0]["text"], "tags.json is missing");
        assert_eq!(json["skipped"][0]["line"], 7);
    }
}
