//! What candidates ask by their link, and who hears what they say.

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::mail::{Mail, MailKind};
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, TestApp, hiring};

const CANDIDATE: &str = "ada@candidate.example";

/// An interview with a lead and a coordinator, whose candidate has an address.
async fn staffed(app: &TestApp) -> (Onsite, Person, Person) {
    let onsite = Onsite::new(app, 1).await;
    let (ana, cora) =
        (app.person("Ana Ames", OrgRole::Member), app.person("Cora", OrgRole::Member));
    hiring::join(app, &onsite.job, &cora, TeamRole::Coordinator);
    onsite.seat(app, 0, &ana, "lead").await;
    let path = format!("/applications/{}", onsite.application);
    let application = app.get(&onsite.recruiter, &path).await;
    let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
    let known = json!({
        "time_zone": "Europe/Berlin", "contact_points": [{ "kind": "email", "value": CANDIDATE }],
    });
    app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), known).await.ok();
    (onsite, ana, cora)
}

/// Offers hours by the recruiter, and gives the path of the link.
async fn offered(app: &TestApp, onsite: &Onsite, hours: &[i64]) -> String {
    let at = |hours: &i64| app.clock.now() + TimeDelta::hours(*hours);
    let starts: Vec<_> = hours.iter().map(at).collect();
    let body = json!({ "starts": starts, "expires_at": app.clock.now() + TimeDelta::hours(20) });
    let path = format!("/interviews/{}/offered-slots", onsite.interviews[0]);
    let made = app.put(&onsite.recruiter, &path, body).await;
    made.ok()["link"].as_str().unwrap().replace("https://hire.example.com", "")
}

/// Takes the hour that begins in so many hours.
async fn taken(app: &TestApp, browser: &mut Browser, link: &str, hours: i64) {
    browser.open(link).await.ok();
    let start = (app.clock.now() + TimeDelta::hours(hours)).to_string();
    browser.submit(link, &[("zone", "Europe/Berlin"), ("slot", &start)]).await.expect(303);
}

/// Opens the page and sends its form.
async fn send(browser: &mut Browser, link: &str, fields: &[(&str, &str)]) -> u16 {
    browser.open(link).await.ok();
    browser.submit(link, fields).await.status
}

fn sent(app: &TestApp) -> Vec<Mail> {
    app.deliver_mail();
    let mails = app.mails.mails();
    app.mails.clear();
    mails
}

fn readers<'m>(mails: &'m [Mail], kind: &str) -> Vec<&'m str> {
    let mine = mails.iter().filter(|mail| mail.kind.slug() == kind);
    let mut readers: Vec<&str> = mine.map(|mail| mail.to.email.as_str()).collect();
    readers.sort_unstable();
    readers
}

async fn interview(app: &TestApp, person: &Person, onsite: &Onsite) -> Value {
    app.get(person, &format!("/interviews/{}", onsite.interviews[0])).await.ok().clone()
}

