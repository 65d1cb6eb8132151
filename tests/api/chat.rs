//! Notices in a chat: that there is something to do, and nothing of what it is about.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::schema::chat_addresses;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::calendar_server::CalendarServer;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, hiring};

const PATH: &str = "/me/chat-address";
const PREFERENCES: &str = "/me/notification-preferences";

async fn name(app: &TestApp, person: &Person, url: &str, format: &str) -> Reply {
    app.put(&app.again(person), PATH, json!({ "url": url, "format": format })).await
}

/// How a mail and its notice come to somebody from now on.
async fn choose(app: &TestApp, person: &Person, mail: &str, way: &str, chat: bool) -> Reply {
    let mails = json!([{ "mail": mail, "way": way, "chat": chat }]);
    let chosen = json!({ "digest": true, "digest_at": null, "quiet_hours": true, "mails": mails });
    app.put(&app.again(person), PREFERENCES, chosen).await
}

/// Ana leads an interview that is over in two hours; her chat is named before.
async fn with_chat(app: &TestApp, format: &str) -> (CalendarServer, Onsite, Person, Value) {
    let server = CalendarServer::start();
    server.say(200, &[], "ok");
    let onsite = Onsite::new(app, 2).await;
    let ana = app.person("Ana", OrgRole::Member);
    let named = name(app, &ana, &server.url(), format).await.ok().clone();
    onsite.seat(app, 0, &ana, "lead").await;
    onsite.schedule(app, 0, 0).await.ok();
    (server, onsite, ana, named)
}

/// Lets the interview end, and sends what is due.
fn after_the_interview(app: &TestApp, onsite: &mut Onsite) {
    onsite.later(app, TimeDelta::hours(2));
    app.deliver_mail();
    deliver_notices(app);
}

/// Posts the notices that are due.
fn deliver_notices(app: &TestApp) {
    while evenbar::outbox::run_due_in_chat(&app.state).unwrap() > 0 {}
}

/// The deliveries to the chat of anybody.
async fn notices(app: &TestApp) -> Vec<Value> {
    let admin = app.person("Adam", OrgRole::Admin);
    let all = app.get(&admin, "/deliveries?limit=100").await.rows().clone();
    all.into_iter().filter(|row| row["channel"] == "chat").collect()
}

fn header<'a>(asked: &'a str, name: &str) -> &'a str {
    let line =
        asked.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
    line.unwrap_or_else(|| panic!("no {name} in {asked}")).split_once(':').unwrap().1.trim()
}

