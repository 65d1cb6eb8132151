//! Where interviews take place, and the entries that calendars get. What is in a mail is judged by a
//! reader that is not ours; without it on this machine those tests say so and pass.

use evenbar::access::OrgRole;
use evenbar::calendars::{Invitation, Method};
use evenbar::mail::transport::Mailer;
use evenbar::mail::{Mail, MailKind};
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::mail_server::MailServer;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, hiring};

const CANDIDATE: &str = "ada@mail.example";
const ROOM: &str = "https://meet.example.com/ana";

/// Gives the candidate an address, and where they live.
async fn reachable(app: &TestApp, onsite: &Onsite, zone: &str) {
    let path = format!("/applications/{}", onsite.application);
    let application = app.get(&onsite.recruiter, &path).await;
    let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
    let change = json!({
        "time_zone": zone, "contact_points": [{ "kind": "email", "value": CANDIDATE }],
    });
    app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), change).await.ok();
}

fn path(onsite: &Onsite, action: &str) -> String {
    format!("/interviews/{}{action}", onsite.interviews[0])
}

/// Gives the first interview an hour by the clock of a zone.
async fn at(app: &TestApp, onsite: &Onsite, starts_at: &str, zone: &str) -> Reply {
    let mut time = time(starts_at);
    time["time_zone"] = json!(zone);
    time["override"] = json!({ "reason": "At whatever hour." });
    app.put(&onsite.recruiter, &path(onsite, "/schedule"), time).await
}

fn time(starts_at: &str) -> Value {
    let starts = chrono::DateTime::parse_from_rfc3339(starts_at).unwrap();
    let ends = starts + chrono::TimeDelta::hours(1);
    json!({ "starts_at": starts_at, "ends_at": ends.to_rfc3339(), "time_zone": "Europe/Berlin" })
}

/// Gives the first interview another body of its time.
async fn with(app: &TestApp, onsite: &Onsite, more: Value) -> Reply {
    let mut body = time("2026-12-01T09:00:00Z");
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    app.put(&onsite.recruiter, &path(onsite, "/schedule"), body).await
}

async fn room(app: &TestApp, person: &Person, url: Value) {
    let changed = app.patch(person, "/me", json!({ "meeting_room_url": url })).await;
    assert_eq!(changed.ok()["meeting_room_url"], url);
}

/// Kinds, readers and entries of the mails since the last call.
fn sent(app: &TestApp) -> Vec<Mail> {
    app.deliver_mail();
    let mails = app.mails.mails();
    app.mails.clear();
    mails
}

fn told(mails: &[Mail]) -> Vec<(&'static str, &str)> {
    let mut told: Vec<_> =
        mails.iter().map(|mail| (mail.kind.slug(), mail.to.email.as_str())).collect();
    told.sort_unstable();
    told
}

fn entry<'m>(mails: &'m [Mail], email: &str) -> &'m Invitation {
    let mut mine = mails.iter().rev().filter(|mail| mail.to.email == email);
    mine.find_map(|mail| mail.calendar.as_ref()).expect("an entry")
}

/// What ends the application, for a reason where it is a rejection.
async fn ending_of(app: &TestApp, onsite: &Onsite, ending: &str) -> (String, Value) {
    let path = format!("/applications/{}/{ending}", onsite.application);
    if ending != "rejection" {
        return (path, json!({}));
    }
    let admin = app.person("Abe", OrgRole::Admin);
    let reason = json!({ "name": format!("No {}", admin.email), "kind": "ours" });
    let reason = app.post(&admin, "/rejection-reasons", reason).await.id();
    (path, json!({ "reason_id": reason, "note": "Too slow by far." }))
}

/// Where the interviews of the application stand, sorted.
async fn states(app: &TestApp, onsite: &Onsite) -> Vec<String> {
    let path = format!("/interviews?application_id={}", onsite.application);
    let listed = app.get(&onsite.recruiter, &path).await;
    let state = |row: &Value| row["state"].as_str().unwrap().to_owned();
    let mut states: Vec<String> = listed.rows().iter().map(state).collect();
    states.sort();
    states
}

