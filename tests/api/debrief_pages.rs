//! The page of a debrief.

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::sealing::twin;
use crate::support::onsite::{Onsite, memo, missed};
use crate::support::{Browser, Person, TestApp, hiring};

/// A loop with a lead on each of its interviews.
async fn staffed(app: &TestApp, interviews: usize) -> (Onsite, Vec<Person>) {
    let onsite = Onsite::new(app, interviews).await;
    let mut leads = Vec::new();
    for (interview, name) in ["Ana Alves", "Ben", "Cyd"].into_iter().take(interviews).enumerate() {
        let person = app.person(name, OrgRole::Member);
        onsite.seat(app, interview, &person, "lead").await;
        leads.push(person);
    }
    (onsite, leads)
}

/// Hands in a card with this recommendation, level of the must-have and evidence; gives its id.
async fn judge(
    app: &TestApp,
    onsite: &Onsite,
    (interview, person): (usize, &Person),
    (recommendation, level, evidence): (&str, i32, &str),
) -> String {
    let mut judgement = onsite.judgement(recommendation);
    judgement["ratings"][0]["level"] = json!(level);
    judgement["ratings"][0]["evidence"] = json!(evidence);
    let written = onsite.write(app, interview, person, judgement).await;
    let path = format!("/scorecards/{}/submission", written.id());
    app.put_if(person, &path, &written.etag(), Value::Null).await.ok();
    written.id()
}

/// A debrief whose two cards contradict each other.
async fn contested(app: &TestApp) -> (Onsite, Vec<Person>, Vec<String>) {
    let (onsite, leads) = staffed(app, 2).await;
    let yes = judge(app, &onsite, (0, &leads[0]), ("yes", 3, "Bisected the log.")).await;
    let no = judge(app, &onsite, (1, &leads[1]), ("strong_no", 1, "Guessed, thrice.")).await;
    (onsite, leads, vec![yes, no])
}

fn path(onsite: &Onsite) -> String {
    format!("/debriefs/{}", onsite.debrief)
}

/// The page of the debrief as somebody sees it, as text without the escapes of a slash.
async fn page(app: &TestApp, onsite: &Onsite, person: &Person) -> String {
    let mut browser = Browser::of(app, person);
    browser.open(&path(onsite)).await.ok();
    browser.html.replace("&#x2f;", "/")
}

/// The open questions that are put to somebody, as the fields that answer them.
async fn questions(app: &TestApp, onsite: &Onsite, person: &Person) -> Vec<String> {
    let seen = onsite.debrief(app, person).await;
    let findings = seen.ok()["findings"].as_array().unwrap().iter();
    let mine = findings.filter(|finding| {
        let people = finding["user_ids"].as_array().unwrap();
        finding["severity"] == "blocking" && people.contains(&json!(person.id))
    });
    mine.map(|finding| format!("answer-{}", finding["id"].as_str().unwrap())).collect()
}

/// Sends a form of the page after opening it.
async fn send(browser: &mut Browser, onsite: &Onsite, what: &str, fields: &[(&str, &str)]) -> u16 {
    browser.open(&path(onsite)).await.ok();
    browser.submit(&format!("{}/{what}", path(onsite)), fields).await.status
}