both! {
    async fn a_notice_says_that_there_is_something_to_do_and_nothing_of_what(app) {
        let (server, mut onsite, ana, named) = with_chat(&app, "slack").await;
        assert_eq!((&named["host"], &named["secret"], &named["failure"]), (&json!("127.0.0.1"), &Value::Null, &Value::Null));
        assert!(server.asked().is_empty(), "never in a request");
        after_the_interview(&app, &mut onsite);
        let asked = server.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        let (head, body) = asked[0].split_once("\n\n").unwrap();
        assert!(head.starts_with("POST /private/"), "{head}");
        assert_eq!(
            serde_json::from_str::<Value>(body).unwrap(),
            json!({ "text": "You have something to do in Evenbar: a scorecard (3 min).\nhttps://hire.example.com/queue" }),
        );
        for told in ["Ada", "Lovelace", "Engineer", "Interview 1", "/l/", "Ana"] {
            assert!(!body.contains(told), "{told}: {body}");
        }
        // The mail comes as well, and each once.
        let due = app.mails.mails().into_iter().filter(|mail| mail.kind == MailKind::ScorecardDue);
        assert_eq!(due.count(), 1);
        deliver_notices(&app);
        assert!(server.asked().is_empty());
        let rows = notices(&app).await;
        assert_eq!((rows.len(), &rows[0]["state"], &rows[0]["kind"]), (1, &json!("sent"), &json!("scorecard_due")));
        assert_eq!(rows[0]["recipient_id"], json!(ana.id));
    }

    async fn a_program_gets_a_signed_message_whose_secret_is_shown_once(app) {
        let (server, mut onsite, ana, named) = with_chat(&app, "generic").await;
        let secret = named["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap().to_owned();
        let secret = STANDARD.decode(secret).unwrap();
        assert!((24..=64).contains(&secret.len()));
        assert!(app.get(&ana, PATH).await.ok()["secret"].is_null());
        after_the_interview(&app, &mut onsite);
        let asked = server.asked();
        let (head, body) = asked[0].split_once("\n\n").unwrap();
        let (id, at) = (header(head, "webhook-id"), header(head, "webhook-timestamp"));
        assert_eq!(json!(id), notices(&app).await[0]["id"]);
        assert_eq!(at.parse::<i64>().unwrap(), app.clock.now().timestamp());
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
        let signed = aws_lc_rs::hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes());
        assert_eq!(header(head, "webhook-signature"), format!("v1,{}", STANDARD.encode(signed)));
        let message: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&message["type"], &message["timestamp"]), (&json!("notice.todo"), &json!(app.clock.now())));
        assert_eq!(message["data"]["url"], "https://hire.example.com/queue");
        // Another address has another secret.
        let again = name(&app, &ana, &server.url(), "generic").await;
        assert_ne!(again.ok()["secret"], named["secret"]);
    }

    async fn what_a_server_cannot_take_is_tried_again_as_the_same_message(app) {
        let (server, mut onsite, _, _) = with_chat(&app, "generic").await;
        server.say(503, &[], "");
        after_the_interview(&app, &mut onsite);
        let first = server.asked();
        assert_eq!(first.len(), 1);
        let row = notices(&app).await.remove(0);
        assert_eq!((&row["state"], &row["last_error"]), (&json!("pending"), &json!("The server said 503.")));
        server.say(200, &[], "");
        deliver_notices(&app);
        assert!(server.asked().is_empty(), "not before its time");
        app.advance(TimeDelta::seconds(31));
        deliver_notices(&app);
        let second = server.asked();
        assert_eq!(header(&first[0], "webhook-id"), header(&second[0], "webhook-id"));
        assert_eq!(notices(&app).await[0]["state"], "sent");
    }

    async fn an_address_that_is_gone_is_marked_and_its_owner_is_told_once(app) {
        let (server, mut onsite, ana, _) = with_chat(&app, "slack").await;
        onsite.seat(&app, 1, &ana, "lead").await;
        onsite.schedule(&app, 1, 1).await.ok();
        server.say(410, &[], "channel_is_archived");
        after_the_interview(&app, &mut onsite);
        assert_eq!(server.asked().len(), 1);
        let shown = app.get(&app.again(&ana), PATH).await;
        assert_eq!((&shown.ok()["failure"], &shown.json["failed_at"]), (&json!("gone"), &json!(app.clock.now())));
        // What waited is not posted there any more.
        onsite.later(&app, TimeDelta::hours(2));
        app.deliver_mail();
        deliver_notices(&app);
        assert!(server.asked().is_empty());
        let states: Vec<Value> = notices(&app).await.iter().map(|row| row["state"].clone()).collect();
        assert_eq!(states, [json!("dropped"), json!("dead")]);
        follow(&app, &app.mails.mails(), MailKind::ChatStopped).await;
        let told: Vec<_> = app.mails.mails().into_iter().filter(|mail| mail.kind == MailKind::ChatStopped).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].to.email == ana.email && told[0].text.contains("127.0.0.1") && !told[0].text.contains("secret"));
        // Named anew, it works again.
        server.say(200, &[], "");
        let again = name(&app, &ana, &server.url(), "slack").await;
        assert!(again.ok()["failure"].is_null());
    }

    async fn a_notice_that_nobody_takes_for_two_days_is_dead_and_marks_its_address(app) {
        let (server, mut onsite, ana, _) = with_chat(&app, "slack").await;
        drop(server);
        after_the_interview(&app, &mut onsite);
        for _ in 0..20 {
            app.advance(TimeDelta::hours(7));
            deliver_notices(&app);
        }
        assert_eq!(notices(&app).await[0]["state"], "dead");
        assert_eq!(app.get(&app.again(&ana), PATH).await.ok()["failure"], "undeliverable");
    }

    async fn each_kind_comes_by_mail_by_chat_or_by_both(app) {
        let (server, mut onsite, ana, _) = with_chat(&app, "slack").await;
        let seen = app.get(&ana, PREFERENCES).await.ok().clone();
        let chats: Vec<&str> = seen["mails"].as_array().unwrap().iter()
            .filter(|one| one["chat"] == true).map(|one| one["mail"].as_str().unwrap()).collect();
        assert_eq!(chats, [
            "address_refused", "agreement_asked", "approval_asked", "debrief_question", "decision_awaited", "dissent_asked",
            "offer_approved", "scorecard_due",
        ]);
        // Nobody can do without what somebody waits for, but have it in one place.
        choose(&app, &ana, "decision_awaited", "off", false).await.field(422, "/mails/0/way");
        choose(&app, &ana, "decision_awaited", "off", true).await.ok();
        choose(&app, &ana, "scorecard_due", "off", true).await.ok();
        after_the_interview(&app, &mut onsite);
        assert_eq!(server.asked().len(), 1);
        assert!(app.mails.mails().iter().all(|mail| mail.kind != MailKind::ScorecardDue));
        onsite.seat(&app, 1, &app.again(&ana), "lead").await;
        onsite.schedule(&app, 1, 0).await.ok();
        choose(&app, &ana, "scorecard_due", "immediate", false).await.ok();
        after_the_interview(&app, &mut onsite);
        assert!(server.asked().is_empty());
        let mails = app.mails.mails();
        assert_eq!(mails.iter().filter(|mail| mail.kind == MailKind::ScorecardDue).count(), 1);
    }

    async fn what_somebody_waits_for_comes_by_mail_while_the_chat_takes_nothing(app) {
        let server = CalendarServer::start();
        server.say(404, &[], "no_service");
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        name(&app, &onsite.decider, &server.url(), "slack").await.ok();
        choose(&app, &onsite.decider, "decision_awaited", "off", true).await.ok();
        onsite.hold(&app, 0).await;
        deliver_notices(&app);
        onsite.submit(&app, 0, &ana, "yes").await;
        deliver_notices(&app);
        app.deliver_mail();
        assert_eq!(server.asked().len(), 1);
        let told = |app: &TestApp| app.mails.mails().iter().filter(|mail| mail.kind == MailKind::DecisionAwaited).count();
        assert_eq!(told(&app), 1);
    }

    async fn what_is_no_longer_owed_is_not_posted(app) {
        let (server, mut onsite, ana, _) = with_chat(&app, "slack").await;
        onsite.later(&app, TimeDelta::minutes(90));
        onsite.submit(&app, 0, &app.again(&ana), "yes").await;
        onsite.later(&app, TimeDelta::hours(2));
        deliver_notices(&app);
        assert!(server.asked().is_empty());
        assert_eq!(notices(&app).await[0]["state"], "dropped");
    }

    async fn the_address_is_stored_and_told_nowhere_and_goes_with_its_owner(app) {
        let (server, mut onsite, ana, named) = with_chat(&app, "generic").await;
        after_the_interview(&app, &mut onsite);
        let stored: Vec<u8> = hiring::look(&app, |conn| chat_addresses::table.select(chat_addresses::url).first(conn));
        assert!(!String::from_utf8_lossy(&stored).contains("secret-of-ana"));
        app.db().seal().unwrap();
        let admin = app.person("Ada", OrgRole::Admin);
        let events = app.get(&admin, "/events?limit=100").await;
        let whole = events.ok().to_string();
        assert!(whole.contains("chat_address.set") && !whole.contains("secret-of-ana") && !whole.contains("127.0.0.1"));
        assert!(!named.to_string().contains("secret-of-ana"));
        app.get(&admin, PATH).await.problem(404, "not_found");
        let (left, ana) = (server, app.again(&ana));
        let etag = app.get(&ana, PATH).await.etag();
        let other = json!({ "url": left.url(), "format": "slack" });
        app.put_if(&ana, PATH, &etag, other.clone()).await.ok();
        app.put_if(&ana, PATH, &etag, other).await.problem(412, "stale");
        app.delete(&ana, PATH).await.expect(204);
        app.delete(&ana, PATH).await.problem(404, "not_found");
        name(&app, &ana, &left.url(), "slack").await.ok();
        let admin = app.again(&admin);
        let leaving = format!("/users/{}/deactivation", ana.id);
        let gone = app.put(&admin, &leaving, json!({ "hand_over": [], "urgent": true })).await;
        let rows: i64 = hiring::look(&app, |conn| chat_addresses::table.count().get_result(conn));
        assert_eq!((gone.status < 300, rows), (true, 0), "{}", gone.json);
    }

    async fn what_leads_nowhere_public_is_refused_by_field(app) {
        let ana = app.person("Ana", OrgRole::Member);
        for wrong in [
            "", "chat", "ftp://chat.example.com/x", "http://chat.example.com/x", "https://chat.example.com:22/x",
            "https://ana:secret@chat.example.com/x",
        ] {
            name(&app, &ana, wrong, "slack").await.field(422, "/url");
        }
        name(&app, &ana, "https://chat.example.com/x", "teams").await.field(422, "/format");
        name(&app, &ana, "https://chat.example.com/services/T0/7pQx", "slack").await.ok();
        assert_eq!(app.get(&ana, PATH).await.ok()["ending"], "7pQx");
    }
}
