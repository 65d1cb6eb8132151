//! Mail through a real mail server. Without one on this machine these tests say so and pass.

use std::sync::Arc;

use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::clock::Instant;
use evenbar::mail::smtp::{Security, SmtpSettings};
use evenbar::mail::transport::Mailer;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_server::{MailServer, Received};
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp};

/// The application with a way out through a mail server.
async fn mailing(app: &TestApp, settings: &SmtpSettings) -> TestApp {
    app.mailing_by(Mailer::smtp(settings).unwrap()).await
}

/// An onsite with somebody seated on each of its interviews, who is thereby owed a mail.
async fn seated(app: &TestApp, names: &[&str]) -> (Onsite, Vec<Person>) {
    let onsite = Onsite::new(app, names.len()).await;
    let mut leads = Vec::new();
    for (interview, name) in names.iter().enumerate() {
        let lead = app.person(name, OrgRole::Member);
        onsite.seat(app, interview, &lead, "lead").await;
        leads.push(lead);
    }
    (onsite, leads)
}

/// What became of the mails owed to somebody, newest first, as the owner sees it.
async fn deliveries(app: &TestApp, person: &Person) -> Vec<Value> {
    let owner = app.person("Olga", OrgRole::Owner);
    let page = app.get(&owner, "/deliveries").await;
    let mine = page.rows().iter().filter(|row| row["recipient_id"] == person.id.to_string());
    mine.cloned().collect()
}

/// The one mail owed to somebody.
async fn delivery(app: &TestApp, person: &Person) -> Value {
    let [delivery] = deliveries(app, person).await.try_into().expect("one delivery");
    delivery
}

/// Recipient and kind of each mail, sorted.
fn told(mails: &[Received]) -> Vec<(&str, &str)> {
    let told = mails.iter().map(|mail| (mail.recipient.as_str(), mail.header("x-evenbar-kind")));
    let mut told: Vec<(&str, &str)> = told.collect();
    told.sort_unstable();
    told
}

/// Holds a mail to what every mail is: text before HTML, in the thread of its application, and
/// without a fault that a strict reader finds.
fn assert_well_made(mail: &Received, onsite: &Onsite) {
    let kinds: Vec<&str> = mail.parts.iter().map(|(kind, _)| kind.as_str()).collect();
    let calendar = ["text/calendar", "application/ics"];
    assert!(kinds.starts_with(&["text/plain", "text/html"]), "{kinds:?}");
    assert!(kinds.len() == 2 || kinds[2..] == calendar, "{kinds:?}");
    let link = |text: &str| text.replace("&#x2f;", "/").contains("https://hire.example.com/");
    assert!(mail.parts.iter().take(2).all(|(_, text)| link(text)), "{mail:?}");
    assert_eq!(mail.defects, Vec::<String>::new());
    let root = format!("<application-{}@hire.example.com>", onsite.application);
    assert_eq!((mail.header("in-reply-to"), mail.header("references")), (&*root, &*root));
    assert_eq!(
        (mail.sender.as_str(), mail.header("from")),
        ("evenbar@example.com", "Evenbar <evenbar@example.com>")
    );
    assert!(mail.header("to").ends_with(&format!("<{}>", mail.recipient)), "{mail:?}");
    assert_eq!(mail.header("auto-submitted"), "auto-generated");
    assert!(mail.header("message-id").ends_with("@hire.example.com>"), "{mail:?}");
}

