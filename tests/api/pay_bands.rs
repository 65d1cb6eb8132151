//! Pay bands: what a level pays in a zone, from a day on.

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp, at_once};

fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

fn dollars(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// A body with some fields changed.
fn merged(body: &Value, changes: Value) -> Value {
    let mut merged = body.clone();
    for (field, value) in changes.as_object().unwrap() {
        merged[field] = value.clone();
    }
    merged
}

/// An administrator, and a band of a level in a zone.
async fn zoned(app: &TestApp) -> (Person, Value) {
    let admin = app.person("Ada", OrgRole::Admin);
    let level = json!({ "name": "Senior", "track": "IC", "rank": 4 });
    let level = app.post(&admin, "/levels", level).await.id();
    let zone = app.post(&admin, "/pay-zones", json!({ "name": "Germany" })).await.id();
    let band = json!({
        "name": "Senior, Germany", "level_id": level, "pay_zone_id": zone, "period": "year",
        "effective_on": "2026-01-01", "minimum": euros("80000.00"), "maximum": euros("120000.00"),
    });
    (admin, band)
}
both! {
    async fn a_pay_band_has_the_exact_middle_unless_told_otherwise(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let mut band = json!({
            "name": "Senior, Germany", "location": "Germany", "period": "year", "effective_on": "2026-01-01",
            "minimum": euros("80000.01"), "maximum": euros("120000.00"),
        });
        let made = app.post(&admin, "/pay-bands", band.clone()).await;
        assert_eq!(made.created()["midpoint"], euros("100000.00"));
        assert_eq!((made.json["currency"].clone(), made.json["effective_on"].clone()), (json!("EUR"), json!("2026-01-01")));
        band["midpoint"] = euros("95000.00");
        let given = app.post(&admin, "/pay-bands", band.clone()).await;
        assert_eq!(given.created()["midpoint"], euros("95000.00"));

        let path = format!("/pay-bands/{}", given.id());
        app.patch(&admin, &path, json!({ "minimum": euros("96000.00") })).await.field(422, "/midpoint");
        app.patch(&admin, &path, json!({ "maximum": { "amount": "9.00", "currency": "USD" } })).await
            .field(422, "/maximum/currency");
        let moved = json!({ "minimum": euros("90000.00"), "midpoint": null, "effective_on": "2027-01-01" });
        assert_eq!(app.patch(&admin, &path, moved).await.ok()["midpoint"], euros("105000.00"));
        assert_eq!(app.event_kinds(), ["pay_band.created", "pay_band.created", "pay_band.updated"]);
    }

    async fn what_is_no_pay_band_names_the_field(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let band = json!({
            "name": "Senior", "period": "year", "effective_on": "2026-01-01",
            "minimum": euros("80000.00"), "maximum": euros("120000.00"),
        });
        for (field, value, pointer) in [
            ("maximum", euros("70000.00"), "/maximum"),
            ("maximum", json!({ "amount": "1", "currency": "JPY" }), "/maximum/currency"),
            ("midpoint", euros("70000.00"), "/midpoint"),
            ("minimum", euros("80000"), "/minimum"),
            ("minimum", json!({ "amount": "-1.00", "currency": "EUR" }), "/minimum"),
            ("minimum", json!({ "amount": 5, "currency": "EUR" }), "/minimum/amount"),
            ("effective_on", json!("2026-02-30"), "/effective_on"),
            ("effective_on", json!("2026-2-3"), "/effective_on"),
            ("period", json!("week"), "/period"),
            ("level_id", json!("level_01jd3z3z3z3z3z3z3z3z3z3z3z"), "/level_id"),
        ] {
            let mut wrong = band.clone();
            wrong[field] = value;
            app.post(&admin, "/pay-bands", wrong).await.field(422, pointer);
        }
        assert!(app.event_kinds().is_empty());
    }

    async fn pay_bands_are_for_those_who_decide_on_pay(app) {
        let (admin, recruiter) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        let band = json!({
            "name": "Senior", "period": "month", "effective_on": "2026-01-01",
            "minimum": { "amount": "5000", "currency": "JPY" }, "maximum": { "amount": "9000", "currency": "JPY" },
        });
        app.post(&recruiter, "/pay-bands", band.clone()).await.problem(403, "forbidden");
        let made = app.post(&admin, "/pay-bands", band).await;
        let path = format!("/pay-bands/{}", made.id());
        assert_eq!(app.get(&recruiter, &path).await.ok(), &made.json);
        assert_eq!(app.get(&recruiter, "/pay-bands").await.rows().len(), 1);
        for role in [OrgRole::Coordinator, OrgRole::Member] {
            let other = app.person("Max", role);
            app.get(&other, &path).await.problem(403, "forbidden");
            app.get(&other, "/pay-bands").await.problem(403, "forbidden");
        }
    }

    async fn a_band_of_a_level_is_found_by_it(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let level = app.post(&admin, "/levels", json!({ "name": "Senior", "track": "IC", "rank": 4 })).await;
        let band = json!({
            "name": "Senior", "level_id": level.id(), "period": "hour", "effective_on": "2026-01-01",
            "minimum": { "amount": "10.000", "currency": "KWD" }, "maximum": { "amount": "20.000", "currency": "KWD" },
        });
        let made = app.post(&admin, "/pay-bands", band.clone()).await;
        assert_eq!(made.created()["midpoint"]["amount"], "15.000");
        assert_eq!(app.get(&admin, &format!("/pay-bands?level_id={}", level.id())).await.rows().len(), 1);
        app.patch(&admin, &format!("/levels/{}", level.id()), json!({ "archived": true })).await.ok();
        app.post(&admin, "/pay-bands", band).await.field(422, "/level_id");
        app.get(&admin, "/pay-bands?level=senior").await.problem(422, "unknown_field");
    }

    async fn of_one_level_and_zone_one_band_is_in_force(app) {
        let (admin, band) = zoned(&app).await;
        let with = |changes: Value| merged(&band, changes);
        let first = app.post(&admin, "/pay-bands", with(json!({ "ends_on": "2026-06-30" }))).await;
        assert_eq!(first.created()["ends_on"], "2026-06-30");
        app.post(&admin, "/pay-bands", with(json!({ "effective_on": "2026-06-30" }))).await
            .problem(409, "already_exists");
        app.post(&admin, "/pay-bands", with(json!({ "effective_on": "2025-01-01" }))).await
            .problem(409, "already_exists");
        let wrong = with(json!({ "effective_on": "2027-01-01", "ends_on": "2026-12-31" }));
        app.post(&admin, "/pay-bands", wrong).await.field(422, "/ends_on");
        for other in [
            json!({ "effective_on": "2026-07-01" }),
            json!({ "period": "month" }),
            json!({ "minimum": dollars("1.00"), "maximum": dollars("2.00") }),
            json!({ "pay_zone_id": null }),
            json!({ "level_id": null }),
        ] {
            app.post(&admin, "/pay-bands", with(other)).await.created();
        }
        let path = format!("/pay-bands/{}", first.id());
        app.patch(&admin, &path, json!({ "ends_on": null })).await.problem(409, "already_exists");
        app.patch(&admin, &path, json!({ "archived": true, "ends_on": null })).await.ok();
        app.patch(&admin, &path, json!({ "archived": false })).await.problem(409, "already_exists");
    }

    async fn the_band_in_force_is_found_by_level_zone_currency_and_day(app) {
        let (admin, band) = zoned(&app).await;
        let first = app.post(&admin, "/pay-bands", band.clone()).await;
        let raise = json!({
            "minimum": euros("90000.00"), "maximum": euros("130000.00"), "effective_on": "2027-01-01",
        });
        let successors = format!("/pay-bands/{}/successors", first.id());
        let next = app.post(&admin, &successors, raise.clone()).await;
        assert_eq!(next.created()["name"], first.json["name"]);
        assert_eq!(next.json["midpoint"], euros("110000.00"));
        let ended = app.get(&admin, &format!("/pay-bands/{}", first.id())).await;
        assert_eq!(ended.ok()["ends_on"], "2026-12-31");
        let found = async |query: &str| {
            let (level, zone) = (&band["level_id"], &band["pay_zone_id"]);
            let (level, zone) = (level.as_str().unwrap(), zone.as_str().unwrap());
            let path = format!("/pay-bands?level_id={level}&pay_zone_id={zone}&{query}");
            let reply = app.get(&admin, &path).await;
            reply.rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(found("currency=EUR&on=2025-12-31").await.is_empty());
        assert_eq!(found("currency=EUR&on=2026-01-01").await, [first.id()]);
        assert_eq!(found("currency=EUR&on=2026-12-31").await, [first.id()]);
        assert_eq!(found("currency=EUR&on=2027-01-01").await, [next.id()]);
        assert!(found("currency=USD&on=2027-01-01").await.is_empty());
        assert_eq!(found("currency=EUR").await, [next.id(), first.id()]);
        app.post(&admin, &successors, raise).await.problem(409, "already_exists");
        assert_eq!(
            app.event_kinds()[2..],
            ["pay_band.created", "pay_band.updated", "pay_band.created"]
        );
    }

    async fn what_is_no_successor_names_the_field(app) {
        let (admin, band) = zoned(&app).await;
        let first = app.post(&admin, "/pay-bands", band).await;
        let successors = format!("/pay-bands/{}/successors", first.id());
        let raise = json!({
            "minimum": euros("90000.00"), "maximum": euros("130000.00"), "effective_on": "2027-01-01",
        });
        for (changes, pointer) in [
            (json!({ "effective_on": "2026-01-01" }), "/effective_on"),
            (json!({ "minimum": dollars("1.00"), "maximum": dollars("2.00") }), "/minimum/currency"),
            (json!({ "maximum": dollars("2.00") }), "/maximum/currency"),
            (json!({ "maximum": euros("80000.00") }), "/maximum"),
        ] {
            app.post(&admin, &successors, merged(&raise, changes)).await.field(422, pointer);
        }
        app.patch(&admin, &format!("/pay-bands/{}", first.id()), json!({ "archived": true })).await.ok();
        app.post(&admin, &successors, raise).await.problem(409, "not_ready");
    }

    async fn two_bands_at_once_never_share_a_day(app) {
        let (admin, band) = zoned(&app).await;
        for round in 0..4 {
            let year = 2030 + 3 * round;
            let days = [
                json!({ "effective_on": format!("{year}-01-01"), "ends_on": format!("{}-06-30", year + 1) }),
                json!({ "effective_on": format!("{}-06-30", year + 1), "ends_on": format!("{}-12-31", year + 1) }),
            ];
            let calls = days.map(|days| {
                (admin.clone(), Method::POST, "/pay-bands".to_owned(), None, Some(merged(&band, days)))
            });
            let mut statuses = at_once(&app, calls.into_iter());
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409]);
        }
    }

    async fn an_amount_has_an_exact_place_in_a_band(app) {
        let (admin, band) = zoned(&app).await;
        let made = app.post(&admin, "/pay-bands", band).await;
        let path = format!("/pay-bands/{}/placement", made.id());
        let placed = app.get(&admin, &format!("{path}?amount=87650.00&currency=EUR&period=year")).await;
        let placement = placed.ok()["placement"].clone();
        assert_eq!(placement["position"], "within");
        assert_eq!(placement["compa_ratio"], json!({ "numerator": 1753, "denominator": 2000, "decimal": "0.8765" }));
        assert_eq!(placement["range_penetration"]["decimal"], "0.1912");
        for (query, why) in
            [("amount=87650.00&currency=USD&period=year", "currency"), ("amount=7304.17&currency=EUR&period=month", "period")]
        {
            let other = app.get(&admin, &format!("{path}?{query}")).await;
            assert_eq!((other.ok()["placement"].clone(), other.json["incomparable"].as_str()), (Value::Null, Some(why)));
        }
        app.get(&admin, &format!("{path}?amount=87650&currency=EUR&period=year")).await.field(422, "/amount");
        app.get(&admin, &format!("{path}?currency=EUR&period=year")).await.field(422, "/amount");
        let member = app.person("Max", OrgRole::Member);
        let refused = app.get(&member, &format!("{path}?amount=1.00&currency=EUR&period=year")).await;
        refused.problem(403, "forbidden");
    }
}
