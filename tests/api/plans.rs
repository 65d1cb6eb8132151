//! How the databases carry out lists: every single filter and every order, by whoever asks, finds its rows by
//! an index and in their order. Read from the plans of the statements that requests really run.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::db::Conn;
use serde_json::Value;

use crate::both;
use crate::support::hiring;
use crate::support::{Person, TestApp};

const AN_INSTANT: &str = "2026-11-23T08:00:00Z";

/// A filter with a value.
type Filter = (&'static str, &'static str);

/// Each list, its operation, and its filters with a value each. Those of the document are all here.
const LISTS: [(&str, &str, &[Filter]); 3] = [
    (
        "/applications",
        "listApplications",
        &[
            ("job_id", "job_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("candidate_id", "cand_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("stage_id", "stage_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("stage_kind", "onsite"),
            ("status", "active"),
            ("owner_id", "user_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("source_id", "source_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("rejection_reason_id", "reason_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("tag_id", "tag_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("department_id", "dept_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("office_id", "office_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("created_at[gte]", AN_INSTANT),
            ("created_at[lt]", AN_INSTANT),
            ("updated_at[gte]", AN_INSTANT),
            ("updated_at[lt]", AN_INSTANT),
            ("applied_at[gte]", AN_INSTANT),
            ("applied_at[lt]", AN_INSTANT),
            ("stage_entered_at[gte]", AN_INSTANT),
            ("stage_entered_at[lt]", AN_INSTANT),
        ],
    ),
    (
        "/candidates",
        "listCandidates",
        &[
            ("email", "ada@example.com"),
            ("tag_id", "tag_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("source_id", "source_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("time_zone", "Europe/Berlin"),
            ("has_active_application", "true"),
            ("created_at[gte]", AN_INSTANT),
            ("created_at[lt]", AN_INSTANT),
            ("updated_at[gte]", AN_INSTANT),
            ("updated_at[lt]", AN_INSTANT),
        ],
    ),
    (
        "/jobs",
        "listJobs",
        &[
            ("state", "open"),
            ("department_id", "dept_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("office_id", "office_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("level_id", "level_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("hiring_team_user_id", "user_01jd3z3z3z3z3z3z3z3z3z3z3z"),
            ("requisition_code", "ENG-42"),
            ("created_at[gte]", AN_INSTANT),
            ("created_at[lt]", AN_INSTANT),
            ("updated_at[gte]", AN_INSTANT),
            ("updated_at[lt]", AN_INSTANT),
        ],
    ),
];

/// What is no filter, and tells of the page and its rows alone.
const BESIDE: [&str; 5] = ["sort", "expand", "fields", "limit", "cursor"];

/// A step that sorts rows.
const SORTS: &str = "USE TEMP B-TREE FOR ORDER BY";

/// What a plan may do all the same: the database, the list and filter, the step, and why.
const EXEMPT: &[(&str, &str, &str, &str)] = &[
    (
        "postgres",
        "/candidates email",
        "Sort",
        "Few candidates fit: they are found by the index of what is asked for, and sorted.",
    ),
    (
        "postgres",
        "/candidates has_active_application",
        "Sort",
        "Few candidates fit: they are found by the index of what is asked for, and sorted.",
    ),
    (
        "postgres",
        "/candidates source_id",
        "Sort",
        "Few candidates fit: they are found by the index of what is asked for, and sorted.",
    ),
    (
        "sqlite",
        "/applications department_id",
        SORTS,
        "The jobs of a department and their applications are found by indexes, and sorted.",
    ),
    (
        "sqlite",
        "/applications office_id",
        SORTS,
        "The jobs of an office and their applications are found by indexes, and sorted.",
    ),
    (
        "sqlite",
        "/applications rejection_reason_id",
        "SCAN interviews",
        "The interviews that were not called off, for whoever may owe a card; their states have no index.",
    ),
    (
        "sqlite",
        "/candidates has_active_application",
        SORTS,
        "The planner finds the candidates by their active applications, and sorts them.",
    ),
    (
        "sqlite",
        "/jobs state",
        SORTS,
        "Jobs are few: the planner finds those in reach by several indexes, and sorts them.",
    ),
    (
        "sqlite",
        "/applications tag_id",
        SORTS,
        "Few candidates have a tag: they and their applications are found by indexes, and sorted.",
    ),
];

/// Steps that stand in every plan under the condition of reach: the database, how the step begins, and why.
const UNDER_REACH: [(&str, &str, &str); 3] = [
    (
        "postgres",
        "Seq Scan on applications applications",
        "Who never applied is known to roles of the organization: an OR of subqueries, for which the planner reads all.",
    ),
    (
        "postgres",
        "Seq Scan on candidates files",
        "A reader's own files say so or have their address: an OR with another table, for which the planner reads all.",
    ),
    (
        "postgres",
        "Seq Scan on debriefs",
        "Whom a debrief concerns decides, drives or agrees: an OR with another table, for which the planner reads all.",
    ),
];

/// Whether a step is one of [`UNDER_REACH`].
fn is_under_reach(engine: &str, step: &str) -> bool {
    UNDER_REACH.iter().any(|(on, begin, _)| *on == engine && step.starts_with(begin))
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The steps of a plan that read a whole table or sort rows.
fn flaws(conn: &mut Conn, statement: &str) -> Vec<String> {
    match conn {
        Conn::Sqlite(sqlite) => {
            let plan = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
            let steps: Vec<SqliteStep> = plan.load(sqlite).unwrap();
            let whole = |step: &str| {
                step.starts_with("SCAN ") && !step.contains("INDEX") && step != "SCAN CONSTANT ROW"
            };
            let steps = steps.into_iter().map(|step| step.detail);
            steps.filter(|step| whole(step) || step.contains("TEMP B-TREE")).collect()
        }
        Conn::Pg(pg) => {
            let numbers = statement.split('$').skip(1).filter_map(|after| {
                after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
            });
            let count: usize = numbers.max().unwrap_or(0);
            pg.batch_execute(&format!("PREPARE looked_at AS {statement}")).unwrap();
            let values = vec!["NULL"; count].join(", ");
            let values = if count == 0 { String::new() } else { format!("({values})") };
            let plan = diesel::sql_query(format!("EXPLAIN (COSTS OFF) EXECUTE looked_at{values}"));
            let lines: Vec<PostgresStep> = plan.load(pg).unwrap();
            pg.batch_execute("DEALLOCATE looked_at").unwrap();
            let lines = lines.into_iter();
            let lines =
                lines.map(|line| line.line.trim().trim_start_matches("->").trim().to_owned());
            let flaw = |line: &String| {
                ["Seq Scan", "Sort", "Incremental Sort"].iter().any(|word| line.starts_with(word))
                    && !line.starts_with("Sort Key")
            };
            lines.filter(flaw).collect()
        }
    }
}

/// The statements of a request, without what is bound to them.
async fn statements(app: &TestApp, person: &Person, path: &str) -> (Vec<String>, Value) {
    app.db().keep_statements();
    let reply = app.get(&app.again(person), path).await;
    let kept = app.db().kept_statements();
    let text = |kept: String| kept.split(" -- binds").next().unwrap().to_owned();
    (kept.into_iter().map(text).collect(), reply.ok().clone())
}

/// Two of everything, and people who reach it by a role in the organization, on a team, and on a panel.
async fn scene(app: &TestApp) -> [Person; 3] {
    let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
    let hana = app.person("Hana Manager", OrgRole::Member);
    let pia = app.person("Pia Panelist", OrgRole::Member);
    for _ in 0..2 {
        let job = hiring::job(app);
        hiring::join(app, &job, &hana, TeamRole::HiringManager);
        let application = hiring::application(app, &rita, &job).await;
        hiring::seat(app, &application, &job, &pia, "lead");
        app.advance(TimeDelta::minutes(1));
    }
    [rita, hana, pia]
}

/// The parameters of an operation that the document names, and the orders that it takes.
fn described(operation: &str) -> (BTreeSet<String>, Vec<String>) {
    let document: Value =
        serde_json::from_str(&evenbar::http::openapi::as_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let found = paths.map(|item| &item["get"]).find(|get| get["operationId"] == operation).unwrap();
    let all = found["parameters"].as_array().unwrap().iter();
    let query: Vec<&Value> = all.filter(|parameter| parameter["in"] == "query").collect();
    let sort = query.iter().find(|parameter| parameter["name"] == "sort").unwrap();
    assert_ne!(sort["required"], true);
    let sorts = sort["schema"]["enum"].as_array().unwrap().iter();
    let sorts = sorts.map(|word| word.as_str().unwrap().to_owned()).collect();
    let names = query.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned());
    (names.filter(|name| !BESIDE.contains(&name.as_str())).collect(), sorts)
}

both! {
    async fn every_filter_and_every_order_goes_by_an_index(app) {
        let people = scene(&app).await;
        let mut conn = app.db().connect().unwrap();
        let engine = match &mut conn {
            Conn::Sqlite(_) => "sqlite",
            Conn::Pg(pg) => {
                pg.batch_execute(
                    "SET enable_seqscan = off; SET enable_sort = off; SET enable_incremental_sort = off; \
                     SET plan_cache_mode = force_generic_plan",
                ).unwrap();
                "postgres"
            }
        };
        let (mut seen, mut found) = (HashSet::new(), BTreeSet::new());
        for (list, operation, filters) in LISTS {
            let (names, sorts) = described(operation);
            let known: BTreeSet<String> = filters.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(known, names, "{operation}");
            let filters = filters.iter().map(|(name, value)| format!("{name}={value}"));
            let sorts = sorts.iter().map(|word| format!("sort={word}"));
            for question in filters.chain(sorts).chain([String::new()]) {
                for person in &people {
                    let path = format!("{list}?limit=1&{question}");
                    let (mut asked, page) = statements(&app, person, &path).await;
                    if let Some(cursor) = page["next_cursor"].as_str() {
                        asked.extend(statements(&app, person, &format!("{path}&cursor={cursor}")).await.0);
                    }
                    let what = question.split('=').next().unwrap();
                    let what = if what == "sort" { question.as_str() } else { what };
                    for statement in asked {
                        if seen.insert(statement.clone()) {
                            let flaws = flaws(&mut conn, &statement).into_iter();
                            let flaws = flaws.filter(|flaw| !is_under_reach(engine, flaw));
                            found.extend(flaws.map(|flaw| (engine, format!("{list} {what}"), flaw)));
                        }
                    }
                }
            }
        }
        let exempt: BTreeSet<_> = EXEMPT.iter().filter(|(on, ..)| *on == engine)
            .map(|(on, what, flaw, _)| (*on, (*what).to_owned(), (*flaw).to_owned())).collect();
        assert_eq!(found, exempt);
    }

    async fn a_statement_that_reads_a_whole_table_or_sorts_is_noticed(app) {
        let mut conn = app.db().connect().unwrap();
        if let Conn::Pg(pg) = &mut conn {
            pg.batch_execute("SET enable_seqscan = off; SET enable_sort = off").unwrap();
        }
        assert_eq!(flaws(&mut conn, "SELECT id FROM jobs WHERE location = 'x'").len(), 1);
        assert_eq!(flaws(&mut conn, "SELECT id FROM jobs ORDER BY location LIMIT 5").len(), 2);
        assert_eq!(flaws(&mut conn, "SELECT id FROM jobs ORDER BY id LIMIT 5"), Vec::<String>::new());
    }
}
