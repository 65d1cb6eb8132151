//! Loop templates.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::rubrics::published;
use crate::support::{Person, Reply, TestApp};

/// A kit that rates all attributes of a rubric version and has a lead.
fn kit(rubric_version: &Value) -> Value {
    let attributes = rubric_version["attributes"].as_array().expect("attributes").iter();
    let attributes: Vec<Value> = attributes
        .map(|attribute| json!({ "attribute_id": attribute["id"], "priority": "must" }))
        .collect();
    json!({
        "name": "Debugging together", "kind": "live", "minutes": 60,
        "rubric_version_id": rubric_version["id"],
        "attributes": attributes,
        "slots": [{ "slot": "lead" }, { "slot": "shadow" }],
    })
}

fn with(mut kit: Value, key: &str, value: Value) -> Value {
    kit[key] = value;
    kit
}

async fn create(app: &TestApp, person: &Person, kits: Value) -> Reply {
    let body = json!({ "name": "Backend onsite", "version": { "kits": kits } });
    app.post(person, "/loop-templates", body).await
}

/// The path of the newest version.
fn newest(template: &Value) -> String {
    format!(
        "/loop-template-versions/{}",
        template["versions"][0]["id"].as_str().expect("a version")
    )
}

fn codes(lint: &Value) -> Vec<(&str, &str, &str)> {
    let findings = lint["findings"].as_array().expect("findings").iter();
    findings
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().expect("text");
            assert!(word("detail").ends_with('.'));
            (word("severity"), word("code"), word("pointer"))
        })
        .collect()
}

