//! Setting up, settings, and the configuration that jobs and offers hang on.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::{capabilities, organization, settings_versions};
use evenbar::organization::setup;
use evenbar::sessions::NewPassword;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, Reply, TestApp, at_once};

const PASSWORD: &str = "correct horse battery staple";

/// As on the first start: no organization yet.
fn unset(app: &TestApp) {
    let clear = |tx: &mut Tx<'_>| {
        diesel::delete(settings_versions::table).execute(tx.conn)?;
        diesel::delete(organization::table).execute(tx.conn)?;
        Ok(())
    };
    app.db().write_here(&app.db().unit(), clear).unwrap();
}

/// The token of a new link.
fn issue(app: &TestApp) -> String {
    let link = setup::issue_link(app.db(), "https://hire.example.com").unwrap().expect("a link");
    link.strip_prefix("https://hire.example.com/setup?token=").expect("the page").to_owned()
}

fn beginning(token: &str) -> Value {
    json!({
        "token": token,
        "organization": { "name": "Example Ltd", "locale": "en", "time_zone": "Europe/Berlin" },
        "owner": {
            "name": "Olga", "email": "Olga@example.com", "password": PASSWORD,
            "time_zone": "Asia/Tokyo", "locale": "ja",
        },
    })
}

async fn signed_in(app: &TestApp, email: &str, password: &str) -> Reply {
    let credentials = json!({ "email": email, "password": password });
    app.post(&app.anonymous(), "/sessions", credentials).await
}

async fn page(app: &TestApp, request: TestRequest) -> (Reply, String) {
    let reply = app.send(request).await;
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let html = String::from_utf8(reply.bytes.clone()).unwrap();
    let handlers = [" onload=", " onclick=", " onsubmit=", " onfocus=", "<script"];
    assert!(!handlers.iter().any(|handler| html.contains(handler)), "a page works without script");
    (reply, html)
}