/// The fields of a decision to hire that says what it must.
async fn decision(app: &TestApp, onsite: &Onsite, words: &str) -> Vec<(String, String)> {
    let seen = onsite.debrief(app, &onsite.decider).await;
    let mut fields = vec![
        ("outcome".to_owned(), "hire".to_owned()),
        ("level".to_owned(), onsite.level.clone()),
        ("for-2".to_owned(), format!("For, {words}")),
        ("for-2-attribute".to_owned(), onsite.attributes[0].clone()),
        ("summary".to_owned(), words.repeat(20)),
        ("success".to_owned(), format!("First day, {words}")),
    ];
    for ballot in seen.ok()["ballots"].as_array().unwrap() {
        if ballot["recommendation"] == "strong_no" {
            let field = format!("concern-{}", ballot["scorecard_id"].as_str().unwrap());
            fields.push((field, format!("Concern, {words}")));
        }
    }
    for answer in missed(&seen.json, words).as_array().unwrap() {
        fields.push((
            format!("finding-{}", answer["finding_id"].as_str().unwrap()),
            words.to_owned(),
        ));
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect()
}

both! {
    async fn whoever_owes_a_card_reads_that_it_is_awaited_whatever_the_others_did(app) {
        let other = twin(&app).await;
        let mut pages = Vec::new();
        for (app, (recommendation, level), decided) in [(&app, ("strong_yes", 3), true), (&other, ("no", 1), false)] {
            let (onsite, leads) = staffed(app, 1).await;
            let (owing, decider) = (app.person("Olga", OrgRole::Member), onsite.decider.clone());
            let second = onsite.start(app, &onsite.recruiter).await;
            let panel = format!("/interviews/{}/panel", second.created()["interview_ids"][0].as_str().unwrap());
            app.post(&onsite.recruiter, &panel, json!({ "user_id": owing.id, "slot": "lead" })).await.created();
            onsite.hold(app, 0).await;
            judge(app, &onsite, (0, &leads[0]), (recommendation, level, "Evidence.")).await;
            if decided {
                let etag = onsite.debrief(app, &decider).await.etag();
                onsite.decide(app, &decider, &etag, memo()).await.ok();
            }
            let mut browser = Browser::of(app, &owing);
            let mut shown = Vec::new();
            browser.open(&path(&onsite)).await.ok();
            shown.push(browser.html.clone());
            for form in ["responses", "ballots", "dissent", "decision"] {
                // Without a form on the page there is no proof on it; the session's own is taken.
                let claims = app.state.tokens.check(&owing.token, app.clock.now()).unwrap();
                let proof = app.state.derived.secret(evenbar::sessions::Purpose::Form, claims.session_id);
                let typed = [
                    ("proof", proof.as_str()), ("comment", "Mine."), ("statement", "Mine."), ("reason", "Mine."), ("recommendation", "no"),
                    ("because_card", "card_01jd3z3z3z3z3z3z3z3z3z3z3z"), ("outcome", "no_hire"), ("summary", "Mine."), ("for-1", "Mine."), ("base", "2"),
                ];
                let status = browser.submit(&format!("{}/{form}", path(&onsite)), &typed).await.status;
                assert!(browser.html.contains("What you typed was not taken"), "{form} {status}");
                shown.push(format!("{status}\n{}", browser.html));
            }
            pages.push(shown);
        }
        assert!(pages[0][0].contains("Your scorecard is awaited.") && pages[0][0].contains("Fill in your scorecard: Interview 1"));
        for words in ["cards are in", "Evidence.", "What was judged", "Who was to rate what"] {
            assert!(!pages[0][0].contains(words), "{words}");
        }
        assert_eq!(pages[0], pages[1]);
    }

    async fn whoever_owes_nothing_reads_how_many_are_in_and_when_it_opens(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        assert!(page(&app, &onsite, &onsite.driver).await.contains("No interview took place yet."));
        onsite.schedule(&app, 0, 1).await.ok();
        onsite.schedule(&app, 1, 2).await.ok();
        judge(&app, &onsite, (0, &leads[0]), ("yes", 3, "Bisected the log.")).await;
        for person in [&leads[0], &onsite.decider, &onsite.driver] {
            let html = page(&app, &onsite, person).await;
            assert!(html.contains("1 of 2 cards are in. It opens when the last is in, or on Tue 24 Nov 2026, 11:30 (Europe/Berlin) if enough are in."), "{html}");
            assert!(!html.contains("Bisected the log.") && html.contains("Who was to rate what"));
        }
        let (statements, _) = app.statements(page(&app, &onsite, &onsite.driver)).await;
        assert!(statements <= 31, "{statements}");
    }

    async fn an_open_debrief_shows_dots_and_the_evidence_side_by_side(app) {
        let (onsite, _, cards) = contested(&app).await;
        let (statements, html) = app.statements(page(&app, &onsite, &onsite.decider)).await;
        assert!(statements <= 60, "{statements}");
        let (statements, again) = app.statements(page(&app, &onsite, &onsite.decider)).await;
        assert!(statements <= 38, "{statements}");
        assert_eq!(html, again);
        for words in [
            "<span aria-hidden=\"true\">AA</span><span class=\"unseen\">Ana Alves</span>", "Bisected the log.", "Guessed, thrice.",
            "class=\"bar\"", "Strong no", "No signal", "Put to Ana Alves, Ben.", "contested", "Answers are awaited until", "Asked before building",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(html.contains(&format!("id=\"{}\"", cards[0])));
        assert!(!html.contains("<form class=\"act"), "whoever judged nothing answers nothing");
        let reads = app.event_kinds().into_iter().filter(|kind| kind == "scorecard.read").count();
        assert_eq!(reads, 2, "each card is read once");
    }

    async fn somebody_answers_what_is_put_to_them(app) {
        let (onsite, leads, _) = contested(&app).await;
        let asked = questions(&app, &onsite, &leads[0]).await;
        let mut ana = Browser::of(&app, &leads[0]);
        let long = "word ".repeat(801);
        assert_eq!(send(&mut ana, &onsite, "responses", &[(&asked[0], &long), ("comment", "Kept <b>.")]).await, 422);
        for (index, question) in asked.iter().enumerate() {
            assert!(ana.html.contains(&format!("href=\"#{question}\"")), "{index}");
        }
        assert!(ana.html.contains(long.trim()) && ana.html.contains("Kept &lt;b&gt;.") && ana.html.contains("At most 4000 characters."));
        let answers: Vec<(&str, &str)> = asked.iter().map(|id| (id.as_str(), "It was in my hour.")).collect();
        assert_eq!(send(&mut ana, &onsite, "responses", &answers).await, 303);
        ana.open(&path(&onsite)).await.ok();
        assert!(ana.html.contains("It was in my hour.") && ana.html.contains("Answered so far: Ana Alves."));
        assert!(!ana.html.contains("h-respond"));
        let ben = page(&app, &onsite, &leads[1]).await;
        assert!(!ben.contains("It was in my hour.") && ben.contains("h-respond"));
        // A second answer is not taken, and not lost.
        assert_eq!(ana.submit(&format!("{}/responses", path(&onsite)), &answers).await.status, 409);
        assert!(ana.html.contains("What you typed was not taken") && ana.html.contains("You have responded in this discussion."));
    }

    async fn somebody_recommends_otherwise_and_both_stay(app) {
        let (onsite, leads, cards) = contested(&app).await;
        let mut ben = Browser::of(&app, &leads[1]);
        assert_eq!(send(&mut ben, &onsite, "ballots", &[("recommendation", "strong_no"), ("because_card", &cards[0]), ("reason", "Ana's hour answers it.")]).await, 422);
        assert!(ben.html.contains("href=\"#recommendation\"") && ben.html.contains("Ana&#x27;s hour answers it."));
        assert_eq!(send(&mut ben, &onsite, "ballots", &[("recommendation", "yes"), ("because_card", &cards[1]), ("reason", "-")]).await, 422);
        assert!(ben.html.contains("Choose another’s card in this debrief.") || ben.html.contains("Choose another&#x27;s card in this debrief."));
        assert_eq!(send(&mut ben, &onsite, "ballots", &[]).await, 422);
        let fields = [("recommendation", "yes"), ("because_card", &*cards[0]), ("because_attribute", &onsite.attributes[0]), ("reason", "Ana's hour answers it.")];
        assert_eq!(send(&mut ben, &onsite, "ballots", &fields).await, 303);
        ben.open(&path(&onsite)).await.ok();
        for words in ["Ben moved", "<strong>Strong no</strong>", "<strong>Yes</strong>", "the card of Ana Alves on "] {
            assert!(ben.html.contains(words), "{words}");
        }
        assert!(!page(&app, &onsite, &onsite.decider).await.contains("Ben moved"), "until the discussion is over");
    }

    async fn the_decider_decides_with_a_memo_and_nobody_else(app) {
        let (onsite, leads, _) = contested(&app).await;
        onsite.take_up(&app).await;
        assert!(!page(&app, &onsite, &leads[0]).await.contains("h-decide"));
        let mut dana = Browser::of(&app, &onsite.decider);
        assert_eq!(send(&mut dana, &onsite, "decision", &[("outcome", "hire"), ("for-1-card", "card"), ("summary", "Kept.")]).await, 422);
        for field in ["for-1", "for-1-card"] {
            assert!(dana.html.contains(&format!("href=\"#{field}\"")), "{field}");
        }
        assert!(dana.html.contains("href=\"#concern-card_") && dana.html.contains("href=\"#finding-finding_") && dana.html.contains("Kept."));
        let whole = decision(&app, &onsite, "a lantern").await;
        let mut more = borrowed(&whole);
        more.push(("then", "more"));
        assert_eq!(send(&mut dana, &onsite, "decision", &more).await, 200);
        assert!(dana.html.contains("id=\"for-5\"") && !dana.html.contains("id=\"for-6\"") && dana.html.contains("Concern, a lantern"));
        let less: Vec<(&str, &str)> = borrowed(&whole).into_iter().filter(|(id, _)| *id != "level").collect();
        assert_eq!(send(&mut dana, &onsite, "decision", &less).await, 422);
        assert!(dana.html.contains("href=\"#level\"") && dana.html.contains("For, a lantern"));
        assert_eq!(send(&mut Browser::of(&app, &leads[0]), &onsite, "decision", &borrowed(&whole)).await, 403);
        assert_eq!(send(&mut dana, &onsite, "decision", &borrowed(&whole)).await, 303);
        let html = page(&app, &onsite, &leads[0]).await;
        let hash = onsite.debrief(&app, &leads[0]).await.ok()["decision"]["memo_hash"].as_str().unwrap().to_owned();
        for words in ["The decision: Hire, Senior", "For, a lantern", "Concern, a lantern", "id=\"set-up-for-success\"", "First day, a lantern", "Ben says “strong no”", &hash] {
            assert!(html.contains(words), "{words}");
        }
        // Whoever recommended otherwise answers, once.
        assert!(!html.contains("h-dissent"));
        let mut ben = Browser::of(&app, &leads[1]);
        assert_eq!(send(&mut ben, &onsite, "dissent", &[("statement", " ")]).await, 422);
        let mut twice = ben.clone();
        assert_eq!(send(&mut ben, &onsite, "dissent", &[("statement", "It will be slow.")]).await, 303);
        assert!(page(&app, &onsite, &leads[0]).await.contains("It will be slow."));
        assert_eq!(twice.submit(&format!("{}/dissent", path(&onsite)), &[("statement", "And again.")]).await.status, 409);
        assert!(twice.html.contains("And again.") && twice.html.contains("What you typed was not taken"));
    }

    async fn a_decision_on_a_page_that_changed_is_looked_at_again(app) {
        let (onsite, leads, cards) = contested(&app).await;
        onsite.take_up(&app).await;
        let mut dana = Browser::of(&app, &onsite.decider);
        dana.open(&path(&onsite)).await.ok();
        let whole = decision(&app, &onsite, "a lantern").await;
        let mut stale = borrowed(&whole);
        stale.push(("base", "1"));
        assert_eq!(dana.submit(&format!("{}/decision", path(&onsite)), &stale).await.status, 409);
        assert!(dana.html.contains("Something changed in this debrief while you wrote.") && dana.html.contains("Concern, a lantern"));
        assert_eq!(dana.submit(&format!("{}/decision", path(&onsite)), &borrowed(&whole)).await.status, 303);
        // What is typed after the decision is no longer asked for, and is shown.
        let mut ben = Browser::of(&app, &leads[1]);
        let fields = [("recommendation", "yes"), ("because_card", &*cards[0]), ("reason", "Ana answers it.")];
        assert_eq!(send(&mut ben, &onsite, "ballots", &fields).await, 409);
        assert!(ben.html.contains("Ana answers it."));
    }

    async fn nothing_that_people_write_becomes_markup(app) {
        let (onsite, leads) = staffed(&app, 2).await;
        let hostile = "</textarea><script>alert(1)</script><img alt=x>\"'>";
        judge(&app, &onsite, (0, &leads[0]), ("yes", 3, hostile)).await;
        judge(&app, &onsite, (1, &leads[1]), ("strong_no", 1, hostile)).await;
        let asked = questions(&app, &onsite, &leads[0]).await;
        let answers: Vec<(&str, &str)> = asked.iter().map(|id| (id.as_str(), hostile)).collect();
        let mut ana = Browser::of(&app, &leads[0]);
        let strange = [("answer-finding_x\"><b>", "Lost."), ("comment", &*hostile.repeat(80))];
        assert_eq!(send(&mut ana, &onsite, "responses", &strange).await, 422);
        assert!(!ana.html.contains("<script") && !ana.html.contains("<img") && !ana.html.contains("<b>"));
        assert_eq!(send(&mut ana, &onsite, "responses", &answers).await, 303);
        onsite.take_up(&app).await;
        let mut dana = Browser::of(&app, &onsite.decider);
        let whole = decision(&app, &onsite, hostile).await;
        assert_eq!(send(&mut dana, &onsite, "decision", &borrowed(&whole)).await, 303);
        for person in [&leads[0], &leads[1], &onsite.decider, &onsite.driver] {
            let html = page(&app, &onsite, person).await;
            assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
            assert!(!html.contains("<script") && !html.contains("<img"));
        }
    }

    async fn whoever_drives_says_there_that_the_candidate_knows(app) {
        let (onsite, leads) = staffed(&app, 1).await;
        judge(&app, &onsite, (0, &leads[0]), ("strong_yes", 3, "Bisected the log.")).await;
        let mut dana = Browser::of(&app, &onsite.decider);
        let whole = decision(&app, &onsite, "It was weighed.").await;
        assert_eq!(send(&mut dana, &onsite, "decision", &borrowed(&whole)).await, 303);
        assert!(!page(&app, &onsite, &onsite.decider).await.contains("The candidate knows"));
        let mut dario = Browser::of(&app, &onsite.driver);
        assert_eq!(send(&mut dario, &onsite, "candidate-informed", &[("how", "")]).await, 422);
        assert_eq!(send(&mut dario, &onsite, "candidate-informed", &[("how", "spoken")]).await, 303);
        let html = page(&app, &onsite, &onsite.driver).await;
        assert!(html.contains("The decision stands, and the candidate knows it since"), "{html}");
        assert_eq!(onsite.debrief(&app, &onsite.driver).await.ok()["state"], "closed");
    }

    async fn the_page_is_for_those_who_signed_in_and_take_part(app) {
        let (onsite, _) = staffed(&app, 1).await;
        let mut browser = Browser::new(&app);
        let sign_in = format!("/sign-in?next={}", path(&onsite));
        assert_eq!(browser.open(&path(&onsite)).await.header("location"), Some(sign_in.as_str()));
        assert_eq!(send(&mut Browser::of(&app, &onsite.driver), &onsite, "dissent", &[("proof", "forged"), ("statement", "Mine.")]).await, 403);
        let outsider = app.person("Otto", OrgRole::Member);
        Browser::of(&app, &outsider).open(&path(&onsite)).await.expect(404);
        Browser::of(&app, &onsite.driver).open("/debriefs/debrief_nonsense").await.expect(404);
        let trainee = app.person("Tina", OrgRole::Member);
        hiring::join(&app, &onsite.job, &trainee, TeamRole::Interviewer);
        Browser::of(&app, &trainee).open(&path(&onsite)).await.expect(404);
    }

    async fn the_queue_leads_to_the_page(app) {
        let (mut onsite, leads, _) = contested(&app).await;
        let mut ana = Browser::of(&app, &leads[0]);
        ana.open("/queue").await.ok();
        assert!(ana.html.replace("&#x2f;", "/").contains(&format!("href=\"{}\"", path(&onsite))));
        app.deliver_mail();
        onsite.later(&app, TimeDelta::hours(8));
        let mut dana = Browser::of(&app, &onsite.decider);
        dana.open("/queue").await.ok();
        assert!(dana.html.replace("&#x2f;", "/").contains(&format!("href=\"{}\"", path(&onsite))));
        app.next_morning();
        let link = format!("https://hire.example.com{}", path(&onsite));
        for kind in ["debrief_question", "decision_awaited", "digest"] {
            let mails = app.mails.mails();
            let mail = mails.iter().rev().find(|mail| mail.kind.slug() == kind && mail.text.contains(&link));
            assert!(mail.is_some(), "{kind}");
        }
    }
}