both! {
    async fn whoever_looks_after_it_hears_of_the_time_that_was_taken(app) {
        let (onsite, _, cora) = staffed(&app).await;
        let owner = app.person("Oda", OrgRole::Member);
        let path = format!("/applications/{}", onsite.application);
        app.patch(&onsite.recruiter, &path, json!({ "owner_id": owner.id })).await.ok();
        let rolf = app.person("Rolf", OrgRole::Member);
        hiring::join(&app, &onsite.job, &rolf, TeamRole::Recruiter);
        onsite.seat(&app, 0, &rolf, "observer").await;
        let link = offered(&app, &onsite, &[24]).await;
        sent(&app);
        taken(&app, &mut Browser::new(&app), &link, 24).await;
        let mails = sent(&app);
        let mut told = vec![cora.email.as_str(), onsite.driver.email.as_str()];
        told.sort_unstable();
        // Rolf has it in his calendar; Oda may not read the application.
        assert_eq!(readers(&mails, "candidate_answered"), told);
        let mail = mails.iter().find(|mail| mail.kind.slug() == "candidate_answered").unwrap();
        assert_eq!(mail.subject, "Ada Lovelace chose a time: Interview 1, Senior Engineer");
        assert!(mail.text.contains("Tue 24 Nov 2026, 09:00 (Europe/Berlin)"), "{}", mail.text);
        // A time that a recruiter sets is news to nobody.
        onsite.schedule(&app, 0, 30).await.ok();
        assert_eq!(readers(&sent(&app), "candidate_answered"), Vec::<&str>::new());
    }

    async fn whoever_looks_after_it_hears_of_times_once_an_hour(app) {
        let (onsite, _, cora) = staffed(&app).await;
        let ask = json!({ "expires_at": app.clock.now() + TimeDelta::days(5) });
        let path = format!("/interviews/{}/availability-request", onsite.interviews[0]);
        let made = app.put(&cora, &path, ask).await;
        let link = made.ok()["link"].as_str().unwrap().replace("https://hire.example.com", "");
        let mut browser = Browser::new(&app);
        browser.open(&link).await.ok();
        let times = [
            ("zone", "Europe/Berlin"), ("day-1", "2026-11-25"), ("from-1", "09:00"), ("to-1", "12:30"),
        ];
        assert_eq!(send(&mut browser, &link, &times).await, 303);
        let first = sent(&app);
        assert_eq!(readers(&first, "candidate_answered").len(), 2);
        assert!(first.iter().any(|mail| mail.subject.starts_with("Ada Lovelace said when they could come")));
        assert_eq!(send(&mut browser, &link, &times).await, 303);
        assert_eq!(readers(&sent(&app), "candidate_answered").len(), 0);
        app.advance(TimeDelta::hours(1));
        assert_eq!(send(&mut browser, &link, &times).await, 303);
        assert_eq!(readers(&sent(&app), "candidate_answered").len(), 2);
    }

    async fn a_candidate_asks_for_another_time(app) {
        let (onsite, ana, cora) = staffed(&app).await;
        let link = offered(&app, &onsite, &[24, 30]).await;
        let mut browser = Browser::new(&app);
        taken(&app, &mut browser, &link, 24).await;
        sent(&app);
        browser.open(&link).await.ok();
        assert!(browser.html.contains("Ask for another time"), "{}", browser.html);
        assert!(!browser.html.contains("<script"));
        let events = app.event_kinds().len();
        browser.open(&link).await.ok();
        assert_eq!(app.event_kinds().len(), events, "looking changes nothing");
        let long = "x".repeat(501);
        let too_long = [("zone", "Europe/Berlin"), ("act", "another_time"), ("why", long.as_str())];
        assert_eq!(send(&mut browser, &link, &too_long).await, 422);
        let asked = [
            ("zone", "Europe/Berlin"), ("act", "another_time"), ("why", "A dentist."),
            ("day-1", "2026-11-26"), ("from-1", "09:00"), ("to-1", "12:30"),
        ];
        assert_eq!(send(&mut browser, &link, &asked).await, 303);
        let shown = interview(&app, &cora, &onsite).await;
        assert_eq!((&shown["state"], &shown["starts_at"]), (&json!("awaiting_availability"), &Value::Null));
        let asks = json!([{ "kind": "another_time", "reason": "A dentist.", "asked_at": app.clock.now() }]);
        assert_eq!(shown["candidate_asks"], asks);
        assert_eq!(interview(&app, &ana, &onsite).await["candidate_asks"], asks);
        let request = app.get(&cora, &format!("/interviews/{}/time-request", onsite.interviews[0])).await;
        assert_eq!(request.ok()["windows"][0]["starts_at"], "2026-11-26T08:00:00Z");
        let mails = sent(&app);
        assert_eq!(readers(&mails, "interview_called_off"), [ana.email.as_str()]);
        follow(&app, &mails, MailKind::InterviewCalledOff).await;
        assert_eq!(readers(&mails, "candidate_interview_called_off"), [CANDIDATE]);
        follow(&app, &mails, MailKind::CandidateInterviewCalledOff).await;
        follow(&app, &mails, MailKind::CandidateAnswered).await;
        assert!(readers(&mails, "candidate_answered").contains(&cora.email.as_str()));
        let mail = mails.iter().find(|mail| mail.kind.slug() == "candidate_answered").unwrap();
        assert!(mail.text.contains("What to do next: choose one of the times"), "{}", mail.text);
        assert!(mails.iter().all(|mail| !mail.text.contains("dentist")), "why stays behind the link");
        assert!(app.event_kinds().contains(&"interview.reschedule_asked".to_owned()));
        // The link goes on: they may change their times, and are told when there is one.
        browser.open(&link).await.ok();
        assert!(browser.html.contains("Thank you, your times are kept"), "{}", browser.html);
        onsite.schedule(&app, 0, 73).await.ok();
        assert_eq!(readers(&sent(&app), "candidate_interview_scheduled"), [CANDIDATE]);
    }

    async fn a_candidate_who_cannot_come_gives_the_time_up_and_nothing_else(app) {
        let (onsite, ana, cora) = staffed(&app).await;
        let link = offered(&app, &onsite, &[24]).await;
        let mut browser = Browser::new(&app);
        taken(&app, &mut browser, &link, 24).await;
        sent(&app);
        let gone = [("zone", "Europe/Berlin"), ("act", "cannot_come"), ("why", "")];
        assert_eq!(send(&mut browser, &link, &gone).await, 303);
        let shown = interview(&app, &cora, &onsite).await;
        assert_eq!((&shown["state"], &shown["starts_at"]), (&json!("draft"), &Value::Null));
        assert_eq!(shown["candidate_asks"][0]["kind"], "cannot_come");
        assert_eq!(shown["candidate_asks"][0]["reason"], Value::Null);
        // Whoever sits there still owes: nobody but us calls an interview off.
        let visible = format!("/applications/{}/visibility?as={}", onsite.application, ana.id);
        assert_eq!(app.get(&onsite.recruiter, &visible).await.ok()["cards_seen"], "sealed");
        let mails = sent(&app);
        let off = mails.iter().find(|mail| mail.kind.slug() == "interview_called_off").unwrap();
        assert!(off.subject.starts_with("The candidate cannot come"), "{}", off.subject);
        let own = mails.iter().find(|mail| mail.to.email == CANDIDATE).unwrap();
        assert!(own.subject.contains("does not take place"), "{}", own.subject);
        let mail = mails.iter().find(|mail| mail.kind.slug() == "candidate_answered").unwrap();
        assert_eq!(mail.subject, "Ada Lovelace cannot come: Interview 1, Senior Engineer");
        browser.open(&link).await.ok();
        assert!(browser.html.contains("You said that you cannot come."), "{}", browser.html);
        assert!(app.event_kinds().contains(&"interview.given_up".to_owned()));
        // Times that do not suit may be turned down as well, before one is taken.
        let link = offered(&app, &onsite, &[24]).await;
        browser.open(&link).await.ok();
        assert_eq!(send(&mut browser, &link, &[("zone", "Europe/Berlin"), ("act", "another_time")]).await, 303);
        assert_eq!(interview(&app, &cora, &onsite).await["state"], "awaiting_availability");
    }

    async fn a_candidate_asks_three_times_and_then_reads_whom_to_write_to(app) {
        let (onsite, _, cora) = staffed(&app).await;
        let mut browser = Browser::new(&app);
        let ask = [("zone", "Europe/Berlin"), ("act", "another_time")];
        let mut late = Browser::new(&app);
        let mut link = String::new();
        for _ in 0..3 {
            link = offered(&app, &onsite, &[24]).await;
            late.open(&link).await.ok();
            browser.open(&link).await.ok();
            assert!(!browser.html.contains(&cora.email));
            assert_eq!(send(&mut browser, &link, &ask).await, 303);
        }
        browser.open(&link).await.ok();
        link = offered(&app, &onsite, &[24]).await;
        taken(&app, &mut browser, &link, 24).await;
        browser.open(&link).await.ok();
        assert!(!browser.html.contains("Ask for another time"), "{}", browser.html);
        assert!(browser.html.contains(&cora.email), "{}", browser.html);
        // A page that was opened before, with its form.
        late.submit(&link, &ask).await.expect(409);
        let shown = interview(&app, &cora, &onsite).await;
        assert_eq!(shown["state"], "confirmed");
        assert_eq!(shown["candidate_asks"].as_array().unwrap().len(), 3);
    }

    async fn what_has_begun_is_not_given_up(app) {
        let (onsite, _, cora) = staffed(&app).await;
        let link = offered(&app, &onsite, &[2]).await;
        let mut browser = Browser::new(&app);
        taken(&app, &mut browser, &link, 2).await;
        browser.open(&link).await.ok();
        app.advance(TimeDelta::hours(2));
        browser.submit(&link, &[("zone", "Europe/Berlin"), ("act", "cannot_come")]).await.expect(409);
        let cora = app.again(&cora);
        assert_eq!(interview(&app, &cora, &onsite).await["state"], "confirmed");
    }
}
