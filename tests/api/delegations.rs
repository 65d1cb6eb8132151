//! Letting somebody vote in one's place for a time.

use actix_web::http::Method;
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use evenbar::access::{Claims, OrgRole};
use evenbar::db::schema::events;
use evenbar::events::EventKind;
use evenbar::ids::AnyId;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::offers::scene::Scene;
use crate::support::mail_links::follow;
use crate::support::{Person, Reply, TestApp, answers_at_once, hiring};

/// A day so many days from today, as it is sent.
fn day(app: &TestApp, days: i64) -> String {
    let now: chrono::DateTime<Utc> = app.clock.now().utc();
    (now + TimeDelta::days(days)).date_naive().to_string()
}

/// A delegation to somebody from today on, for so many days.
fn to(app: &TestApp, delegate: &Person, days: i64) -> Value {
    json!({
        "delegate_id": delegate.id, "starts_on": day(app, 0), "ends_on": day(app, days - 1),
    })
}

/// Delegates somebody's approvals for a week; gives the id.
async fn delegate(app: &TestApp, giver: &Person, delegate: &Person) -> String {
    let made = app.post(giver, "/me/delegations", to(app, delegate, 7)).await;
    made.created();
    made.id()
}

/// The same within limits.
async fn delegate_within(app: &TestApp, giver: &Person, delegate: &Person, limits: Value) {
    let mut body = to(app, delegate, 7);
    for (name, limit) in limits.as_object().unwrap() {
        body[name] = limit.clone();
    }
    app.post(giver, "/me/delegations", body).await.created();
}

fn euros(amount: &str, currency: &str) -> Value {
    json!({ "base": { "amount": amount, "currency": currency }, "period": "year" })
}

async fn waiting(app: &TestApp, person: &Person) -> usize {
    app.get(person, "/approval-runs?waiting_for=me").await.rows().len()
}

/// Votes in somebody's place, named or not.
async fn vote_for(
    app: &TestApp,
    who: &Person,
    run: &str,
    (hash, on_behalf_of): (&str, Option<&Person>),
) -> Reply {
    let mut vote = json!({ "decision": "approve", "terms_hash": hash });
    if let Some(giver) = on_behalf_of {
        vote["on_behalf_of"] = json!(giver.id);
    }
    app.post(who, &format!("/approval-runs/{run}/votes"), vote).await
}

/// Somebody of an agency, signed in.
pub async fn external(app: &TestApp, admin: &Person) -> Person {
    let agency = app.post(admin, "/agencies", json!({ "name": "Search & Sons" })).await.id();
    let body = json!({
        "name": "Ed External", "email": "ed@agency.example", "role": "external",
        "agency_id": agency, "time_zone": "Europe/Berlin", "locale": "en",
    });
    let id = app.post(admin, "/users", body).await.id().parse().unwrap();
    let claims = Claims { user_id: id, session_id: app.session_of(id) };
    let (token, _) = app.state.tokens.issue(claims, app.clock.now()).unwrap();
    Person { id, token, email: "ed@agency.example".to_owned() }
}

/// The people of an event of a kind: who acted, and in whose place.
fn people_of(app: &TestApp, kind: EventKind) -> (Option<AnyId>, Option<AnyId>) {
    hiring::look(app, |conn| {
        let of_kind = events::table.filter(events::kind.eq(kind));
        of_kind.select((events::actor_id, events::on_behalf_of)).first(conn)
    })
}

fn mailed(app: &TestApp, kind: &str) -> Vec<String> {
    app.deliver_mail();
    let mails = app.mails.mails().into_iter().filter(|mail| mail.kind.slug() == kind);
    let mut people: Vec<String> = mails.map(|mail| mail.to.email).collect();
    people.sort();
    people
}

