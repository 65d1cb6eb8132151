//! Sealing: somebody who owes a card for an application learns nothing of what others wrote.
//!
//! The last part runs one history twice with the same clock and the same ids, but with other
//! ratings, recommendations, texts, lengths and another decision, and compares everything that is
//! sent to those who owe, byte by byte. It walks whatever the OpenAPI document knows, so a new
//! operation takes part by itself.

mod attempts;
mod histories;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::db::Url;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::{Onsite, memo, missed};
use crate::support::walk::{self, everything_sent_to, known_ids};
use crate::support::{Engine, Person, TestApp, fresh_database, hiring};

/// Whoever reads the audit sees that something happened, and its place in the chain, though not what.
/// That chain, the ids of what is in it and the places in it are left out of a comparison.
fn leave_out_the_chain(sent: &mut walk::Sent) {
    const IDS: [&str; 3] = ["evt_", "dlv_", "dec_"];
    let in_it = |what: &str| what.contains("/audit") || IDS.iter().any(|id| what.contains(id));
    sent.retain(|what, _| !in_it(what));
    for text in sent.values_mut() {
        let mut before = ["", ""];
        let mut told = Vec::new();
        for token in text.split('"') {
            let id = IDS.iter().find(|id| token.starts_with(**id));
            told.push(match before {
                [_, "position"] => token.trim_start_matches(|one: char| !",}".contains(one)),
                ["next_cursor", _] => "…",
                _ => id.copied().unwrap_or(token),
            });
            before = [before[1], token];
        }
        let lines = told.join("\"");
        let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with("link: ")).collect();
        *text = lines.join("\n");
    }
}

