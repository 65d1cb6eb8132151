//! Correcting a card on its page, and notes for oneself.

use serde_json::{Value, json};

use crate::both;
use crate::card_pages::{PASSWORD, WHOLE, card, link, path, staffed, with};
use crate::support::onsite::{Onsite, memo};
use crate::support::{Browser, Person, TestApp};

/// The lead in a browser, with a card that is in.
async fn handed_in(app: &TestApp) -> (Onsite, Person, Browser) {
    let (onsite, lead) = staffed(app).await;
    let mut browser = Browser::new(app);
    browser.sign_in("lea@example.com", PASSWORD).await.expect(303);
    browser.open(&path(&onsite)).await.ok();
    browser.submit(&path(&onsite), &with(&WHOLE, "submit")).await.expect(303);
    (onsite, lead, browser)
}

fn correction(onsite: &Onsite) -> String {
    format!("{}/correction", path(onsite))
}

/// The whole card with other words and another level.
fn corrected(reason: &str) -> Vec<(&str, &str)> {
    vec![
        ("level-1", "2"),
        ("evidence-1", "Bisected the log, with a hint."),
        ("level-2", "none"),
        ("summary", "Asked before building."),
        ("recommendation", "no"),
        ("reason", reason),
    ]
}

both! {
    async fn notes_for_oneself_are_kept_and_shown_to_nobody_else(app) {
        let (onsite, lead) = staffed(&app).await;
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await.expect(303);
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("<label for=\"private_notes\">Notes for yourself</label>"));
        let notes = [("private_notes", "Ask for the second log."), ("then", "save")];
        browser.submit(&path(&onsite), &notes).await.expect(303);
        assert_eq!(card(&app, &lead).await.unwrap()["private_notes"], "Ask for the second log.");
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("Ask for the second log.</textarea>"));
        let mut whole = with(&WHOLE, "submit");
        whole.push(("private_notes", "Ask for the second log."));
        browser.submit(&path(&onsite), &whole).await.expect(303);
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("<p class=\"evidence\">Ask for the second log.</p>"));
        let seen = app.get(&onsite.recruiter, "/scorecards").await;
        assert_eq!((&seen.rows()[0]["view"], &seen.rows()[0]["private_notes"]), (&json!("full"), &Value::Null));
    }

    async fn a_card_is_corrected_on_its_page_and_shows_in_place_what_changed(app) {
        let (onsite, lead, mut browser) = handed_in(&app).await;
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains(&format!("href=\"{}\">Correct it", correction(&onsite))));
        browser.open(&correction(&onsite)).await.ok();
        assert!(browser.html.contains("You have read no other card of this application so far"));
        assert!(browser.html.contains("Bisected the log.</textarea>") && browser.html.contains("<label for=\"reason\">"));
        let done = browser.submit(&correction(&onsite), &corrected("Mixed two people up.")).await;
        assert_eq!((done.status, done.header("location")), (303, Some(path(&onsite).as_str())));
        browser.open(&path(&onsite)).await.ok();
        for words in [
            "You corrected it", "“Mixed two people up.”", "By then you had read no other card",
            "Before your correction: 3 · ", "Before your correction: Bisected the log.</p>",
            "Before your correction: Yes</p>",
        ] {
            assert!(browser.html.contains(words), "{words}\n{}", browser.html);
        }
        assert!(!browser.html.contains("Before your correction: Asked"), "what stayed is not repeated");
        let card = card(&app, &lead).await.unwrap();
        assert_eq!((&card["revision"], &card["revised_after_reading"]), (&json!(2), &json!(false)));
        assert_eq!((&card["recommendation"], &card["ratings"][0]["level"]), (&json!("no"), &json!(2)));
        let history = app.get(&app.again(&lead), &format!("/scorecards/{}/history", card["id"].as_str().unwrap())).await;
        assert_eq!(history.ok()["revisions"][0]["content"]["recommendation"], "yes");
    }

    async fn a_correction_wants_a_reason_a_whole_card_and_a_change(app) {
        let (onsite, lead, mut browser) = handed_in(&app).await;
        browser.open(&correction(&onsite)).await.ok();
        browser.submit(&correction(&onsite), &corrected(" ")).await.expect(422);
        assert!(browser.html.contains("href=\"#reason\"") && browser.html.contains("with a hint."));
        let mut half = corrected("Half.");
        half.retain(|(name, _)| *name != "level-1");
        browser.submit(&correction(&onsite), &half).await.expect(422);
        assert!(browser.html.contains("href=\"#level-1\""));
        let mut same = WHOLE.to_vec();
        same.push(("reason", "Nothing."));
        browser.submit(&correction(&onsite), &same).await.expect(422);
        assert!(browser.html.contains("Nothing on the card is changed yet."));
        assert_eq!(card(&app, &lead).await.unwrap()["revision"], 1);
        // Two pages: the second is shown what the first said before anything is kept.
        browser.open(&correction(&onsite)).await.ok();
        let mut other = browser.clone();
        browser.submit(&correction(&onsite), &corrected("First.")).await.expect(303);
        let mut second = corrected("Second.");
        second[1].1 = "Something else entirely.";
        other.submit(&correction(&onsite), &second).await.expect(409);
        assert!(other.html.contains("with a hint.") && other.html.contains("Something else entirely."));
        assert_eq!(card(&app, &lead).await.unwrap()["revision"], 2);
    }

    async fn a_correction_needs_a_sign_in_and_ends_with_the_decision(app) {
        let (onsite, lead) = staffed(&app).await;
        let mail = link(&app, "interview_assigned");
        let mut phone = Browser::new(&app);
        phone.open(&mail).await.ok();
        phone.open(&correction(&onsite)).await.expect(303);
        phone.open(&mail).await.ok();
        phone.submit(&mail, &with(&WHOLE, "submit")).await.expect(303);
        phone.open(&mail).await.ok();
        assert!(phone.html.contains("Sign in to correct it"));
        let to = phone.open(&correction(&onsite)).await;
        assert_eq!(to.header("location"), Some(format!("/sign-in?next={}", correction(&onsite)).as_str()));
        // A card that is not in has no correction.
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await.expect(303);
        browser.open(&correction(&onsite)).await.ok();
        let off = format!("/interviews/{}/cancellation", onsite.interviews[1]);
        app.put(&onsite.recruiter, &off, json!({})).await.ok();
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        onsite.decide(&app, &onsite.decider, &etag, memo()).await.ok();
        assert_eq!(browser.open(&correction(&onsite)).await.header("location"), Some(path(&onsite).as_str()));
        browser.open(&path(&onsite)).await.ok();
        assert!(!browser.html.contains("Correct it"));
        assert_eq!(card(&app, &lead).await.unwrap()["revision"], 1);
    }

    async fn the_page_says_who_handed_the_card_in(app) {
        let (onsite, _) = staffed(&app).await;
        let seats = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        let seat = format!("/panelists/{}", seats.ok()["panel"][0]["id"].as_str().unwrap());
        let etag = app.get(&onsite.recruiter, &seat).await.etag();
        let mut told = onsite.judgement("no");
        told["reason"] = json!("Told <by> phone.");
        app.put_if(&onsite.recruiter, &format!("{seat}/submission"), &etag, told).await.ok();
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await.expect(303);
        browser.open(&path(&onsite)).await.ok();
        assert!(browser.html.contains("handed in for you by Rita Recruiter: “Told &lt;by&gt; phone.”"), "{}", browser.html);
        let draft = browser.open(&correction(&onsite)).await;
        draft.ok();
    }
}