both! {
    async fn a_delegate_sees_the_offer_while_it_lasts_and_casts_the_vote_in_the_place_of_the_giver(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        let (offer, run, hash) = scene.submitted(&app).await;
        let (offer, path) = (format!("/offers/{offer}"), format!("/approval-runs/{run}"));
        app.get(&max, &path).await.problem(404, "not_found");
        assert_eq!(waiting(&app, &max).await, 0);
        delegate(&app, fia, &max).await;
        assert_eq!(waiting(&app, &max).await, 1);
        assert_eq!(app.get(&max, "/offers").await.rows().len(), 1);
        assert_eq!(app.get(&max, "/applications").await.rows().len(), 1);
        assert_eq!(app.get(&max, &offer).await.ok()["current_version"]["terms"]["base"]["amount"], "95000.00");
        app.get(&max, &path).await.ok();
        vote_for(&app, &max, &run, (&hash, None)).await.created();
        assert_eq!(waiting(&app, &max).await, 0);
        let seen = app.get(fia, &path).await;
        let step = &seen.ok()["steps"][0];
        assert_eq!(step["state"], "approved");
        assert_eq!(step["members"][0]["user_id"], json!(fia.id));
        assert_eq!(step["members"][0]["vote"]["cast_by"], json!(max.id));
        let people = people_of(&app, EventKind::VoteCast);
        assert_eq!(people, (Some(max.id.any()), Some(fia.id.any())));
    }

    async fn what_was_delegated_is_gone_with_its_last_day_and_with_its_end(app) {
        let scene = Scene::new(&app).await;
        let (fia, max, tom) =
            (&scene.finance[0], app.person("Max", OrgRole::Member), app.person("Tom", OrgRole::Member));
        let (offer, run, hash) = scene.submitted(&app).await;
        let path = format!("/offers/{offer}");
        let id = delegate(&app, fia, &max).await;
        delegate(&app, fia, &tom).await;
        app.get(&max, &path).await.ok();
        app.delete(fia, &format!("/delegations/{id}")).await.expect(204);
        app.get(&max, &path).await.problem(404, "not_found");
        assert!(app.get(&max, "/applications").await.rows().is_empty());
        vote_for(&app, &max, &run, (&hash, Some(fia))).await.problem(404, "not_found");
        app.get(&tom, &path).await.ok();
        app.delete(fia, &format!("/delegations/{id}")).await.problem(409, "illegal_transition");
        app.advance(TimeDelta::days(8));
        let tom = app.again(&tom);
        app.get(&tom, &path).await.problem(404, "not_found");
        let fia = app.again(fia);
        assert_eq!(app.get(&fia, "/me/delegations").await.rows().len(), 2);
    }

    async fn nothing_is_delegated_before_the_first_day(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        let (offer, ..) = scene.submitted(&app).await;
        let later = json!({ "delegate_id": max.id, "starts_on": day(&app, 2), "ends_on": day(&app, 3) });
        app.post(fia, "/me/delegations", later).await.created();
        app.get(&max, &format!("/offers/{offer}")).await.problem(404, "not_found");
        app.advance(TimeDelta::days(2));
        app.get(&app.again(&max), &format!("/offers/{offer}")).await.ok();
    }

    async fn an_approval_that_ended_before_the_delegation_stays_out_of_sight(app) {
        let scene = Scene::new(&app).await;
        let max = app.person("Max", OrgRole::Member);
        let offer = scene.approved(&app).await;
        app.advance(TimeDelta::hours(1));
        let max = app.again(&max);
        delegate(&app, &app.again(&scene.finance[0]), &max).await;
        app.get(&max, &format!("/offers/{offer}")).await.problem(404, "not_found");
        assert!(app.get(&max, "/approval-runs").await.rows().is_empty());
    }

    async fn a_delegate_votes_and_sees_within_the_limits_alone(app) {
        let scene = Scene::new(&app).await;
        let fia = &scene.finance[0];
        let (offer, run, hash) = scene.submitted(&app).await;
        let department = app.post(&scene.admin, "/departments", json!({ "name": "Sales" })).await.id();
        let limits = [
            (json!({ "max_base": euros("95000.00", "EUR") }), true),
            (json!({ "max_base": euros("94999.99", "EUR") }), false),
            (json!({ "max_base": euros("500000.00", "USD") }), false),
            (json!({ "max_level_id": scene.level }), true),
            (json!({ "max_level_id": scene.other_level }), true),
            (json!({ "department_ids": [department] }), false),
        ];
        for (number, (limit, within)) in limits.into_iter().enumerate() {
            let max = app.person(&format!("Max {number}"), OrgRole::Member);
            delegate_within(&app, fia, &max, limit.clone()).await;
            let seen = app.get(&max, &format!("/offers/{offer}")).await;
            assert_eq!(seen.status, if within { 200 } else { 404 }, "{limit}");
            if !within {
                vote_for(&app, &max, &run, (&hash, Some(fia))).await.problem(404, "not_found");
            }
        }
    }

    async fn a_department_reaches_all_below_it(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        let top = app.post(&scene.admin, "/departments", json!({ "name": "Product" })).await.id();
        let below = json!({ "name": "Engineering", "parent_id": top });
        let below = app.post(&scene.admin, "/departments", below).await.id();
        let job = format!("/jobs/{}", scene.job);
        app.patch(&scene.admin, &job, json!({ "department_id": below })).await.ok();
        let (offer, ..) = scene.submitted(&app).await;
        delegate_within(&app, fia, &max, json!({ "department_ids": [top] })).await;
        app.get(&max, &format!("/offers/{offer}")).await.ok();
        let mine = app.get(&max, "/me/delegations").await;
        assert_eq!(mine.rows()[0]["department_ids"], json!([top]));
    }

    async fn newer_terms_beyond_the_limit_are_out_of_sight(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        let (offer, ..) = scene.submitted(&app).await;
        delegate_within(&app, fia, &max, json!({ "max_base": euros("95000.00", "EUR") })).await;
        app.get(&max, &format!("/offers/{offer}")).await.ok();
        scene.revise(&app, &offer, json!({ "terms": scene.terms("119000.00") })).await.created();
        app.get(&max, &format!("/offers/{offer}")).await.problem(404, "not_found");
        scene.put(&app, &offer, "submission", Value::Null).await.ok();
        app.get(&max, &format!("/offers/{offer}")).await.problem(404, "not_found");
    }

    async fn the_first_of_the_two_votes_counts_even_when_they_meet(app) {
        let scene = Scene::new(&app).await;
        let (dora, max) = (&scene.directors[0], app.person("Max", OrgRole::Member));
        let (_, run, hash) = scene.submitted(&app).await;
        delegate(&app, dora, &max).await;
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        let path = format!("/approval-runs/{run}/votes");
        let vote = json!({ "decision": "approve", "terms_hash": hash });
        let mut named = vote.clone();
        named["on_behalf_of"] = json!(dora.id);
        let calls = [(dora.clone(), vote), (max.clone(), named)];
        let calls = calls.map(|(who, vote)| (who, Method::POST, path.clone(), None, Some(vote)));
        let mut statuses: Vec<u16> =
            answers_at_once(&app, calls.into_iter()).into_iter().map(|(status, _)| status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }

    async fn nobody_decides_twice_in_a_run(app) {
        let scene = Scene::new(&app).await;
        let [dora, dirk] = &scene.directors;
        let max = app.person("Max", OrgRole::Member);
        let (_, run, hash) = scene.submitted(&app).await;
        scene.vote(&app, &scene.finance[0], &run, "approve", &hash).await.created();
        // Dirk stands on the run himself; Max votes for one of the two.
        delegate(&app, dora, dirk).await;
        vote_for(&app, dirk, &run, (&hash, Some(dora))).await.problem(403, "forbidden");
        delegate(&app, dora, &max).await;
        delegate(&app, dirk, &max).await;
        vote_for(&app, &max, &run, (&hash, None)).await.field(422, "/on_behalf_of");
        vote_for(&app, &max, &run, (&hash, Some(dora))).await.created();
        vote_for(&app, &max, &run, (&hash, Some(dirk))).await.problem(403, "forbidden");
        assert_eq!(waiting(&app, &max).await, 0);
        vote_for(&app, dirk, &run, (&hash, None)).await.created();
    }

    async fn what_was_delegated_is_not_passed_on(app) {
        let scene = Scene::new(&app).await;
        let (max, tom) = (app.person("Max", OrgRole::Member), app.person("Tom", OrgRole::Member));
        let (offer, run, hash) = scene.submitted(&app).await;
        delegate(&app, &scene.finance[0], &max).await;
        delegate(&app, &max, &tom).await;
        app.get(&tom, &format!("/offers/{offer}")).await.problem(404, "not_found");
        vote_for(&app, &tom, &run, (&hash, Some(&max))).await.problem(404, "not_found");
        vote_for(&app, &tom, &run, (&hash, Some(&scene.finance[0]))).await.problem(404, "not_found");
    }

    async fn whoever_wrote_the_offer_does_not_vote_on_it_for_others(app) {
        let scene = Scene::new(&app).await;
        let (_, run, hash) = scene.submitted(&app).await;
        delegate(&app, &scene.finance[0], &scene.recruiter).await;
        let vain = vote_for(&app, &scene.recruiter, &run, (&hash, Some(&scene.finance[0]))).await;
        vain.problem(403, "forbidden");
        assert_eq!(waiting(&app, &scene.recruiter).await, 0);
    }

    async fn whoever_drafted_it_does_not_either_when_somebody_else_submitted(app) {
        let scene = Scene::new(&app).await;
        let rolf = app.person("Rolf", OrgRole::Recruiter);
        let offer = scene.draft(&app).await.id();
        let path = format!("/offers/{offer}");
        let etag = app.get(&rolf, &path).await.etag();
        let pending = app.put_if(&rolf, &format!("{path}/submission"), &etag, Value::Null).await;
        let run = pending.ok()["approval_run"]["id"].as_str().unwrap().to_owned();
        let hash = pending.json["current_version"]["terms_hash"].as_str().unwrap().to_owned();
        let giver = &scene.finance[0];
        delegate(&app, giver, &scene.recruiter).await;
        vote_for(&app, &scene.recruiter, &run, (&hash, Some(giver))).await.problem(403, "forbidden");
    }

    async fn somebody_who_owes_a_card_learns_of_no_offer_by_a_delegation(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        scene.seat(&app, &max);
        let (offer, run, hash) = scene.submitted(&app).await;
        delegate(&app, fia, &max).await;
        assert!(app.get(&max, "/offers").await.rows().is_empty());
        assert!(app.get(&max, "/approval-runs").await.rows().is_empty());
        app.get(&max, &format!("/offers/{offer}")).await.problem(404, "not_found");
        let vain = vote_for(&app, &max, &run, (&hash, Some(fia))).await;
        assert!([403, 404].contains(&vain.status), "{}", vain.status);
        assert!(!mailed(&app, "approval_asked").contains(&max.email));
    }

    async fn nobody_votes_for_somebody_else_on_the_offer_to_themselves(app) {
        let scene = Scene::new(&app).await;
        let (fia, kim) = (&scene.finance[0], app.person("Kim", OrgRole::Member));
        let application = app.get(&scene.recruiter, &format!("/applications/{}", scene.application)).await;
        let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
        let points = json!({ "contact_points": [{ "kind": "email", "value": kim.email }] });
        app.patch(&scene.recruiter, &format!("/candidates/{candidate}"), points).await.ok();
        let (offer, run, hash) = scene.submitted(&app).await;
        delegate(&app, fia, &kim).await;
        app.get(&kim, &format!("/offers/{offer}")).await.problem(404, "not_found");
        assert!(app.get(&kim, "/approval-runs").await.rows().is_empty());
        vote_for(&app, &kim, &run, (&hash, Some(fia))).await.problem(404, "not_found");
        assert!(!mailed(&app, "approval_asked").contains(&kim.email));
    }

    async fn a_delegate_is_somebody_else_who_can_act_and_works_here(app) {
        let (ada, uma) = (app.person("Ada", OrgRole::Admin), app.person("Uma", OrgRole::Member));
        let (ext, gone) = (external(&app, &ada).await, app.person("Gil", OrgRole::Member));
        app.put(&ada, &format!("/users/{}/deactivation", gone.id), Value::Null).await.ok();
        for refused in [&uma, &ext, &gone] {
            app.post(&uma, "/me/delegations", to(&app, refused, 7)).await.field(422, "/delegate_id");
        }
        app.post(&ext, "/me/delegations", to(&app, &uma, 7)).await.problem(403, "forbidden");
        let tom = app.person("Tom", OrgRole::Member);
        let spans = [
            (0, 92, "/ends_on"), (3, 1, "/ends_on"), (-4, -2, "/ends_on"), (400, 401, "/starts_on"),
        ];
        for (first, last, pointer) in spans {
            let body = json!({
                "delegate_id": tom.id, "starts_on": day(&app, first), "ends_on": day(&app, last),
            });
            app.post(&uma, "/me/delegations", body).await.field(422, pointer);
        }
        app.post(&uma, "/me/delegations", to(&app, &tom, 92)).await.created();
        let mut limited = to(&app, &tom, 7);
        limited["department_ids"] = json!([]);
        app.post(&uma, "/me/delegations", limited.clone()).await.field(422, "/department_ids");
        limited["department_ids"] = json!(["dept_01jd3z3z3z3z3z3z3z3z3z3z3z"]);
        app.post(&uma, "/me/delegations", limited).await.field(422, "/department_ids/0");
    }

    async fn administrators_delegate_for_somebody_who_is_away_but_never_to_themselves(app) {
        let scene = Scene::new(&app).await;
        let (admin, fia, max) = (&scene.admin, &scene.finance[0], app.person("Max", OrgRole::Member));
        let (offer, ..) = scene.submitted(&app).await;
        let path = format!("/users/{}/delegations", fia.id);
        app.post(&max, &path, to(&app, &max, 7)).await.problem(403, "forbidden");
        app.get(&max, &path).await.problem(403, "forbidden");
        app.post(admin, &path, to(&app, admin, 7)).await.field(422, "/delegate_id");
        let made = app.post(admin, &path, to(&app, &max, 7)).await;
        made.created();
        assert_eq!(app.get(admin, &path).await.rows(), &vec![made.json.clone()]);
        assert_eq!(app.get(fia, "/me/delegations").await.rows(), &vec![made.json.clone()]);
        let mut both = [fia.email.clone(), max.email.clone()];
        both.sort();
        assert_eq!(mailed(&app, "delegation_given"), both);
        follow(&app, &app.mails.mails(), MailKind::DelegationGiven).await;
        let one = format!("/delegations/{}", made.id());
        assert_eq!(app.get(&max, &one).await.ok(), &made.json);
        app.get(&scene.stranger, &one).await.problem(404, "not_found");
        app.delete(&scene.stranger, &one).await.problem(404, "not_found");
        app.get(&max, &format!("/offers/{offer}")).await.ok();
        app.get(admin, &format!("/offers/{offer}")).await.problem(404, "not_found");
        let never = app.request(admin, Method::DELETE, &one).insert_header(("If-Match", "\"9-0123456789abcdef\""));
        app.send(never).await.problem(412, "stale");
        app.delete(admin, &one).await.expect(204);
        assert_eq!(mailed(&app, "delegation_ended").len(), 2);
        follow(&app, &app.mails.mails(), MailKind::DelegationEnded).await;
        let kinds = app.event_kinds();
        assert!(kinds.iter().any(|kind| kind == "delegation.created"));
        assert!(kinds.iter().any(|kind| kind == "delegation.ended"));
    }

    async fn a_delegate_is_asked_by_mail_in_the_place_of_the_giver(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        delegate(&app, fia, &max).await;
        scene.submitted(&app).await;
        let asked = mailed(&app, "approval_asked");
        assert!(asked.contains(&fia.email) && asked.contains(&max.email), "{asked:?}");
        let mails = app.mails.mails();
        let to_max = |mail: &&evenbar::mail::Mail| {
            mail.kind.slug() == "approval_asked" && mail.to.email == max.email
        };
        let mail = mails.iter().find(to_max).unwrap();
        assert!(mail.text.contains("For:    Fia Finance, who delegated it to you"), "{}", mail.text);
        assert!(!mail.text.contains("95000"));
    }

    async fn a_program_of_a_delegate_sees_nothing_of_it(app) {
        let scene = Scene::new(&app).await;
        let max = app.person("Max", OrgRole::Member);
        let (offer, ..) = scene.submitted(&app).await;
        delegate(&app, &scene.finance[0], &max).await;
        app.get(&max, &format!("/offers/{offer}")).await.ok();
        let program = app.key(&max, &["offers:read"], &[]).await;
        app.get(&program, &format!("/offers/{offer}")).await.problem(404, "not_found");
        assert!(app.get(&program, "/approval-runs").await.rows().is_empty());
    }

    async fn lists_of_a_delegate_take_few_statements_more(app) {
        let scene = Scene::new(&app).await;
        let (fia, max) = (&scene.finance[0], app.person("Max", OrgRole::Member));
        scene.submitted(&app).await;
        let (before, _) = app.statements(app.get(&max, "/applications")).await;
        delegate(&app, fia, &max).await;
        let (after, page) = app.statements(app.get(&max, "/applications")).await;
        assert_eq!(page.rows().len(), 1);
        assert!(after <= before + 5, "{before} {after}");
    }
}
