//! Setting up, settings, and the configuration that jobs and offers hang on.

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::{capabilities, organization, settings_versions};
use evenbar::organization::setup;
use evenbar::sessions::NewPassword;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Browser, Person, Reply, TestApp};

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
    let link = new_link(app).expect("a link");
    link.strip_prefix("https://hire.example.com/l/").expect("the page").to_owned()
}

fn new_link(app: &TestApp) -> Option<String> {
    setup::issue_link(app.db(), &app.state.derived, &app.state.public_url).unwrap()
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

async fn submit(browser: &mut Browser, token: &str, fields: &[(&str, &str)]) -> Reply {
    let mut form = vec![
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
    browser.submit(&format!("/l/{token}"), &form).await
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
        assert_eq!(kinds, ["capability.issued", "capability.used", "user.created", "organization.set_up", "settings.changed"]);
        let session = signed_in(&app, "olga@example.com", PASSWORD).await;
        let token = session.created()["access_token"].as_str().unwrap().to_owned();
        let olga = Person { token, ..app.anonymous() };
        let settings = app.get(&olga, "/settings").await;
        assert_eq!(settings.ok()["scorecard_due_working_hours"], 8);
        assert_eq!(settings.json["reveal"], "at_reveal");
        assert_eq!(settings.json["created_by"], made.json["owner"]["id"]);
    }

    async fn a_deployment_is_set_up_once(app) {
        assert_eq!(new_link(&app), None);
        let nobody = app.anonymous();
        app.post(&nobody, "/setup", beginning("whatever")).await.problem(409, "set_up_already");
        unset(&app);
        let token = issue(&app);
        app.post(&nobody, "/setup", beginning(&token)).await.created();
        app.post(&nobody, "/setup", beginning(&token)).await.problem(409, "set_up_already");
        assert_eq!(new_link(&app), None);
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
        let (token, mut browser) = (issue(&app), Browser::new(&app));
        browser.open(&format!("/l/{token}")).await.ok();
        assert!(browser.html.contains("<option>Asia&#x2f;Kathmandu</option>"));
        for id in ["organization_name", "time_zone", "locale", "name", "email", "password"] {
            assert!(browser.html.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
        let wrong = [("email", "olga"), ("password", "short"), ("name", "<b>Olga</b>"), ("time_zone", "")];
        submit(&mut browser, &token, &wrong).await.expect(422);
        let html = browser.html.clone();
        assert!(html.contains("<title>Error: Set up"));
        for id in ["email", "password", "time_zone"] {
            assert!(html.contains(&format!("href=\"#{id}\"")), "the summary leads to {id}");
            assert!(html.contains(&format!("{id}-error\" aria-invalid=\"true\"")), "{id} is marked");
        }
        assert!(!html.contains("short\""), "a password is never sent back");
        assert!(html.contains("&lt;b&gt;Olga&lt;&#x2f;b&gt;") && html.contains("Example &amp; Sons"));
        submit(&mut browser, &token, &[]).await.ok();
        assert!(browser.html.contains("Example &amp; Sons has its first owner"));
        signed_in(&app, "olga@example.com", PASSWORD).await.created();
        browser.open(&format!("/l/{token}")).await.expect(404);
        assert!(browser.html.contains("This link does not work"));
    }

    async fn a_link_that_was_printed_before_somebody_else_set_up_does_not_work(app) {
        unset(&app);
        let (token, mut browser) = (issue(&app), Browser::new(&app));
        browser.open(&format!("/l/{token}")).await.ok();
        let early = browser.clone();
        app.post(&app.anonymous(), "/setup", beginning(&token)).await.created();
        submit(&mut early.clone(), &token, &[]).await.expect(404);
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
        let policy = json!({ "reveal": "early", "scorecard_due_working_hours": 16, "recruiter_sees": "counts" });
        app.put(&member, "/settings", policy.clone()).await.problem(403, "forbidden");
        let second = app.put_if(&admin, "/settings", &first.etag(), policy.clone()).await;
        assert_eq!(second.ok()["number"], 2);
        assert_eq!(second.json["scorecard_due_working_hours"], 16);
        assert_eq!(second.json["created_by"], admin.id.to_string());
        app.put_if(&admin, "/settings", &first.etag(), policy.clone()).await.problem(412, "stale");
        for hours in [json!(0), json!(81), json!("8"), json!(1.5)] {
            let mut wrong = policy.clone();
            wrong["scorecard_due_working_hours"] = hours;
            app.put(&admin, "/settings", wrong).await.field(422, "/scorecard_due_working_hours");
        }
        app.put(&admin, "/settings", json!({ "reveal": "early" })).await.field(422, "/recruiter_sees");
        app.put(&admin, "/settings", json!({ "reveal": "at_reveal", "recruiter_sees": "text" })).await.ok();
        let third = app.get(&member, "/settings").await;
        assert_eq!((third.ok()["number"].clone(), third.json["scorecard_due_working_hours"].clone()), (json!(3), json!(8)));
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
