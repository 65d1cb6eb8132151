//! What driver and decider do on the page of a debrief that does not go on by itself.

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::json;

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, TestApp};

/// Two interviews that took place, one card in and the other two days late.
async fn stalled(app: &TestApp) -> (Onsite, Person) {
    let mut onsite = Onsite::new(app, 2).await;
    let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
    onsite.seat(app, 0, &ana, "lead").await;
    onsite.seat(app, 1, &ben, "lead").await;
    onsite.hold(app, 0).await;
    onsite.schedule(app, 1, 2).await.ok();
    onsite.submit(app, 0, &ana, "yes").await;
    onsite.later(app, TimeDelta::days(2));
    assert_eq!(onsite.debrief(app, &onsite.driver).await.ok()["state"], "stalled");
    (onsite, app.again(&ben))
}

fn path(onsite: &Onsite) -> String {
    format!("/debriefs/{}", onsite.debrief)
}

/// Opens the page and sends one of its forms.
async fn send(browser: &mut Browser, onsite: &Onsite, what: &str, fields: &[(&str, &str)]) -> u16 {
    browser.open(&path(onsite)).await.ok();
    browser.submit(&format!("{}/{what}", path(onsite)), fields).await.status
}

/// What a choice of the page offers first.
fn first_option(html: &str, field: &str) -> String {
    let select = html.split(&format!("<select id=\"{field}\"")).nth(1).expect("the choice");
    let option = select.split("<option value=\"").nth(2).expect("an option");
    option.split('"').next().unwrap().to_owned()
}

async fn state(app: &TestApp, onsite: &Onsite) -> String {
    let seen = onsite.debrief(app, &app.again(&onsite.driver)).await;
    seen.ok()["state"].as_str().unwrap().to_owned()
}

both! {
    async fn the_driver_waits_longer_or_does_without_a_card(app) {
        let (mut onsite, ben) = stalled(&app).await;
        let mut browser = Browser::of(&app, &onsite.driver);
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("Wait longer") && browser.html.contains("Do without a card"));
        assert!(!browser.html.contains("Go on with the cards that are in"), "that is the decider's");
        assert_eq!(send(&mut browser, &onsite, "extension", &[("until", "")]).await, 422);
        assert!(browser.html.contains("Choose how long."));
        let day = first_option(&browser.html, "until");
        assert!(browser.html.contains("one working day, until Wed 25 Nov 2026, 17:00"), "{}", browser.html);
        assert_eq!(send(&mut browser, &onsite, "extension", &[("until", &day)]).await, 303);
        assert_eq!(state(&app, &onsite).await, "gathering");
        onsite.later(&app, TimeDelta::days(2));
        assert_eq!(state(&app, &onsite).await, "stalled");
        let mut browser = Browser::of(&app, &onsite.driver);
        let nobody = [("seat", ""), ("waiver_reason", "Ill for a while.")];
        assert_eq!(send(&mut browser, &onsite, "waiver", &nobody).await, 422);
        assert!(browser.html.contains("Choose somebody.") && browser.html.contains("Ill for a while."));
        let seat = first_option(&browser.html, "seat");
        assert!(browser.html.contains(">Ben</option>") && !browser.html.contains(">Ana</option>"));
        let bens = [("seat", seat.as_str()), ("waiver_reason", "Ill for a while.")];
        assert_eq!(send(&mut browser, &onsite, "waiver", &bens).await, 303);
        assert_eq!(state(&app, &onsite).await, "deciding");
        browser.open(&path(&onsite)).await.ok();
        assert!(!browser.html.contains("Cards are awaited"));
        let seen = app.get(&app.again(&ben), &path(&onsite)).await;
        assert_eq!(seen.ok()["state"], "deciding", "he owes nothing any more");
    }

    async fn the_decider_goes_on_without_the_cards_that_are_missing(app) {
        let (onsite, ben) = stalled(&app).await;
        let mut browser = Browser::of(&app, &onsite.decider);
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("Go on with the cards that are in"));
        assert_eq!(send(&mut browser, &onsite, "forced-reveal", &[("force_reason", " ")]).await, 422);
        let why = [("force_reason", "The candidate has another offer.")];
        // Whoever owes a card reads of none of it, and does none of it.
        let mut bens = Browser::of(&app, &ben);
        assert_eq!(send(&mut bens, &onsite, "forced-reveal", &why).await, 403);
        for words in ["Cards are awaited", "Hold it as a meeting", "Ana"] {
            assert!(!bens.html.contains(words), "{words}");
        }
        assert_eq!(send(&mut browser, &onsite, "forced-reveal", &why).await, 303);
        assert_eq!(state(&app, &onsite).await, "deciding");
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("The candidate has another offer."));
    }

    async fn a_debrief_becomes_a_meeting_whose_notes_bring_it_before_its_decider(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        onsite.submit(&app, 0, &ana, "yes").await;
        onsite.submit(&app, 1, &ben, "no").await;
        let mut browser = Browser::of(&app, &onsite.driver);
        browser.open(&path(&onsite)).await.ok();
        assert!(!browser.html.contains("What was said at the meeting"));
        let why = [("meeting_reason", "All of us are in today.")];
        assert_eq!(send(&mut browser, &onsite, "meeting", &why).await, 303);
        browser.open(&path(&onsite)).await.ok();
        assert!(!browser.html.contains("Hold it as a meeting"), "it is one");
        let queue = app.get(&onsite.driver, "/me/queue").await;
        assert_eq!((&queue.ok()["items"][0]["kind"], &queue.json["minutes"]), (&json!("meeting_notes"), &json!(10)));
        for person in [&ana, &ben, &onsite.decider] {
            assert_eq!(app.get(person, "/me/queue").await.ok()["items"], json!([]), "a meeting answers it");
        }
        assert_eq!(send(&mut browser, &onsite, "meeting-notes", &[("notes", "")]).await, 422);
        let mut anas = Browser::of(&app, &ana);
        let notes = [("notes", "Both cards were read out; the gap in testing is accepted.")];
        assert_eq!(send(&mut anas, &onsite, "meeting-notes", &notes).await, 403);
        assert!(anas.html.contains("the gap in testing is accepted"), "what was typed comes back");
        assert_eq!(send(&mut browser, &onsite, "meeting-notes", &notes).await, 303);
        assert_eq!(state(&app, &onsite).await, "deciding");
        assert_eq!(app.get(&onsite.driver, "/me/queue").await.ok()["items"], json!([]));
        anas.open(&path(&onsite)).await.ok();
        assert!(anas.html.contains("the gap in testing is accepted"));
        assert!(!anas.html.contains("Hold it as a meeting"), "she drives nothing");
    }
}
