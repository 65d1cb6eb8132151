//! What speaks against seating somebody, and whom to seat instead.

use actix_web::http::Method;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::pools::{member, pool, staffed};
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, at_once, hiring};

fn panel(onsite: &Onsite, interview: usize) -> String {
    format!("/interviews/{}/panel", onsite.interviews[interview])
}

async fn assign(
    app: &TestApp,
    onsite: &Onsite,
    interview: usize,
    person: &Person,
    slot: &str,
) -> Reply {
    let body = json!({ "user_id": person.id, "slot": slot });
    app.post(&onsite.recruiter, &panel(onsite, interview), body).await
}

/// The codes of what speaks against somebody.
#[track_caller]
fn against(reply: &Reply) -> Vec<&str> {
    let problem = reply.problem(422, "invalid");
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect()
}

async fn suggested(app: &TestApp, person: &Person, onsite: &Onsite, slot: &str) -> Reply {
    let path = format!("/interviews/{}/suggested-panelists?slot={slot}", onsite.interviews[0]);
    app.get(person, &path).await
}

/// Gives the first interview the hour that begins in so many hours, and says what speaks against
/// somebody as its lead.
async fn against_at(app: &TestApp, onsite: &Onsite, hours: i64, person: &Person) -> Vec<String> {
    onsite.schedule(app, 0, hours).await.ok();
    let answer = assign(app, onsite, 0, person, "lead").await;
    if answer.status == 201 {
        app.delete(&onsite.recruiter, &format!("/panelists/{}", answer.id())).await.expect(204);
        return Vec::new();
    }
    against(&answer).into_iter().map(str::to_owned).collect()
}

