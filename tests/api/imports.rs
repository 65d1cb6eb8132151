//! Importing an account from Lever.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Conn;
use evenbar::db::schema::{application_moves, deliveries, events, prospect_moves, users};
use evenbar::ids::AnyId;
use evenbar::imports::kind::Kind;
use evenbar::imports::lever::write::import;
use evenbar::imports::report::Report;
use serde_json::Value;

use crate::both;
use crate::support::environment::variable;
use crate::support::{Person, TestApp};

/// The account that the figures are about: `EVENBAR_LEVER_DIR`, or the folder of shared data beside
/// the checkout. It is not part of the source.
fn account() -> Option<PathBuf> {
    let named = variable("EVENBAR_LEVER_DIR").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/lever-account");
    let found = named.unwrap_or(beside);
    if found.is_dir() {
        return Some(found);
    }
    eprintln!("SKIPPED: no Lever account in {}; set EVENBAR_LEVER_DIR.", found.display());
    None
}

fn run(app: &TestApp, folder: &Path, dry_run: bool) -> Report {
    import(app.db(), folder, dry_run, &|_, _| {}).unwrap()
}

/// Every row of a list.
async fn all(app: &TestApp, person: &Person, path: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let sign = if path.contains('?') { '&' } else { '?' };
        let reply = app.get(person, &format!("{path}{sign}limit=100{cursor}")).await;
        rows.extend(reply.rows().iter().cloned());
        match reply.json["next_cursor"].as_str() {
            Some(next) if reply.json["has_more"] == true => cursor = format!("&cursor={next}"),
            _ => return rows,
        }
    }
}

fn having(rows: &[Value], field: &str, value: &str) -> usize {
    rows.iter().filter(|row| row[field] == value).count()
}

/// Who made each move, of applications and prospects. No list of the API spans applications, and a
/// request for each of a thousand would only repeat itself, so that the tables are asked.
fn movers(conn: &mut Conn) -> (Vec<Option<AnyId>>, Vec<AnyId>) {
    let of_applications =
        application_moves::table.select(application_moves::actor_id).load(conn).unwrap();
    let of_prospects: Vec<Option<AnyId>> =
        prospect_moves::table.select(prospect_moves::actor_id).load(conn).unwrap();
    let placeholders = users::table
        .filter(users::email.like("lever-%@imported.invalid"))
        .filter(users::state.eq("deactivated"))
        .select(users::id)
        .load::<evenbar::ids::UserId>(conn)
        .unwrap();
    let moves: Vec<Option<AnyId>> = of_applications;
    let moves = moves.into_iter().chain(of_prospects).collect();
    (moves, placeholders.into_iter().map(evenbar::ids::Id::any).collect())
}

/// The records of one of the account's files.
fn records(folder: &Path, name: &str) -> Vec<Value> {
    let whole = std::fs::read_to_string(folder.join(format!("{name}.json")));
    if let Ok(text) = whole {
        let file: Value = serde_json::from_str(&text).unwrap();
        return file["data"].as_array().or_else(|| file.as_array()).unwrap().clone();
    }
    let lines = std::fs::read_to_string(folder.join(format!("{name}.ndjson"))).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row[field].as_str().unwrap_or_else(|| panic!("no {field} in {row}"))
}

/// What the account's records of a kind are here: noun and id by the account's id.
async fn refs(app: &TestApp, person: &Person, kind: &str) -> BTreeMap<String, (String, String)> {
    let rows = all(app, person, &format!("/external-refs?system=lever&kind={kind}")).await;
    let one = |row: &Value| {
        let here = (text(row, "noun").to_owned(), text(row, "subject_id").to_owned());
        (text(row, "external_id").to_owned(), here)
    };
    rows.iter().map(one).collect()
}

