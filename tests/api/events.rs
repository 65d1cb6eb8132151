//! The event feed.

use evenbar::access::{OrgRole, Permit};
use evenbar::events::{Event, EventKind, record};
use evenbar::ids::{ApplicationId, DebriefId, OfferId};
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp, hiring};

/// Follows the feed from a cursor to its end in pages of two; gives kinds and the last cursor.
async fn follow(
    app: &TestApp,
    person: &Person,
    query: &str,
    from: Option<String>,
) -> (Vec<String>, String) {
    app.db().seal().unwrap();
    let (mut cursor, mut kinds) = (from, Vec::new());
    loop {
        let behind = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = app.get(person, &format!("/events?limit=2{query}{behind}")).await;
        let rows = page.ok()["data"].as_array().unwrap().clone();
        kinds.extend(rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()));
        let next = page.json["next_cursor"].as_str().unwrap().to_owned();
        if page.json["has_more"] == json!(false) {
            return (kinds, next);
        }
        cursor = Some(next);
    }
}

/// Records what a debrief and an offer of an application would.
fn record_sealed(app: &TestApp, application: &str) {
    let application: ApplicationId = application.parse().unwrap();
    app.db()
        .write_here(&app.db().unit(), move |tx| {
            let (debrief, offer): (DebriefId, OfferId) = (tx.id(), tx.id());
            let event =
                Event::new(EventKind::DebriefRevealed, debrief.into()).application(application);
            record(tx, &Permit::for_system(debrief), &event)?;
            let event = Event::new(EventKind::OfferCreated, offer.into()).application(application);
            record(tx, &Permit::for_system(offer), &event)?;
            Ok(())
        })
        .unwrap();
}

both! {
    async fn a_program_follows_along_and_misses_nothing(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let empty = follow(&app, &rita, "", None).await;
        assert!(empty.0.is_empty());
        let job = hiring::job(&app);
        let id = hiring::application(&app, &rita, &job).await;
        let (kinds, cursor) = follow(&app, &rita, "", Some(empty.1)).await;
        assert_eq!(kinds, ["candidate.created", "application.created"]);
        let (nothing, cursor) = follow(&app, &rita, "", Some(cursor)).await;
        assert!(nothing.is_empty());
        app.put(&rita, &format!("/applications/{id}/withdrawal"), json!({})).await.ok();
        let (kinds, _) = follow(&app, &rita, "", Some(cursor)).await;
        assert_eq!(kinds, ["application.withdrawn"]);
        let (kinds, _) = follow(&app, &rita, "", None).await;
        assert_eq!(kinds.len(), 3);
    }

    async fn an_event_says_who_did_what_to_what(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let id = hiring::application(&app, &rita, &job).await;
        app.db().seal().unwrap();
        let (statements, page) = app.statements(app.get(&rita, "/events")).await;
        assert_eq!(statements, 3);
        let event = &page.ok()["data"][1];
        // Its place would tell how much happened that she may not see.
        assert_eq!(event["position"], Value::Null);
        let admin = app.person("Ada", OrgRole::Admin);
        assert_eq!(app.get(&admin, "/events").await.ok()["data"][1]["position"], 2);
        assert_eq!(event["kind"], "application.created");
        assert_eq!(event["origin"], "live");
        assert_eq!(event["actor"], json!({ "kind": "user", "id": rita.id, "on_behalf_of": null }));
        assert_eq!(event["subject"], json!({ "kind": "application", "id": id }));
        assert_eq!([&event["application_id"], &event["job_id"]], [&json!(id), &json!(job.id)]);
        assert_eq!(event["payload"], json!({ "stage_id": job.stages[0] }));
        assert_eq!(event["occurred_at"], event["recorded_at"]);
    }

    async fn the_feed_is_filtered_by_application_subject_and_kind(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let first = hiring::application(&app, &rita, &job).await;
        hiring::application(&app, &rita, &job).await;
        record_sealed(&app, &first);
        let of = |query: String| {
            let (app, rita) = (app.clone(), rita.clone());
            async move { follow(&app, &rita, &query, None).await.0 }
        };
        let all = of(format!("&application_id={first}")).await;
        assert_eq!(all, ["application.created", "debrief.revealed", "offer.created"]);
        assert_eq!(of(format!("&subject_id={first}")).await, ["application.created"]);
        assert_eq!(of("&kind=candidate.created".to_owned()).await.len(), 2);
    }

    async fn each_role_gets_its_classes_and_the_cursor_passes_over_the_rest(app) {
        let (rita, admin) = (app.person("Rita", OrgRole::Recruiter), app.person("Ada", OrgRole::Admin));
        let job = hiring::job(&app);
        app.post(&admin, "/departments", json!({ "name": "Engineering" })).await.created();
        let id = hiring::application(&app, &rita, &job).await;
        record_sealed(&app, &id);
        let (kinds, end) = follow(&app, &admin, "", None).await;
        assert_eq!(kinds, ["department.created", "candidate.created", "application.created"]);
        let (kinds, same_end) = follow(&app, &rita, "", None).await;
        assert_eq!(kinds, ["candidate.created", "application.created", "debrief.revealed", "offer.created"]);
        // Both are at the end, which neither cursor tells.
        assert_ne!(end, same_end);
        for (person, end) in [(&admin, same_end), (&rita, end)] {
            assert!(follow(&app, person, "", Some(end)).await.0.is_empty());
        }
        for role in [OrgRole::Coordinator, OrgRole::Member] {
            app.get(&app.person("Max", role), "/events").await.problem(403, "forbidden");
        }
        app.get(&app.anonymous(), "/events").await.problem(401, "unauthenticated");
    }

    async fn what_tells_of_others_judgement_waits_for_ones_own(app) {
        let (rita, rolf) = (app.person("Rita", OrgRole::Recruiter), app.person("Rolf", OrgRole::Recruiter));
        let job = hiring::job(&app);
        let (owed, other) =
            (hiring::application(&app, &rita, &job).await, hiring::application(&app, &rita, &job).await);
        let seat = hiring::seat(&app, &owed, &job, &rolf, "lead");
        record_sealed(&app, &owed);
        record_sealed(&app, &other);
        let about = |application: &str| format!("&application_id={application}");
        let (kinds, _) = follow(&app, &rolf, &about(&owed), None).await;
        assert_eq!(kinds, ["application.created"]);
        assert_eq!(follow(&app, &rolf, &about(&other), None).await.0.len(), 3);
        assert_eq!(follow(&app, &rita, &about(&owed), None).await.0.len(), 3);
        assert_eq!(follow(&app, &rolf, "&kind=debrief.revealed", None).await.0.len(), 1);
        hiring::hand_in(&app, seat);
        assert_eq!(follow(&app, &rolf, &about(&owed), None).await.0.len(), 3);
    }

    async fn what_is_no_place_in_the_feed_is_refused(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        app.get(&rita, "/events?cursor=AAAA").await.problem(400, "invalid_cursor");
        // What nobody sealed is no cursor, whatever it says.
        app.get(&rita, "/events?cursor=ZmVlZAAAAAAAAAAH").await.problem(400, "invalid_cursor");
        app.get(&rita, "/events?limit=101").await.field(422, "/limit");
        app.get(&rita, "/events?kind=application.vanished").await.field(422, "/kind");
        app.get(&rita, "/events?subject_id=nonsense").await.field(422, "/subject_id");
        app.get(&rita, "/events?since=yesterday").await.field(422, "/since");
        let page = app.get(&rita, "/events").await;
        assert_eq!([&page.ok()["data"], &page.json["has_more"]], [&json!([]), &Value::Bool(false)]);
    }
}