async fn submit(app: &TestApp, token: &str, fields: &[(&str, &str)]) -> (Reply, String) {
    let mut form = vec![
        ("token", token),
        ("organization_name", "Example & Sons"),
        ("time_zone", "Europe/Berlin"),
        ("locale", "en"),
        ("name", "Olga"),
        ("email", "olga@example.com"),
        ("password", PASSWORD),
    ];
    for (name, value) in fields {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    page(app, TestRequest::post().uri("/setup").set_form(form)).await
}

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
    async fn the_link_of_the_first_start_makes_the_organization_and_its_owner(app) {
        unset(&app);
        let token = issue(&app);
        let made = app.post(&app.anonymous(), "/setup", beginning(&token)).await;
        assert_eq!(made.created()["organization"]["name"], "Example Ltd");
        assert_eq!(made.json["owner"]["role"], "owner");
        assert_eq!(made.json["owner"]["time_zone"], "Asia/Tokyo");
        assert_eq!(made.header("location"), Some("/api/v1/organization"));
        let kinds = app.event_kinds();
        assert_eq!(kinds, ["capability.issued", "user.created", "organization.set_up", "settings.changed"]);
        let session = signed_in(&app, "olga@example.com", PASSWORD).await;
        let token = session.created()["access_token"].as_str().unwrap().to_owned();
        let olga = Person { token, ..app.anonymous() };
        let settings = app.get(&olga, "/settings").await;
        assert_eq!(settings.ok()["scorecard_due_hours"], 24);
        assert_eq!(settings.json["reveal"], "at_reveal");
        assert_eq!(settings.json["created_by"], made.json["owner"]["id"]);
    }

    async fn a_deployment_is_set_up_once(app) {
        assert_eq!(setup::issue_link(app.db(), "https://hire.example.com").unwrap(), None);
        let nobody = app.anonymous();
        app.post(&nobody, "/setup", beginning("whatever")).await.problem(409, "set_up_already");
        unset(&app);
        let token = issue(&app);
        app.post(&nobody, "/setup", beginning(&token)).await.created();
        app.post(&nobody, "/setup", beginning(&token)).await.problem(409, "set_up_already");
        assert_eq!(setup::issue_link(app.db(), "https://hire.example.com").unwrap(), None);
    }

    async fn two_browsers_with_the_same_link_make_one_organization(app) {
        unset(&app);
        let (token, nobody) = (issue(&app), app.anonymous());
        let tries = (0..4).map(|_| app.post(&nobody, "/setup", beginning(&token)));
        let replies = futures_util::future::join_all(tries).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            reply.problem(409, "set_up_already");
        }
    }

    async fn a_wrong_old_or_expired_link_does_nothing(app) {
        unset(&app);
        let nobody = app.anonymous();
        app.post(&nobody, "/setup", beginning("wrong")).await.problem(401, "unauthenticated");
        let old = issue(&app);
        let new = issue(&app);
        app.post(&nobody, "/setup", beginning(&old)).await.problem(401, "unauthenticated");
        app.advance(TimeDelta::hours(24));
        app.post(&nobody, "/setup", beginning(&new)).await.problem(401, "unauthenticated");
        let stored = |conn: &mut evenbar::db::Conn| {
            Ok(capabilities::table.select(capabilities::token_hash).load::<Vec<u8>>(conn)?)
        };
        let stored = app.db().read_here(stored).unwrap();
        assert!(stored.iter().all(|hash| hash != new.as_bytes()), "tokens are stored hashed");
    }

    async fn bad_input_to_the_set_up_names_the_field(app) {
        unset(&app);
        let (token, nobody) = (issue(&app), app.anonymous());
        for (pointer, value) in [
            ("/owner/password", json!("short")),
            ("/owner/email", json!("olga")),
            ("/organization/time_zone", json!("Berlin")),
            ("/organization/locale", json!("german")),
            ("/organization/name", json!("")),
        ] {
            let mut body = beginning(&token);
            *body.pointer_mut(pointer).unwrap() = value;
            let reply = app.post(&nobody, "/setup", body).await;
            assert!(!String::from_utf8_lossy(&reply.bytes).contains("short\""), "no password in answers");
            reply.field(422, pointer);
        }
        app.post(&nobody, "/setup", beginning(&token)).await.created();
    }

    async fn the_page_behind_the_link_sets_up_without_script(app) {
        unset(&app);
        let token = issue(&app);
        let (reply, html) = page(&app, TestRequest::get().uri(&format!("/setup?token={token}"))).await;
        assert_eq!(reply.status, 200);
        assert!(html.contains(&format!("value=\"{token}\"")));
        assert!(html.contains("<option>Asia&#x2f;Kathmandu</option>"));
        for id in ["organization_name", "time_zone", "locale", "name", "email", "password"] {
            assert!(html.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
        let wrong = [("email", "olga"), ("password", "short"), ("name", "<b>Olga</b>"), ("time_zone", "")];
        let (reply, html) = submit(&app, &token, &wrong).await;
        assert_eq!(reply.status, 422);
        assert!(html.contains("<title>Error: Set up"));
        for id in ["email", "password", "time_zone"] {
            assert!(html.contains(&format!("href=\"#{id}\"")), "the summary leads to {id}");
            assert!(html.contains(&format!("{id}-error\" aria-invalid=\"true\"")), "{id} is marked");
        }
        assert!(!html.contains("short\""), "a password is never sent back");
        assert!(html.contains("&lt;b&gt;Olga&lt;&#x2f;b&gt;") && html.contains("Example &amp; Sons"));
        let (reply, html) = submit(&app, &token, &[]).await;
        assert_eq!(reply.status, 200, "{html}");
        assert!(html.contains("Example &amp; Sons has its first owner"));
        signed_in(&app, "olga@example.com", PASSWORD).await.created();
        assert_eq!(submit(&app, &token, &[]).await.0.status, 409);
        assert_eq!(page(&app, TestRequest::get().uri(&format!("/setup?token={token}"))).await.0.status, 409);
    }

    async fn the_page_of_a_link_that_does_not_work_says_so(app) {
        unset(&app);
        for uri in ["/setup", "/setup?token=wrong"] {
            let (reply, html) = page(&app, TestRequest::get().uri(uri)).await;
            assert_eq!(reply.status, 401);
            assert!(html.contains("This link does not work"));
        }
        assert_eq!(submit(&app, "wrong", &[]).await.0.status, 401);
        let json = TestRequest::post().uri("/setup").set_json(json!({}));
        app.send(json).await.problem(415, "unsupported_media_type");
    }

    async fn whoever_runs_the_binary_makes_an_owner_and_resets_a_lost_password(app) {
        unset(&app);
        let owner = |email: &str, password: &str| setup::admin::NewOwner {
            organization_name: "Example Ltd".parse().unwrap(),
            name: "Olga".parse().unwrap(),
            email: email.parse().unwrap(),
            password: NewPassword::parse(password.to_owned()).unwrap(),
            time_zone: "UTC".parse().unwrap(),
            locale: "en".parse().unwrap(),
        };
        let first = setup::admin::create_owner(app.db(), &owner("olga@example.com", PASSWORD)).unwrap();
        let session = signed_in(&app, "olga@example.com", PASSWORD).await;
        let token = session.created()["access_token"].as_str().unwrap().to_owned();
        let olga = Person { token, ..app.anonymous() };
        assert_eq!(app.get(&olga, "/organization").await.ok()["name"], "Example Ltd");

        let other = setup::admin::create_owner(app.db(), &owner("otto@example.com", PASSWORD));
        assert_eq!(other.unwrap_err().code.as_str(), "set_up_already");
        let again = owner("OLGA@example.com", "another long password");
        assert_eq!(setup::admin::create_owner(app.db(), &again).unwrap(), first);
        app.get(&olga, "/organization").await.problem(401, "unauthenticated");
        signed_in(&app, "olga@example.com", PASSWORD).await.problem(401, "unauthenticated");
        signed_in(&app, "olga@example.com", "another long password").await.created();
    }

    async fn an_admin_changes_the_organization_and_everybody_reads_it(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let seen = app.get(&member, "/organization").await;
        let change = json!({ "name": "Example SE", "time_zone": "Europe/Paris" });
        app.patch(&member, "/organization", change.clone()).await.problem(403, "forbidden");
        app.get(&app.anonymous(), "/organization").await.problem(401, "unauthenticated");
        let changed = app.patch_if(&admin, "/organization", &seen.etag(), change.clone()).await;
        assert_eq!(changed.ok()["name"], "Example SE");
        app.patch_if(&admin, "/organization", &seen.etag(), change).await.problem(412, "stale");
        app.patch(&admin, "/organization", json!({ "time_zone": "Paris" })).await.field(422, "/time_zone");
        assert_eq!(app.get(&member, "/organization").await.ok(), &changed.json);
        assert_eq!(app.event_kinds(), ["organization.updated"]);
    }

    async fn every_change_of_policy_is_a_version(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let first = app.get(&member, "/settings").await;
        assert_eq!(first.ok()["number"], 1);
        let policy = json!({ "reveal": "early", "scorecard_due_hours": 48, "recruiter_sees": "counts" });
        app.put(&member, "/settings", policy.clone()).await.problem(403, "forbidden");
        let second = app.put_if(&admin, "/settings", &first.etag(), policy.clone()).await;
        assert_eq!(second.ok()["number"], 2);
        assert_eq!(second.json["scorecard_due_hours"], 48);
        assert_eq!(second.json["created_by"], admin.id.to_string());
        app.put_if(&admin, "/settings", &first.etag(), policy.clone()).await.problem(412, "stale");
        for hours in [json!(0), json!(169), json!("24"), json!(1.5)] {
            let mut wrong = policy.clone();
            wrong["scorecard_due_hours"] = hours;
            app.put(&admin, "/settings", wrong).await.field(422, "/scorecard_due_hours");
        }
        app.put(&admin, "/settings", json!({ "reveal": "early" })).await.field(422, "/recruiter_sees");
        app.put(&admin, "/settings", json!({ "reveal": "at_reveal", "recruiter_sees": "text" })).await.ok();
        let third = app.get(&member, "/settings").await;
        assert_eq!((third.ok()["number"].clone(), third.json["scorecard_due_hours"].clone()), (json!(3), json!(24)));
        assert_eq!(app.event_kinds(), ["settings.changed", "settings.changed"]);
    }

    async fn settings_changed_at_once_get_numbers_of_their_own(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let policy = json!({ "reveal": "early", "recruiter_sees": "counts" });
        let changes = (0..8).map(|_| app.put(&admin, "/settings", policy.clone()));
        for reply in futures_util::future::join_all(changes).await {
            reply.ok();
        }
        assert_eq!(app.get(&admin, "/settings").await.ok()["number"], 9);
    }

    async fn levels_reasons_and_sources_are_added_changed_and_archived(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        let nouns = [
            ("/levels", json!({ "name": "Senior", "track": "Engineering", "rank": 4.0 }), json!({ "rank": 5 }), "rank"),
            ("/rejection-reasons", json!({ "name": "Depth", "kind": "ours" }), json!({ "kind": "neutral" }), "kind"),
            ("/sources", json!({ "name": "Referral" }), json!({ "name": "Referrals" }), "name"),
        ];
        for (path, new, change, field) in nouns {
            app.post(&member, path, new.clone()).await.problem(403, "forbidden");
            app.post(&app.anonymous(), path, new.clone()).await.problem(401, "unauthenticated");
            app.post(&admin, path, json!({})).await.field(422, "/name");
            let made = app.post(&admin, path, new.clone()).await;
            made.created();
            let one = format!("{path}/{}", made.id());
            assert_eq!(made.header("location"), Some(format!("/api/v1{one}").as_str()));
            let changed = app.patch_if(&admin, &one, &made.etag(), change.clone()).await;
            assert_eq!(changed.ok()[field], change[field]);
            app.patch_if(&admin, &one, &made.etag(), change.clone()).await.problem(412, "stale");
            app.patch(&member, &one, change).await.problem(403, "forbidden");
            let archived = app.patch(&admin, &one, json!({ "archived": true })).await;
            assert!(archived.ok()["archived_at"].is_string());
            assert_eq!(app.get(&member, &one).await.ok(), &archived.json);
            let (statements, page) = app.statements(app.get(&member, path)).await;
            assert_eq!(page.rows(), std::slice::from_ref(&archived.json));
            assert!(statements <= 3, "{statements}");
            assert!(app.patch(&admin, &one, json!({ "archived": false })).await.ok()["archived_at"].is_null());
        }
        let kinds = app.event_kinds();
        assert_eq!(kinds.len(), 12);
        for kind in ["level.created", "rejection_reason.updated", "source.updated"] {
            assert!(kinds.iter().any(|known| known == kind), "{kind}");
        }
    }

    async fn a_name_stands_for_one_source(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        app.post(&admin, "/sources", json!({ "name": "Referral" })).await.created();
        app.post(&admin, "/sources", json!({ "name": " Referral " })).await.problem(409, "already_exists");
        let other = app.post(&admin, "/sources", json!({ "name": "Agency" })).await;
        let path = format!("/sources/{}", other.id());
        app.patch(&admin, &path, json!({ "name": "Referral" })).await.problem(409, "already_exists");
    }

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

    async fn a_second_click_adds_one_level(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let click = || {
            let request = app.request(&admin, Method::POST, "/levels").insert_header(("Idempotency-Key", "k"));
            app.send(request.set_json(json!({ "name": "Senior", "track": "IC", "rank": 4 })))
        };
        assert_eq!(click().await.created(), click().await.created());
        assert_eq!(app.event_kinds(), ["level.created"]);
    }

    async fn external_references_are_for_those_who_import(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        app.get(&member, "/external-refs").await.problem(403, "forbidden");
        let insert = |tx: &mut Tx<'_>| {
            use evenbar::db::schema::external_refs as refs;
            use evenbar::ids::{ExternalRefId, SourceId};
            for (kind, external) in [("source", "s-1"), ("source", "s-2"), ("stage", "x-1")] {
                let (id, subject): (ExternalRefId, SourceId) = (tx.id(), tx.id());
                let values = (
                    refs::id.eq(id), refs::system.eq("lever"), refs::kind.eq(kind), refs::external_id.eq(external),
                    refs::noun.eq("source"), refs::subject_id.eq(subject.any()), refs::created_at.eq(tx.now()),
                );
                diesel::insert_into(refs::table).values(values).execute(tx.conn)?;
            }
            Ok(())
        };
        app.db().write_here(&app.db().unit(), insert).unwrap();
        let found = app.get(&admin, "/external-refs?system=lever&kind=source").await;
        assert_eq!(found.rows().len(), 2);
        assert!(found.rows()[0]["subject_id"].as_str().unwrap().starts_with("source_"));
        let one = app.get(&admin, "/external-refs?system=lever&kind=source&external_id=s-1").await;
        assert_eq!(one.rows().len(), 1);
        app.get(&admin, "/external-refs?noun=source").await.problem(422, "unknown_field");
    }
}