/// Every archived opportunity is closed here for the reason that the account gives, and no other
/// is closed.
async fn expect_reasons(app: &TestApp, person: &Person, folder: &Path, prospects: &[Value]) {
    let reasons: BTreeMap<String, (String, bool)> = records(folder, "archive_reasons")
        .iter()
        .map(|row| {
            (text(row, "id").to_owned(), (text(row, "text").to_owned(), row["type"] == "hired"))
        })
        .collect();
    let names: BTreeMap<String, String> = all(app, person, "/rejection-reasons")
        .await
        .iter()
        .map(|row| (text(row, "id").to_owned(), text(row, "name").to_owned()))
        .collect();
    let here = refs(app, person, "opportunity").await;
    let (mut rejected, mut hired, mut closed) = (0, 0, 0);
    for opportunity in records(folder, "opportunities") {
        let archived = opportunity["archived"]["reason"].as_str();
        let Some((reason, is_hire)) = archived.map(|id| &reasons[id]) else { continue };
        let (noun, id) = &here[text(&opportunity, "id")];
        if noun == "prospect" {
            let prospect = prospects.iter().find(|row| row["id"] == *id).unwrap();
            assert_eq!(names[text(prospect, "rejection_reason_id")], *reason, "{opportunity}");
            closed += 1;
            continue;
        }
        let application = app.get(person, &format!("/applications/{id}")).await;
        let application = application.ok();
        if *is_hire {
            assert_eq!(application["status"], "hired", "{application}");
            assert!(application["hire"].is_object() && application["rejection"].is_null());
            hired += 1;
        } else {
            assert_eq!(application["status"], "rejected", "{application}");
            assert_eq!(application["rejection"]["reason_name"], *reason, "{application}");
            rejected += 1;
        }
    }
    assert_eq!((rejected, hired, closed), (298, 43, 5));
}

/// Every requisition is a job here, with as many openings as it has heads, or without a limit.
async fn expect_requisitions(app: &TestApp, person: &Person, folder: &Path, jobs: &[Value]) {
    let here = refs(app, person, "requisition").await;
    let mut subjects = BTreeSet::new();
    let mut openings = 0;
    for requisition in records(folder, "requisitions") {
        let (noun, id) = &here[text(&requisition, "id")];
        assert_eq!(noun, "job");
        subjects.insert(id.clone());
        let job = jobs.iter().find(|row| row["id"] == *id).unwrap();
        let opened = all(app, person, &format!("/jobs/{id}/openings")).await.len();
        match requisition["headcountTotal"].as_u64() {
            Some(heads) => {
                assert_eq!(job["headcount"], "limited", "{requisition}");
                assert_eq!(u64::try_from(opened).unwrap(), heads, "{requisition}");
                openings += opened;
            }
            None => assert_eq!(job["headcount"], "unlimited", "{requisition}"),
        }
    }
    assert_eq!((here.len(), subjects.len(), openings), (24, 24, 103));
}

/// Every template is a rubric with one version, a draft without anchors.
async fn expect_drafts(app: &TestApp, person: &Person) {
    let rubrics = all(app, person, "/rubrics").await;
    assert_eq!(rubrics.len(), 18);
    assert_eq!(refs(app, person, "feedback_template").await.len(), 18);
    for rubric in rubrics {
        let [version] = rubric["versions"].as_array().unwrap().as_slice() else {
            panic!("one version: {rubric}")
        };
        let version = app.get(person, &format!("/rubric-versions/{}", text(version, "id"))).await;
        let version = version.ok();
        assert_eq!(version["state"], "draft", "{version}");
        assert!(version["published_at"].is_null(), "{version}");
        let levels = version["attributes"].as_array().unwrap().iter();
        let mut levels = levels.flat_map(|one| one["levels"].as_array().unwrap());
        assert!(levels.all(|level| level["anchor"].is_null()), "Lever has no anchors: {version}");
    }
}

fn owed(app: &TestApp) -> i64 {
    app.db().read_here(|conn| Ok(deliveries::table.count().get_result(conn)?)).unwrap()
}

fn recorded(app: &TestApp) -> i64 {
    app.db().read_here(|conn| Ok(events::table.count().get_result(conn)?)).unwrap()
}

