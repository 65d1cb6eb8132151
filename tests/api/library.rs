//! The library as files: what is taken out of one installation and brought into another.

mod fast_path;
mod loops;
mod published;

use evenbar::access::OrgRole;
use evenbar::rubrics::RubricFindingCode::{self, MissingAnchor, NoAttributes, OneLevel};
use evenbar::rubrics::VersionState::{self, Draft, Published};
use evenbar::rubrics::exchange::{self, Done, Form, Imported, Library};
use serde_json::{Value, json};

use crate::both;
use crate::support::process::{evenbar, output};
use crate::support::{Engine, TestApp, fresh_database, scratch};

/// A file as an export writes it, with everything that a file can say.
const SAMPLE: &str = include_str!("library/sample.yaml");

fn read(text: &str) -> Library {
    exchange::read(text, Form::Yaml).unwrap()
}

fn bring(app: &TestApp, library: &Library, publish: bool) -> Imported {
    exchange::import(app.db(), library, publish).unwrap()
}

/// The whole library, or what is named, as YAML.
fn taken_out(app: &TestApp, names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let library = app.db().read_here(|conn| exchange::export(conn, &names)).unwrap();
    exchange::write(&library, Form::Yaml).unwrap()
}

/// Another application, over an empty database of the same engine.
async fn another(app: &TestApp) -> TestApp {
    let engine = match app.db().url() {
        evenbar::db::Url::Sqlite(_) => Engine::Sqlite,
        evenbar::db::Url::Postgres(_) => Engine::Postgres,
    };
    TestApp::open(&fresh_database(engine).unwrap()).await
}

fn outcomes(imported: &Imported) -> Vec<(&str, &Done)> {
    imported.rubrics.iter().map(|rubric| (rubric.key.as_str(), &rubric.done)).collect()
}

/// The codes of what keeps the versions of a rubric from being published.
fn errors(imported: &Imported, key: &str) -> Vec<RubricFindingCode> {
    let rubric = imported.rubrics.iter().find(|rubric| rubric.key == key).unwrap();
    rubric.versions.iter().flat_map(|one| &one.errors).map(|finding| finding.code).collect()
}

fn states(imported: &Imported) -> Vec<VersionState> {
    imported.rubrics.iter().flat_map(|rubric| &rubric.versions).map(|one| one.state).collect()
}