both! {
    async fn a_limit_holds_when_two_seat_somebody_at_once(app) {
        let ana = app.person("Ana", OrgRole::Member);
        app.patch(&ana, "/me", json!({ "interviews_per_day": 1 })).await.ok();
        let mut calls = Vec::new();
        for hours in [1, 3] {
            let onsite = Onsite::new(&app, 1).await;
            onsite.schedule(&app, 0, hours).await.ok();
            let path = format!("/interviews/{}/panel", onsite.interviews[0]);
            let body = json!({ "user_id": ana.id, "slot": "lead" });
            calls.push((onsite.recruiter, Method::POST, path, None, Some(body)));
        }
        let mut statuses = at_once(&app, calls.into_iter());
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
    }

    async fn a_bent_rule_needs_a_reason_and_stays_with_the_seat(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let pool = pool(&app, &recruiter, json!({ "name": "Design" })).await;
        let onsite = staffed(&app, json!([{ "slot": "lead", "pool_id": pool }])).await;
        let ana = app.person("Ana", OrgRole::Member);
        let refused = assign(&app, &onsite, 0, &ana, "lead").await;
        assert_eq!(against(&refused), ["not_in_pool"]);
        assert_eq!(refused.json["errors"][0]["pointer"], "/user_id");
        let body = json!({ "user_id": ana.id, "slot": "lead", "reason": "Everybody else is ill." });
        let seat = app.post(&onsite.recruiter, &panel(&onsite, 0), body).await;
        assert_eq!(seat.created()["bent_rules"], json!(["not_in_pool"]));
        assert_eq!(seat.json["assigned_reason"], "Everybody else is ill.");
        assert_eq!(seat.json["independent"], true);
        let theirs = app.get(&ana, &format!("/panelists/{}", seat.id())).await;
        assert_eq!(theirs.ok()["bent_rules"], Value::Null, "whoever owes is not told");
        let ben = app.person("Ben", OrgRole::Member);
        let free = assign(&app, &onsite, 0, &ben, "observer").await;
        assert_eq!(free.created()["bent_rules"], json!([]), "the kit has no seat that asks more");
    }

    async fn a_seat_for_people_who_are_named_is_for_them(app) {
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        let onsite = staffed(&app, json!([{ "slot": "lead", "user_ids": [ana.id] }])).await;
        assert_eq!(against(&assign(&app, &onsite, 0, &ben, "lead").await), ["not_named"]);
        assign(&app, &onsite, 0, &ana, "lead").await.created();
    }

    async fn whoever_practises_sits_beside_somebody_qualified(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let pool = pool(&app, &recruiter, json!({ "name": "Design" })).await;
        let (quinn, remy) = (app.person("Quinn", OrgRole::Member), app.person("Remy", OrgRole::Member));
        let sam = app.person("Sam", OrgRole::Member);
        let resting = member(&app, &recruiter, &pool, &quinn, "qualified").await;
        member(&app, &recruiter, &pool, &remy, "reverse_shadowing").await;
        member(&app, &recruiter, &pool, &sam, "shadowing").await;
        let slots = ["lead", "second", "shadow"].map(|slot| json!({ "slot": slot, "pool_id": pool }));
        let onsite = staffed(&app, json!(slots)).await;
        assert_eq!(against(&assign(&app, &onsite, 0, &remy, "lead").await), ["nobody_qualified_beside"]);
        assert_eq!(against(&assign(&app, &onsite, 0, &sam, "lead").await), ["not_qualified"]);
        assign(&app, &onsite, 0, &sam, "shadow").await.created();
        let member = format!("/pool-members/{resting}");
        app.patch(&quinn, &member, json!({ "paused_until_on": "2026-11-23" })).await.ok();
        assert_eq!(against(&assign(&app, &onsite, 0, &quinn, "second").await), ["paused"]);
        onsite.schedule(&app, 0, 24).await.ok();
        assign(&app, &onsite, 0, &quinn, "second").await.created();
        assign(&app, &onsite, 0, &remy, "lead").await.created();
    }

    async fn a_seat_for_an_archived_pool_is_for_anybody(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let pool = pool(&app, &recruiter, json!({ "name": "Design" })).await;
        let onsite = staffed(&app, json!([{ "slot": "lead", "pool_id": pool }])).await;
        app.patch(&recruiter, &format!("/pools/{pool}"), json!({ "archived": true })).await.ok();
        let ana = app.person("Ana", OrgRole::Member);
        assign(&app, &onsite, 0, &ana, "lead").await.created();
    }

    async fn a_limit_holds_across_loops_and_is_told_without_a_number(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let limits = json!({ "name": "Design", "interviews_per_day": 1, "interviews_per_week": 2 });
        let pool = pool(&app, &recruiter, limits).await;
        let ana = app.person("Ana", OrgRole::Member);
        member(&app, &recruiter, &pool, &ana, "qualified").await;
        let first = Onsite::new(&app, 1).await;
        first.schedule(&app, 0, 24).await.ok();
        first.seat(&app, 0, &ana, "lead").await;
        let onsite = staffed(&app, json!([{ "slot": "lead", "pool_id": pool }])).await;
        onsite.schedule(&app, 0, 26).await.ok();
        let refused = assign(&app, &onsite, 0, &ana, "lead").await;
        assert_eq!(against(&refused), ["day_limit"]);
        assert_eq!(refused.json["errors"][0]["detail"], "The limit for that day is reached.");
        app.patch(&ana, "/me", json!({ "interviews_per_day": 2, "interviews_per_week": 1 })).await.ok();
        assert_eq!(against(&assign(&app, &onsite, 0, &ana, "lead").await), ["week_limit"]);
        assert!(against_at(&app, &onsite, 7 * 24 + 1, &ana).await.is_empty(), "another week");
        app.patch(&ana, "/me", json!({ "interviews_per_week": null })).await.ok();
        assert!(against_at(&app, &onsite, 27, &ana).await.is_empty(), "the pool allows two a week");
        let gone = format!("/interviews/{}/cancellation", first.interviews[0]);
        app.put(&first.recruiter, &gone, json!({})).await.ok();
        app.patch(&ana, "/me", json!({ "interviews_per_day": null })).await.ok();
        assert!(against_at(&app, &onsite, 26, &ana).await.is_empty(), "what is off does not count");
    }

    async fn a_day_is_one_where_the_person_is(app) {
        let ana = app.person("Ana", OrgRole::Member);
        app.patch(&ana, "/me", json!({ "time_zone": "Pacific/Auckland", "interviews_per_day": 1 })).await.ok();
        let first = Onsite::new(&app, 1).await;
        first.schedule(&app, 0, 24).await.ok();
        let body = json!({ "user_id": ana.id, "slot": "lead", "reason": "It is in the evening." });
        app.post(&first.recruiter, &panel(&first, 0), body).await.created();
        let onsite = Onsite::new(&app, 1).await;
        assert_eq!(against_at(&app, &onsite, 26, &ana).await, ["day_limit", "outside_hours"]);
        assert_eq!(against_at(&app, &onsite, 27, &ana).await, ["outside_hours"], "midnight is between");
    }

    async fn the_rules_are_asked_again_when_the_time_changes(app) {
        let (onsite, other) = (Onsite::new(&app, 1).await, Onsite::new(&app, 1).await);
        let (ana, sam) = (app.person("Ana Ames", OrgRole::Member), app.person("Sam", OrgRole::Member));
        app.post(&ana, "/me/time-off", json!({ "starts_on": "2026-11-25", "ends_on": "2026-11-26" })).await.created();
        let seat = assign(&app, &onsite, 0, &ana, "lead").await.id();
        assign(&app, &onsite, 0, &sam, "shadow").await.created();
        onsite.schedule(&app, 0, 24).await.ok();
        let refused = onsite.schedule(&app, 0, 49).await;
        assert_eq!(against(&refused), ["away"]);
        let error = &refused.json["errors"][0];
        assert_eq!(error["pointer"], "/starts_at");
        assert_eq!(error["detail"], "Ana Ames: The person is away at the time of the interview.");
        // Of everybody who sits there, each rule.
        let night = onsite.schedule(&app, 0, 60).await;
        assert_eq!(against(&night), ["outside_hours", "away", "outside_hours"]);
        // One reason bends them all, and stays with seat and interview until the time is another one.
        let time = |hours: i64, more: Value| {
            let starts_at = app.clock.now() + chrono::TimeDelta::hours(hours);
            let ends_at = starts_at + chrono::TimeDelta::hours(1);
            let mut body = json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin" });
            body["override"] = more;
            body
        };
        let path = format!("/interviews/{}/schedule", onsite.interviews[0]);
        let said = json!({ "reason": "She comes all the same." });
        let bent = app.put(&onsite.recruiter, &path, time(49, said)).await;
        assert_eq!(bent.ok()["override_reason"], "She comes all the same.");
        let rules = async || app.get(&onsite.recruiter, &format!("/panelists/{seat}")).await.ok()["bent_rules"].clone();
        assert_eq!(rules().await, json!(["away"]));
        // The same time once more asks nothing, and keeps the reason.
        let same = onsite.schedule(&app, 0, 49).await;
        assert_eq!(same.ok()["override_reason"], "She comes all the same.");
        let (statements, fine) = app.statements(onsite.schedule(&app, 0, 24)).await;
        assert_eq!(fine.ok()["override_reason"], Value::Null);
        assert!(statements <= 60, "{statements}");
        assert_eq!(rules().await, json!([]));
        // A limit that was not there when she was seated.
        assign(&app, &other, 0, &ana, "lead").await.created();
        app.patch(&ana, "/me", json!({ "interviews_per_day": 1 })).await.ok();
        assert_eq!(against(&other.schedule(&app, 0, 26).await), ["day_limit"]);
        other.schedule(&app, 0, 4).await.ok();
    }

    async fn a_limit_holds_when_two_interviews_get_a_time_at_once(app) {
        let ana = app.person("Ana", OrgRole::Member);
        app.patch(&ana, "/me", json!({ "interviews_per_day": 1 })).await.ok();
        let mut calls = Vec::new();
        for hours in [25, 27] {
            let onsite = Onsite::new(&app, 1).await;
            onsite.seat(&app, 0, &ana, "shadow").await;
            let starts_at = app.clock.now() + chrono::TimeDelta::hours(hours);
            let ends_at = starts_at + chrono::TimeDelta::hours(1);
            let body = json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "UTC" });
            let path = format!("/interviews/{}/schedule", onsite.interviews[0]);
            calls.push((onsite.recruiter, Method::PUT, path, None, Some(body)));
        }
        let mut statuses = at_once(&app, calls.into_iter());
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }

    async fn limits_are_between_a_person_and_the_service(app) {
        let (ana, admin) = (app.person("Ana", OrgRole::Member), app.person("Ada", OrgRole::Admin));
        app.patch(&ana, "/me", json!({ "interviews_per_day": 0 })).await.field(422, "/interviews_per_day");
        app.patch(&ana, "/me", json!({ "interviews_per_week": 51 })).await.field(422, "/interviews_per_week");
        let set = app.patch(&ana, "/me", json!({ "interviews_per_day": 3, "interviews_per_week": 7 })).await;
        assert_eq!((&set.ok()["interviews_per_day"], &set.json["interviews_per_week"]), (&json!(3), &json!(7)));
        let path = format!("/users/{}", ana.id);
        assert!(app.get(&admin, &path).await.ok().get("interviews_per_day").is_none());
        app.patch(&admin, &path, json!({ "interviews_per_day": 9 })).await.problem(422, "unknown_field");
    }

    async fn nobody_is_seated_unasked_for_when_they_do_not_work(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, admin) = (app.person("Ana", OrgRole::Member), app.person("Ada", OrgRole::Admin));
        app.post(&ana, "/me/time-off", json!({ "starts_on": "2026-11-25", "ends_on": "2026-11-26" })).await.created();
        let calendar = app.post(&admin, "/holiday-calendars", json!({ "name": "Berlin", "region": "DE-BE" })).await;
        app.patch(&ana, "/me", json!({ "holiday_calendar_id": calendar.id() })).await.ok();
        assert!(against_at(&app, &onsite, 24, &ana).await.is_empty());
        assert_eq!(against_at(&app, &onsite, 36, &ana).await, ["outside_hours"]);
        assert_eq!(against_at(&app, &onsite, 49, &ana).await, ["away"]);
        assert_eq!(against_at(&app, &onsite, 32 * 24 + 1, &ana).await, ["holiday"], "Christmas");
        onsite.schedule(&app, 0, 36).await.ok();
        let completion = format!("/interviews/{}/completion", onsite.interviews[0]);
        app.put(&onsite.recruiter, &completion, Value::Null).await.ok();
        assign(&app, &onsite, 0, &ana, "lead").await.created();
    }

    async fn nobody_judges_whom_they_lead_or_who_leads_them(app) {
        let onsite = Onsite::new(&app, 1).await;
        let admin = app.person("Ada", OrgRole::Admin);
        let people = ["Zoe", "Carl", "Dora", "Ana", "Ben"].map(|name| app.person(name, OrgRole::Member));
        let [chief, carl, dora, ana, ben] = people;
        for (person, manager) in [(&carl, &chief), (&dora, &carl), (&ana, &dora), (&ben, &chief)] {
            let change = json!({ "manager_id": manager.id });
            app.patch(&admin, &format!("/users/{}", person.id), change).await.ok();
        }
        let application = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
        let address = json!({ "contact_points": [{ "kind": "email", "value": carl.email }] });
        app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), address).await.ok();
        for related in [&chief, &dora, &ana] {
            assert_eq!(against(&assign(&app, &onsite, 0, related, "second").await), ["reporting_line"]);
        }
        assign(&app, &onsite, 0, &ben, "lead").await.created();
        assign(&app, &onsite, 0, &carl, "second").await.field(422, "/user_id");
    }

    async fn nobody_judges_whom_they_named(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let path = format!("/applications/{}", onsite.application);
        let nobody = json!({ "referrer_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.patch(&onsite.recruiter, &path, nobody).await.field(422, "/referrer_id");
        let named = app.patch(&onsite.recruiter, &path, json!({ "referrer_id": ana.id })).await;
        assert_eq!(named.ok()["referrer_id"], json!(ana.id));
        assert_eq!(against(&assign(&app, &onsite, 0, &ana, "lead").await), ["referrer"]);
        let ben = app.person("Ben", OrgRole::Member);
        assign(&app, &onsite, 0, &ben, "lead").await.created();
        let seen = app.get(&ben, &path).await;
        assert_eq!(seen.ok()["referrer_id"], Value::Null, "a name weighs");
    }

    async fn those_who_assign_are_told_who_fits_and_what_speaks_against_each(app) {
        let recruiter = app.person("Rita", OrgRole::Recruiter);
        let pool = pool(&app, &recruiter, json!({ "name": "Design" })).await;
        let names = ["Busy", "Free", "Learner", "Seated"];
        let people = names.map(|name| app.person(name, OrgRole::Member));
        for (person, what) in people.iter().zip(["qualified", "qualified", "shadowing", "qualified"]) {
            member(&app, &recruiter, &pool, person, what).await;
        }
        let [busy, free, learner, seated] = &people;
        Onsite::new(&app, 1).await.seat(&app, 0, busy, "lead").await;
        let slots = json!([{ "slot": "lead", "pool_id": pool }, { "slot": "shadow" }]);
        let onsite = staffed(&app, slots).await;
        onsite.seat(&app, 0, seated, "observer").await;
        onsite.schedule(&app, 0, 24).await.ok();
        let coordinator = app.person("Cora", OrgRole::Member);
        hiring::join(&app, &onsite.job, &coordinator, TeamRole::Coordinator);
        let (few, seen) = app.statements(suggested(&app, &coordinator, &onsite, "lead")).await;
        assert_eq!(seen.ok()["people"], json!([
            { "user_id": free.id, "bent_rules": [] },
            { "user_id": busy.id, "bent_rules": [] },
            { "user_id": learner.id, "bent_rules": ["not_qualified"] },
        ]));
        assert_eq!(seen.json["for_anybody"], false);
        let anybody = suggested(&app, &coordinator, &onsite, "shadow").await;
        assert_eq!((&anybody.ok()["for_anybody"], &anybody.json["people"]), (&json!(true), &json!([])));
        for number in 0..8 {
            let more = app.person(&format!("More {number}"), OrgRole::Member);
            member(&app, &recruiter, &pool, &more, "qualified").await;
        }
        let (many, seen) = app.statements(suggested(&app, &coordinator, &onsite, "lead")).await;
        assert_eq!(seen.ok()["people"].as_array().unwrap().len(), 11);
        assert_eq!(few, many, "however many they are");
        assert!(many <= 21, "{many}");
        suggested(&app, free, &onsite, "lead").await.problem(404, "not_found");
        suggested(&app, &onsite.decider, &onsite, "lead").await.problem(403, "forbidden");
        suggested(&app, seated, &onsite, "lead").await.problem(403, "forbidden");
        suggested(&app, &coordinator, &onsite, "king").await.field(422, "/slot");
    }

    async fn a_suggestion_keeps_to_itself_who_read_a_card(app) {
        let ana = app.person("Ana", OrgRole::Member);
        let (ben, reader) = (app.person("Ben", OrgRole::Member), app.person("Rob", OrgRole::Recruiter));
        let onsite = staffed(&app, json!([{ "slot": "lead" }, { "slot": "second", "user_ids": [ana.id, reader.id] }])).await;
        onsite.seat(&app, 0, &ben, "lead").await;
        onsite.hold(&app, 0).await;
        let card = onsite.submit(&app, 0, &ben, "yes").await;
        app.get(&reader, &format!("/scorecards/{card}")).await.ok();
        let people = suggested(&app, &onsite.recruiter, &onsite, "second").await.ok()["people"].clone();
        assert!(people.as_array().unwrap().iter().all(|one| one["bent_rules"] == json!([])), "{people}");
        let refused = assign(&app, &onsite, 0, &reader, "second").await;
        assert_eq!(against(&refused), ["required"]);
        let body = json!({ "user_id": reader.id, "slot": "second", "reason": "Nobody else knows it." });
        let seat = app.post(&onsite.recruiter, &panel(&onsite, 0), body).await;
        assert_eq!((&seat.created()["bent_rules"], &seat.json["independent"]), (&json!(["read_a_card"]), &json!(false)));
    }

    async fn an_interview_without_a_time_asks_nothing_of_it(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        app.patch(&ana, "/me", json!({ "weekly_hours": {} })).await.ok();
        assign(&app, &onsite, 0, &ana, "lead").await.created();
    }
}
