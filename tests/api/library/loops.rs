//! Loop templates as files.

use evenbar::access::OrgRole;
use evenbar::loops::templates::LoopTemplateFindingCode as Code;
use evenbar::loops::templates::exchange::{self, Imported, LoopLibrary};
use evenbar::rubrics::VersionState::{self, Draft, Published};
use evenbar::rubrics::exchange::{self as files, Done, Form};
use serde_json::{Value, json};

use super::{SAMPLE, another, bring, published};
use crate::both;
use crate::support::process::{evenbar, output};
use crate::support::{TestApp, scratch};

/// A file as an export writes it, with everything that a file can say; it judges by [`SAMPLE`].
const LOOPS: &str = include_str!("loops.yaml");

fn read(text: &str) -> LoopLibrary {
    files::read(text, Form::Yaml).unwrap()
}

fn bring_loops(app: &TestApp, library: &LoopLibrary, publish: bool) -> Imported {
    exchange::import(app.db(), library, publish).unwrap()
}

/// All loop templates, or those that are named, as YAML.
fn taken_out(app: &TestApp, names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let library = app.db().read_here(|conn| exchange::export(conn, &names)).unwrap();
    files::write(&library, Form::Yaml).unwrap()
}

fn outcomes(imported: &Imported) -> Vec<&Done> {
    imported.loop_templates.iter().map(|one| &one.done).collect()
}

fn states(imported: &Imported) -> Vec<VersionState> {
    imported.loop_templates.iter().flat_map(|one| &one.versions).map(|one| one.state).collect()
}

/// What keeps the versions of a loop template from being published.
fn errors(imported: &Imported, key: &str) -> Vec<(i32, Code, String)> {
    let template = imported.loop_templates.iter().find(|one| one.key == key).unwrap();
    let found = template.versions.iter().flat_map(|version| {
        version.errors.iter().map(|one| (version.number, one.code, one.pointer.clone()))
    });
    found.collect()
}

/// The questions that [`LOOPS`] names, the first in two wordings.
async fn ask(app: &TestApp) {
    let admin = app.person("Ada", OrgRole::Admin);
    let question = |key: &str| json!({ "key": key, "kind": "question", "text": "Tell me about a bug that took you days." });
    let first = app.post(&admin, "/questions", question("a_bug")).await;
    app.post(&admin, "/questions", question("a_bug_again")).await.created();
    let path = format!("/questions/{}", first.id());
    let wording = json!({ "text": "Which bug took you longest?" });
    app.patch_if(&admin, &path, &first.etag(), wording).await.ok();
}

/// What the lint finds in the newest version of a loop template, by code and how often.
async fn lint(app: &TestApp, key: &str) -> Vec<(String, usize)> {
    let member = app.person("Max", OrgRole::Member);
    let page = app.get(&member, "/loop-templates").await;
    let template = page.rows().iter().find(|row| row["key"] == key).unwrap();
    let version = template["versions"][0]["id"].as_str().unwrap();
    let lint = app.get(&member, &format!("/loop-template-versions/{version}/lint")).await;
    let mut codes: Vec<(String, usize)> = Vec::new();
    for finding in lint.ok()["findings"].as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        match codes.iter_mut().find(|(known, _)| known == code) {
            Some((_, count)) => *count += 1,
            None => codes.push((code.to_owned(), 1)),
        }
    }
    codes.sort();
    codes
}

