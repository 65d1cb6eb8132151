//! The page of a scorecard: by the link of a mail, and after signing in.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, TestApp};

pub const PASSWORD: &str = "seven hedgehogs under a hat";

/// An interview with a lead who can sign in with a password.
pub async fn staffed(app: &TestApp) -> (Onsite, Person) {
    let onsite = Onsite::new(app, 2).await;
    let admin = app.person("Ada", OrgRole::Admin);
    let user = json!({
        "name": "Lea Lead", "email": "lea@example.com", "role": "member", "locale": "pt",
        "time_zone": "Europe/Lisbon", "password": PASSWORD,
    });
    let user = app.post(&admin, "/users", user).await.created().clone();
    let id = user["id"].as_str().unwrap().parse().unwrap();
    let signed = json!({ "email": "lea@example.com", "password": PASSWORD });
    let signed = app.post(&app.anonymous(), "/sessions", signed).await;
    let token = signed.created()["access_token"].as_str().unwrap().to_owned();
    let lead = Person { id, token, email: "lea@example.com".to_owned() };
    onsite.seat(app, 0, &lead, "lead").await;
    (onsite, lead)
}

/// The link in the newest mail of a kind.
pub fn link(app: &TestApp, kind: &str) -> String {
    app.deliver_mail();
    let mails = app.mails.mails();
    let mail = mails.iter().rev().find(|mail| mail.kind.slug() == kind).expect("a mail");
    let path = mail.text.lines().find_map(|line| line.strip_prefix("https://hire.example.com"));
    path.expect("a link").to_owned()
}

pub fn path(onsite: &Onsite) -> String {
    format!("/interviews/{}/scorecard", onsite.interviews[0])
}

/// The card of the lead, if one was begun.
pub async fn card(app: &TestApp, lead: &Person) -> Option<Value> {
    app.get(&app.again(lead), "/scorecards").await.rows().first().cloned()
}

/// A whole card.
pub const WHOLE: [(&str, &str); 5] = [
    ("level-1", "3"),
    ("evidence-1", "Bisected the log."),
    ("level-2", "none"),
    ("summary", "Asked before building."),
    ("recommendation", "yes"),
];

pub fn with<'f>(fields: &[(&'f str, &'f str)], then: &'f str) -> Vec<(&'f str, &'f str)> {
    fields.iter().copied().chain([("then", then)]).collect()
}

