//! What stands in no file, or in one file only.

use super::{Rule, hold, unless};

#[test]
fn a_file_has_at_most_500_lines() {
    let rule: Rule = |file| {
        let exempt = !file.is_rust() || file.path == "src/db/schema.rs";
        unless(exempt || file.text.lines().count() <= 500, vec![501])
    };
    let long = "\n".repeat(501);
    hold(rule, &[("src/jobs/store.rs", &long)], &[("src/db/schema.rs", &long), ("a.snap", &long)]);
}

#[test]
fn the_time_comes_from_the_clock() {
    let rule: Rule = |file| {
        let exempt = file.path == "src/clock.rs" || !file.is_rust();
        unless(exempt, file.lines_with(&["Utc::now", "Local::now", "SystemTime::now"]))
    };
    let now = "let now = chrono::Utc::now();";
    hold(rule, &[("src/jobs/store.rs", now), ("tests/api/jobs.rs", now)], &[("src/clock.rs", now)]);
}

#[test]
fn settings_come_from_the_configuration() {
    let rule: Rule = |file| {
        let home =
            ["src/config", "src/main.rs", "src/cli"].iter().any(|home| file.path.starts_with(home));
        unless(home || !file.path.starts_with("src/"), file.lines_with(&["std::env", "env::var"]))
    };
    let planted = [("src/mail/smtp.rs", "let host = std::env::var(\"HOST\");")];
    hold(
        rule,
        &planted,
        &[("src/config.rs", planted[0].1), ("src/app.rs", "env!(\"CARGO_PKG_VERSION\")")],
    );
}

#[test]
fn a_handler_registers_by_its_macro() {
    let rule: Rule = |file| unless(!file.path.starts_with("src/"), file.lines_with(&[".route("]));
    let planted = [("src/jobs/api.rs", "cfg.route(\"/jobs\", web::get().to(list))")];
    hold(rule, &planted, &[("src/jobs/mod.rs", "cfg.service(api::list_jobs)")]);
}

#[test]
fn a_failed_query_is_never_taken_for_nothing() {
    let rule: Rule = |file| unless(!file.is("store"), file.lines_with(&[".ok()"]));
    hold(
        rule,
        &[("src/jobs/store.rs", "query.first(conn).ok()")],
        &[("src/jobs/store.rs", "x.optional()")],
    );
}

#[test]
fn a_lint_is_expected_with_a_reason_not_allowed() {
    let rule: Rule = |file| {
        let mut lines = file.lines_with(&["[allow("]);
        let expected = file.code.match_indices("[expect(").filter(|(place, _)| {
            let end = file.code[*place..].find(']').unwrap_or(0);
            !file.code[*place..*place + end].contains("reason =")
        });
        lines.extend(expected.map(|(place, _)| file.line_of(place)));
        unless(!file.is_rust(), lines)
    };
    let planted = ["#[allow(unused)]", "#![allow(unused, reason = \"no\")]", "#[expect(unused)]"];
    let fine = [("src/jobs/mod.rs", "#[expect(unused, reason = \"soon\")]")];
    hold(rule, &planted.map(|text| ("src/jobs/mod.rs", text)), &fine);
}

#[test]
fn a_test_is_run_or_gone_and_never_sleeps() {
    let rule: Rule = |file| {
        let words = ["#[ignore", "thread::sleep", "time::sleep"];
        let lines = file
            .code
            .lines()
            .zip(1..)
            .filter(|(line, _)| words.iter().any(|word| line.contains(word)));
        unless(!file.is_rust(), lines.map(|(_, n)| n).collect())
    };
    let planted =
        ["#[ignore = \"slow\"]", "std::thread::sleep(second)", "tokio::time::sleep(second).await"];
    hold(
        rule,
        &planted.map(|text| ("tests/api/jobs.rs", text)),
        &[("src/a.rs", "thread::park_timeout(second)")],
    );
}

#[test]
fn the_binds_of_a_statement_first_occur_in_their_order() {
    let rule: Rule = |file| {
        let wrong = file.strings.iter().filter(|(_, text)| {
            let mut seen: Vec<u32> = Vec::new();
            for after in text.split('$').skip(1) {
                let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
                seen.extend(digits.parse::<u32>().ok().filter(|number| !seen.contains(number)));
            }
            seen.iter().zip(1..).any(|(number, place)| *number != place)
        });
        let lines = wrong.map(|(place, _)| file.line_of(*place)).collect();
        unless(!file.path.starts_with("src/") || !file.code.contains("sql_query"), lines)
    };
    let planted = ["sql_query(\"SELECT $2, $1\")", "let s = r#\"SELECT $2\"#; sql_query(s)"];
    let fine = ["sql_query(\"SELECT $1, $2, $1, $3\")", "sql_query(\"SELECT 1\") // $2"];
    hold(
        rule,
        &planted.map(|text| ("src/a/store.rs", text)),
        &fine.map(|text| ("src/a/store.rs", text)),
    );
}

#[test]
fn nothing_is_left_for_later() {
    const LATER: [&str; 4] = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("unimplemented", "!"),
        concat!("todo", "!("),
    ];
    let rule: Rule = |file| {
        let lines = file.text.lines().zip(1..);
        lines
            .filter(|(line, _)| LATER.iter().any(|word| line.contains(word)))
            .map(|(_, n)| n)
            .collect()
    };
    hold(
        rule,
        &LATER.map(|text| ("docs/a.md", text)),
        &[("docs/a.md", "A list of what is to do.")],
    );
}

#[test]
fn every_room_says_what_it_is() {
    let rule: Rule = |file| {
        let text = file.text.trim_start_matches("#![cfg(test)]\n");
        let unit_tests = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
        let exempt = !file.is_rust() || unit_tests;
        unless(exempt || text.starts_with("//!"), vec![1])
    };
    hold(rule, &[("src/jobs/mod.rs", "pub mod api;")], &[("src/jobs/mod.rs", "//! Jobs.")]);
}