both! {
    async fn a_recruiter_defines_a_loop_and_everybody_reads_it(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let member = app.person("Max", OrgRole::Member);
        let rubric = published(&app, &recruiter).await;
        let made = create(&app, &recruiter, json!([kit(&rubric)])).await;
        assert_eq!(made.created()["versions"][0]["state"], "draft");
        let location = format!("/api/v1/loop-templates/{}", made.id());
        assert_eq!(made.header("location"), Some(location.as_str()));
        assert_eq!(app.get(&member, &format!("/loop-templates/{}", made.id())).await.ok(), &made.json);
        let version = app.get(&member, &newest(&made.json)).await;
        let mut shown = version.ok()["kits"][0].clone();
        let fields = shown.as_object_mut().unwrap();
        assert!(fields.remove("id").is_some());
        assert_eq!(fields.remove("questions"), Some(json!([])));
        assert_eq!(fields.remove("wanted"), Some(Value::Null));
        assert_eq!(shown, kit(&rubric));
        assert_eq!(app.event_kinds()[3..], ["loop_template.created", "loop_template_version.drafted"]);
    }

    async fn a_seat_names_people_and_keeps_them_in_every_copy(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        let rubric = published(&app, &recruiter).await;
        let slots = json!([
            { "slot": "second", "user_ids": [ben.id, ana.id] }, { "slot": "lead" },
            { "slot": "second", "user_ids": [ana.id] },
        ]);
        let input = with(kit(&rubric), "slots", slots.clone());
        let made = create(&app, &recruiter, json!([input])).await.created().clone();
        let path = newest(&made);
        let draft = app.get(&recruiter, &path).await;
        assert_eq!(draft.ok()["kits"][0]["slots"], slots);
        let replaced = app.put(&recruiter, &path, json!({ "kits": [input] })).await;
        assert_eq!(replaced.ok()["kits"][0]["slots"], slots);
        let published = app.put(&recruiter, &format!("{path}/publication"), Value::Null).await;
        assert_eq!(published.ok()["kits"][0]["slots"], slots);
        let template = made["id"].as_str().unwrap();
        let copy = app.post(&recruiter, &format!("/loop-templates/{template}/versions"), json!({})).await;
        assert_eq!(copy.created()["kits"][0]["slots"], slots);
    }

    async fn a_seat_is_for_people_who_work_here_each_named_once(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let ana = app.person("Ana", OrgRole::Member);
        let rubric = published(&app, &recruiter).await;
        let nobody = "user_01jd3z3z3z3z3z3z3z3z3z3z3z";
        for (seat, pointer) in [
            (json!({ "slot": "lead", "user_ids": [nobody] }), "/user_ids/0"),
            (json!({ "slot": "lead", "user_ids": [ana.id, ana.id] }), "/user_ids/1"),
            (json!({ "slot": "lead", "user_ids": vec![ana.id; 21] }), "/user_ids"),
            (json!({ "slot": "lead", "pool_id": "pool_01jd3z3z3z3z3z3z3z3z3z3z3z" }), "/pool_id"),
        ] {
            let input = with(kit(&rubric), "slots", json!([{ "slot": "second" }, seat]));
            let refused = create(&app, &recruiter, json!([input])).await;
            refused.field(422, &format!("/version/kits/0/slots/1{pointer}"));
        }
    }

    async fn a_member_defines_nothing(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let (member, nobody) = (app.person("Max", OrgRole::Member), app.anonymous());
        let made = create(&app, &admin, json!([])).await.created().clone();
        let template = format!("/loop-templates/{}", made["id"].as_str().unwrap());
        let version = newest(&made);
        create(&app, &member, json!([])).await.problem(403, "forbidden");
        app.patch(&member, &template, json!({ "name": "Mine" })).await.problem(403, "forbidden");
        app.post(&member, &format!("{template}/versions"), json!({})).await.problem(403, "forbidden");
        app.put(&member, &version, json!({ "kits": [] })).await.problem(403, "forbidden");
        app.put(&member, &format!("{version}/publication"), Value::Null).await.problem(403, "forbidden");
        create(&app, &nobody, json!([])).await.problem(401, "unauthenticated");
        app.get(&nobody, "/loop-templates").await.problem(401, "unauthenticated");
        app.get(&nobody, &format!("{version}/lint")).await.problem(401, "unauthenticated");
        assert_eq!(app.event_kinds().len(), 2);
    }

    async fn a_draft_changes_until_it_is_published(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let path = newest(create(&app, &admin, json!([kit(&rubric)])).await.created());
        let draft = app.get(&admin, &path).await;
        let other = with(kit(&rubric), "name", json!("Work sample"));
        let longer = with(kit(&rubric), "minutes", json!(90));
        let input = json!({ "kits": [other, longer] });
        let changed = app.put_if(&admin, &path, &draft.etag(), input.clone()).await;
        let kits = changed.ok()["kits"].as_array().unwrap();
        assert_eq!(kits[0]["name"], "Work sample");
        assert_eq!(kits[1]["id"], draft.json["kits"][0]["id"], "it kept its name");
        assert_eq!(kits[1]["minutes"], 90);
        app.put_if(&admin, &path, &draft.etag(), input.clone()).await.problem(412, "stale");

        let publication = format!("{path}/publication");
        let published = app.put(&admin, &publication, Value::Null).await;
        assert_eq!(published.ok()["state"], "published");
        assert!(published.json["published_at"].is_string());
        app.put(&admin, &path, input).await.problem(409, "published");
        app.put(&admin, &publication, Value::Null).await.problem(409, "published");
        assert_eq!(app.get(&admin, &path).await.ok(), &published.json);
        let last = app.event_kinds();
        assert!(last.ends_with(&["loop_template_version.updated".into(), "loop_template_version.published".into()]));
    }

    async fn publishing_refuses_what_the_lint_calls_an_error(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let path = newest(create(&app, &admin, json!([])).await.created());
        let publication = format!("{path}/publication");
        app.put(&admin, &publication, Value::Null).await.field(409, "/kits");
        let idle = with(with(kit(&rubric), "slots", json!([{ "slot": "shadow" }])), "attributes", json!([]));
        app.put(&admin, &path, json!({ "kits": [kit(&rubric), idle] })).await.ok();
        let refused = app.put(&admin, &publication, Value::Null).await;
        refused.problem(409, "not_ready");
        refused.field(409, "/kits/1/attributes");
        refused.field(409, "/kits/1/slots");
        assert_eq!(refused.json["errors"].as_array().unwrap().len(), 2, "warnings are no obstacle");
        assert_eq!(app.get(&admin, &path).await.ok()["state"], "draft");
    }

    async fn the_lint_says_what_is_doubtful(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let path = newest(create(&app, &admin, json!([kit(&rubric)])).await.created());
        let lint = app.get(&admin, &format!("{path}/lint")).await;
        let single = |place| ("warning", "single_source", place);
        assert_eq!(codes(lint.ok()), [single("/kits/0/attributes/0"), single("/kits/0/attributes/1")]);
        let day = with(kit(&rubric), "minutes", json!(480));
        app.put(&admin, &path, json!({ "kits": [day, kit(&rubric)] })).await.ok();
        let lint = app.get(&admin, &format!("{path}/lint")).await;
        assert_eq!(codes(lint.ok()), [("warning", "too_long", "/kits")]);
        let nowhere = "/loop-template-versions/looptplver_01jd3z3z3z3z3z3z3z3z3z3z3z/lint";
        app.get(&admin, nowhere).await.problem(404, "not_found");
    }

    async fn a_kit_judges_by_a_published_version_and_its_attributes_only(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let (rubric, other) = (published(&app, &admin).await, published(&app, &admin).await);
        let strange = with(kit(&rubric), "attributes", kit(&other)["attributes"].clone());
        let refused = create(&app, &admin, json!([kit(&rubric), strange])).await;
        refused.problem(422, "invalid");
        refused.field(422, "/version/kits/1/attributes/0/attribute_id");
        refused.field(422, "/version/kits/1/attributes/1/attribute_id");

        let twice = json!({ "attribute_id": rubric["attributes"][0]["id"], "priority": "nice" });
        let twice = with(kit(&rubric), "attributes", json!([twice, twice]));
        let refused = create(&app, &admin, json!([twice])).await;
        assert_eq!(refused.field(422, "/version/kits/0/attributes/1/attribute_id")["errors"][0]["code"], "duplicate");

        let versions = format!("/rubrics/{}/versions", rubric["rubric_id"].as_str().unwrap());
        let draft = app.post(&admin, &versions, json!({})).await.created().clone();
        let refused = create(&app, &admin, json!([kit(&draft)])).await;
        let problem = refused.field(422, "/version/kits/0/rubric_version_id");
        assert_eq!(problem["errors"][0]["code"], "not_published");

        let unknown = json!("rubricver_01jd3z3z3z3z3z3z3z3z3z3z3z");
        let unknown = with(with(kit(&rubric), "rubric_version_id", unknown), "attributes", json!([]));
        let refused = create(&app, &admin, json!([unknown])).await;
        let problem = refused.field(422, "/version/kits/0/rubric_version_id");
        assert_eq!(problem["errors"][0]["code"], "unknown_reference");

        let made = create(&app, &admin, json!([])).await;
        let path = newest(made.created());
        let refused = app.put(&admin, &path, json!({ "kits": [kit(&draft)] })).await;
        refused.field(422, "/kits/0/rubric_version_id");
        let versions = format!("/loop-templates/{}/versions", made.id());
        let refused = app.post(&admin, &versions, json!({ "kits": [kit(&draft)] })).await;
        refused.field(422, "/kits/0/rubric_version_id");
    }

    async fn the_next_draft_copies_the_newest_version_or_takes_what_it_is_given(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let made = create(&app, &admin, json!([kit(&rubric)])).await;
        let first = app.get(&admin, &newest(made.created())).await.ok().clone();
        let path = format!("/loop-templates/{}", made.id());
        let copy = app.post(&admin, &format!("{path}/versions"), json!({})).await;
        assert_eq!(copy.created()["number"], 2);
        assert_ne!(copy.json["kits"][0]["id"], first["kits"][0]["id"]);
        assert_eq!(copy.json["kits"][0]["attributes"], first["kits"][0]["attributes"]);
        assert_eq!(copy.json["kits"][0]["slots"], first["kits"][0]["slots"]);
        let third = app.post(&admin, &format!("{path}/versions"), json!({ "kits": [] })).await;
        assert_eq!(third.created()["kits"], json!([]));
        let template = app.get(&admin, &path).await;
        let numbers: Vec<_> = template.ok()["versions"].as_array().unwrap().iter().map(|v| &v["number"]).collect();
        assert_eq!(numbers, [3, 2, 1]);
    }

    async fn a_template_is_renamed_and_archived(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = create(&app, &admin, json!([])).await;
        let path = format!("/loop-templates/{}", made.id());
        let archived = app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Old", "archived": true })).await;
        assert_eq!(archived.ok()["name"], "Old");
        app.patch_if(&admin, &path, &made.etag(), json!({ "name": "Mine" })).await.problem(412, "stale");
        assert!(app.get(&admin, "/loop-templates?archived=false").await.rows().is_empty());
        assert_eq!(app.get(&admin, "/loop-templates?archived=true").await.rows().len(), 1);
        assert_eq!(app.event_kinds().last().unwrap(), "loop_template.updated");
    }

    async fn bad_input_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let bad = |key: &str, value: Value| {
            let kits = json!([with(kit(&rubric), key, value)]);
            let (app, admin) = (&app, &admin);
            async move { create(app, admin, kits).await }
        };
        let at = "/version/kits/0";
        bad("name", json!("")).await.field(422, &format!("{at}/name"));
        bad("kind", json!("lunch")).await.field(422, &format!("{at}/kind"));
        bad("minutes", json!(4)).await.field(422, &format!("{at}/minutes"));
        bad("minutes", json!(481)).await.field(422, &format!("{at}/minutes"));
        bad("rubric_version_id", rubric["rubric_id"].clone()).await.field(422, &format!("{at}/rubric_version_id"));
        bad("slots", json!([{ "slot": "judge" }])).await.field(422, &format!("{at}/slots/0/slot"));
        bad("slots", json!(vec![json!({ "slot": "shadow" }); 11])).await.field(422, &format!("{at}/slots"));
        bad("colour", json!("red")).await.problem(422, "unknown_field");
        let many = vec![kit(&rubric); 21];
        create(&app, &admin, json!(many)).await.field(422, "/version/kits");
        create(&app, &admin, json!(vec![kit(&rubric); 20])).await.created();
        let nowhere = "/loop-template-versions/looptplver_01jd3z3z3z3z3z3z3z3z3z3z3z";
        app.get(&admin, nowhere).await.problem(404, "not_found");
        app.put(&admin, nowhere, json!({ "kits": [] })).await.problem(404, "not_found");
        app.put(&admin, &format!("{nowhere}/publication"), Value::Null).await.problem(404, "not_found");
        app.get(&admin, "/loop-templates/rubric_01jd3z3z3z3z3z3z3z3z3z3z3z").await.problem(404, "not_found");
        app.get(&admin, "/loop-templates?colour=red").await.problem(422, "unknown_field");
    }

    async fn a_second_click_publishes_once(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let path = newest(create(&app, &admin, json!([kit(&rubric)])).await.created());
        let publication = format!("{path}/publication");
        let click = || {
            let request = app.request(&admin, Method::PUT, &publication);
            app.send(request.insert_header(("Idempotency-Key", "click")))
        };
        let (first, second) = (click().await, click().await);
        assert_eq!(first.ok(), second.ok());
        assert_eq!(second.header("idempotency-replayed"), Some("true"));
        let published = app.event_kinds().iter().filter(|kind| *kind == "loop_template_version.published").count();
        assert_eq!(published, 1);
    }

    async fn a_template_is_named_by_its_key(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = create(&app, &admin, json!([])).await;
        assert_eq!(made.created()["key"], "backend_onsite");
        assert_eq!(create(&app, &admin, json!([])).await.created()["key"], "backend_onsite_2");
        let body = |key: &str| json!({ "key": key, "name": "Other", "attribution": "18F, CC0-1.0", "version": { "kits": [] } });
        app.post(&admin, "/loop-templates", body("backend_onsite")).await.problem(409, "already_exists");
        app.post(&admin, "/loop-templates", body("No key")).await.field(422, "/key");
        let other = app.post(&admin, "/loop-templates", body("other")).await;
        assert_eq!(other.created()["attribution"], "18F, CC0-1.0");
        let path = format!("/loop-templates/{}", other.id());
        let cleared = app.patch_if(&admin, &path, &other.etag(), json!({ "attribution": null })).await;
        assert_eq!(cleared.ok()["attribution"], Value::Null);
    }

    async fn a_draft_may_lack_a_rubric_but_a_published_version_does_not(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let bare = with(with(kit(&rubric), "rubric_version_id", Value::Null), "attributes", json!([]));
        let made = create(&app, &admin, json!([bare])).await;
        let path = newest(made.created());
        assert_eq!(app.get(&admin, &path).await.ok()["kits"][0]["rubric_version_id"], Value::Null);
        let publication = format!("{path}/publication");
        let refused = app.put(&admin, &publication, Value::Null).await;
        assert_eq!(refused.field(409, "/kits/0/rubric_version_id")["errors"][0]["code"], "no_rubric");
        // Attributes are of a rubric.
        let loose = with(kit(&rubric), "rubric_version_id", Value::Null);
        let refused = app.put(&admin, &path, json!({ "kits": [loose] })).await;
        refused.field(422, "/kits/0/attributes/0/attribute_id");
        let unknown = json!([{ "attribute_id": "attr_01jd3z3z3z3z3z3z3z3z3z3z3z", "priority": "must" }]);
        let refused = app.put(&admin, &path, json!({ "kits": [with(bare, "attributes", unknown)] })).await;
        refused.field(422, "/kits/0/attributes/0/attribute_id");
        app.put(&admin, &path, json!({ "kits": [kit(&rubric)] })).await.ok();
        app.put(&admin, &publication, Value::Null).await.ok();
    }

    async fn what_must_be_covered_is_rated_by_some_kit(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let key = rubric["attributes"][0]["key"].clone();
        let path = newest(create(&app, &admin, json!([])).await.created());
        let content = |keys: Value| json!({ "must_cover": keys, "kits": [kit(&rubric), kit(&rubric)] });
        app.put(&admin, &path, content(json!([key, "wit"]))).await.ok();
        let lint = app.get(&admin, &format!("{path}/lint")).await;
        assert_eq!(codes(lint.ok()), [("error", "not_covered", "/must_cover/1")]);
        app.put(&admin, &format!("{path}/publication"), Value::Null).await.field(409, "/must_cover/1");
        app.put(&admin, &path, content(json!(["No key"]))).await.field(422, "/must_cover/0");
        app.put(&admin, &path, content(json!(vec!["wit"; 41]))).await.field(422, "/must_cover");
        let covered = app.put(&admin, &path, content(json!([key]))).await;
        assert_eq!(covered.ok()["must_cover"], json!([key]));
        app.put(&admin, &format!("{path}/publication"), Value::Null).await.ok();
        // The next draft keeps it, unless it says otherwise.
        let template = covered.json["loop_template_id"].as_str().unwrap();
        let versions = format!("/loop-templates/{template}/versions");
        let next = app.post(&admin, &versions, json!({})).await;
        assert_eq!(next.created()["must_cover"], json!([key]));
        let other = app.post(&admin, &versions, json!({ "must_cover": ["wit"] })).await;
        assert_eq!(other.created()["must_cover"], json!(["wit"]));
        assert_eq!(other.json["kits"].as_array().unwrap().len(), 2);
        assert_eq!(app.post(&admin, &versions, json!({ "kits": [] })).await.created()["must_cover"], json!([]));
    }

    async fn the_lint_finds_questions_in_nearly_the_same_words(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let mut ids = Vec::new();
        for text in ["Tell me about a bug that took you days to find.", "Tell me about a bug that took you DAYS to find?"] {
            let question = json!({ "kind": "question", "text": text });
            ids.push(app.post(&admin, "/questions", question).await.id());
        }
        let asks = |id: &String| with(kit(&rubric), "question_ids", json!([id]));
        let made = create(&app, &admin, json!([asks(&ids[0]), asks(&ids[1])])).await;
        let path = format!("{}/lint", newest(made.created()));
        let (statements, lint) = app.statements(app.get(&admin, &path)).await;
        assert_eq!(codes(lint.ok()), [("warning", "question_alike", "/kits/1/questions/0")]);
        assert!(statements <= 10, "{statements}");
    }

    async fn versions_of_a_loop_are_compared(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let named = |name: &str| with(kit(&rubric), "name", json!(name));
        let made = create(&app, &admin, json!([named("A"), named("B"), named("C")])).await;
        let first = newest(made.created());
        let alone = app.get(&admin, &format!("{first}/diff")).await;
        assert_eq!((&alone.ok()["from_version_id"], &alone.json["added"]), (&Value::Null, &json!(["A", "B", "C"])));
        let shorter = with(with(named("A"), "minutes", json!(45)), "slots", json!([{ "slot": "lead" }]));
        let fewer = json!([{ "attribute_id": rubric["attributes"][1]["id"], "priority": "nice" }]);
        let body = json!({ "kits": [named("D"), with(named("B"), "attributes", fewer), shorter], "must_cover": ["wit"] });
        let versions = format!("/loop-templates/{}/versions", made.id());
        let second = app.post(&admin, &versions, body).await;
        second.created();
        let path = format!("/loop-template-versions/{}/diff", second.id());
        let (statements, diff) = app.statements(app.get(&admin, &path)).await;
        assert!(statements <= 17, "{statements}");
        let diff = diff.ok();
        assert_eq!((&diff["added"], &diff["removed"], &diff["reordered"]), (&json!(["D"]), &json!(["C"]), &json!(true)));
        assert_eq!((&diff["must_cover_added"], &diff["must_cover_removed"]), (&json!(["wit"]), &json!([])));
        let [b, a] = diff["changed"].as_array().unwrap().as_slice() else { panic!("{diff}") };
        assert_eq!((&a["name"], &a["minutes"]), (&json!("A"), &json!({ "from": 60, "to": 45 })));
        assert_eq!(a["slots"], json!({ "from": ["lead", "shadow"], "to": ["lead"] }));
        assert_eq!((&a["rubric"], &a["attributes_removed"]), (&Value::Null, &json!([])));
        assert_eq!(b["attributes_removed"], json!([rubric["attributes"][0]["key"]]));
        assert_eq!(b["priorities_changed"], json!([rubric["attributes"][1]["key"]]));
        let from = first.rsplit('/').next().unwrap();
        assert_eq!(app.get(&admin, &format!("{path}?from={from}")).await.ok(), diff);
        let same = app.get(&admin, &format!("{path}?from={}", second.id())).await;
        assert_eq!((&same.ok()["changed"], &same.json["added"]), (&json!([]), &json!([])));
        let strange = create(&app, &admin, json!([])).await.created()["versions"][0]["id"].clone();
        app.get(&admin, &format!("{path}?from={}", strange.as_str().unwrap())).await.problem(422, "invalid");
    }

    async fn a_loop_says_what_it_costs_before_it_starts(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        let work = with(with(kit(&rubric), "kind", json!("work_sample")), "minutes", json!(120));
        let path = newest(create(&app, &admin, json!([kit(&rubric), work])).await.created());
        let (statements, cost) = app.statements(app.get(&admin, &format!("{path}/cost"))).await;
        assert!(statements <= 7, "{statements}");
        let cost = cost.ok();
        assert_eq!((&cost["candidate_minutes"], &cost["team_minutes"]), (&json!(180), &json!(210)));
        assert_eq!((&cost["scorecard_minutes"], &cost["debrief_minutes"]), (&json!(15), &json!(30)));
        assert_eq!(cost["kits"][0]["team_minutes"], 165);
        assert_eq!(cost["kits"][1]["team_minutes"], 45);
        let slots = json!([
            { "slot": "lead", "seats": 2, "team_minutes": 150 },
            { "slot": "shadow", "seats": 2, "team_minutes": 60 },
        ]);
        assert_eq!(cost["slots"], slots);
    }

    async fn templates_are_read_in_few_statements(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let rubric = published(&app, &admin).await;
        for _ in 0..3 {
            create(&app, &admin, json!([kit(&rubric), kit(&rubric)])).await.created();
        }
        let (statements, page) = app.statements(app.get(&admin, "/loop-templates?limit=2")).await;
        assert_eq!(page.rows().len(), 2);
        assert!(statements <= 3, "{statements}");
        let (statements, version) = app.statements(app.get(&admin, &newest(&page.rows()[0]))).await;
        assert_eq!(version.ok()["kits"].as_array().unwrap().len(), 2);
        assert!(statements <= 6, "{statements}");
    }
}