both! {
    async fn loops_are_taken_out_byte_for_byte(app) {
        bring(&app, &super::read(SAMPLE), false);
        ask(&app).await;
        let imported = bring_loops(&app, &read(LOOPS), false);
        assert_eq!(outcomes(&imported), [&Done::Added, &Done::Added]);
        assert_eq!(states(&imported), [Published, Draft, Draft]);
        assert_eq!(taken_out(&app, &[]), LOOPS);
        let found = [
            (2, Code::NoRubric, "/kits/0/rubric_version_id".to_owned()),
            (2, Code::UnknownQuestion, "/kits/0/wanted/questions/0".to_owned()),
            (2, Code::UnknownQuestion, "/kits/0/wanted/questions/1".to_owned()),
            (2, Code::NoRubric, "/kits/1/rubric_version_id".to_owned()),
            (2, Code::NoAttributes, "/kits/1/attributes".to_owned()),
            (2, Code::NobodyOwes, "/kits/1/slots".to_owned()),
        ];
        assert_eq!(errors(&imported, "backend_onsite"), found);
        assert_eq!(errors(&imported, "empty"), [(1, Code::NoKits, "/kits".to_owned())]);

        let json = files::write(&read(LOOPS), Form::Json).unwrap();
        let other = another(&app).await;
        bring(&other, &super::read(SAMPLE), false);
        ask(&other).await;
        bring_loops(&other, &files::read(&json, Form::Json).unwrap(), false);
        assert_eq!(taken_out(&other, &[]), LOOPS);
    }

    async fn what_a_file_names_that_is_not_here_waits_in_a_draft(app) {
        let imported = bring_loops(&app, &read(LOOPS), true);
        assert_eq!(states(&imported), [Draft, Draft, Draft], "nothing can be published");
        let drafts = LOOPS.replace("state: published", "state: draft");
        assert_eq!(taken_out(&app, &[]), drafts, "and nothing is lost");

        let member = app.person("Max", OrgRole::Member);
        let page = app.get(&member, "/loop-templates").await;
        let template = &page.rows()[1];
        assert_eq!((&template["key"], &template["attribution"]), (&json!("backend_onsite"), &json!("Written for Evenbar, Apache-2.0")));
        let first = template["versions"][1]["id"].as_str().unwrap();
        let version = app.get(&member, &format!("/loop-template-versions/{first}")).await;
        assert_eq!(version.ok()["must_cover"], json!(["hypotheses"]));
        let kit = &version.json["kits"][0];
        assert_eq!(kit["rubric_version_id"], Value::Null);
        assert_eq!(kit["wanted"]["rubric"], json!({ "key": "debugging", "version": 1 }));
        assert_eq!(kit["wanted"]["attributes"], json!([{ "attribute": "hypotheses", "priority": "must" }]));

        // Once it is here, the same file brings what it says.
        bring(&app, &super::read(SAMPLE), false);
        ask(&app).await;
        let mut first = read(LOOPS);
        first.loop_templates.truncate(1);
        first.loop_templates[0].versions.truncate(1);
        let again = bring_loops(&app, &first, true);
        assert_eq!(outcomes(&again), [&Done::Extended]);
        assert_eq!((again.loop_templates[0].versions[0].number, states(&again)), (3, vec![Published]));
        let out = read(&taken_out(&app, &["backend_onsite"]));
        assert_eq!(out.loop_templates[0].versions[2], first.loop_templates[0].versions[0]);
    }

    async fn bringing_loops_in_again_changes_nothing_and_more_adds_versions(app) {
        bring(&app, &super::read(SAMPLE), false);
        ask(&app).await;
        bring_loops(&app, &read(LOOPS), false);
        let events = app.event_kinds().len();
        let again = bring_loops(&app, &read(LOOPS), false);
        assert_eq!(outcomes(&again), [&Done::Unchanged, &Done::Unchanged]);
        assert_eq!(app.event_kinds().len(), events);

        let mut more = read(LOOPS);
        let next = more.loop_templates[0].versions[0].clone();
        more.loop_templates[0].versions.push(next);
        let extended = bring_loops(&app, &more, false);
        assert_eq!(extended.loop_templates[0].done, Done::Extended);
        assert_eq!(states(&extended), [Published]);
        assert_eq!(taken_out(&app, &[]), files::write(&more, Form::Yaml).unwrap());

        let mut twice = read(LOOPS);
        let kit = &mut twice.loop_templates[0].versions[0].kits[0];
        let attribute = kit.attributes[0].clone();
        kit.attributes.push(attribute);
        let Done::Refused(reason) = bring_loops(&app, &twice, false).loop_templates[0].done.clone() else {
            panic!("taken")
        };
        assert!(reason.contains("/versions/0/kits/0/attributes/1"), "{reason}");
        let nothing = app.db().read_here(|conn| exchange::export(conn, &["nothing".to_owned()]));
        assert!(nothing.unwrap_err().to_string().contains("nothing"));
    }

    /// The acceptance: four loops that companies published.
    async fn published_loops_come_in_as_templates(app) {
        let Some(library) = published::loops() else { return };
        let drafts = bring_loops(&app, &library, false);
        assert!(drafts.loop_templates.iter().all(|one| one.done == Done::Added));
        assert_eq!(states(&drafts), [Draft; 4]);
        let first = taken_out(&app, &[]);
        let other = another(&app).await;
        bring_loops(&other, &read(&first), false);
        assert_eq!(taken_out(&other, &[]), first);
        let count = |code: &str, count| (code.to_owned(), count);
        // Seven interviews, of which four say what they look for; nobody looks for the same as another.
        assert_eq!(
            lint(&app, "l18f_engineering").await,
            [count("no_attributes", 3), count("no_rubric", 7), count("single_source", 12)]
        );
        // Its optional assignment takes it beyond eight hours.
        assert_eq!(
            lint(&app, "sourcegraph_engineering").await,
            [count("no_attributes", 13), count("no_rubric", 14), count("single_source", 3), count("too_long", 1)]
        );
        assert_eq!(
            lint(&app, "artsy_engineering").await,
            [count("no_attributes", 9), count("no_rubric", 10), count("single_source", 3)]
        );
        // A paid day, after three interviews.
        assert_eq!(
            lint(&app, "posthog_engineering").await,
            [count("no_attributes", 4), count("no_rubric", 4), count("too_long", 1)]
        );
    }
}

#[test]
fn the_binary_takes_loops_in_and_out() {
    let folder = scratch("loops");
    let said = |arguments: &[&str]| output(evenbar(&folder, arguments), "");
    std::fs::write(folder.join("sample.yaml"), SAMPLE).unwrap();
    std::fs::write(folder.join("loops.yaml"), LOOPS).unwrap();
    said(&["rubrics", "import", "sample.yaml"]);
    let told = said(&["loops", "import", "loops.yaml"]);
    assert!(told.contains("backend_onsite: added\n  version 1: draft\n"), "{told}");
    assert!(told.contains("    unknown_question /kits/0/wanted/questions/0: "), "{told}");
    assert!(told.ends_with("2 loop templates: 0 versions published, 3 drafts.\n"), "{told}");
    assert_eq!(said(&["loops", "export"]), LOOPS.replace("state: published", "state: draft"));
    let json = said(&["loops", "export", "--format", "json", "empty"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["loop_templates"][0]["key"], "empty");
    std::fs::remove_dir_all(folder).unwrap();
}
