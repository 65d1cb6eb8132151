//! Debriefs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use chrono::TimeDelta;
use evenbar::access::{Account, Actor, OrgRole, TeamRole};
use evenbar::db::Url;
use evenbar::digest::{hex, sha256};
use evenbar::ids::ScorecardId;
use evenbar::mail::{Mail, MailKind};
use evenbar::scorecards::commands::submit;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::{Onsite, memo};
use crate::support::{Person, Reply, TestApp, hiring};

/// A loop with a lead on each of its interviews.
async fn staffed(app: &TestApp, interviews: usize) -> (Onsite, Vec<Person>) {
    let onsite = Onsite::new(app, interviews).await;
    let mut leads = Vec::new();
    for (interview, name) in ["Ana", "Ben", "Cyd"].into_iter().take(interviews).enumerate() {
        let person = app.person(name, OrgRole::Member);
        onsite.seat(app, interview, &person, "lead").await;
        leads.push(person);
    }
    (onsite, leads)
}

/// A loop whose debrief was revealed with these recommendations.
async fn revealed(app: &TestApp, recommendations: &[&str]) -> (Onsite, Vec<Person>, Vec<String>) {
    let (onsite, leads) = staffed(app, recommendations.len()).await;
    let mut cards = Vec::new();
    for (interview, recommendation) in recommendations.iter().enumerate() {
        cards.push(onsite.submit(app, interview, &leads[interview], recommendation).await);
    }
    (onsite, leads, cards)
}

/// The readers of the mails of a kind that were sent so far, by address.
fn told(app: &TestApp, kind: &str) -> Vec<String> {
    app.deliver_mail();
    let mails = app.mails.mails();
    let of_kind = mails.into_iter().filter(|mail| mail.kind.slug() == kind);
    let mut people: Vec<String> = of_kind.map(|mail| mail.to.email).collect();
    people.sort();
    people
}

/// Whoever reads of something in the digest of the next day.
fn read(app: &TestApp, subject: &str) -> Vec<String> {
    let before = app.mails.mails().len();
    app.next_morning();
    let mails = app.mails.mails().split_off(before).into_iter();
    let digests = mails.filter(|mail| mail.kind == MailKind::Digest && mail.text.contains(subject));
    let mut people: Vec<String> = digests.map(|mail| mail.to.email).collect();
    people.sort();
    people
}

fn emails(people: &[&Person]) -> Vec<String> {
    let mut emails: Vec<String> = people.iter().map(|person| person.email.clone()).collect();
    emails.sort();
    emails
}

async fn state(app: &TestApp, onsite: &Onsite) -> String {
    let seen = onsite.debrief(app, &onsite.driver).await;
    seen.ok()["state"].as_str().unwrap().to_owned()
}

/// Decides with this body by the named decider and the version that they read.
async fn decide(app: &TestApp, onsite: &Onsite, body: Value) -> Reply {
    onsite.take_up(app).await;
    let etag = onsite.debrief(app, &onsite.decider).await.etag();
    let path = format!("/debriefs/{}/decision", onsite.debrief);
    app.put_if(&onsite.decider, &path, &etag, body).await
}

fn reveals(app: &TestApp) -> usize {
    app.event_kinds().iter().filter(|kind| *kind == "debrief.revealed").count()
}

