//! Who may write, and where.

use std::collections::BTreeSet;
use std::ops::Range;

use super::source::{File, files};
use super::{Rule, hold, unless};

/// The functions that write without a permit. The list may only shrink.
const WITHOUT_PERMIT: &[&str] = &[
    "src/db/dialect.rs::claim", // a lease, not a change; deliveries and timetables are the service's own
    "src/events/store.rs::append", // the sealer writes down what a permitted command recorded
    "src/http/idempotency.rs::keep", // a note about a permitted command
    "src/http/idempotency.rs::sweep",
    "src/sessions/store.rs::server_secret_or", // the first start
];

/// Name, signature, body and place of each function.
fn functions(file: &File) -> Vec<(&str, &str, Range<usize>)> {
    let starts = file.code.match_indices("fn ").map(|(place, _)| place);
    starts
        .filter(|place| !file.code[..*place].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter_map(|place| {
            let open = place + file.code[place..].find('{')?;
            let signature = &file.code[place..open];
            let name = signature[3..].split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
            let mut depth = 0_usize;
            let length = file.code[open..].bytes().position(|b| {
                depth = if b == b'{' { depth + 1 } else { depth - usize::from(b == b'}') };
                depth == 0
            })?;
            Some((name, signature, open..open + length))
        })
        .collect()
}

/// Whether a function's body inserts, updates or deletes.
fn writes(file: &File, body: &Range<usize>) -> bool {
    let code = &file.code[body.clone()];
    let called = |name: &str| {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        code.match_indices(name).any(|(place, _)| !code[..place].ends_with(word))
    };
    let raw = |(place, text): &(usize, String)| {
        body.contains(place)
            && ["INSERT ", "UPDATE ", "DELETE "].iter().any(|word| text.contains(word))
    };
    let by_query = [
        "insert_into(",
        "insert_or_ignore_into(",
        "replace_into(",
        "diesel::update(",
        "diesel::delete(",
    ];
    by_query.iter().any(|name| called(name))
        || (["sql_query(", "batch_execute("].iter().any(|name| code.contains(name))
            && file.strings.iter().any(raw))
}

fn unpermitted(file: &File) -> Vec<(usize, String)> {
    let functions = functions(file).into_iter().filter(|_| file.path.starts_with("src/"));
    let bare = functions
        .filter(|(_, signature, body)| !signature.contains("Permit") && writes(file, body));
    bare.map(|(name, _, body)| (file.line_of(body.start), format!("{}::{name}", file.path)))
        .collect()
}

#[test]
fn nothing_is_written_without_a_permit() {
    let rule: Rule = |file| {
        let bare = unpermitted(file).into_iter();
        bare.filter(|(_, name)| !WITHOUT_PERMIT.contains(&name.as_str()))
            .map(|(line, _)| line)
            .collect()
    };
    let planted = [
        (
            "src/jobs/store.rs",
            "pub(super) fn insert(tx: &mut Tx<'_>) { diesel::insert_into(jobs::table); }",
        ),
        (
            "src/jobs/store.rs",
            "fn close(tx: &mut Tx<'_>, id: JobId) { let n = diesel::update(jobs::table); }",
        ),
        (
            "src/jobs/commands.rs",
            "pub fn close(tx: &mut Tx<'_>) { sql_query(\"DELETE FROM jobs\"); }",
        ),
    ];
    let fine = [
        (
            "src/jobs/store.rs",
            "pub fn insert(tx: &mut Tx<'_>, _permit: &Permit) { insert_into(jobs::table); }",
        ),
        ("src/http/body.rs", "fn hash(c: &mut Context) { c.update(\"INSERT INTO\"); }"),
    ];
    hold(rule, &planted, &fine);
}

#[test]
fn the_list_of_writes_without_a_permit_only_shrinks() {
    let bare: BTreeSet<String> =
        files().iter().flat_map(unpermitted).map(|(_, name)| name).collect();
    let stale: Vec<_> = WITHOUT_PERMIT.iter().filter(|name| !bare.contains(**name)).collect();
    assert!(stale.is_empty(), "take off the list: {stale:?}");
    assert!(WITHOUT_PERMIT.len() <= 5, "the list may only shrink");
}

#[test]
fn only_stores_write() {
    let rule: Rule = |file| {
        let room = file.is("store")
            || file.path.starts_with("src/db/")
            || file.path == "src/http/idempotency.rs";
        let writing = functions(file).into_iter().filter(|(_, _, body)| writes(file, body));
        let lines = writing.map(|(_, _, body)| file.line_of(body.start)).collect();
        unless(room || !file.path.starts_with("src/"), lines)
    };
    let write = "fn add(tx: &mut Tx<'_>, permit: &Permit) { diesel::insert_into(jobs::table); }";
    hold(rule, &[("src/jobs/commands.rs", write)], &[("src/jobs/store.rs", write)]);
}