both! {
    async fn who_owes_a_second_card_stays_sealed_after_the_first(app) {
        let onsite = Onsite::new(&app, 3).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ana, "bar_raiser").await;
        onsite.seat(&app, 2, &ben, "lead").await;
        let bens = onsite.submit(&app, 2, &ben, "strong_no").await;
        onsite.submit(&app, 0, &ana, "yes").await;
        let seen = app.get(&ana, &format!("/scorecards/{bens}")).await;
        assert_eq!(seen.ok()["view"], "sealed");
        assert_eq!(seen.json["is_in"], true);
        assert!(seen.json["submitted_at"].is_string());
        for field in ["recommendation", "recommendation_reason", "level_signal_id", "summary", "ratings", "independent", "is_late"] {
            assert_eq!(seen.json[field], Value::Null, "{field}");
        }
        let debrief = onsite.debrief(&app, &ana).await;
        assert_eq!(debrief.ok()["view"], "sealed");
        assert_eq!(debrief.json["state"], "gathering");
        assert_eq!(debrief.json["counts"], Value::Null);
        onsite.submit(&app, 1, &ana, "yes").await;
        assert_eq!(app.get(&ana, &format!("/scorecards/{bens}")).await.ok()["view"], "full");
        assert_eq!(onsite.debrief(&app, &ana).await.ok()["state"], "discussing");
    }

    async fn a_shadow_seals_nobody_and_never_enters_the_debrief(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, sam) = (app.person("Ana", OrgRole::Member), app.person("Sam", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 0, &sam, "shadow").await;
        let practice = onsite.submit(&app, 0, &sam, "strong_no").await;
        let counted = onsite.debrief(&app, &sam).await;
        assert_eq!(counted.ok()["counts"], json!({ "expected": 1, "submitted": 0 }));
        for person in [&ana, &onsite.recruiter, &onsite.driver, &onsite.decider, &onsite.manager] {
            app.get(person, &format!("/scorecards/{practice}")).await.problem(404, "not_found");
            assert_eq!(app.get(person, "/scorecards").await.rows().len(), 0);
        }
        let anas = onsite.submit(&app, 0, &ana, "yes").await;
        let debrief = onsite.debrief(&app, &sam).await;
        assert_eq!(debrief.ok()["state"], "deciding");
        assert_eq!(debrief.json["cards"].as_array().unwrap().len(), 1);
        assert_eq!(debrief.json["ballots"].as_array().unwrap().len(), 1);
        assert_eq!(debrief.json["attributes"][0]["dots"].as_array().unwrap().len(), 1);
        assert_eq!(debrief.json["cards"][0]["scorecard_id"], anas);
        assert_eq!(app.get(&sam, &format!("/scorecards/{practice}")).await.ok()["view"], "full");
    }

    async fn no_other_role_widens_the_view_of_who_owes(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        for person in [&onsite.recruiter, &onsite.driver, &onsite.decider, &onsite.manager] {
            onsite.seat(&app, 1, person, "second").await;
        }
        let card = onsite.submit(&app, 0, &ana, "no").await;
        for person in [&onsite.recruiter, &onsite.driver, &onsite.decider, &onsite.manager] {
            assert_eq!(app.get(person, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
            assert_eq!(onsite.debrief(&app, person).await.ok()["view"], "sealed");
        }
        // A panelist who is recruiter as well sees counts, not text, until the reveal.
        onsite.submit(&app, 1, &onsite.recruiter, "yes").await;
        assert_eq!(app.get(&onsite.recruiter, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
        assert_eq!(onsite.debrief(&app, &onsite.recruiter).await.ok()["counts"]["submitted"], 2);
    }

    async fn a_reveal_and_a_decision_do_not_reach_who_owes_in_another_loop(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        let second = onsite.start(&app, &onsite.recruiter).await;
        let interview = second.created()["interview_ids"][0].as_str().unwrap().to_owned();
        let seat = |person: &Person| json!({ "user_id": person.id, "slot": "lead" });
        for person in [&ben, &onsite.decider] {
            app.post(&onsite.recruiter, &format!("/interviews/{interview}/panel"), seat(person)).await.created();
        }
        onsite.hold(&app, 0).await;
        let paths = [
            format!("/debriefs/{}", onsite.debrief),
            format!("/loops/{}", onsite.id),
            format!("/loops?application_id={}", onsite.application),
            format!("/debriefs?application_id={}", onsite.application),
        ];
        let mut gathering = Vec::new();
        for path in &paths {
            let reply = app.get(&ben, path).await;
            gathering.push((reply.ok().clone(), reply.header("etag").map(str::to_owned)));
        }
        app.advance(TimeDelta::minutes(1));
        let card = onsite.submit(&app, 0, &app.again(&ana), "yes").await;
        // The decider owes as well, so that to them there is nothing to decide yet.
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        onsite.decide(&app, &onsite.decider, &etag, memo()).await.problem(409, "illegal_transition");
        let deciders = app.get(&onsite.recruiter, &format!("/interviews/{interview}")).await;
        let deciders = deciders.ok()["panel"][1]["id"].as_str().unwrap().to_owned();
        app.delete(&onsite.recruiter, &format!("/panelists/{deciders}")).await.expect(204);
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        onsite.decide(&app, &onsite.decider, &etag, memo()).await.ok();
        for (path, (json, etag)) in paths.iter().zip(&gathering) {
            let reply = app.get(&ben, path).await;
            assert_eq!(reply.ok(), json, "{path}");
            assert_eq!(reply.header("etag"), etag.as_deref(), "{path}");
        }
        assert_eq!(app.get(&ben, &format!("/scorecards/{card}")).await.ok()["view"], "sealed");
        app.deliver_mail();
        let told: Vec<_> = app.mails.mails().into_iter().filter(|mail| mail.to.email == ben.email).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind.slug(), "interview_assigned");
    }

    async fn reasons_are_told_to_those_who_owe_nothing(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        let seat = onsite.seat(&app, 1, &ben, "lead").await;
        let waiver = format!("/panelists/{seat}/waiver");
        app.put(&onsite.recruiter, &waiver, json!({ "reason": "One strong no is enough." })).await.ok();
        let cancellation = format!("/interviews/{}/cancellation", onsite.interviews[1]);
        app.put(&onsite.recruiter, &cancellation, json!({ "reason": "Nothing left to ask." })).await.ok();
        let interview = format!("/interviews/{}", onsite.interviews[1]);
        let sealed = app.get(&ana, &interview).await;
        assert_eq!(sealed.ok()["cancelled_reason"], Value::Null);
        assert_eq!(sealed.json["panel"][0]["waived_reason"], Value::Null);
        assert!(sealed.json["panel"][0]["waived_at"].is_string());
        let open = app.get(&ben, &interview).await;
        assert_eq!(open.ok()["cancelled_reason"], "Nothing left to ask.");
        assert_eq!(open.json["panel"][0]["waived_reason"], "One strong no is enough.");
    }

    async fn policy_may_show_cards_before_the_reveal(app) {
        set_policy(&app, json!({ "reveal": "early", "scorecard_due_working_hours": 8, "recruiter_sees": "text" })).await;
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        let due = onsite.schedule(&app, 0, 1).await;
        assert_eq!(due.ok()["panel"][0]["due_at"], "2026-11-24T09:30:00Z");
        let card = format!("/scorecards/{}", onsite.submit(&app, 0, &ana, "yes").await);
        assert_eq!(app.get(&ben, &card).await.ok()["view"], "sealed");
        assert_eq!(app.get(&onsite.manager, &card).await.ok()["view"], "full");
        // A later policy does not move a debrief that has begun.
        set_policy(&app, json!({ "reveal": "at_reveal", "scorecard_due_working_hours": 8, "recruiter_sees": "text" })).await;
        assert_eq!(app.get(&onsite.decider, &card).await.ok()["view"], "full");
    }

    async fn policy_may_show_recruiter_and_driver_no_more_than_counts(app) {
        set_policy(&app, json!({ "reveal": "at_reveal", "scorecard_due_working_hours": 8, "recruiter_sees": "counts" })).await;
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        let card = format!("/scorecards/{}", onsite.submit(&app, 0, &ana, "yes").await);
        for person in [&onsite.recruiter, &onsite.driver] {
            assert_eq!(app.get(person, &card).await.ok()["view"], "sealed");
            assert_eq!(onsite.debrief(&app, person).await.ok()["counts"]["submitted"], 1);
        }
        onsite.submit(&app, 1, &ben, "no").await;
        for person in [&onsite.recruiter, &onsite.driver] {
            assert_eq!(app.get(person, &card).await.ok()["view"], "full");
        }
    }

    async fn what_others_wrote_never_reaches_who_owes(app) {
        let other = twin(&app).await;
        let (mild, harsh) = (history(&app, &MILD).await, history(&other, &HARSH).await);
        let (ids, again) = (known_ids(&app, &mild.outsider).await, known_ids(&other, &harsh.outsider).await);
        // Discussions and decisions make ids of their own; nobody who owes may tell by any of them.
        let ids: BTreeSet<String> = ids.union(&again).cloned().collect();
        for (one, two) in mild.owing.iter().zip(&harsh.owing) {
            let mut sent = everything_sent_to(&app, one, &ids).await;
            let mut again = everything_sent_to(&other, two, &ids).await;
            if one.email.starts_with("alma.admin") {
                for histories in [&mut sent, &mut again] {
                    leave_out_the_chain(histories);
                }
            }
            assert!(sent.len() > 100, "{} saw only {}", one.email, sent.len());
            walk::assert_equal(one, &sent, &again);
        }
        for (one, two) in mild.owing.iter().zip(&harsh.owing) {
            let (answers, again) = (mild.attempts(&app, one).await, harsh.attempts(&other, two).await);
            assert!(answers.len() > 12, "{} tried only {}", one.email, answers.len());
            walk::assert_equal(one, &answers, &again);
        }
        // The histories do differ, to somebody who owes nothing.
        let sent = everything_sent_to(&app, &mild.driver, &ids).await;
        let again = everything_sent_to(&other, &harsh.driver, &ids).await;
        assert_ne!(sent, again);
    }
}

/// What others write in a history.
struct Flavour {
    recommendations: [&'static str; 2],
    levels: [Option<i32>; 2],
    words: &'static str,
    score: &'static str,
    outcome: &'static str,
}

const MILD: Flavour = Flavour {
    recommendations: ["strong_yes", "yes"],
    levels: [Some(3), None],
    words: "Good.",
    score: "97.25",
    outcome: "hire",
};

const HARSH: Flavour = Flavour {
    recommendations: ["strong_no", "no"],
    levels: [Some(1), Some(4)],
    words: "Nothing that was asked was answered; \u{fc}nder pressure even less. \u{1f61f} ",
    score: "3",
    outcome: "no_hire",
};

impl Flavour {
    fn text(&self) -> String {
        self.words.repeat(9)
    }

    fn judgement(&self, onsite: &Onsite, card: usize) -> Value {
        let rating = |index: usize| {
            json!({
                "attribute_id": onsite.attributes[index],
                "level": self.levels[index],
                "evidence": self.text(),
            })
        };
        json!({
            "recommendation": self.recommendations[card],
            "recommendation_reason": self.text(),
            "level_signal_id": self.levels[1].map(|_| &onsite.level),
            "summary": self.text(),
            "ratings": [rating(0), rating(1)],
        })
    }
}

/// Another application over another database of the same kind, at the same beginning.
pub async fn twin(app: &TestApp) -> TestApp {
    let engine = match app.db().url() {
        Url::Sqlite(_) => Engine::Sqlite,
        Url::Postgres(_) => Engine::Postgres,
    };
    TestApp::open(&fresh_database(engine).unwrap()).await
}

async fn set_policy(app: &TestApp, policy: Value) {
    let owner = app.person("Olga Owner", OrgRole::Owner);
    let settings = app.get(&owner, "/settings").await;
    app.put_if(&owner, "/settings", &settings.etag(), policy).await.ok();
}

/// A history that has happened.
struct Happened {
    /// People of every role who owe a card for the application.
    owing: Vec<Person>,
    /// Recruits, sits on no panel, and reads everything.
    outsider: Person,
    /// Drives the debrief and owes nothing.
    driver: Person,
    /// The loop that is over.
    onsite: Onsite,
    /// A seat on it whose card is in, and that card.
    judged: (String, String),
    /// A file on that card.
    file: String,
}

/// Two people hand in their cards, one is waived, the debrief is revealed, read and decided, while
/// in a second loop of the application people of every role still owe theirs.
async fn history(app: &TestApp, flavour: &Flavour) -> Happened {
    let onsite = Onsite::with_assessment(app, 3).await;
    let outsider = app.person("Otto", OrgRole::Recruiter);
    let owing = [
        app.person("Mia Member", OrgRole::Member),
        app.person("Rolf Recruiter", OrgRole::Recruiter),
        app.person("Alma Admin", OrgRole::Admin),
        app.person("Hugo Manager", OrgRole::Member),
        app.person("Trude Recruits", OrgRole::Member),
    ];
    hiring::join(app, &onsite.job, &owing[3], TeamRole::HiringManager);
    hiring::join(app, &onsite.job, &owing[4], TeamRole::Recruiter);
    let mut input = onsite.input();
    input["decider_id"] = json!(owing[3].id);
    input["driver_id"] = json!(owing[0].id);
    let path = format!("/applications/{}/loops", onsite.application);
    let second = app.post(&onsite.recruiter, &path, input).await;
    let panel =
        format!("/interviews/{}/panel", second.created()["interview_ids"][0].as_str().unwrap());
    for person in &owing {
        let seat = json!({ "user_id": person.id, "slot": "second" });
        app.post(&onsite.recruiter, &panel, seat).await.created();
    }
    let leads: Vec<Person> =
        ["Ana", "Ben", "Cyd"].map(|name| app.person(name, OrgRole::Member)).into();
    let (mut seats, mut cards, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for (interview, lead) in leads.iter().enumerate() {
        seats.push(onsite.seat(app, interview, lead, "lead").await);
        onsite.hold(app, interview).await;
    }
    for (card, lead) in leads.iter().enumerate().take(2) {
        app.advance(TimeDelta::minutes(10));
        let [card, file] = hand_in(app, &onsite, (card, &app.again(lead)), flavour).await;
        cards.push(card);
        files.push(file);
    }
    let unfinished = json!({ "summary": flavour.text() });
    onsite.write(app, 2, &app.again(&leads[2]), unfinished).await;
    let recruiter = app.again(&onsite.recruiter);
    assess(app, &onsite, flavour).await;
    let waiver = format!("/panelists/{}/waiver", seats[2]);
    app.put(&recruiter, &waiver, json!({ "reason": flavour.text() })).await.ok();
    app.get(&app.again(&onsite.driver), &format!("/debriefs/{}", onsite.debrief)).await.ok();
    decide(app, &onsite, flavour).await;
    app.advance(TimeDelta::hours(3));
    app.deliver_mail();
    app.next_morning();
    let owing = owing.iter().map(|person| app.again(person)).collect();
    Happened {
        owing,
        outsider: app.again(&outsider),
        driver: app.again(&onsite.driver),
        onsite,
        judged: (seats.swap_remove(0), cards.swap_remove(0)),
        file: files.swap_remove(0),
    }
}

/// Somebody writes the card of an interview, puts a file on it and hands it in. Gives card and file.
async fn hand_in(
    app: &TestApp,
    onsite: &Onsite,
    (interview, author): (usize, &Person),
    flavour: &Flavour,
) -> [String; 2] {
    let draft = onsite.write(app, interview, author, flavour.judgement(onsite, interview)).await;
    let (name, text) = (format!("{}.txt", flavour.outcome), flavour.text());
    let card = format!("/scorecards/{}", draft.id());
    let file = app.attach(author, &card, "other", (&name, text.as_bytes())).await.id();
    let path = format!("{card}/submission");
    app.put_if(author, &path, &draft.etag(), Value::Null).await.ok();
    [draft.id(), file]
}

/// The result of the assessment comes in and is corrected.
async fn assess(app: &TestApp, onsite: &Onsite, flavour: &Flavour) {
    let recruiter = app.again(&onsite.recruiter);
    let result = onsite.result(flavour.score, flavour.levels[0], &flavour.text());
    app.put(&recruiter, &onsite.result_path(), result.clone()).await.ok();
    let mut corrected = result;
    corrected["reason"] = json!(flavour.text());
    let etag = app.get(&recruiter, &onsite.result_path()).await.etag();
    app.put_if(&recruiter, &onsite.result_path(), &etag, corrected).await.ok();
}

async fn decide(app: &TestApp, onsite: &Onsite, flavour: &Flavour) {
    onsite.take_up(app).await;
    let decider = app.again(&onsite.decider);
    let debrief = onsite.debrief(app, &decider).await;
    let strong_no = |card: &&Value| card["recommendation"] == "strong_no";
    let concerns = debrief.ok()["cards"].as_array().unwrap().iter().filter(strong_no);
    let answers: Vec<Value> = concerns
        .map(|card| json!({ "scorecard_id": card["scorecard_id"], "answer": flavour.text() }))
        .collect();
    let memo = json!({
        "for": [{ "text": flavour.words }],
        "concerns_answered": answers,
        "findings_answered": missed(debrief.ok(), &flavour.text()),
        "summary": flavour.text(),
    });
    let body = json!({ "outcome": flavour.outcome, "level_id": onsite.level, "memo": memo });
    let path = format!("/debriefs/{}/decision", onsite.debrief);
    app.put_if(&decider, &path, &debrief.etag(), body).await.ok();
}
