//! Lists that must agree: migrations, mails, personal columns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::source::{files, root};

/// What keeps migrations from being twins.
fn unequal_migrations(paths: &BTreeSet<String>) -> Vec<String> {
    let of = |path: &String, side: &str| {
        path.strip_prefix(&format!("migrations/{side}/")).map(str::to_owned)
    };
    let side = |side: &str| paths.iter().filter_map(|path| of(path, side)).collect::<BTreeSet<_>>();
    let (sqlite, postgres) = (side("sqlite"), side("postgres"));
    let names: BTreeSet<&str> =
        sqlite.union(&postgres).filter_map(|path| path.split('/').next()).collect();
    let wanted =
        names.iter().flat_map(|name| ["up.sql", "down.sql"].map(|file| format!("{name}/{file}")));
    let wanted: BTreeSet<String> = wanted.collect();
    let differences = [sqlite, postgres]
        .map(|side| side.symmetric_difference(&wanted).cloned().collect::<Vec<_>>());
    differences.concat()
}

fn paths() -> BTreeSet<String> {
    files().iter().map(|file| file.path.clone()).collect()
}

#[test]
fn every_migration_has_a_twin_and_a_way_back() {
    let planted =
        |paths: &[&str]| unequal_migrations(&paths.iter().map(|path| (*path).to_owned()).collect());
    let whole = [
        "migrations/sqlite/1/up.sql",
        "migrations/sqlite/1/down.sql",
        "migrations/postgres/1/up.sql",
    ];
    assert_eq!(planted(&whole), ["1/down.sql"]);
    assert_eq!(planted(&["migrations/sqlite/1/up.sql", "migrations/postgres/2/up.sql"]).len(), 6);
    assert_eq!(unequal_migrations(&paths()), Vec::<String>::new());
}

/// What keeps a kind of mail from having its folder of three files, or a folder its kind.
fn unequal_mails(kinds: &BTreeSet<String>, paths: &BTreeSet<String>) -> Vec<String> {
    let inside = paths.iter().filter_map(|path| path.strip_prefix("src/mail/templates/"));
    let there: BTreeSet<String> =
        inside.filter(|path| path.contains('/')).map(str::to_owned).collect();
    let parts = ["subject.txt", "body.txt", "body.html"];
    let wanted = kinds.iter().flat_map(|kind| parts.map(|part| format!("{kind}/{part}"))).collect();
    there.symmetric_difference(&wanted).cloned().collect()
}

#[test]
fn every_kind_of_mail_has_a_folder_of_three_files() {
    let one = BTreeSet::from(["decision_made".to_owned()]);
    let there = ["body.txt", "body.html", "footer.txt"]
        .map(|part| format!("src/mail/templates/decision_made/{part}"));
    assert_eq!(
        unequal_mails(&one, &there.into()),
        ["decision_made/footer.txt", "decision_made/subject.txt"]
    );
    let mail = fs::read_to_string(root().join("src/mail/mod.rs")).unwrap();
    let slugs = mail
        .split_once("fn slug(self)")
        .and_then(|(_, rest)| rest.split_once("\n    }"))
        .unwrap()
        .0;
    let kinds: BTreeSet<String> = slugs.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(kinds.len() >= 6);
    assert_eq!(unequal_mails(&kinds, &paths()), Vec::<String>::new());
}

