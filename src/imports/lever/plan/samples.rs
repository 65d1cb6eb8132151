//! Small made-up accounts for the tests of this folder.

use super::{Plan, plan};
use crate::imports::lever::account::read_bytes;
use crate::imports::report::Report;

/// Reads each `(kind, value of data)` as a file of its kind, and plans the account.
pub(super) fn plan_of(files: &[(&str, &str)]) -> (Plan, Report) {
    let mut files: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|(kind, data)| (format!("{kind}.json"), format!("{{\"data\":{data}}}").into_bytes()))
        .collect();
    if !files.iter().any(|(name, _)| name == "opportunities.json") {
        files.push(("opportunities.ndjson".to_owned(), Vec::new()));
    }
    let mut report = Report::default();
    let account = read_bytes(&files, &mut report).unwrap();
    assert_eq!(report.skipped(), [], "a sample holds sound records only");
    let plan = plan(account, &mut report);
    (plan, report)
}
