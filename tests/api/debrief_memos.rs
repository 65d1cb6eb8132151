//! The memo of a decision as a document.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::json;

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp};

fn path(onsite: &Onsite) -> String {
    format!("/debriefs/{}/memo", onsite.debrief)
}

async fn html(app: &TestApp, onsite: &Onsite, person: &Person) -> Reply {
    let request = app.request(person, Method::GET, &path(onsite));
    app.send(request.insert_header(("Accept", "text/html"))).await
}

fn text(reply: &Reply) -> String {
    reply.expect(200);
    String::from_utf8(reply.bytes.clone()).unwrap()
}

/// A decision to hire against one who said "no", with a memo of these words.
async fn decided(app: &TestApp, words: &str) -> (Onsite, Vec<Person>) {
    let onsite = Onsite::new(app, 2).await;
    let leads: Vec<Person> = ["Ana", "Ben"].map(|name| app.person(name, OrgRole::Member)).into();
    let mut cards = Vec::new();
    for (interview, (lead, recommends)) in leads.iter().zip(["yes", "no"]).enumerate() {
        onsite.seat(app, interview, lead, "lead").await;
        cards.push(onsite.submit(app, interview, lead, recommends).await);
    }
    onsite.take_up(app).await;
    let memo = json!({
        "for": [{ "text": words, "scorecard_id": cards[0], "attribute_id": onsite.attributes[0] }],
        "against": [{ "text": "Slow to begin." }],
        "summary": words, "set_up_for_success": format!("{words}\n\nA week on the water."),
    });
    let etag = onsite.debrief(app, &onsite.decider).await.etag();
    onsite.decide(app, &onsite.decider, &etag, memo).await.ok();
    (onsite, leads)
}

both! {
    async fn a_decision_that_stands_is_a_document(app) {
        let (mut onsite, mut leads) = decided(&app, "Asked before building.").await;
        for person in [&leads[0], &onsite.decider, &onsite.driver] {
            app.get(person, &path(&onsite)).await.problem(404, "not_found");
        }
        let said = json!({ "statement": "It will be slow." });
        app.put(&leads[1], &format!("/debriefs/{}/dissent", onsite.debrief), said).await.ok();
        onsite.later(&app, TimeDelta::hours(8));
        leads = leads.iter().map(|lead| app.again(lead)).collect();
        let first = app.get(&onsite.decider, &path(&onsite)).await;
        assert_eq!(first.header("content-type"), Some("text/markdown; charset=utf-8"));
        assert_eq!(first.header("vary"), Some("Accept"));
        let known = app.request(&onsite.decider, Method::GET, &path(&onsite));
        let known = known.insert_header(("If-None-Match", first.etag()));
        app.send(known).await.expect(304);
        let markdown = text(&first);
        let debrief = onsite.debrief(&app, &onsite.decider).await;
        let seen = debrief.ok();
        let hash = seen["decision"]["memo_hash"].as_str().unwrap();
        let page = format!("https://hire.example.com/debriefs/{}", onsite.debrief);
        let card = format!("[The card of Ana (Interview 1)](<{page}#{}>)", seen["cards"][0]["scorecard_id"].as_str().unwrap());
        let attribute = format!("[{}](<{page}#{}>)", seen["attributes"][0]["name"].as_str().unwrap(), onsite.attributes[0]);
        for words in ["# Ada Lovelace: Hire, Senior", "Decided by Dana Decider", hash, &page, &card, &attribute, "- **Ben**: No", "It will be slow.", "- Yes: Ana", "- No: Ben", "A week on the water."] {
            assert!(markdown.contains(words), "{words}: {markdown}");
        }
        for person in [&leads[0], &leads[1], &onsite.driver, &onsite.recruiter] {
            let again = app.get(person, &path(&onsite)).await;
            assert_eq!(text(&again), markdown, "the same bytes for everybody who reads it");
        }
        let shown = html(&app, &onsite, &leads[0]).await;
        assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(shown.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
        let shown = text(&shown);
        assert!(shown.contains("<h1>Ada Lovelace: Hire, Senior</h1>") && shown.contains(hash));
        assert!(shown.contains("<strong>Ben</strong>: No<br>It will be slow."));
    }

    async fn whoever_owes_a_card_or_reads_none_gets_no_memo(app) {
        let (mut onsite, leads) = decided(&app, "Asked before building.").await;
        let second = onsite.start(&app, &onsite.recruiter).await;
        let panel = format!("/interviews/{}/panel", second.created()["interview_ids"][0].as_str().unwrap());
        let owing = app.person("Olga", OrgRole::Member);
        let seat = json!({ "user_id": owing.id, "slot": "lead" });
        app.post(&onsite.recruiter, &panel, seat).await.created();
        let outsider = app.person("Otto", OrgRole::Member);
        let coordinator = app.person("Cora", OrgRole::Coordinator);
        onsite.later(&app, TimeDelta::hours(8));
        app.get(&app.again(&leads[0]), &path(&onsite)).await.expect(200);
        for person in [&owing, &outsider, &coordinator] {
            let person = app.again(person);
            app.get(&person, &path(&onsite)).await.problem(404, "not_found");
            html(&app, &onsite, &person).await.problem(404, "not_found");
        }
    }

    async fn reading_a_memo_is_reading_its_cards(app) {
        let (mut onsite, _) = decided(&app, "Asked before building.").await;
        onsite.later(&app, TimeDelta::hours(8));
        let reads = || app.event_kinds().into_iter().filter(|kind| kind == "scorecard.read").count();
        let before = reads();
        let (statements, memo) = app.statements(app.get(&onsite.recruiter, &path(&onsite))).await;
        memo.expect(200);
        assert!(statements <= 44, "{statements}");
        assert_eq!(reads(), before + 2);
        let (statements, memo) = app.statements(app.get(&onsite.recruiter, &path(&onsite))).await;
        memo.expect(200);
        assert!(statements <= 23, "{statements}");
        assert_eq!(reads(), before + 2);
    }

    async fn what_the_decider_wrote_does_not_leave_its_place(app) {
        let hostile = "# Hired\n\n- [x](javascript:alert(1)) <script>alert(1)</script>\n    code";
        let (mut onsite, _) = decided(&app, hostile).await;
        onsite.later(&app, TimeDelta::hours(8));
        let markdown = text(&app.get(&onsite.decider, &path(&onsite)).await);
        assert!(markdown.contains("\\# Hired") && markdown.contains("\\- \\[x\\]"));
        assert!(!markdown.contains(" <script") && !markdown.contains("\n    code"));
        let headings = markdown.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(headings, 6);
        let shown = text(&html(&app, &onsite, &onsite.decider).await);
        assert!(!shown.contains("<script") && shown.contains("&lt;script&gt;"));
    }

    async fn the_page_leads_to_the_memo(app) {
        let (mut onsite, _) = decided(&app, "Asked before building.").await;
        onsite.later(&app, TimeDelta::hours(8));
        let mut browser = crate::support::Browser::of(&app, &onsite.decider);
        browser.open(&format!("/debriefs/{}", onsite.debrief)).await.ok();
        let address = format!("/debriefs/{}/memo", onsite.debrief);
        assert!(browser.html.replace("&#x2f;", "/").contains(&format!("href=\"{address}\"")));
        browser.open(&address).await.expect(200);
        assert!(browser.html.contains("# Ada Lovelace: Hire, Senior"));
    }
}
