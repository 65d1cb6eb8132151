//! What a person owes, over the API and as a page.

use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::{interviews, kits, panelists};
use evenbar::sessions::Purpose;
use serde_json::{Value, json};

use crate::both;
use crate::offers::scene::Scene;
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, TestApp, hiring};

async fn queue(app: &TestApp, person: &Person) -> Value {
    app.get(&app.again(person), "/me/queue").await.ok().clone()
}

/// Says that a candidate is somebody who works here, by their address.
pub async fn is_the_candidate(
    app: &TestApp,
    recruiter: &Person,
    application: &str,
    person: &Person,
) {
    let application = app.get(recruiter, &format!("/applications/{application}")).await;
    let candidate = application.ok()["candidate_id"].as_str().unwrap();
    let points = json!({ "contact_points": [{ "kind": "email", "value": person.email }] });
    app.patch(recruiter, &format!("/candidates/{candidate}"), points).await.ok();
}

/// Kind, title and local due time of each item.
fn lines(queue: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line =
        |item: &Value| [&item["kind"], &item["title"], &item["due_at_local"]].map(text).join(" ");
    queue["items"].as_array().unwrap().iter().map(line).collect()
}

both! {
    async fn an_interview_is_owed_and_then_its_card(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        let nothing = queue(&app, &ana).await;
        assert_eq!(nothing["items"], json!([]));
        assert_eq!((&nothing["minutes"], &nothing["overdue"]), (&json!(0), &json!(0)));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ana, "second").await;
        onsite.schedule(&app, 1, 1).await.ok();
        let before = queue(&app, &ana).await;
        // What has a time comes before what has none; the card of the interview is due a working day later.
        let due = "2026-11-24T10:30:00+01:00";
        assert_eq!(lines(&before), [format!("interview Interview 2 {due}"), "interview Interview 1 -".to_owned()]);
        let item = &before["items"][0];
        assert_eq!(item["starts_at_local"], "2026-11-23T10:00:00+01:00");
        assert_eq!((&item["minutes"], &item["candidate_name"]), (&json!(60), &json!("Ada Lovelace")));
        assert_eq!(item["page"], format!("/interviews/{}/scorecard", onsite.interviews[1]));
        assert_eq!(before["minutes"], 0, "being at an interview is not work to be done");
        // Over is over, whether or not anybody said so.
        app.advance(TimeDelta::hours(3));
        let after = queue(&app, &ana).await;
        assert_eq!(lines(&after)[0], format!("scorecard Interview 2 {due}"));
        assert_eq!((&after["minutes"], &after["items"][0]["is_begun"]), (&json!(3), &json!(false)));
        onsite.begin(&app, 1, &app.again(&ana)).await.created();
        assert_eq!(queue(&app, &ana).await["items"][0]["is_begun"], true);
        app.advance(TimeDelta::hours(24));
        let late = queue(&app, &ana).await;
        assert_eq!((&late["overdue"], &late["items"][0]["is_overdue"]), (&json!(1), &json!(true)));
    }

    async fn what_is_waived_handed_in_or_called_off_is_owed_no_more(app) {
        let onsite = Onsite::new(&app, 3).await;
        let ana = app.person("Ana", OrgRole::Member);
        let waived = onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ana, "lead").await;
        onsite.seat(&app, 2, &ana, "lead").await;
        onsite.hold(&app, 0).await;
        assert_eq!(queue(&app, &ana).await["items"].as_array().unwrap().len(), 3);
        let waiver = format!("/panelists/{waived}/waiver");
        app.put(&onsite.recruiter, &waiver, json!({ "reason": "Ill." })).await.ok();
        onsite.submit(&app, 1, &ana, "yes").await;
        let off = format!("/interviews/{}/cancellation", onsite.interviews[2]);
        app.put(&onsite.recruiter, &off, json!({})).await.ok();
        assert_eq!(queue(&app, &ana).await["items"], json!([]));
    }

    async fn an_application_that_ended_owes_nothing(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        assert_eq!(queue(&app, &ana).await["items"].as_array().unwrap().len(), 1);
        let withdrawal = format!("/applications/{}/withdrawal", onsite.application);
        app.put(&onsite.recruiter, &withdrawal, json!({ "note": "Took another offer." })).await.ok();
        assert_eq!(queue(&app, &ana).await["items"], json!([]));
    }

    async fn a_decision_waits_for_the_decider_once_they_owe_nothing(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let second = onsite.start(&app, &onsite.recruiter).await;
        let interview = second.created()["interview_ids"][0].as_str().unwrap().to_owned();
        let seat = json!({ "user_id": onsite.decider.id, "slot": "lead" });
        let panel = format!("/interviews/{interview}/panel");
        let seat = app.post(&onsite.recruiter, &panel, seat).await.id();
        onsite.hold(&app, 0).await;
        let before = queue(&app, &onsite.decider).await;
        onsite.submit(&app, 0, &ana, "yes").await;
        assert_eq!(queue(&app, &onsite.decider).await, before, "the reveal is hidden from who owes");
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        let after = queue(&app, &onsite.decider).await;
        assert_eq!(lines(&after), ["decision Decision 2026-11-24T16:30:00+01:00"]);
        assert_eq!((&after["items"][0]["debrief_id"], &after["minutes"]), (&json!(onsite.debrief), &json!(15)));
    }

    async fn nobody_is_shown_what_is_about_themselves(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        assert_eq!(queue(&app, &ana).await["items"].as_array().unwrap().len(), 1);
        is_the_candidate(&app, &onsite.recruiter, &onsite.application, &ana).await;
        assert_eq!(queue(&app, &ana).await["items"], json!([]));
        let scene = Scene::new(&app).await;
        scene.submitted(&app).await;
        let fia = &scene.finance[0];
        assert_eq!(queue(&app, fia).await["items"][0]["kind"], "vote");
        is_the_candidate(&app, &scene.recruiter, &scene.application.to_string(), fia).await;
        assert_eq!(queue(&app, fia).await["items"], json!([]));
    }

    async fn what_asks_nothing_any_more_leaves_room_for_what_does(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        for _ in 0..201 {
            hiring::seat(&app, &onsite.application, &onsite.job, &ana, "shadow");
        }
        onsite.seat(&app, 0, &ana, "lead").await;
        // They took place; they are over and nobody said so; nobody meets for them.
        let past = app.clock.now() + TimeDelta::hours(-1);
        for (state, ends_at, kind) in [
            ("completed", None, "live"),
            ("confirmed", Some(past), "live"),
            ("confirmed", None, "work_sample"),
        ] {
            let stand = move |tx: &mut Tx<'_>| {
                let watched = panelists::table.filter(panelists::slot.eq("shadow"));
                let watched = watched.select(panelists::interview_id);
                let watched = interviews::table.filter(interviews::id.eq_any(watched));
                let of_them = watched.select(interviews::kit_id);
                diesel::update(kits::table.filter(kits::id.eq_any(of_them)))
                    .set(kits::kind.eq(kind))
                    .execute(tx.conn)?;
                diesel::update(watched)
                    .set((interviews::state.eq(state), interviews::ends_at.eq(ends_at)))
                    .execute(tx.conn)?;
                Ok(())
            };
            app.db().write_here(&app.db().unit(), stand).unwrap();
            assert_eq!(lines(&queue(&app, &ana).await), ["interview Interview 1 -"], "{state} {kind}");
        }
    }

    async fn the_queue_takes_as_many_statements_whatever_is_in_it(app) {
        let onsite = Onsite::new(&app, 4).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let (one, _) = app.statements(app.get(&ana, "/me/queue")).await;
        for interview in 1..4 {
            onsite.seat(&app, interview, &ana, "lead").await;
        }
        let (four, _) = app.statements(app.get(&ana, "/me/queue")).await;
        assert_eq!(one, four);
        assert!(four <= 6, "{four} statements");
    }

    async fn the_page_says_what_to_do_and_where(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        let mut browser = Browser::new(&app);
        assert_eq!(browser.open("/queue").await.header("location"), Some("/sign-in?next=/queue"));
        let claims = app.state.tokens.check(&ana.token, app.clock.now()).unwrap();
        let secret = app.state.derived.secret(Purpose::Page, claims.session_id);
        browser.cookies.insert("__Host-evenbar".to_owned(), format!("{}.{secret}", claims.session_id));
        browser.open("/queue").await.ok();
        assert!(browser.html.contains("Nothing is waiting for you."));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ana, "lead").await;
        onsite.schedule(&app, 0, 3).await.ok();
        onsite.hold(&app, 1).await;
        app.advance(TimeDelta::hours(30));
        browser.open("/queue").await.ok();
        let link = format!("href=\"/interviews/{}/scorecard\"", onsite.interviews[0]).replace('/', "&#x2f;");
        assert!(browser.html.replace('/', "&#x2f;").contains(&link), "{}", browser.html);
        assert!(browser.html.contains("Scorecard: Interview 1") && browser.html.contains("overdue"));
        assert!(browser.html.contains("About 6 minutes of work."));
    }
}