/// Both sides of both changes, the hour that comes twice and the one after the hour that never comes,
/// and zones that know neither.
const TIMES: [(&str, &str); 14] = [
    ("2027-03-26T09:00:00Z", "Europe/Berlin"),
    ("2027-03-28T01:00:00Z", "Europe/Berlin"),
    ("2027-03-29T09:00:00Z", "Europe/Berlin"),
    ("2027-10-29T09:00:00Z", "Europe/Berlin"),
    ("2027-10-31T00:30:00Z", "Europe/Berlin"),
    ("2027-11-01T09:00:00Z", "Europe/Berlin"),
    ("2027-03-12T15:00:00Z", "America/New_York"),
    ("2027-03-15T15:00:00Z", "America/New_York"),
    ("2027-11-05T15:00:00Z", "America/New_York"),
    ("2027-11-08T15:00:00Z", "America/New_York"),
    ("2027-03-29T09:00:00Z", "Asia/Kolkata"),
    ("2027-03-29T15:00:00Z", "America/Phoenix"),
    ("2027-02-10T09:00:00Z", "Africa/Casablanca"),
    ("2027-06-01T09:00:00Z", "UTC"),
];

both! {
    async fn an_interview_meets_where_somebody_says(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "second").await;
        let place = json!({
            "meeting_url": "https://meet.example.com/x", "location": "Room 3", "dial_in": "+49 30 1",
        });
        with(&app, &onsite, place.clone()).await.ok();
        for person in [&ana, &onsite.recruiter, &onsite.decider] {
            let shown = app.get(person, &path(&onsite, "")).await;
            let listed = app.get(person, "/interviews").await;
            for name in ["meeting_url", "location", "dial_in"] {
                assert_eq!(shown.ok()[name], place[name], "{name}");
                assert_eq!(listed.rows()[0][name], place[name], "{name}");
            }
        }
        let bare = with(&app, &onsite, json!({})).await;
        assert_eq!((&bare.ok()["meeting_url"], &bare.json["location"]), (&Value::Null, &Value::Null));
        for (name, wrong) in [
            ("meeting_url", json!("http://meet.example.com/x")),
            ("meeting_url", json!("meet.example.com")),
            ("meeting_url", json!(format!("https://meet.example.com/{}", "x".repeat(500)))),
            ("location", json!("x".repeat(201))),
            ("dial_in", json!("a\nb")),
        ] {
            with(&app, &onsite, json!({ name: wrong })).await.field(422, &format!("/{name}"));
        }
    }

    async fn without_a_place_it_meets_in_the_room_of_whoever_leads(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        room(&app, &ana, json!(ROOM)).await;
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        let shown = with(&app, &onsite, json!({})).await;
        assert_eq!((&shown.ok()["meeting_url"], &shown.json["schedule_sequence"]), (&json!(ROOM), &json!(1)));
        let named = json!({ "meeting_url": "https://meet.example.com/x" });
        assert_eq!(with(&app, &onsite, named.clone()).await.ok()["meeting_url"], named["meeting_url"]);
        assert_eq!(with(&app, &onsite, json!({})).await.ok()["meeting_url"], ROOM);
        // What is to come moves with its lead, and everybody hears of it.
        let seen = async || app.get(&onsite.recruiter, &path(&onsite, "")).await;
        sent(&app);
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        let alone = seen().await;
        assert_eq!((&alone.ok()["meeting_url"], &alone.json["schedule_sequence"]), (&Value::Null, &json!(4)));
        room(&app, &ben, json!("https://meet.example.com/ben")).await;
        onsite.seat(&app, 0, &ben, "lead").await;
        let led = seen().await;
        assert_eq!(led.ok()["meeting_url"], "https://meet.example.com/ben");
        assert_eq!(led.json["schedule_sequence"], 5);
        // A room that somebody gives up stays with what has it.
        room(&app, &ben, Value::Null).await;
        assert_eq!(seen().await.ok()["meeting_url"], "https://meet.example.com/ben");
    }

    async fn a_standing_room_is_for_its_person_alone(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        room(&app, &ana, json!(ROOM)).await;
        let shown = app.get(&onsite.recruiter, &format!("/users/{}", ana.id)).await;
        assert!(!shown.ok().to_string().contains(ROOM));
        let wrong = json!({ "meeting_room_url": "http://meet.example.com" });
        app.patch(&ana, "/me", wrong).await.field(422, "/meeting_room_url");
    }

    async fn everybody_on_the_panel_and_the_candidate_get_an_entry_of_their_own(app) {
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "America/New_York").await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 0, &onsite.recruiter, "observer").await;
        sent(&app);
        with(&app, &onsite, json!({ "meeting_url": "https://meet.example.com/x" })).await.ok();
        let mails = sent(&app);
        let rita = onsite.recruiter.email.as_str();
        assert_eq!(told(&mails), [
            ("candidate_interview_scheduled", CANDIDATE),
            ("interview_scheduled", &ana.email),
            ("interview_scheduled", rita),
        ]);
        follow(&app, &mails, MailKind::InterviewScheduled).await;
        follow(&app, &mails, MailKind::CandidateInterviewScheduled).await;
        let (anas, adas) = (entry(&mails, &ana.email), entry(&mails, CANDIDATE));
        assert_eq!((anas.method, adas.method), (Method::Request, Method::Request));
        assert_ne!(anas.entry.uid, adas.entry.uid);
        assert_eq!(anas.entry.uid, entry(&mails, rita).entry.uid);
        assert_eq!(anas.entry.summary, "Interview 1: Ada Lovelace");
        let card = format!("https://hire.example.com/scorecards/{}", onsite.interviews[0]);
        assert!(anas.entry.notes.iter().any(|line| line.contains(&onsite.interviews[0])), "{card}");
        assert!(!format!("{:?}", anas.entry.notes).contains("/l/"), "no secret in a calendar");
        let words = mails.iter().find(|mail| mail.to.email == CANDIDATE).unwrap();
        assert!(words.text.contains("Tue 1 Dec 2026, 04:00 (America/New_York)"), "{}", words.text);
        assert!(words.text.contains("https://meet.example.com/x"));
        assert!(!words.text.contains("hire.example.com") && !words.html.contains("hire.example.com"));
        for hidden in ["Interview 1", "Ana", "Rita", "On-site", "scorecard"] {
            assert!(!words.text.contains(hidden) && !words.subject.contains(hidden), "{hidden}");
        }
    }

    async fn a_candidate_reads_whom_they_meet_only_by_policy(app) {
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "Europe/Berlin").await;
        let ana = app.person("Ana Analyst", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let admin = app.person("Abe", OrgRole::Admin);
        let policy = json!({
            "reveal": "at_reveal", "recruiter_sees": "text", "candidate_sees_panel": "names",
        });
        let stated = app.put(&admin, "/settings", policy).await;
        assert_eq!(stated.ok()["candidate_sees_panel"], "names");
        with(&app, &onsite, json!({})).await.ok();
        let mails = sent(&app);
        let entry = &entry(&mails, CANDIDATE).entry;
        assert_eq!(entry.notes, ["You meet: Ana Analyst"]);
    }

    async fn who_is_removed_is_told_and_learns_nothing_more(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        with(&app, &onsite, json!({})).await.ok();
        let before = entry(&sent(&app), &ana.email).entry.clone();
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        let mails = sent(&app);
        assert_eq!(told(&mails), [("interview_called_off", ana.email.as_str())]);
        let off = entry(&mails, &ana.email);
        assert_eq!((off.method, off.entry.cancelled), (Method::Cancel, true));
        assert_eq!(off.entry.uid, before.uid);
        assert!(off.entry.sequence > before.sequence);
        assert!(!mails[0].text.contains("Ada") && !off.entry.summary.contains("Ada"));
        // Back on the panel the entry comes back as well.
        onsite.seat(&app, 0, &ana, "second").await;
        let mails = sent(&app);
        let back = entry(&mails, &ana.email);
        assert!(back.method == Method::Request && back.entry.sequence > off.entry.sequence);
    }

    async fn what_is_called_off_is_taken_out_again(app) {
        for action in ["/cancellation", "/no-show"] {
            let onsite = Onsite::new(&app, 1).await;
            reachable(&app, &onsite, "Europe/Berlin").await;
            let ana = app.person("Ana", OrgRole::Member);
            onsite.seat(&app, 0, &ana, "lead").await;
            with(&app, &onsite, json!({})).await.ok();
            let asked = sent(&app);
            let body = if action == "/no-show" { Value::Null } else { json!({ "reason": "Secret." }) };
            app.put(&onsite.recruiter, &path(&onsite, action), body).await.ok();
            let mails = sent(&app);
            assert_eq!(told(&mails), [
                ("candidate_interview_called_off", CANDIDATE),
                ("interview_called_off", &ana.email),
            ]);
            for email in [CANDIDATE, &ana.email] {
                let (before, off) = (&entry(&asked, email).entry, entry(&mails, email));
                assert!(off.method == Method::Cancel && off.entry.uid == before.uid);
                assert!(off.entry.sequence > before.sequence);
            }
            assert!(mails.iter().all(|mail| !mail.text.contains("Secret.")));
        }
    }

    async fn a_time_that_is_given_up_is_taken_out_until_there_is_another(app) {
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "Europe/Berlin").await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = onsite.seat(&app, 0, &ana, "lead").await;
        with(&app, &onsite, json!({})).await.ok();
        let asked = sent(&app);
        let until = app.clock.now() + chrono::TimeDelta::days(5);
        let question = json!({ "expires_at": until });
        let again = path(&onsite, "/availability-request");
        app.put(&onsite.recruiter, &again, question.clone()).await.ok();
        let mails = sent(&app);
        assert_eq!(told(&mails), [
            ("candidate_interview_called_off", CANDIDATE),
            ("interview_called_off", &ana.email),
            ("time_asked", CANDIDATE),
        ]);
        for email in [CANDIDATE, &ana.email] {
            let before = &entry(&asked, email).entry;
            let mine = mails.iter().find(|mail| mail.to.email == email && mail.calendar.is_some());
            let mine = mine.unwrap();
            let off = mine.calendar.as_ref().unwrap();
            assert_eq!((off.method, &off.entry.uid), (Method::Cancel, &before.uid));
            assert!(off.entry.sequence > before.sequence && off.entry.cancelled);
            assert_eq!(off.entry.starts_at, before.starts_at);
            assert!(mine.text.contains("Was to be:  Tue 1 Dec 2026, 10:00 (Europe/Berlin)"), "{}", mine.text);
        }
        assert!(mails.iter().any(|mail| mail.subject.starts_with("Another time is looked for")));
        assert!(mails.iter().any(|mail| mail.subject.contains("gets another time")));
        // The next time comes back under the same name.
        with(&app, &onsite, json!({})).await.ok();
        let back = sent(&app);
        for email in [CANDIDATE, &ana.email] {
            let (first, now) = (&entry(&asked, email).entry, entry(&back, email));
            assert_eq!((now.method, &now.entry.uid), (Method::Request, &first.uid));
            assert!(now.entry.sequence > first.sequence + 1);
        }
        // A time that is there before the word went out makes the word unnecessary.
        app.put(&onsite.recruiter, &again, question.clone()).await.ok();
        at(&app, &onsite, "2026-12-02T09:00:00Z", "Europe/Berlin").await.ok();
        let mails = sent(&app);
        assert!(mails.iter().all(|mail| mail.kind.slug() != "interview_called_off"), "{:?}", told(&mails));
        // Whoever left the panel in between is told once, at the time that they had.
        app.put(&onsite.recruiter, &again, question).await.ok();
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        let mails = sent(&app);
        let anas: Vec<_> = mails.iter().filter(|mail| mail.to.email == ana.email).collect();
        assert_eq!(anas.len(), 1);
        assert_eq!(anas[0].calendar.as_ref().unwrap().method, Method::Cancel);
        assert_eq!(app.event_kinds().iter().filter(|kind| *kind == "interview.released").count(), 3);
    }

    async fn an_application_that_ends_calls_off_what_it_has_before_it(app) {
        for ending in ["rejection", "withdrawal"] {
            let onsite = Onsite::new(&app, 3).await;
            reachable(&app, &onsite, "Europe/Berlin").await;
            let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
            onsite.seat(&app, 0, &ana, "lead").await;
            onsite.seat(&app, 1, &ben, "lead").await;
            onsite.seat(&app, 2, &ana, "lead").await;
            onsite.hold(&app, 1).await;
            with(&app, &onsite, json!({})).await.ok();
            let offer = json!({ "expires_at": app.clock.now() + chrono::TimeDelta::days(5) });
            let third = format!("/interviews/{}", onsite.interviews[2]);
            let link = app.put(&onsite.recruiter, &format!("{third}/availability-request"), offer).await;
            let link = link.ok()["link"].as_str().unwrap().replace("https://hire.example.com", "");
            let asked = sent(&app);
            let (whole, body) = ending_of(&app, &onsite, ending).await;
            let (statements, ended) = app.statements(app.put(&onsite.recruiter, &whole, body)).await;
            ended.ok();
            assert!(statements <= 80, "{statements}");
            let mails = sent(&app);
            assert_eq!(told(&mails), [
                ("candidate_interview_called_off", CANDIDATE),
                ("interview_called_off", &ana.email),
            ]);
            for email in [CANDIDATE, &ana.email] {
                let (before, off) = (&entry(&asked, email).entry, entry(&mails, email));
                assert!(off.method == Method::Cancel && off.entry.uid == before.uid);
                assert!(off.entry.sequence > before.sequence);
            }
            for word in ["slow", "reject", "No ", "unfortunately", "ended", "withdr"] {
                let candidates = mails.iter().filter(|mail| mail.to.email == CANDIDATE);
                for mail in candidates {
                    assert!(!mail.text.to_lowercase().contains(&word.to_lowercase()), "{word} {}", mail.text);
                }
            }
            assert_eq!(states(&app, &onsite).await, ["cancelled", "cancelled", "completed"]);
            // What was not held is owed by nobody; what was held still is.
            let visible = |person: &Person| format!("/applications/{}/visibility?as={}", onsite.application, person.id);
            assert_ne!(app.get(&onsite.recruiter, &visible(&ana)).await.ok()["cards_seen"], "sealed");
            assert_eq!(app.get(&onsite.recruiter, &visible(&ben)).await.ok()["cards_seen"], "sealed");
            let mut browser = crate::support::Browser::new(&app);
            browser.open(&link).await.expect(404);
            let kinds = app.event_kinds();
            let newest: Vec<&str> = kinds.iter().rev().take(12).map(String::as_str).collect();
            assert_eq!(newest.iter().filter(|kind| **kind == "interview.cancelled").count(), 2, "{newest:?}");
            if ending == "rejection" {
                let reopen = format!("/applications/{}/reopenings", onsite.application);
                app.post(&onsite.recruiter, &reopen, json!({ "reason": "A mistake." })).await.created();
                assert_eq!(states(&app, &onsite).await, ["cancelled", "cancelled", "completed"]);
                let shown = app.get(&onsite.recruiter, &third).await;
                assert_eq!(shown.ok()["cancelled_reason"], "The application ended.");
            }
        }
    }

    async fn what_was_never_announced_is_not_called_off(app) {
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "Europe/Berlin").await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        with(&app, &onsite, json!({})).await.ok();
        app.put(&onsite.recruiter, &path(&onsite, "/cancellation"), json!({})).await.ok();
        assert_eq!(told(&sent(&app)), []);
    }

    async fn only_the_last_of_several_times_is_sent(app) {
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "Europe/Berlin").await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        sent(&app);
        at(&app, &onsite, "2026-12-01T09:00:00Z", "Europe/Berlin").await.ok();
        at(&app, &onsite, "2026-12-02T09:00:00Z", "Europe/Berlin").await.ok();
        let mails = sent(&app);
        assert_eq!(mails.len(), 2);
        assert!(mails.iter().all(|mail| mail.subject.starts_with("Changed: ")));
        assert!(mails.iter().all(|mail| mail.text.contains("Wed 2 Dec 2026, 10:00 (Europe/Berlin)")));
    }

    async fn a_candidate_hears_nothing_of_an_interview_after_their_application_ended(app) {
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "Europe/Berlin").await;
        with(&app, &onsite, json!({})).await.ok();
        let withdrawal = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &withdrawal, json!({})).await.ok();
        assert_eq!(told(&sent(&app)), []);
    }

    async fn another_reader_finds_the_same_instants_in_every_zone(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = app.mailing_by(Mailer::smtp(&server.settings()).unwrap()).await;
        let onsite = Onsite::new(&app, 1).await;
        reachable(&app, &onsite, "Europe/Berlin").await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        app.deliver_mail();
        for (starts_at, zone) in TIMES {
            at(&app, &onsite, starts_at, zone).await.ok();
            app.deliver_mail();
        }
        app.put(&onsite.recruiter, &path(&onsite, "/cancellation"), json!({})).await.ok();
        app.deliver_mail();
        let found = server.entries();
        for email in [ana.email.as_str(), CANDIDATE] {
            let mine: Vec<&Value> =
                found.iter().filter(|entry| entry["recipient"] == email).collect();
            assert_eq!(mine.len(), TIMES.len() + 1, "{email}");
            let mut before = -1;
            for entry in &mine {
                assert_eq!(entry["uid"], mine[0]["uid"]);
                let sequence = entry["sequence"].as_i64().unwrap();
                assert!(sequence > before, "{entry}");
                before = sequence;
                assert_eq!(entry["defects"], json!([]), "{entry}");
                assert_eq!(entry["attached"], true, "{entry}");
                assert_eq!(entry["mime_method"], entry["method"]);
                assert_eq!(entry["layout"], json!([
                    "multipart/mixed", "multipart/alternative", "text/plain", "text/html",
                    "text/calendar", "application/ics",
                ]));
                assert_eq!(entry["organizer"], "mailto:evenbar@example.com");
                assert_eq!(entry["attendees"], json!([format!("mailto:{email}")]));
            }
            let (off, asked) = mine.split_last().unwrap();
            for (entry, (starts_at, zone)) in asked.iter().zip(TIMES) {
                assert_eq!((&entry["method"], &entry["status"]), (&json!("REQUEST"), &json!("CONFIRMED")));
                for start in ["starts_at", "starts_by_definition"] {
                    assert_eq!(entry[start], starts_at, "{zone} {entry}");
                }
                assert_eq!(entry["ends_at"], entry["ends_by_definition"]);
                let twice = starts_at == "2027-10-31T00:30:00Z";
                let expected = if zone == "UTC" || twice { Value::Null } else { json!(zone) };
                assert_eq!(entry["zone"], expected, "{entry}");
            }
            assert_eq!((&off["method"], &off["status"]), (&json!("CANCEL"), &json!("CANCELLED")));
        }
        for entry in found.iter().filter(|entry| entry["recipient"] == CANDIDATE) {
            let whole = entry["whole"].as_str().unwrap();
            for hidden in ["Ana", "Rita", &ana.email, "Interview 1", "Review", "On-site", "scorecard",
                "rubric", "hire.example.com", "Secret"] {
                assert!(!whole.contains(hidden), "{hidden}\n{whole}");
            }
            assert!(entry["summary"].as_str().unwrap().ends_with(": Senior Engineer"), "{entry}");
        }
    }

    async fn an_agency_learns_nowhere_where_people_meet(app) {
        let onsite = Onsite::new(&app, 1).await;
        with(&app, &onsite, json!({ "meeting_url": "https://meet.example.com/x" })).await.ok();
        let member = app.person("Max", OrgRole::Member);
        app.get(&member, &path(&onsite, "")).await.problem(404, "not_found");
        hiring::join(&app, &onsite.job, &member, evenbar::access::TeamRole::Interviewer);
        app.get(&member, &path(&onsite, "")).await.problem(404, "not_found");
    }
}
