//! Debriefs about loops that companies published.

use std::collections::BTreeSet;

use actix_web::http::Method;
use evenbar::access::OrgRole;
use evenbar::loops::templates::exchange::{self, LoopLibrary};
use evenbar::rubrics::VersionState::Published;
use evenbar::rubrics::exchange::{self as files, Form, Library};
use serde_json::{Value, json};

use super::{bring, published};
use crate::both;
use crate::support::{Person, TestApp, hiring};

/// What an interview judges that does not say what it looks for.
const OVERALL: &str = "overall";

/// The published loops with rubrics that judge what they look for: of three levels, all with anchors.
fn with_rubrics(loops: &LoopLibrary) -> (Library, LoopLibrary) {
    let text = files::write(loops, Form::Json).unwrap();
    let mut loops: Value = serde_json::from_str(&text).unwrap();
    let mut rubrics = Vec::new();
    for template in loops["loop_templates"].as_array_mut().unwrap() {
        let rubric = format!("{}_rubric", template["key"].as_str().unwrap());
        let version = &mut template["versions"][0];
        let mut looked_for = BTreeSet::new();
        for kit in version["kits"].as_array_mut().unwrap() {
            if kit["attributes"].as_array().is_none_or(Vec::is_empty) {
                kit["attributes"] = json!([{ "attribute": OVERALL, "priority": "must" }]);
            }
            let named = kit["attributes"].as_array().unwrap().iter();
            looked_for.extend(named.map(|one| one["attribute"].as_str().unwrap().to_owned()));
            kit["rubric"] = json!({ "key": rubric, "version": 1 });
        }
        let attribute = |key: &String| {
            let level = |value: i32| json!({ "value": value, "label": format!("Level {value}"), "anchor": format!("Shows it at level {value}.") });
            let levels = [level(1), level(2), level(3)];
            json!({ "key": key, "name": key, "direction": "ascending", "pass_level": 2, "levels": levels })
        };
        let attributes: Vec<Value> = looked_for.iter().map(attribute).collect();
        let version = json!({ "state": "published", "attributes": attributes });
        rubrics.push(json!({ "key": rubric, "name": rubric, "versions": [version] }));
    }
    let library = json!({ "format": "evenbar-library/1", "rubrics": rubrics });
    let library = files::read(&library.to_string(), Form::Json).unwrap();
    (library, files::read(&loops.to_string(), Form::Json).unwrap())
}

/// Hands in a card that says yes and finds the bar met in everything that its interview looks for.
async fn say_yes(app: &TestApp, recruiter: &Person, id: &str, kit: &Value, slot: &str) {
    let person = app.person("Ines", OrgRole::Member);
    let seat = json!({ "user_id": person.id, "slot": slot });
    app.post(recruiter, &format!("/interviews/{id}/panel"), seat).await.created();
    let begin = app.request(&person, Method::POST, &format!("/interviews/{id}/scorecards"));
    let draft = app.send(begin).await;
    draft.created();
    let met = |one: &Value| json!({ "attribute_id": one["attribute_id"], "level": 2, "evidence": "Showed it." });
    let ratings: Vec<Value> = kit["attributes"].as_array().unwrap().iter().map(met).collect();
    let card = json!({ "recommendation": "yes", "recommendation_reason": "Meets the bar.", "ratings": ratings });
    let path = format!("/scorecards/{}", draft.id());
    let written = app.patch_if(&person, &path, &draft.etag(), card).await;
    written.ok();
    let submission = format!("{path}/submission");
    app.put_if(&person, &submission, &written.etag(), Value::Null).await.ok();
}

both! {
    /// The acceptance: four of four published loops.
    async fn a_loop_in_which_all_say_yes_comes_before_its_decider_at_once(app) {
        let Some(loops) = published::loops() else { return };
        let (rubrics, loops) = with_rubrics(&loops);
        bring(&app, &rubrics, false);
        let imported = exchange::import(app.db(), &loops, true).unwrap();
        let states: Vec<_> = imported.loop_templates.iter().flat_map(|one| &one.versions).map(|one| one.state).collect();
        assert_eq!(states, [Published; 4]);
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let templates = app.get(&recruiter, "/loop-templates").await;
        for template in templates.rows() {
            let application = hiring::application(&app, &recruiter, &job).await;
            let start = json!({
                "loop_template_version_id": template["versions"][0]["id"],
                "decider_id": recruiter.id, "driver_id": recruiter.id,
            });
            let started = app.post(&recruiter, &format!("/applications/{application}/loops"), start).await;
            let ids = started.created()["interview_ids"].as_array().unwrap().clone();
            let version = template["versions"][0]["id"].as_str().unwrap();
            let version = app.get(&recruiter, &format!("/loop-template-versions/{version}")).await;
            // An interview for each kit, in their order.
            for (id, kit) in ids.iter().zip(version.ok()["kits"].as_array().unwrap()) {
                let slots = kit["slots"].as_array().unwrap().iter();
                for slot in slots.map(|one| one["slot"].as_str().unwrap()) {
                    if slot != "shadow" && slot != "observer" {
                        say_yes(&app, &recruiter, id.as_str().unwrap(), kit, slot).await;
                    }
                }
            }
            let debrief = format!("/debriefs/{}", started.json["debrief_id"].as_str().unwrap());
            let debrief = app.get(&recruiter, &debrief).await;
            assert_eq!(debrief.ok()["state"], "deciding", "{}", template["key"]);
        }
        let kinds = app.event_kinds();
        let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
        assert_eq!((count("debrief.revealed"), count("debrief.deciding")), (4, 4));
        assert_eq!(count("debrief.discussing"), 0);
    }
}