both! {
    async fn a_debrief_gathers_counts_and_is_revealed_with_the_last_card(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        assert_eq!(state(&app, &onsite).await, "planned");
        onsite.hold(&app, 0).await;
        assert_eq!(state(&app, &onsite).await, "gathering");
        let first = onsite.submit(&app, 0, &leads[0], "yes").await;
        let counted = onsite.debrief(&app, &leads[0]).await;
        assert_eq!(counted.ok()["view"], "counted");
        assert_eq!(counted.json["counts"], json!({ "expected": 2, "submitted": 1 }));
        assert_eq!(counted.json["cards"], Value::Null);
        let second = onsite.submit(&app, 1, &leads[1], "no").await;
        let (statements, full) = app.statements(onsite.debrief(&app, &leads[0])).await;
        assert!(statements <= 28, "{statements}");
        let (statements, again) = app.statements(onsite.debrief(&app, &leads[0])).await;
        assert!(statements <= 15, "{statements}");
        assert_eq!(full.ok(), again.ok());
        assert_eq!(full.json["view"], "full");
        assert_eq!(full.json["state"], "discussing");
        assert_eq!(full.json["cards"][0]["scorecard_id"], first);
        assert_eq!(full.json["cards"][0]["recommendation"], "yes");
        assert_eq!(full.json["cards"][1]["recommendation"], "no");
        let dots = &full.json["attributes"][0]["dots"];
        assert_eq!(dots, &json!([{ "scorecard_id": first, "level": 3 }, { "scorecard_id": second, "level": 3 }]));
        assert_eq!(full.json["attributes"][1]["dots"][0]["level"], Value::Null);
        assert_eq!(full.json["attributes"].as_array().unwrap().len(), 2);
        assert_eq!(full.json["ballots"][1]["recommendation"], "no");
        assert_eq!(full.json["decision"], Value::Null);
        let kinds = app.event_kinds();
        let mine = kinds.iter().filter(|kind| kind.starts_with("debrief."));
        assert_eq!(mine.collect::<Vec<_>>(), ["debrief.gathering", "debrief.revealed", "debrief.discussing"]);
        assert_eq!(kinds.iter().filter(|kind| *kind == "scorecard.read").count(), 1);
    }

    async fn the_reveal_is_told_to_driver_and_panel_and_the_decider_who_decides_knows(app) {
        let (onsite, leads, _) = revealed(&app, &["yes", "no", "yes"]).await;
        // Not to whoever handed in the last card, either.
        let expected = emails(&[&onsite.driver, &leads[0], &leads[1]]);
        assert_eq!(told(&app, "debrief_revealed"), Vec::<String>::new());
        assert_eq!(read(&app, "Debrief open"), expected);
        let told = |mail: &Mail| mail.kind == MailKind::Digest && mail.text.contains("Debrief open");
        let mail = app.mails.mails().into_iter().find(told).unwrap();
        assert!(mail.text.contains(&format!("https://hire.example.com/debriefs/{}", onsite.debrief)));
        assert!(mail.text.contains("Ada Lovelace") && !mail.text.contains("yes"));
    }

    async fn somebody_seated_before_the_mail_went_out_is_not_told_of_the_reveal(app) {
        let (onsite, leads, _) = revealed(&app, &["yes", "no"]).await;
        onsite.seat(&app, 1, &leads[0], "second").await;
        onsite.seat(&app, 0, &onsite.decider, "second").await;
        assert_eq!(read(&app, "Debrief open"), emails(&[&onsite.driver]));
    }

    async fn the_decider_decides_once_and_finishes_the_loop(app) {
        let (mut onsite, leads, cards) = revealed(&app, &["yes", "no", "strong_yes"]).await;
        let level = onsite.level.clone();
        let memo = json!({
            "for": [{ "text": "Asked before building.", "scorecard_id": cards[0], "attribute_id": onsite.attributes[0] }],
            "against": [{ "text": "Slow to test.", "scorecard_id": cards[1] }],
            "summary": "Meets the bar.",
            "set_up_for_success": "A mentor for the first month.",
        });
        let body = json!({ "outcome": "hire", "level_id": level, "memo": memo });
        let decided = decide(&app, &onsite, body.clone()).await;
        assert_eq!(decided.ok()["state"], "dissent_window");
        let decision = &decided.json["decision"];
        assert_eq!(decision["outcome"], "hire");
        assert_eq!(decision["level_id"], level);
        assert_eq!(decision["memo"]["for"], memo["for"]);
        assert_eq!(decision["memo"]["concerns_answered"], json!([]));
        assert_eq!(decision["dissent"], json!([{ "user_id": leads[1].id, "scorecard_id": cards[1], "recommendation": "no", "statement": null }]));
        let canonical = serde_json_canonicalizer::to_vec(&decision["memo"]).unwrap();
        let hash = hex(&sha256(&canonical));
        assert_eq!(decision["memo_hash"], hash);
        let again = decide(&app, &onsite, body).await;
        again.problem(409, "illegal_transition");
        onsite.later(&app, TimeDelta::days(3));
        assert_eq!(state(&app, &onsite).await, "decided");
        let finished = app.get(&onsite.recruiter, &format!("/loops/{}", onsite.id)).await;
        assert_eq!(finished.ok()["state"], "finished");
        assert_eq!(app.event_kinds().iter().filter(|kind| *kind == "debrief.decided").count(), 1);
        // Whoever drives it tells the candidate next; the others read it with whatever else there is.
        assert_eq!(told(&app, "decision_made"), emails(&[&onsite.driver]));
        let mail = app.mails.mails().pop().unwrap();
        let expected = emails(&[&leads[0], &leads[1], &leads[2], &onsite.manager]);
        assert_eq!(read(&app, "Decision recorded"), expected);
        assert!(!mail.text.contains("hire ") && !mail.text.contains("Meets the bar"), "{}", mail.text);
    }

    async fn only_the_named_decider_decides(app) {
        let (onsite, leads, _) = revealed(&app, &["yes"]).await;
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        for person in [&leads[0], &onsite.recruiter, &onsite.manager, &onsite.driver] {
            onsite.decide(&app, person, &etag, memo()).await.problem(403, "forbidden");
        }
        let stranger = app.person("Max", OrgRole::Owner);
        onsite.decide(&app, &stranger, &etag, memo()).await.problem(404, "not_found");
        onsite.decide(&app, &app.anonymous(), &etag, memo()).await.problem(401, "unauthenticated");
        onsite.debrief(&app, &stranger).await.problem(404, "not_found");
        assert_eq!(app.get(&stranger, "/debriefs").await.rows().len(), 0);
        // The decider of another loop of the application decides that one alone.
        let mut other = onsite.input();
        other["decider_id"] = json!(onsite.driver.id);
        let path = format!("/applications/{}/loops", onsite.application);
        app.post(&onsite.recruiter, &path, other).await.created();
        onsite.decide(&app, &onsite.driver, &etag, memo()).await.problem(403, "forbidden");
        onsite.decide(&app, &onsite.decider, &etag, memo()).await.ok();
    }

    async fn a_decision_rests_on_what_was_read(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let path = format!("/debriefs/{}/decision", onsite.debrief);
        let body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        app.put(&onsite.decider, &path, body.clone()).await.problem(428, "precondition_required");
        let early = onsite.debrief(&app, &onsite.decider).await.etag();
        app.put_if(&onsite.decider, &path, &early, body.clone()).await.problem(409, "illegal_transition");
        onsite.hold(&app, 0).await;
        app.put_if(&onsite.decider, &path, &early, body.clone()).await.problem(412, "stale");
        decide(&app, &onsite, body.clone()).await.problem(409, "illegal_transition");
        onsite.submit(&app, 0, &leads[0], "yes").await;
        app.put_if(&onsite.decider, &path, &early, body.clone()).await.problem(412, "stale");
        decide(&app, &onsite, body).await.ok();
    }

    async fn a_memo_says_what_it_must(app) {
        let (onsite, _, cards) = revealed(&app, &["strong_no", "no", "yes"]).await;
        let with = |key: &str, value: Value| {
            let mut written = memo();
            written["concerns_answered"] = json!([{ "scorecard_id": cards[0], "answer": "A mentor is agreed." }]);
            written["summary"] = json!("x".repeat(200));
            written[key] = value;
            written
        };
        let hire = |memo: Value| json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo });
        let strange = "card_01jd3z3z3z3z3z3z3z3z3z3z3z";
        let refused = [
            (hire(with("concerns_answered", json!([]))), "/memo/concerns_answered", "unanswered_concern"),
            (hire(with("concerns_answered", json!([{ "scorecard_id": strange, "answer": "?" }]))), "/memo/concerns_answered/0/scorecard_id", "unknown_reference"),
            (hire(with("summary", json!("x".repeat(199)))), "/memo/summary", "too_short"),
            (hire(with("for", json!([]))), "/memo/for", "required"),
            (hire(with("for", json!([{ "text": "?", "scorecard_id": strange }]))), "/memo/for/0/scorecard_id", "unknown_reference"),
            (hire(with("against", json!([{ "text": "?", "attribute_id": "attr_01jd3z3z3z3z3z3z3z3z3z3z3z" }]))), "/memo/against/0/attribute_id", "unknown_reference"),
            (json!({ "outcome": "hire", "memo": with("for", json!([{ "text": "Good." }])) }), "/level_id", "required"),
        ];
        for (body, pointer, code) in refused {
            let reply = decide(&app, &onsite, body).await;
            let errors = reply.field(422, pointer)["errors"].as_array().unwrap().clone();
            assert!(errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code), "{errors:?}");
        }
        let unknown = json!({ "outcome": "hire", "level_id": "level_01jd3z3z3z3z3z3z3z3z3z3z3z", "memo": memo() });
        decide(&app, &onsite, unknown).await.field(422, "/level_id");
        decide(&app, &onsite, json!({ "outcome": "maybe", "memo": memo() })).await.field(422, "/outcome");
        decide(&app, &onsite, json!({ "outcome": "hold", "memo": { "for": [] } })).await.field(422, "/memo/summary");
        assert_eq!(state(&app, &onsite).await, "deciding");
        decide(&app, &onsite, hire(with("for", json!([{ "text": "Good." }])))).await.ok();
    }

    async fn whatever_ends_what_was_owed_last_reveals(app) {
        for ending in ["waiver", "removal", "cancellation", "no-show"] {
            let (onsite, leads) = staffed(&app, 2).await;
            let extra = app.person("Eve", OrgRole::Member);
            let seat = onsite.seat(&app, 0, &extra, "second").await;
            let before = reveals(&app);
            match ending {
                "waiver" => {
                    onsite.submit(&app, 0, &leads[0], "yes").await;
                    onsite.submit(&app, 1, &leads[1], "yes").await;
                    let path = format!("/panelists/{seat}/waiver");
                    app.put(&onsite.driver, &path, json!({ "reason": "Ill." })).await.ok();
                }
                "removal" => {
                    onsite.submit(&app, 0, &leads[0], "yes").await;
                    onsite.submit(&app, 1, &leads[1], "yes").await;
                    app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
                }
                "cancellation" => {
                    onsite.submit(&app, 1, &leads[1], "yes").await;
                    let path = format!("/interviews/{}/cancellation", onsite.interviews[0]);
                    app.put(&onsite.recruiter, &path, json!({})).await.ok();
                }
                _ => {
                    onsite.submit(&app, 1, &leads[1], "yes").await;
                    onsite.schedule(&app, 0, 1).await.ok();
                    let path = format!("/interviews/{}/no-show", onsite.interviews[0]);
                    app.put(&onsite.recruiter, &path, Value::Null).await.ok();
                }
            }
            assert_eq!(state(&app, &onsite).await, "deciding", "{ending}");
            assert_eq!(reveals(&app), before + 1, "{ending}");
        }
    }

    async fn a_debrief_without_a_card_is_not_revealed(app) {
        let (onsite, _) = staffed(&app, 1).await;
        onsite.hold(&app, 0).await;
        let shown = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        let seat = shown.ok()["panel"][0]["id"].as_str().unwrap().to_owned();
        let waiver = format!("/panelists/{seat}/waiver");
        app.put(&onsite.driver, &waiver, json!({ "reason": "Left the company." })).await.ok();
        let seen = onsite.debrief(&app, &onsite.driver).await;
        assert_eq!(seen.ok()["state"], "gathering");
        assert_eq!(seen.json["counts"], json!({ "expected": 0, "submitted": 0 }));
    }

    async fn an_interview_that_nobody_judges_yet_holds_the_debrief_up(app) {
        let onsite = Onsite::new(&app, 3).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        let sam = app.person("Sam", OrgRole::Member);
        onsite.seat(&app, 1, &sam, "shadow").await;
        onsite.submit(&app, 0, &ana, "yes").await;
        assert_eq!(state(&app, &onsite).await, "gathering");
        let bens = onsite.seat(&app, 1, &ben, "lead").await;
        app.delete(&onsite.recruiter, &format!("/panelists/{bens}")).await.expect(204);
        assert_eq!(state(&app, &onsite).await, "gathering", "somebody takes Ben's place");
        onsite.seat(&app, 1, &ben, "lead").await;
        onsite.submit(&app, 1, &ben, "yes").await;
        assert_eq!(state(&app, &onsite).await, "gathering");
        let path = format!("/interviews/{}/cancellation", onsite.interviews[2]);
        app.put(&onsite.recruiter, &path, json!({})).await.ok();
        assert_eq!(state(&app, &onsite).await, "deciding");
    }

    async fn a_card_that_comes_after_the_decision_changes_no_ballot(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        let eve = app.person("Eve", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &eve, "second").await;
        onsite.submit(&app, 0, &leads[0], "yes").await;
        let path = format!("/panelists/{seat}/waiver");
        app.put(&onsite.driver, &path, json!({ "reason": "On holiday." })).await.ok();
        let body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        decide(&app, &onsite, body).await.ok();
        onsite.submit(&app, 0, &eve, "strong_no").await;
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(seen.ok()["ballots"].as_array().unwrap().len(), 1);
        assert_eq!(seen.json["decision"]["dissent"], json!([]));
        assert_eq!(seen.json["cards"].as_array().unwrap().len(), 2, "it is kept all the same");
    }

    async fn a_card_that_comes_while_others_speak_to_the_decision_changes_no_ballot(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let eve = app.person("Eve", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &eve, "second").await;
        onsite.submit(&app, 0, &leads[0], "yes").await;
        let path = format!("/panelists/{seat}/waiver");
        app.put(&onsite.driver, &path, json!({ "reason": "On holiday." })).await.ok();
        onsite.submit(&app, 1, &leads[1], "no").await;
        let body = json!({ "outcome": "hire", "level_id": onsite.level, "memo": memo() });
        let decided = decide(&app, &onsite, body).await;
        assert_eq!(decided.ok()["state"], "dissent_window");
        onsite.submit(&app, 0, &eve, "strong_no").await;
        let seen = onsite.debrief(&app, &onsite.decider).await;
        assert_eq!(seen.ok()["ballots"], decided.json["ballots"]);
        assert_eq!(seen.json["decision"]["dissent"], decided.json["decision"]["dissent"]);
    }

    async fn a_coordinator_sees_how_far_it_is_and_what_was_decided(app) {
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        let (mut onsite, ..) = revealed(&app, &["yes"]).await;
        let body = json!({ "outcome": "no_hire", "memo": { "against": [{ "text": "No." }], "summary": "x".repeat(200) } });
        decide(&app, &onsite, body).await.ok();
        onsite.later(&app, TimeDelta::days(1));
        let seen = onsite.debrief(&app, &app.again(&coordinator)).await;
        assert_eq!(seen.ok()["view"], "counted");
        assert_eq!(seen.json["state"], "decided");
        assert_eq!(seen.json["ballots"], Value::Null);
        assert_eq!(seen.json["decision"]["outcome"], "no_hire");
        assert_eq!(seen.json["decision"]["dissent"], Value::Null);
        assert_eq!(app.get(&app.again(&coordinator), "/scorecards").await.rows().len(), 0);
    }

    async fn debriefs_are_listed_by_application(app) {
        let (onsite, leads, _) = revealed(&app, &["yes"]).await;
        let other = hiring::application(&app, &onsite.recruiter, &onsite.job).await;
        app.post(&onsite.recruiter, &format!("/applications/{other}/loops"), onsite.input()).await.created();
        let (statements, all) = app.statements(app.get(&onsite.recruiter, "/debriefs")).await;
        assert!(statements <= 2, "{statements}");
        assert_eq!(all.rows().len(), 2);
        let path = format!("/debriefs?application_id={}", onsite.application);
        let mine = app.get(&leads[0], &path).await;
        assert_eq!(mine.rows()[0]["state"], "deciding");
        assert_eq!(app.get(&leads[0], "/debriefs").await.rows().len(), 1);
        let recruiter = app.person("Rolf", OrgRole::Member);
        hiring::join(&app, &onsite.job, &recruiter, TeamRole::Recruiter);
        assert_eq!(app.get(&recruiter, "/debriefs?limit=1").await.ok()["has_more"], true);
        app.get(&recruiter, "/debriefs?state=decided").await.problem(422, "unknown_field");
    }

    async fn two_last_cards_at_once_reveal_exactly_once(app) {
        for _ in 0..4 {
            let (onsite, leads) = staffed(&app, 2).await;
            let mut drafts = Vec::new();
            for (interview, lead) in leads.iter().enumerate() {
                drafts.push(onsite.write(&app, interview, lead, onsite.judgement("yes")).await);
            }
            let before = reveals(&app);
            submit_at_once(&app, &leads, &drafts);
            assert_eq!(state(&app, &onsite).await, "deciding");
            assert_eq!(reveals(&app), before + 1);
            let seen = onsite.debrief(&app, &onsite.driver).await;
            assert_eq!(seen.ok()["ballots"].as_array().unwrap().len(), 2);
            let told = told(&app, "decision_awaited");
            let decider = told.iter().filter(|email| **email == onsite.decider.email);
            assert_eq!(decider.count(), 1);
        }
    }
}

