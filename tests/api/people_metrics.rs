//! What anybody learns of another's lateness, leniency and load: at each setting nothing by name, and what is
//! one's own or of five people and more as the setting says.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::document::{Values, operations};
use crate::support::onsite::{Onsite, memo};
use crate::support::{Person, TestApp};

/// The whole policy with this measured.
fn measured(metrics: &str) -> Value {
    json!({
        "reveal": "at_reveal", "recruiter_sees": "text", "people_metrics": metrics,
        "people_metrics_reason": "Agreed with the works council.",
    })
}

/// A hire whose debrief has ended: Ana said yes in time, Ben strong yes and a day late.
struct Past {
    onsite: Onsite,
    owner: Person,
    ana: Person,
    ben: Person,
}

impl Past {
    async fn new(app: &TestApp) -> Self {
        let mut onsite = Onsite::new(app, 2).await;
        let owner = app.person("Olga Owner", OrgRole::Owner);
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(app, 0, &ana, "lead").await;
        onsite.seat(app, 1, &ben, "lead").await;
        onsite.hold(app, 0).await;
        onsite.hold(app, 1).await;
        onsite.submit(app, 0, &ana, "yes").await;
        // From ten to eleven on Monday in Berlin; due on Tuesday at half past ten, in at eleven on Wednesday.
        onsite.later(app, TimeDelta::hours(49));
        onsite.submit(app, 1, &app.again(&ben), "strong_yes").await;
        let mut past = Self { onsite, owner, ana, ben };
        past.decide(app).await;
        past
    }

    /// Decides, and lets everybody see it otherwise who does.
    async fn decide(&mut self, app: &TestApp) {
        self.onsite.take_up(app).await;
        let decider = app.again(&self.onsite.decider);
        let etag = self.onsite.debrief(app, &decider).await.etag();
        self.onsite.decide(app, &decider, &etag, memo()).await.ok();
        for _ in 0..5 {
            self.later(app, TimeDelta::days(1));
        }
        let seen = self.onsite.debrief(app, &self.onsite.decider).await;
        assert_eq!(seen.ok()["state"], "decided");
    }

    fn later(&mut self, app: &TestApp, span: TimeDelta) {
        self.onsite.later(app, span);
        for person in [&mut self.owner, &mut self.ana, &mut self.ben] {
            *person = app.again(person);
        }
    }

    /// Every collection, as it is and by Ben where it can be asked so, and every page of the hire.
    fn everything(&self) -> Vec<String> {
        let (ben, debrief) = (self.ben.id, &self.onsite.debrief);
        let mut paths = vec![
            format!("/interviews/{}", self.onsite.interviews[1]),
            format!("/loops/{}", self.onsite.id),
            format!("/debriefs/{debrief}"),
            format!("/debriefs/{debrief}/independence"),
            format!("/users/{ben}"),
            format!("/users/{ben}/obligations"),
            format!("/audit?actor_id={ben}"),
            format!("/events?application_id={}", self.onsite.application),
        ];
        let collections = operations()
            .into_iter()
            .filter(|operation| operation.method == Method::GET && !operation.path.contains('{'));
        for operation in collections {
            let by_person = operation.filters.iter().filter(|(_, values)| is_person(values));
            paths.extend(by_person.map(|(name, _)| format!("{}?{name}={ben}", operation.path)));
            paths.push(operation.path);
        }
        paths
    }

    async fn set(&self, app: &TestApp, metrics: &str) {
        app.put(&self.owner, "/settings", measured(metrics)).await.ok();
    }
}

fn is_person(values: &Values) -> bool {
    matches!(values, Values::Ids(prefix) if prefix == "user")
}

/// Every object in an answer.
fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    if let Value::Object(fields) = value {
        found.push(value);
        fields.values().for_each(|value| objects(value, found));
    }
    if let Value::Array(values) = value {
        for value in values {
            objects(value, found);
        }
    }
}

/// What tells by name that somebody was late, how they judge or how much they do.
fn tells_of(answer: &Value, person: &Person) -> Vec<Value> {
    let mut found = Vec::new();
    objects(answer, &mut found);
    let named = ["user_id", "author_id", "actor_id", "id"];
    let figures = [
        "cards",
        "cards_in_time",
        "cards_due",
        "median_late_working_minutes",
        "recommendations",
        "ballots_changed",
        "ballots_toward_majority",
        "interviews",
        "interviews_per_day",
        "weeks",
    ];
    let is_theirs = |object: &&Value| named.iter().any(|key| object[*key] == json!(person.id));
    let tells = |object: &&Value| {
        let was_late = object["due_at"].is_string() && object["submitted_at"].is_string();
        let is_figure = figures.iter().any(|key| !object[*key].is_null());
        was_late || is_figure
    };
    found.into_iter().filter(is_theirs).filter(tells).cloned().collect()
}