both! {
    async fn every_mail_owed_arrives_once_with_text_before_html_in_one_thread(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (onsite, leads) = seated(&app, &["Ana", "Ben"]).await;
        for interview in [0, 1] {
            onsite.schedule(&app, interview, 1).await.ok();
        }
        assert_eq!(app.deliver_mail(), 4);
        app.advance(TimeDelta::hours(2));
        assert_eq!((app.deliver_mail(), app.deliver_mail()), (2, 0));
        let mails = server.received();
        let (ana, ben) = (leads[0].email.as_str(), leads[1].email.as_str());
        let kinds = ["interview_assigned", "interview_scheduled", "scorecard_due"];
        let both: Vec<(&str, &str)> =
            [ana, ben].into_iter().flat_map(|who| kinds.map(|kind| (who, kind))).collect();
        assert_eq!(told(&mails), both);
        for mail in &mails {
            assert_well_made(mail, &onsite);
        }
        let mut ids: Vec<&str> = mails.iter().map(|mail| mail.header("message-id")).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 6);
    }

    async fn a_name_in_another_script_arrives_as_it_is_written(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let onsite = Onsite::new(&app, 1).await;
        let owner = app.person("Olga", OrgRole::Owner);
        let zoe = json!({
            "name": "Zoë Иванова", "email": "zoe@example.com", "role": "member",
            "time_zone": "Europe/Berlin", "locale": "en",
        });
        let id = app.post(&owner, "/users", zoe).await.id();
        let zoe = Person { id: id.parse().unwrap(), ..app.anonymous() };
        onsite.seat(&app, 0, &zoe, "lead").await;
        app.deliver_mail();
        let [mail] = server.received().try_into().unwrap();
        assert_well_made(&mail, &onsite);
        assert_eq!(mail.header("to"), "Zoë Иванова <zoe@example.com>");
        assert!(mail.parts[0].1.starts_with("Hello Zoë Иванова,"), "{mail:?}");
    }

    async fn the_request_that_owes_a_mail_speaks_to_no_mail_server(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana"]).await;
        let owed = delivery(&app, &leads[0]).await;
        assert_eq!((&owed["state"], &owed["attempts"]), (&json!("pending"), &json!(0)));
        assert_eq!(server.connections(), 0);
        app.deliver_mail();
        assert_eq!(delivery(&app, &leads[0]).await["state"], "sent");
        assert_eq!(server.connections(), 1);
    }

    async fn two_workers_send_each_mail_once(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let names = ["Ana", "Ben", "Cyd", "Dan", "Eve", "Fay"];
        let (_, leads) = seated(&app, &names).await;
        let workers = [0, 1].map(|_| {
            let state = Arc::clone(&app.state);
            std::thread::spawn(move || while evenbar::outbox::run_due(&state).unwrap() > 0 {})
        });
        for worker in workers {
            worker.join().unwrap();
        }
        let mails = server.received();
        let once: Vec<_> = leads.iter().map(|lead| (&*lead.email, "interview_assigned")).collect();
        assert_eq!(told(&mails), once);
    }

    async fn a_mail_that_the_server_is_slow_to_take_keeps_nobody_else_waiting(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana", "Ben", "Cyd"]).await;
        server.hold_the_next();
        let state = Arc::clone(&app.state);
        let worker = std::thread::spawn(move || evenbar::outbox::run_due(&state).unwrap());
        server.await_the_held();
        server.await_answers_to(2);
        server.release_the_held();
        worker.join().unwrap();
        let once: Vec<_> = leads.iter().map(|lead| (&*lead.email, "interview_assigned")).collect();
        assert_eq!(told(&server.received()), once);
    }

    async fn the_mails_to_one_reader_go_out_one_after_the_other(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (onsite, ana) = (Onsite::new(&app, 4).await, app.person("Ana", OrgRole::Member));
        for interview in 0..4 {
            onsite.seat(&app, interview, &ana, "lead").await;
        }
        app.deliver_mail();
        let owed = deliveries(&app, &ana).await;
        let id = |mail: &Value| format!("<{}@hire.example.com>", mail["id"].as_str().unwrap());
        let mails = server.received();
        let sent: Vec<&str> = mails.iter().map(|mail| mail.header("message-id")).collect();
        assert_eq!(sent, owed.iter().rev().map(id).collect::<Vec<_>>());
        assert_eq!(server.connections(), 1);
    }

    async fn a_slow_worker_leaves_alone_what_another_has_taken_over(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (onsite, ana) = (Onsite::new(&app, 2).await, app.person("Ana", OrgRole::Member));
        for interview in [0, 1] {
            onsite.seat(&app, interview, &ana, "lead").await;
        }
        server.hold_the_next();
        let state = Arc::clone(&app.state);
        let slow = std::thread::spawn(move || evenbar::outbox::run_due(&state).unwrap());
        server.await_the_held();
        app.advance(TimeDelta::minutes(6));
        assert_eq!(app.deliver_mail(), 2);
        server.release_the_held();
        slow.join().unwrap();
        // The mail that was under way comes twice, as after a crash, under one Message-ID.
        let mails = server.received();
        let again = |mail: &&Received| mail.header("message-id") == mails[0].header("message-id");
        assert_eq!((mails.len(), mails.iter().filter(again).count()), (3, 2));
        let sent = deliveries(&app, &ana).await;
        assert!(sent.len() == 2 && sent.iter().all(|mail| mail["state"] == "sent"), "{sent:?}");
        app.advance(TimeDelta::days(1));
        assert_eq!(app.deliver_mail(), 0);
    }

    async fn a_slow_worker_does_not_undo_what_another_has_sent(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana"]).await;
        server.answer("DATA", &leads[0].email, "451 4.3.0 too slow");
        server.hold_the_next();
        let state = Arc::clone(&app.state);
        let slow = std::thread::spawn(move || evenbar::outbox::run_due(&state).unwrap());
        server.await_the_held();
        server.accept(&leads[0].email);
        app.advance(TimeDelta::minutes(6));
        assert_eq!(app.deliver_mail(), 1);
        server.release_the_held();
        slow.join().unwrap();
        let sent = delivery(&app, &leads[0]).await;
        assert_eq!((&sent["state"], &sent["last_error"]), (&json!("sent"), &Value::Null));
    }

    async fn while_the_server_is_away_mail_waits_longer_each_time_and_then_arrives_once(app) {
        let Some(server) = MailServer::plain() else { return };
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana"]).await;
        assert_eq!(app.deliver_mail(), 1);
        for (tries, seconds) in [(1, 30), (2, 60), (3, 120)] {
            let owed = delivery(&app, &leads[0]).await;
            assert_eq!((&owed["state"], &owed["attempts"]), (&json!("pending"), &json!(tries)));
            assert!(owed["last_error"].as_str().unwrap().contains("onnect"), "{owed}");
            app.advance(TimeDelta::seconds(seconds) - TimeDelta::microseconds(1));
            assert_eq!(app.deliver_mail(), 0);
            app.advance(TimeDelta::microseconds(1));
            if tries == 3 {
                server.listen();
            }
            assert_eq!(app.deliver_mail(), 1);
        }
        let sent = delivery(&app, &leads[0]).await;
        assert_eq!((&sent["state"], &sent["last_error"]), (&json!("sent"), &Value::Null));
        app.advance(TimeDelta::days(7));
        app.deliver_mail();
        assert_eq!(told(&server.received()), [(&*leads[0].email, "interview_assigned")]);
    }

    async fn mail_waits_for_a_server_for_two_days_before_it_is_given_up(app) {
        let Some(server) = MailServer::plain() else { return };
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana"]).await;
        let owed_at = app.clock.now();
        app.deliver_mail();
        let mut owed = delivery(&app, &leads[0]).await;
        while owed["state"] == "pending" {
            let next: Instant = serde_json::from_value(owed["run_at"].clone()).unwrap();
            app.advance(next - app.clock.now());
            assert_eq!(app.deliver_mail(), 1);
            owed = delivery(&app, &leads[0]).await;
        }
        assert_eq!(owed["state"], "dead");
        let waited = app.clock.now() - owed_at;
        assert!(waited >= TimeDelta::hours(48) && waited <= TimeDelta::hours(60), "{waited}");
    }

    async fn a_server_that_says_later_is_asked_again_for_the_same_mail(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (onsite, leads) = seated(&app, &["Ana", "Ben"]).await;
        server.answer("RCPT", &leads[0].email, "450 4.2.1 try later");
        server.answer("DATA", &leads[1].email, "452 4.3.1 disk full");
        app.deliver_mail();
        for (lead, reason) in [(&leads[0], "try later"), (&leads[1], "disk full")] {
            let owed = delivery(&app, lead).await;
            assert_eq!((&owed["state"], &owed["attempts"]), (&json!("pending"), &json!(1)));
            assert!(owed["last_error"].as_str().unwrap().contains(reason), "{owed}");
            server.accept(&lead.email);
        }
        app.advance(TimeDelta::seconds(30));
        app.deliver_mail();
        let bens = |mail: &Received| mail.recipient == leads[1].email;
        let (tried, anas): (Vec<Received>, Vec<Received>) =
            server.received().into_iter().partition(bens);
        assert_eq!((tried.len(), anas.len()), (2, 1));
        assert_eq!((&*tried[0].answer, &*tried[1].answer), ("452 4.3.1 disk full", "250 taken"));
        assert_eq!(tried[0].header("message-id"), tried[1].header("message-id"));
        assert_eq!(tried[0].parts, tried[1].parts);
        assert_well_made(&tried[1], &onsite);
    }

    async fn a_mail_whose_answer_was_lost_goes_out_again_under_the_same_message_id(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana"]).await;
        server.answer("DATA", &leads[0].email, "hang up");
        app.deliver_mail();
        assert_eq!(delivery(&app, &leads[0]).await["state"], "pending");
        server.accept(&leads[0].email);
        app.advance(TimeDelta::seconds(30));
        app.deliver_mail();
        assert_eq!(delivery(&app, &leads[0]).await["state"], "sent");
        let [lost, answered] = server.received().try_into().unwrap();
        assert_eq!((&*lost.answer, &*answered.answer), ("hang up", "250 taken"));
        assert_eq!(lost.header("message-id"), answered.header("message-id"));
    }

    async fn a_mail_refused_for_good_is_dead_at_once_and_alone_until_somebody_puts_it_back(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        let app = mailing(&app, &server.settings()).await;
        let (_, leads) = seated(&app, &["Ana", "Ben", "Cyd"]).await;
        server.answer("RCPT", &leads[0].email, &format!("550 5.1.1 <{}>: no such user", leads[0].email));
        server.answer("DATA", &leads[1].email, "554 5.7.1 looks like spam");
        assert_eq!(app.deliver_mail(), 3);
        for (lead, reason) in [(&leads[0], "no such user"), (&leads[1], "looks like spam")] {
            let dead = delivery(&app, lead).await;
            assert_eq!((&dead["state"], &dead["attempts"]), (&json!("dead"), &json!(1)));
            let error = dead["last_error"].as_str().unwrap();
            assert!(error.contains(reason) && !error.contains(&lead.email), "{error}");
            server.accept(&lead.email);
        }
        assert_eq!(delivery(&app, &leads[2]).await["state"], "sent");
        app.advance(TimeDelta::days(7));
        assert_eq!(app.deliver_mail(), 0);
        let owner = app.person("Olga", OrgRole::Owner);
        let bens = delivery(&app, &leads[1]).await;
        let path = format!("/deliveries/{}/retry", bens["id"].as_str().unwrap());
        app.put(&owner, &path, Value::Null).await.ok();
        assert_eq!(app.deliver_mail(), 1);
        let mails = server.received();
        let bens: Vec<&Received> = mails.iter().filter(|mail| mail.recipient == leads[1].email).collect();
        assert_eq!((&*bens[0].answer, &*bens[1].answer), ("554 5.7.1 looks like spam", "250 taken"));
        assert_eq!(bens[0].header("message-id"), bens[1].header("message-id"));
        assert_eq!(mails.len(), 3);
    }

    async fn a_guarded_server_gets_mail_only_over_tls_that_it_can_prove_and_from_whom_it_knows(app) {
        let Some(server) = MailServer::guarded() else { return };
        server.listen();
        let right = SmtpSettings {
            security: Security::Starttls,
            username: Some("evenbar".to_owned()),
            password: Some("right".into()),
            authorities_pem: Some(server.authority()),
            ..server.settings()
        };
        let unproven = SmtpSettings { authorities_pem: None, ..right.clone() };
        let unknown = SmtpSettings { password: Some("wrong".into()), ..right.clone() };
        let (_, leads) = seated(&app, &["Ana"]).await;
        for (settings, seconds) in [(&unproven, 30), (&unknown, 60)] {
            mailing(&app, settings).await.deliver_mail();
            assert_eq!(delivery(&app, &leads[0]).await["state"], "pending");
            app.advance(TimeDelta::seconds(seconds));
        }
        assert!(server.received().is_empty());
        mailing(&app, &right).await.deliver_mail();
        assert_eq!(delivery(&app, &leads[0]).await["state"], "sent");
        let [mail] = server.received().try_into().unwrap();
        assert!(mail.encrypted && mail.signed_in);
    }
}