both! {
    async fn what_the_panel_is_asked_to_cover_stands_on_the_page_without_a_name(app) {
        let (onsite, lead) = staffed(&app).await;
        let probe = json!({ "attribute_id": onsite.attributes[1] });
        app.post(&onsite.driver, &format!("/loops/{}/probes", onsite.id), probe).await.created();
        onsite.schedule(&app, 0, 1).await.ok();
        app.advance(TimeDelta::hours(3));
        let shown = app.get(&app.again(&lead), &format!("/interviews/{}", onsite.interviews[0])).await;
        let name = shown.ok()["probes"][0]["name"].as_str().unwrap().to_owned();
        let mut browser = Browser::new(&app);
        browser.open(&link(&app, "scorecard_due")).await.ok();
        let (_, asked) = browser.html.split_once("Please cover").expect("what to cover");
        assert!(asked.contains(&format!("<li>{name}</li>")), "{asked}");
        assert!(!browser.html.contains("Dario"), "nobody is told who asked");
    }

    async fn from_the_mail_to_the_card_in_three_requests(app) {
        let (onsite, lead) = staffed(&app).await;
        onsite.schedule(&app, 0, 1).await.ok();
        app.advance(TimeDelta::hours(3));
        let link = link(&app, "scorecard_due");
        assert!(link.starts_with("/l/"), "{link}");
        let mut browser = Browser::new(&app);
        let first = browser.open(&link).await;
        first.ok();
        assert!(browser.html.contains("Nobody on the panel reads your card before everybody’s is in"));
        assert!(browser.html.contains("Scorecard due"));
        let second = browser.submit(&link, &with(&WHOLE, "submit")).await;
        assert_eq!((second.status, second.header("location")), (303, Some(link.as_str())));
        let third = browser.open(&link).await;
        third.ok();
        assert!(browser.html.contains("Your scorecard is in."));
        let bytes = first.bytes.len() + second.bytes.len() + third.bytes.len();
        assert!(bytes < 60_000, "{bytes} bytes");
        let card = card(&app, &lead).await.unwrap();
        assert_eq!(card["state"], "submitted");
        assert_eq!(card["ratings"][0]["evidence"], "Bisected the log.");
        assert_eq!(card["ratings"][1]["level"], Value::Null);
        assert_eq!(card["recommendation"], "yes");
    }

    async fn opening_a_link_begins_nothing(app) {
        let (_, lead) = staffed(&app).await;
        let link = link(&app, "interview_assigned");
        let events = app.event_kinds().len();
        for _ in 0..2 {
            Browser::new(&app).open(&link).await.ok();
        }
        let mut browser = Browser::new(&app);
        browser.open(&link).await.ok();
        browser.submit(&link, &[("then", "save")]).await.expect(303);
        assert_eq!(card(&app, &lead).await, None, "a form without a word begins no card");
        assert_eq!(app.event_kinds()[events..], ["capability.used"]);
    }

    async fn a_link_belongs_to_the_browser_that_wrote_first(app) {
        let (onsite, lead) = staffed(&app).await;
        let link = link(&app, "interview_assigned");
        let (mut phone, mut other) = (Browser::new(&app), Browser::new(&app));
        phone.open(&link).await.ok();
        other.open(&link).await.ok();
        phone.submit(&link, &[("summary", "On the phone."), ("then", "save")]).await.expect(303);
        let elsewhere = other.submit(&link, &[("summary", "Not mine."), ("then", "save")]).await;
        let sign_in = format!("/sign-in?next={}", path(&onsite));
        assert_eq!(elsewhere.header("location"), Some(sign_in.as_str()));
        assert_eq!(other.open(&link).await.header("location"), Some(sign_in.as_str()));
        phone.open(&link).await.ok();
        assert!(phone.html.contains("On the phone."));
        assert_eq!(card(&app, &lead).await.unwrap()["summary"], "On the phone.");
        // Whoever signs in goes on where they were.
        other.open(&sign_in).await.ok();
        let entered = other.submit("/sign-in", &[("email", "lea@example.com"), ("password", PASSWORD)]).await;
        assert_eq!(entered.header("location"), Some(path(&onsite).as_str()));
        other.open(&path(&onsite)).await.ok();
        assert!(other.html.contains("On the phone."));
    }

    async fn a_link_shows_nothing_that_was_typed_elsewhere(app) {
        let (onsite, lead) = staffed(&app).await;
        let link = link(&app, "interview_assigned");
        let draft = onsite.write(&app, 0, &lead, onsite.judgement("no")).await;
        // Somebody to whom the mail was passed on, before and after the card is in.
        let sign_in = format!("/sign-in?next={}", path(&onsite));
        let mut colleague = Browser::new(&app);
        assert_eq!(colleague.open(&link).await.header("location"), Some(sign_in.as_str()));
        let written = colleague.submit(&link, &with(&WHOLE, "submit")).await;
        assert_eq!(written.header("location"), Some(sign_in.as_str()));
        let submission = format!("/scorecards/{}/submission", draft.id());
        app.put_if(&lead, &submission, &draft.etag(), Value::Null).await.ok();
        assert_eq!(colleague.open(&link).await.header("location"), Some(sign_in.as_str()));
        assert_eq!(card(&app, &lead).await.unwrap()["recommendation"], "no");
    }

    async fn a_level_that_went_out_of_use_stays_on_the_card(app) {
        let (onsite, lead) = staffed(&app).await;
        onsite.write(&app, 0, &lead, onsite.judgement("yes")).await;
        let admin = app.person("Ada", OrgRole::Admin);
        app.patch(&admin, &format!("/levels/{}", onsite.level), json!({ "archived": true })).await.ok();
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await.expect(303);
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains(&format!("value=\"{}\" selected", onsite.level)));
        let fields = [("level_signal", onsite.level.as_str()), ("then", "save")];
        browser.submit(&path(&onsite), &fields).await.expect(303);
        assert_eq!(card(&app, &lead).await.unwrap()["level_signal_id"], json!(onsite.level));
    }

    async fn a_link_ends_with_the_seat_and_opens_one_card_alone(app) {
        let (onsite, lead) = staffed(&app).await;
        onsite.seat(&app, 1, &lead, "second").await;
        let link = link(&app, "interview_assigned");
        let mut browser = Browser::new(&app);
        browser.open(&link).await.ok();
        for page in ["/account", &path(&onsite), &path(&onsite).replace(&onsite.interviews[0], &onsite.interviews[1])] {
            browser.open(page).await.expect(303);
        }
        let seats = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[1])).await;
        let seat = seats.ok()["panel"][0]["id"].as_str().unwrap().to_owned();
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        browser.open(&link).await.expect(404);
        browser.submit(&link, &with(&WHOLE, "save")).await.expect(404);
    }

    async fn two_pages_keep_both_texts(app) {
        let (onsite, lead) = staffed(&app).await;
        let path = path(&onsite);
        let mut desk = Browser::new(&app);
        desk.sign_in("lea@example.com", PASSWORD).await.expect(303);
        let mut phone = desk.clone();
        desk.open(&path).await.ok();
        phone.open(&path).await.ok();
        let typed = |evidence, level| [("evidence-1", evidence), ("level-1", level), ("then", "save")];
        phone.submit(&path, &typed("From the phone.", "2")).await.expect(303);
        let both = desk.submit(&path, &typed("From the desk.", "3")).await;
        both.expect(409);
        assert!(desk.html.contains("From the phone.") && desk.html.contains("From the desk."));
        assert!(desk.html.contains("You wrote this card in two places."));
        let kept = card(&app, &lead).await.unwrap();
        let evidence = kept["ratings"][0]["evidence"].as_str().unwrap();
        assert!(evidence.contains("From the phone.") && evidence.contains("From the desk."));
        assert_eq!(kept["ratings"][0]["level"], 3);
        // What a page left alone follows the other page.
        phone.open(&path).await.ok();
        let mut late = phone.clone();
        phone.submit(&path, &[("evidence-1", evidence), ("level-1", "3"), ("summary", "New."), ("then", "save")]).await.expect(303);
        late.submit(&path, &[("evidence-1", "Shorter."), ("level-1", "3"), ("then", "save")]).await.expect(303);
        let kept = card(&app, &lead).await.unwrap();
        assert_eq!((&kept["ratings"][0]["evidence"], &kept["summary"]), (&json!("Shorter."), &json!("New.")));
    }

    async fn what_does_not_fit_is_marked_and_nothing_typed_is_lost(app) {
        let (onsite, lead) = staffed(&app).await;
        let path = path(&onsite);
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await.expect(303);
        browser.open(&path).await.ok();
        let long = "word ".repeat(2_001);
        browser.submit(&path, &[("evidence-1", &long), ("summary", "Kept <b>."), ("then", "save")]).await.expect(422);
        assert!(browser.html.contains(long.trim()) && browser.html.contains("Kept &lt;b&gt;."));
        assert!(browser.html.contains("href=\"#evidence-1\""));
        browser.submit(&path, &[("level-1", "9"), ("then", "save")]).await.expect(422);
        assert_eq!(card(&app, &lead).await, None);
        // An incomplete card is kept before it is refused.
        browser.open(&path).await.ok();
        browser.submit(&path, &[("evidence-2", "Later."), ("recommendation", "no_decision"), ("then", "submit")]).await.expect(422);
        for id in ["level-1", "level-2", "recommendation_reason"] {
            assert!(browser.html.contains(&format!("href=\"#{id}\"")), "{id}");
        }
        let kept = card(&app, &lead).await.unwrap();
        assert_eq!((&kept["state"], &kept["ratings"][0]["evidence"]), (&json!("draft"), &json!("Later.")));
    }

    async fn the_script_is_told_in_json_what_became_of_a_save(app) {
        let (onsite, lead) = staffed(&app).await;
        let path = path(&onsite);
        let mut desk = Browser::new(&app);
        desk.sign_in("lea@example.com", PASSWORD).await.expect(303);
        desk.open(&path).await.ok();
        let (proof, base) = (desk.hidden("proof").unwrap(), desk.hidden("base").unwrap());
        let save = async |base: &str, summary: &str| {
            let form = [("proof", proof.as_str()), ("base", base), ("summary", summary), ("then", "save")];
            let request = desk.request(actix_web::http::Method::POST, &path).set_form(form);
            app.send(request.insert_header(("Accept", "application/json"))).await
        };
        let first = save(&base, "One.").await;
        let next = first.ok()["base"].as_str().unwrap().to_owned();
        assert_ne!(next, base);
        assert_eq!(first.json["merged"], json!({}));
        let second = save(&base, "Two.").await;
        second.expect(409);
        let merged = second.json["merged"]["summary"].as_str().unwrap();
        assert!(merged.contains("One.") && merged.contains("Two."));
        let refused = save(second.json["base"].as_str().unwrap(), &"x".repeat(10_001)).await;
        refused.expect(422);
        assert_eq!(refused.json["errors"]["summary"], "At most 10000 characters.");
        assert_eq!(card(&app, &lead).await.unwrap()["summary"], merged);
        desk.cookies.clear();
        let ended = desk.request(actix_web::http::Method::POST, &path).set_form([("summary", "Three.")]);
        let ended = app.send(ended.insert_header(("Accept", "application/json"))).await;
        ended.expect(401);
        assert_eq!(ended.json["trouble"], "signed_out");
    }

    async fn a_long_card_is_taken_by_the_link_too(app) {
        let (_, lead) = staffed(&app).await;
        let link = link(&app, "interview_assigned");
        let mut browser = Browser::new(&app);
        browser.open(&link).await.ok();
        let long = "ü".repeat(9_999);
        let fields = [("evidence-1", &*long), ("evidence-2", &long), ("summary", &long), ("then", "save")];
        browser.submit(&link, &fields).await.expect(303);
        assert_eq!(card(&app, &lead).await.unwrap()["ratings"][1]["evidence"], long);
        let fields = [("evidence-1", &*"x".repeat(1024 * 1024)), ("then", "save")];
        browser.submit(&link, &fields).await.expect(413);
        assert_eq!(card(&app, &lead).await.unwrap()["ratings"][0]["evidence"], long);
    }

    async fn a_shadow_is_told_that_the_card_is_for_practice(app) {
        let (onsite, _) = staffed(&app).await;
        let shadow = app.person("Sam Shadow", OrgRole::Member);
        onsite.seat(&app, 0, &shadow, "shadow").await;
        let link = link(&app, "interview_assigned");
        let mut browser = Browser::new(&app);
        browser.open(&link).await.ok();
        assert!(browser.html.contains("your card is for practice"));
    }

    async fn nobody_but_the_panel_has_a_card(app) {
        let (onsite, _) = staffed(&app).await;
        let admin = app.person("Ada", OrgRole::Admin);
        let user = json!({
            "name": "Nobody", "email": "nobody@example.com", "role": "member", "locale": "en",
            "time_zone": "Europe/Lisbon", "password": PASSWORD,
        });
        app.post(&admin, "/users", user).await.created();
        let mut browser = Browser::new(&app);
        browser.sign_in("nobody@example.com", PASSWORD).await.expect(303);
        browser.open(&path(&onsite)).await.expect(404);
        browser.open("/interviews/int_nonsense/scorecard").await.expect(404);
        let cancel = format!("/interviews/{}/cancellation", onsite.interviews[0]);
        app.put(&onsite.recruiter, &cancel, json!({ "reason": "Withdrawn." })).await.ok();
        let mut lead = Browser::new(&app);
        lead.sign_in("lea@example.com", PASSWORD).await.expect(303);
        lead.open(&path(&onsite)).await.expect(404);
    }
}