/// Hands in two drafts from two threads that meet first: on PostgreSQL in the middle of their
/// transactions, on SQLite before the one writer takes them.
fn submit_at_once(app: &TestApp, authors: &[Person], drafts: &[Reply]) {
    let meeting = Arc::new(Barrier::new(2));
    let threads: Vec<_> = authors
        .iter()
        .zip(drafts)
        .map(|(author, draft)| {
            let (db, meeting) = (app.db().clone(), Arc::clone(&meeting));
            let claims = app.state.tokens.check(&author.token, app.clock.now()).unwrap();
            let card: ScorecardId = draft.id().parse().unwrap();
            let version: i64 =
                draft.etag().trim_matches('"').split('-').next().unwrap().parse().unwrap();
            let account = Account {
                user_id: claims.user_id,
                role: OrgRole::Member,
                email_folded: author.email.clone(),
                agency_id: None,
            };
            let actor = Actor::in_absence(account);
            std::thread::spawn(move || {
                let inside = matches!(db.url(), Url::Postgres(_));
                if !inside {
                    meeting.wait();
                }
                let met = AtomicBool::new(!inside);
                db.write_here(&db.unit(), move |tx| {
                    // A write that is tried again meets nobody a second time.
                    if !met.swap(true, Ordering::SeqCst) {
                        meeting.wait();
                    }
                    submit(tx, &actor, card, version)
                })
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}