both! {
    async fn what_is_brought_in_is_taken_out_byte_for_byte(app) {
        let imported = bring(&app, &read(SAMPLE), false);
        assert_eq!(outcomes(&imported), [("debugging", &Done::Added), ("writing", &Done::Added)]);
        assert_eq!(states(&imported), [Published, Draft, Published]);
        assert_eq!(taken_out(&app, &[]), SAMPLE);
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "rubric_version.published").count(), 2);

        let json = exchange::write(&read(SAMPLE), Form::Json).unwrap();
        let other = another(&app).await;
        bring(&other, &exchange::read(&json, Form::Json).unwrap(), false);
        assert_eq!(taken_out(&other, &[]), SAMPLE);
    }

    async fn what_is_brought_in_is_there_for_everybody(app) {
        bring(&app, &read(SAMPLE), false);
        let member = app.person("Max", OrgRole::Member);
        let page = app.get(&member, "/rubrics").await;
        let keys: Vec<_> = page.rows().iter().map(|row| row["key"].clone()).collect();
        assert_eq!(keys, ["writing", "debugging"]);
        let debugging = &page.rows()[1];
        assert_eq!(debugging["attribution"], "Written for Evenbar, Apache-2.0");
        let first = debugging["versions"][1]["id"].as_str().unwrap();
        let version = app.get(&member, &format!("/rubric-versions/{first}")).await;
        assert_eq!(version.ok()["attributes"][0]["direction"], "descending");
        let names = [debugging["id"].as_str().unwrap(), "debugging"];
        let one = taken_out(&app, &names);
        assert_eq!(read(&one).rubrics.len(), 1, "named twice, taken out once");
        let nothing = app.db().read_here(|conn| exchange::export(conn, &["nothing".to_owned()]));
        assert!(nothing.unwrap_err().to_string().contains("nothing"));
    }

    async fn bringing_in_again_changes_nothing_and_more_adds_versions(app) {
        bring(&app, &read(SAMPLE), false);
        let events = app.event_kinds().len();
        let again = bring(&app, &read(SAMPLE), false);
        assert_eq!(outcomes(&again), [("debugging", &Done::Unchanged), ("writing", &Done::Unchanged)]);
        assert_eq!(app.event_kinds().len(), events);

        let mut more = read(SAMPLE);
        let next = more.rubrics[0].versions[0].clone();
        more.rubrics[0].versions.push(next);
        let extended = bring(&app, &more, false);
        assert_eq!(extended.rubrics[0].done, Done::Extended);
        assert_eq!(extended.rubrics[0].versions[0].number, 3);
        assert_eq!(taken_out(&app, &[]), exchange::write(&more, Form::Yaml).unwrap());

        // Histories that differ: what is here stays, the last version of the file becomes a draft.
        let mut other = read(SAMPLE);
        other.rubrics[0].versions.remove(0);
        other.rubrics[0].versions[0].attributes.reverse();
        let drafted = bring(&app, &other, false);
        assert_eq!(drafted.rubrics[0].done, Done::Extended);
        assert_eq!(drafted.rubrics[0].versions[0].number, 4);
        assert_eq!(drafted.rubrics[0].versions[0].state, Draft);
        assert_eq!(read(&taken_out(&app, &["debugging"])).rubrics[0].versions[..3], more.rubrics[0].versions[..]);
    }

    async fn drafts_are_published_when_asked_and_nothing_keeps_them(app) {
        let imported = bring(&app, &read(SAMPLE), true);
        assert_eq!(states(&imported), [Published, Draft, Published]);
        assert_eq!(errors(&imported, "debugging"), [MissingAnchor]);
        let refused = json!({
            "format": "evenbar-library/1",
            "rubrics": [{ "key": "twice", "name": "Twice", "versions": [{ "attributes": [
                { "key": "care", "name": "A", "pass_level": 1, "levels": [{ "label": "L" }] },
                { "key": "care", "name": "B", "pass_level": 1, "levels": [{ "label": "L" }] },
            ] }] }],
        });
        let refused = exchange::read(&refused.to_string(), Form::Json).unwrap();
        let Done::Refused(reason) = bring(&app, &refused, false).rubrics[0].done.clone() else { panic!("taken") };
        assert!(reason.contains("/attributes/1/key"), "{reason}");
        assert!(!taken_out(&app, &[]).contains("twice"));
    }

    /// The acceptance: sixteen rubrics that companies published.
    async fn published_rubrics_come_in_as_they_are(app) {
        let Some(library) = published::rubrics() else { return };
        let drafts = bring(&app, &library, false);
        assert!(drafts.rubrics.iter().all(|rubric| rubric.done == Done::Added));
        assert_eq!(states(&drafts), [Draft; 16]);
        let first = taken_out(&app, &[]);
        let other = another(&app).await;
        bring(&other, &read(&first), false);
        assert_eq!(taken_out(&other, &[]), first);

        let published = bring(&app, &library, true);
        let count = |state| states(&published).iter().filter(|one| **one == state).count();
        assert_eq!((count(Published), count(Draft)), (13, 3));
        assert_eq!(errors(&published, "r18f_debrief_1_5"), [MissingAnchor]);
        assert_eq!(errors(&published, "monzo_engineering_qualityanalyst"), [OneLevel]);
        assert_eq!(errors(&published, "dropbox_swe_em"), [NoAttributes]);
        let second = taken_out(&app, &[]);
        assert_ne!(second, first, "published versions say so");
        let other = another(&app).await;
        bring(&other, &read(&second), false);
        assert_eq!(taken_out(&other, &[]), second);
    }
}

#[test]
fn the_binary_takes_files_in_and_out() {
    let folder = scratch("library");
    let said = |arguments: &[&str]| output(evenbar(&folder, arguments), "");
    std::fs::write(folder.join("sample.yaml"), SAMPLE).unwrap();
    let told = said(&["rubrics", "import", "sample.yaml"]);
    assert!(
        told.contains("debugging: added\n  version 1: published\n  version 2: draft\n"),
        "{told}"
    );
    assert!(told.contains("    missing_anchor /attributes/0/levels/2/anchor: "), "{told}");
    assert!(told.ends_with("2 rubrics: 2 versions published, 1 drafts.\n"), "{told}");
    assert_eq!(said(&["rubrics", "export"]), SAMPLE);
    let json = said(&["rubrics", "export", "--format", "json", "writing"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["rubrics"][0]["key"], "writing");
    std::fs::remove_dir_all(folder).unwrap();
}