/// The tables that tell of people.
const PEOPLE: [&str; 65] = [
    "agreements",
    "anonymizations",
    "api_keys",
    "application_answers",
    "application_consents",
    "applications",
    "assessment_ratings",
    "assessment_results",
    "assessment_revisions",
    "attachment_contents",
    "attachment_texts",
    "attachments",
    "ballots",
    "break_glass",
    "busy_calendars",
    "busy_intervals",
    "candidate_asks",
    "candidate_messages",
    "candidate_tags",
    "candidates",
    "capabilities",
    "chat_addresses",
    "contact_points",
    "debrief_peeks",
    "debrief_rounds",
    "debriefs",
    "decisions",
    "delegations",
    "deliveries",
    "dissents",
    "external_refs",
    "findings",
    "identities",
    "interviews",
    "invitations",
    "light_decisions",
    "loop_probes",
    "notes",
    "notification_preferences",
    "offer_versions",
    "offers",
    "panelists",
    "password_resets",
    "pool_members",
    "proposals",
    "prospect_moves",
    "prospects",
    "ratings",
    "rejections",
    "reopenings",
    "response_answers",
    "responses",
    "retention_holds",
    "saved_views",
    "scorecard_revisions",
    "scorecards",
    "search_texts",
    "service_accounts",
    "sessions",
    "signal_requests",
    "time_off",
    "time_requests",
    "users",
    "votes",
    "withdrawals",
];

/// The free columns of those tables that are not registered, and what is registered and not there.
fn unregistered(schema: &str, registry: &str) -> Vec<String> {
    let (mut table, mut columns) = ("", BTreeMap::new());
    for line in schema.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name;
        } else if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let free = ["Text", "DbJson", "Binary"].iter().any(|free| kind.contains(free));
            columns.insert(format!("{table}.{name}"), free && PEOPLE.contains(&table));
        }
    }
    let rows = registry.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let rows: BTreeMap<&str, &str> = rows.collect();
    let told =
        |what: &&str| ["not personal", "candidate", "user"].iter().any(|who| what.starts_with(who));
    let missing =
        columns.iter().filter(|(name, free)| **free && !rows.get(name.as_str()).is_some_and(&told));
    let stale = rows.keys().filter(|name| !columns.contains_key(**name));
    missing
        .map(|(name, _)| name.clone())
        .chain(stale.map(|name| format!("{name} is gone")))
        .collect()
}

#[test]
fn every_column_that_may_tell_of_a_person_is_registered() {
    let schema = "    candidates (id) {\n id -> DbUuid,\n name -> Text,\n shoes -> Nullable<Text>,\n hat -> DbJson,";
    let registry = "| `candidates.name` | candidate: the name | emptied |\n| `candidates.hat` | what? | kept |\n| `users.hat` | user: it | kept |";
    assert_eq!(
        unregistered(schema, registry),
        ["candidates.hat", "candidates.shoes", "users.hat is gone"]
    );
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let found = unregistered(&read("src/db/schema.rs"), &read("docs/personal-data.md"));
    assert_eq!(found, Vec::<String>::new());
    let schema = read("src/db/schema.rs");
    assert!(
        PEOPLE.iter().all(|table| schema.contains(&format!("    {table} ("))),
        "a table is gone"
    );
}

/// The kinds of mail whose links no test follows.
fn unfollowed(kinds: &str, tests: &str) -> Vec<String> {
    let all = kinds.split("pub const ALL").nth(1).unwrap_or_default();
    let all = all.split("];").next().unwrap_or_default();
    let kinds = all.split("Self::").skip(1).map(|kind| kind.split(',').next().unwrap_or_default());
    let tests: String = tests.split_whitespace().collect();
    let calls: Vec<&str> =
        tests.split("follow(").skip(1).filter_map(|rest| rest.split(").await").next()).collect();
    let is_followed =
        |kind: &&str| calls.iter().any(|call| call.ends_with(&format!(",MailKind::{kind}")));
    kinds.filter(|kind| !is_followed(kind)).map(str::to_owned).collect()
}

#[test]
fn the_links_of_every_kind_of_mail_are_followed_by_a_test() {
    let planted = "pub const ALL: [Self; 2] = [ Self::Here, Self::There, ];";
    assert_eq!(unfollowed(planted, "follow(&app, &mails, MailKind::Here).await"), ["There"]);
    let kinds = fs::read_to_string(root().join("src/mail/mod.rs")).unwrap();
    let tests = files().iter().filter(|file| file.path.starts_with("tests/api/"));
    let tests: String = tests.map(|file| file.text.as_str()).collect();
    assert_eq!(unfollowed(&kinds, &tests), Vec::<String>::new());
}