both! {
    async fn a_whole_account_comes_in_once(app) {
        let Some(folder) = account() else { return };
        let dry = run(&app, &folder, true);
        assert_eq!(recorded(&app), 0, "a dry run writes nothing");
        let began = std::time::Instant::now();
        let report = run(&app, &folder, false);
        eprintln!("imported in {:?}", began.elapsed());
        assert_eq!(report.skipped_count(), 0, "{report}");
        assert_eq!(dry, report, "a dry run tells the truth");
        let recruiter = app.person("Ada", OrgRole::Recruiter);

        assert_eq!(all(&app, &recruiter, "/candidates").await.len(), 973);
        let applications = all(&app, &recruiter, "/applications").await;
        assert_eq!(applications.len(), 971);
        let prospects = all(&app, &recruiter, "/prospects").await;
        assert_eq!(prospects.len(), 33);
        let closed = applications.iter().filter(|row| row["status"] != "active").count();
        let closed = closed + prospects.iter().filter(|row| !row["closed_at"].is_null()).count();
        assert_eq!(closed, 346);
        assert_eq!(report.counts(Kind::Archivals).created, 346);
        expect_reasons(&app, &recruiter, &folder, &prospects).await;

        let jobs = all(&app, &recruiter, "/jobs").await;
        expect_requisitions(&app, &recruiter, &folder, &jobs).await;
        assert_eq!(having(&jobs, "headcount", "unlimited"), 3);
        assert_eq!(having(&jobs, "title", "Imported from Lever (no posting)"), 1);
        assert_eq!(all(&app, &recruiter, "/pay-bands").await.len(), 23);
        let runs = all(&app, &recruiter, "/approval-runs").await;
        let states = ["approved", "rejected", "pending"].map(|state| having(&runs, "state", state));
        assert_eq!((runs.len(), states), (8, [6, 1, 1]));
        expect_drafts(&app, &recruiter).await;

        let (moves, placeholders) = app.db().read_here(|conn| Ok(movers(conn))).unwrap();
        assert_eq!(moves.len(), 1220);
        assert_eq!(moves.iter().filter(|actor| actor.is_none()).count(), 932);
        let by_placeholder = |actor: &&Option<AnyId>| actor.is_some_and(|id| placeholders.contains(&id));
        assert_eq!(moves.iter().filter(by_placeholder).count(), 151);
        assert_eq!(owed(&app), 0, "imports make no mail");

        let before = recorded(&app);
        let again = run(&app, &folder, false);
        assert_eq!((again.created_count(), again.skipped_count()), (0, 0), "{again}");
        assert_eq!(recorded(&app), before, "a second run changes nothing");
    }

    async fn one_bad_record_never_stops_the_rest(app) {
        let folder = std::env::temp_dir().join(format!("evenbar-lever-{}-{:p}", std::process::id(), &app));
        std::fs::create_dir_all(&folder).unwrap();
        let users = r#"{"data":[{"id":"u-1","name":"Ada","email":"ada@example.org","accessRole":"admin"}]}"#;
        std::fs::write(folder.join("users.json"), users).unwrap();
        let stages = r#"{"data":[{"id":"s-1","text":"New"},{"id":"s-2","text":"Talk"}]}"#;
        std::fs::write(folder.join("stages.json"), stages).unwrap();
        let mut lines = b"{\"id\":\"o-1\",\"createdAt\":1000,\"contact\":\"c-1\",\"name\":\"Grace\",\"stage\":\"s-2\",\
            \"stageChanges\":[{\"toStageId\":\"s-1\",\"updatedAt\":1000},{\"toStageId\":\"s-2\",\"updatedAt\":2000,\"userId\":\"u-1\"}],\
            \"applications\":[{\"id\":\"a-1\"}]}\n{\"id\":5}\n".to_vec();
        lines.extend(b"{\"id\":\"o-\xff\"}\n{\"id\":\"o-2\",\"createdAt\":1000,\"contact\":\"c-2\"}\n{\"id\":\"o-3\",\"cre");
        std::fs::write(folder.join("opportunities.ndjson"), lines).unwrap();
        let report = run(&app, &folder, false);
        assert_eq!(report.skipped_count(), 3, "{report}");
        let places: Vec<_> = report.skipped().iter().map(|one| (one.file.as_str(), one.line)).collect();
        let file = "opportunities.ndjson";
        assert_eq!(places, [(file, Some(2)), (file, Some(3)), (file, Some(5))]);
        let recruiter = app.person("Max", OrgRole::Recruiter);
        assert_eq!(all(&app, &recruiter, "/candidates").await.len(), 2);
        let applications = all(&app, &recruiter, "/applications").await;
        let [application] = applications.as_slice() else { panic!("one application") };
        let moves = app.get(&recruiter, &format!("/applications/{}/moves", application["id"].as_str().unwrap())).await;
        assert_eq!(moves.rows().len(), 2);
        assert_eq!(all(&app, &recruiter, "/prospects").await.len(), 1);
        assert_eq!(run(&app, &folder, false).created_count(), 0);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