both! {
    async fn everybody_reads_their_own_figures_and_nobody_those_of_another(app) {
        let past = Past::new(&app).await;
        let ana = app.get(&past.ana, "/me/metrics").await;
        assert_eq!(ana.ok()["figures"], json!({
            "cards": 1, "cards_due": 1, "cards_in_time": 1, "median_late_working_minutes": null,
            "recommendations": { "strong_no": 0, "no": 0, "yes": 1, "strong_yes": 0, "no_decision": 0 },
            "ballots_changed": 0, "ballots_toward_majority": 0,
        }));
        assert_eq!(ana.json["weeks"], json!([{ "week_on": "2026-11-23", "interviews": 1 }]));
        let ben = app.get(&past.ben, "/me/metrics").await;
        let (in_time, late) = (&ben.ok()["figures"]["cards_in_time"], &ben.json["figures"]["median_late_working_minutes"]);
        // From half past ten on Tuesday to eleven on Wednesday: 7 hours and a half, then 2.
        assert_eq!((in_time, late.as_i64().unwrap() > 0), (&json!(0), true), "{late}");
        assert_eq!(ben.json["figures"]["recommendations"]["strong_yes"], 1);
        // Whoever only decides or drives has done neither.
        for person in [&past.onsite.driver, &past.onsite.decider, &past.onsite.recruiter] {
            let none = app.get(person, "/me/metrics").await;
            assert_eq!((&none.ok()["figures"]["cards"], &none.json["weeks"]), (&json!(0), &json!([])));
        }
        let before = app.get(&past.ben, "/me/metrics?from=2026-10-01&to=2026-11-22").await;
        assert_eq!((&before.ok()["figures"]["cards"], &before.json["weeks"]), (&json!(0), &json!([])));
        app.get(&past.ben, "/me/metrics?from=2026-11-02&to=2026-11-01").await.field(422, "/to");
        app.get(&past.ben, "/me/metrics?from=2025-11-01&to=2026-11-02").await.field(422, "/to");
        app.get(&past.ben, "/me/metrics?user_id=x").await.field(422, "/user_id");
    }

    async fn a_card_counts_once_its_debrief_has_ended(app) {
        let mut onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        onsite.hold(&app, 0).await;
        onsite.submit(&app, 0, &ana, "yes").await;
        let running = app.get(&ana, "/me/metrics").await;
        assert_eq!(running.ok()["figures"]["cards"], 0);
        let withdrawal = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &withdrawal, json!({ "note": "Took another offer." })).await.ok();
        onsite.later(&app, TimeDelta::hours(1));
        let ended = app.get(&app.again(&ana), "/me/metrics").await;
        assert_eq!(ended.ok()["figures"]["cards"], 1);
    }

    async fn a_changed_mind_is_counted_and_whether_it_went_with_the_others(app) {
        let onsite = Onsite::new(&app, 3).await;
        let people = ["Ana", "Ben", "Cyd"].map(|name| app.person(name, OrgRole::Member));
        for (interview, person) in people.iter().enumerate() {
            onsite.seat(&app, interview, person, "lead").await;
            onsite.hold(&app, interview).await;
        }
        for (interview, said) in ["yes", "yes", "no"].into_iter().enumerate() {
            onsite.submit(&app, interview, &people[interview], said).await;
        }
        let cards = app.get(&people[2], "/scorecards").await;
        let other = cards.rows().iter().find(|row| row["author_id"] == json!(people[0].id)).unwrap();
        let ballot = json!({ "recommendation": "yes", "reason": "They asked what I had not.", "because_of": { "scorecard_id": other["id"], "attribute_id": onsite.attributes[0] } });
        let cast = app.post(&people[2], &format!("/debriefs/{}/ballots", onsite.debrief), ballot).await;
        assert!(cast.status < 300, "{}", cast.json);
        let mut past = Past {
            owner: app.person("Olga Owner", OrgRole::Owner), ana: people[0].clone(), ben: people[2].clone(), onsite,
        };
        past.decide(&app).await;
        let moved = app.get(&past.ben, "/me/metrics").await;
        let figures = &moved.ok()["figures"];
        assert_eq!((&figures["ballots_changed"], &figures["ballots_toward_majority"]), (&json!(1), &json!(1)));
        assert_eq!(figures["recommendations"]["no"], 1, "the card says what it said");
        assert_eq!(app.get(&past.ana, "/me/metrics").await.ok()["figures"]["ballots_changed"], 0);
        // Another round begins with what everybody recommended, and nobody changed their mind twice.
        let seen = past.onsite.debrief(&app, &past.onsite.driver).await;
        let path = format!("/debriefs/{}/rounds", past.onsite.debrief);
        let request = app.request(&past.onsite.driver, actix_web::http::Method::POST, &path);
        let round = json!({ "evidence": "reference", "reason": "A reference says otherwise." });
        let next = app.send(request.insert_header(("If-Match", seen.etag())).set_json(round)).await;
        past.onsite.debrief = next.id();
        past.decide(&app).await;
        let moved = app.get(&past.ben, "/me/metrics").await;
        assert_eq!(moved.ok()["figures"]["ballots_changed"], 1);
    }

    async fn at_each_setting_nobody_learns_by_name_how_late_lenient_or_loaded_another_is(app) {
        let mut past = Past::new(&app).await;
        let (admin, other) = (app.person("Adam", OrgRole::Admin), app.person("Rob", OrgRole::Recruiter));
        let program = app.key(&past.onsite.recruiter, &["interviews:read", "scorecards:read", "events:read", "users:read"], &[]).await;
        for setting in ["off", "own_only", "aggregate"] {
            past.set(&app, setting).await;
            past.later(&app, TimeDelta::hours(1));
            let (admin, other) = (app.again(&admin), app.again(&other));
            let readers = [
                ("interviewer", &past.ana), ("driver", &past.onsite.driver), ("manager", &past.onsite.manager),
                ("recruiter", &other), ("decider", &past.onsite.decider), ("admin", &admin), ("owner", &past.owner),
                ("key", &program),
            ];
            for (role, reader) in readers {
                for path in past.everything() {
                    let answer = app.get(reader, &path).await;
                    assert_eq!(tells_of(&answer.json, &past.ben), Vec::<Value>::new(), "{setting}: {role} at {path}");
                }
                // Whoever reads the hire sees that the card came in, and not whether it was late.
                let interview = app.get(reader, &format!("/interviews/{}", past.onsite.interviews[1])).await;
                assert_eq!(interview.status, if matches!(role, "admin" | "owner") { 404 } else { 200 }, "{role}");
                let seat = &interview.json["panel"][0];
                assert!(seat["due_at"].is_null() && seat["submitted_at"].is_null() == seat.is_null(), "{role}: {seat}");
                let theirs = app.get(reader, &format!("/interviews?user_id={}", past.ben.id)).await;
                assert!(theirs.rows().is_empty(), "{setting}: {role} lists what Ben did");
                let own = app.get(reader, "/me/metrics").await;
                match (role, setting) {
                    ("key", _) => own.problem(403, "forbidden"),
                    (_, "off") => own.problem(403, "not_measured"),
                    (_, _) => own.ok(),
                };
                let groups = app.get(reader, "/people-metrics").await;
                match (role, setting) {
                    ("recruiter" | "admin" | "owner", "aggregate") => {
                        assert_eq!((&groups.ok()["organization"], &groups.json["departments"]), (&Value::Null, &json!([])));
                    }
                    ("recruiter" | "admin" | "owner", _) => {
                        groups.problem(403, "not_measured");
                    }
                    (_, _) => {
                        groups.problem(403, "forbidden");
                    }
                }
            }
            let mine = app.get(&past.ben, &format!("/interviews?user_id={}", past.ben.id)).await;
            assert_eq!(mine.rows().len(), 1, "what one did oneself is listed");
            let interview = app.get(&past.ben, &format!("/interviews/{}", past.onsite.interviews[1])).await;
            assert!(interview.ok()["panel"][0]["due_at"].is_string(), "and when it was due");
        }
    }

    async fn what_is_overdue_now_is_known_to_those_who_chase_it_and_goes_by_mail_to_the_driver(app) {
        let mut onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        let seat = onsite.seat(&app, 1, &ben, "lead").await;
        onsite.hold(&app, 0).await;
        onsite.hold(&app, 1).await;
        onsite.submit(&app, 0, &ana, "yes").await;
        let program = app.key(&onsite.recruiter, &["interviews:read"], &[]).await;
        for _ in 0..4 {
            app.next_morning();
        }
        onsite.later(&app, TimeDelta::zero());
        let (ana, ben) = (app.again(&ana), app.again(&ben));
        let path = format!("/panelists/{seat}");
        for (reader, knows) in [
            (&ben, true), (&onsite.driver, true), (&onsite.recruiter, true),
            (&ana, false), (&onsite.manager, false), (&onsite.decider, false), (&program, false),
        ] {
            let seen = app.get(reader, &path).await;
            assert_eq!(seen.ok()["due_at"].is_string(), knows, "{}", reader.email);
        }
        let late = |mail: &evenbar::mail::Mail| mail.text.contains("* Ben: Interview 2");
        let told: Vec<String> =
            app.mails.mails().into_iter().filter(late).map(|mail| mail.to.name).collect();
        assert!(!told.is_empty() && told.iter().all(|name| name == "Dario Driver"), "{told:?}");
        let stalled: Vec<String> = app.mails.mails().into_iter()
            .filter(|mail| mail.kind == MailKind::DebriefStalled)
            .map(|mail| mail.text).collect();
        assert!(stalled.iter().all(|text| !text.contains("Ben")), "a stall names nobody");
        // It is over when the card is in.
        onsite.submit(&app, 1, &ben, "yes").await;
        assert!(app.get(&onsite.driver, &path).await.ok()["due_at"].is_null());
    }

    async fn groups_are_of_five_people_and_of_a_quarter_that_is_over(app) {
        let onsite = Onsite::new(&app, 5).await;
        let names = ["Ana", "Ben", "Cyd", "Dee", "Eve"];
        let people = names.map(|name| app.person(name, OrgRole::Member));
        for (interview, person) in people.iter().enumerate() {
            onsite.seat(&app, interview, person, "lead").await;
            onsite.hold(&app, interview).await;
        }
        for (interview, person) in people.iter().enumerate() {
            onsite.submit(&app, interview, person, "yes").await;
        }
        let mut past = Past {
            owner: app.person("Olga Owner", OrgRole::Owner), ana: people[0].clone(), ben: people[1].clone(), onsite,
        };
        past.decide(&app).await;
        past.set(&app, "aggregate").await;
        app.get(&past.owner, "/people-metrics?quarter=2026-Q4").await.field(422, "/quarter");
        app.get(&past.owner, "/people-metrics?quarter=2026-4").await.field(422, "/quarter");
        // Sessions end within that time.
        app.advance(TimeDelta::days(40));
        past.owner = app.person("Oda Owner", OrgRole::Owner);
        past.onsite.recruiter = app.person("Rita Recruiter", OrgRole::Recruiter);
        let (statements, groups) = app.statements(app.get(&past.owner, "/people-metrics")).await;
        assert!(statements <= 8, "{statements}");
        assert_eq!((&groups.ok()["quarter"], &groups.json["group_min"]), (&json!("2026-Q4"), &json!(5)));
        let whole = &groups.json["organization"];
        assert_eq!((&whole["people"], &whole["figures"]["cards"]), (&json!(5), &json!(5)));
        assert_eq!(whole["figures"]["recommendations"]["yes"], 5);
        let departments = groups.json["departments"].as_array().unwrap();
        assert_eq!(departments.len(), 1);
        assert_eq!(departments[0]["figures"], whole["figures"]);
        for person in &people {
            assert!(!groups.json.to_string().contains(&person.id.to_string()));
        }
        let before = app.get(&past.owner, "/people-metrics?quarter=2026-Q3").await;
        assert!(before.ok()["organization"].is_null());
        // Somebody who owes a card for the application learns nothing of the others' by them.
        let owing = app.person("Rob", OrgRole::Recruiter);
        let all = app.get(&owing, "/people-metrics").await;
        assert_eq!(all.ok()["organization"]["people"], 5);
        let second = past.onsite.start(&app, &past.onsite.recruiter).await;
        let interview = second.created()["interview_ids"][0].as_str().unwrap().to_owned();
        let seat = json!({ "user_id": owing.id, "slot": "lead" });
        app.post(&past.onsite.recruiter, &format!("/interviews/{interview}/panel"), seat).await.created();
        let sealed = app.get(&owing, "/people-metrics").await;
        assert!(sealed.ok()["organization"].is_null(), "{}", sealed.json);
    }
}

#[test]
fn what_can_be_asked_by_person_is_known() {
    let mut by_person = Vec::new();
    for operation in operations() {
        for (name, values) in &operation.filters {
            if is_person(values) {
                by_person.push(format!("{} {name}", operation.id));
            }
        }
    }
    by_person.sort();
    // Whoever adds one asks whether it lists another's lateness, leniency or load.
    insta::assert_snapshot!(by_person.join("\n"), @r"
    explainVisibility as
    exportApplications owner_id
    listApplications owner_id
    listInterviews user_id
    listJobs hiring_team_user_id
    listServiceAccounts owner_id
    ");
}
