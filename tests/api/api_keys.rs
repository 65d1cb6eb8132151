//! Service accounts and API keys.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::{KeyScope, OrgRole};
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, Reply, TestApp};

/// A service account of somebody's own.
async fn account(app: &TestApp, owner: &Person) -> String {
    app.post(owner, "/service-accounts", json!({ "name": "Weekly report" })).await.id()
}

/// A key that reads jobs, with its secret.
async fn key(app: &TestApp, owner: &Person, account: &str) -> (String, Person) {
    let body = json!({ "name": "Host", "scopes": ["jobs:read"] });
    let made = app.post(owner, &format!("/service-accounts/{account}/keys"), body).await;
    made.created();
    (made.id(), presenting(owner, &made))
}

/// Whoever presents the secret of an answer.
fn presenting(owner: &Person, made: &Reply) -> Person {
    Person { token: made.json["secret"].as_str().unwrap().to_owned(), ..owner.clone() }
}

async fn state(app: &TestApp, owner: &Person, key: &str) -> Value {
    app.get(owner, &format!("/api-keys/{key}")).await.ok()["state"].clone()
}

both! {
    async fn everybody_makes_a_service_account_for_themselves_and_administrators_for_others(app) {
        let (ada, mia) = (app.person("Ada", OrgRole::Admin), app.person("Mia", OrgRole::Member));
        let own = app.post(&mia, "/service-accounts", json!({ "name": "Mine" })).await;
        assert_eq!(own.created()["owner_id"], mia.id.to_string());
        let for_mia = json!({ "name": "Sync", "owner_id": mia.id, "description": "Copies jobs." });
        let made = app.post(&ada, "/service-accounts", for_mia).await.created().clone();
        assert_eq!(made["owner_id"], mia.id.to_string());
        let for_ada = json!({ "name": "Theirs", "owner_id": ada.id });
        app.post(&mia, "/service-accounts", for_ada).await.problem(403, "forbidden");
        let nobody = json!({ "name": "?", "owner_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.post(&ada, "/service-accounts", nobody).await.field(422, "/owner_id");
        assert_eq!(app.get(&mia, "/service-accounts").await.rows().len(), 2);
        let of_ada = format!("/service-accounts?owner_id={}", ada.id);
        assert_eq!(app.get(&mia, &of_ada).await.rows().len(), 0);
        let of_mia = format!("/service-accounts?owner_id={}", mia.id);
        assert_eq!(app.get(&ada, &of_mia).await.rows().len(), 2);
        let path = format!("/service-accounts/{}", own.id());
        let changed = app.patch(&mia, &path, json!({ "name": "Report", "description": "x" })).await;
        assert_eq!(changed.ok()["name"], "Report");
        let cleared = app.patch(&ada, &path, json!({ "description": null })).await;
        assert_eq!(cleared.ok()["description"], Value::Null);
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "service_account.created").count(), 2);
    }

    async fn only_the_owner_gets_a_secret_and_administrators_end_what_they_see(app) {
        let (ada, mia) = (app.person("Ada", OrgRole::Admin), app.person("Mia", OrgRole::Member));
        let other = app.person("Otto", OrgRole::Recruiter);
        let account = account(&app, &mia).await;
        let (key, program) = key(&app, &mia, &account).await;
        let keys = format!("/service-accounts/{account}/keys");
        let body = json!({ "name": "Host", "scopes": ["jobs:read"] });
        let refused = app.post(&ada, &keys, body.clone()).await;
        let problem = refused.problem(403, "forbidden");
        assert_eq!(problem["action"], "issue_keys_of_this_service_account");
        app.post(&other, &keys, body).await.problem(404, "not_found");
        let rotation = format!("/api-keys/{key}/rotation");
        app.post(&ada, &rotation, json!({})).await.problem(403, "forbidden");
        assert_eq!(app.get(&ada, &keys).await.rows().len(), 1);
        app.get(&other, &keys).await.problem(404, "not_found");
        app.delete(&other, &format!("/api-keys/{key}")).await.problem(404, "not_found");
        app.get(&program, "/jobs").await.ok();
        app.delete(&ada, &format!("/api-keys/{key}")).await.expect(204);
        app.get(&program, "/jobs").await.problem(401, "unauthenticated");
        assert_eq!(state(&app, &mia, &key).await, "revoked");
        app.delete(&ada, &format!("/api-keys/{key}")).await.problem(409, "illegal_transition");
        app.post(&mia, &rotation, json!({})).await.problem(409, "illegal_transition");
    }

    async fn a_key_does_what_its_owner_may_within_its_scopes(app) {
        let rea = app.person("Rea", OrgRole::Recruiter);
        let mia = app.person("Mia", OrgRole::Member);
        let job = app.post(&rea, "/jobs", json!({ "title": "Engineer" })).await.id();
        let reads = app.key(&rea, &["jobs:read"], &[]).await;
        assert_eq!(app.get(&reads, "/jobs").await.rows().len(), 1);
        let title = json!({ "title": "Senior Engineer" });
        let refused = app.patch(&reads, &format!("/jobs/{job}"), title.clone()).await;
        assert_eq!(refused.problem(403, "forbidden")["lacking"], "scope: jobs:write");
        let refused = app.get(&reads, "/candidates").await;
        assert_eq!(refused.problem(403, "forbidden")["lacking"], "scope: candidates:read");
        let writes = app.key(&rea, &["jobs:write"], &[]).await;
        app.patch(&writes, &format!("/jobs/{job}"), title).await.ok();
        // A scope gives nothing that the owner does not have.
        let members = app.key(&mia, &["jobs:write"], &[]).await;
        assert_eq!(app.get(&members, "/jobs").await.rows().len(), 0);
        app.patch(&members, &format!("/jobs/{job}"), json!({})).await.problem(404, "not_found");
        app.post(&members, "/jobs", json!({ "title": "Mine" })).await.problem(403, "forbidden");
    }

    async fn what_no_scope_covers_no_key_does(app) {
        let ola = app.person("Ola", OrgRole::Owner);
        let every: Vec<&str> = KeyScope::ALL.iter().map(|scope| scope.as_str()).collect();
        let program = app.key(&ola, &every, &[]).await;
        app.get(&program, "/jobs").await.ok();
        let id = |prefix: &str| format!("{prefix}_01jd3z3z3z3z3z3z3z3z3z3z3z");
        let key = json!({ "name": "Host", "scopes": ["jobs:read"] });
        let person = json!({
            "name": "Another", "email": "x@example.com", "role": "owner", "time_zone": "UTC", "locale": "en",
        });
        let closed = [
            (Method::GET, "/service-accounts".to_owned(), Value::Null),
            (Method::POST, "/service-accounts".to_owned(), json!({ "name": "Another" })),
            (Method::POST, format!("/service-accounts/{}/keys", id("svc")), key),
            (Method::DELETE, format!("/api-keys/{}", id("key")), Value::Null),
            (Method::POST, format!("/api-keys/{}/rotation", id("key")), json!({})),
            (Method::DELETE, "/sessions/current".to_owned(), Value::Null),
            (Method::POST, format!("/interviews/{}/scorecards", id("int")), Value::Null),
            (Method::PUT, format!("/panelists/{}/waiver", id("panelist")), json!({ "reason": "Ill." })),
            (Method::GET, format!("/applications/{}/visibility", id("app")), Value::Null),
            (Method::POST, "/users".to_owned(), person.clone()),
            (Method::PATCH, format!("/users/{}", ola.id), json!({ "role": "member" })),
            (Method::PUT, format!("/users/{}/deactivation", id("user")), Value::Null),
            (Method::POST, "/invitations".to_owned(), person),
            (Method::PATCH, "/me".to_owned(), json!({ "name": "Another" })),
            (Method::GET, "/me/sessions".to_owned(), Value::Null),
        ];
        for (method, path, body) in closed {
            let request = app.request(&program, method, &path);
            let request = if body.is_null() { request } else { request.set_json(body) };
            let reply = app.send(request).await;
            let problem = reply.problem(403, "forbidden");
            assert_eq!(problem["lacking"], "person: no API key may do this", "{path}");
        }
    }

    async fn a_secret_is_shown_once_also_to_who_repeats_the_request(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let account = account(&app, &mia).await;
        let body = json!({ "name": "Host", "scopes": ["jobs:read"] });
        let keys = format!("/service-accounts/{account}/keys");
        let ask = || {
            let request = app.request(&mia, Method::POST, &keys).set_json(body.clone());
            app.send(request.insert_header(("Idempotency-Key", "make-one")))
        };
        let first = ask().await;
        let secret = first.created()["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with(first.json["hint"].as_str().unwrap()));
        let again = ask().await;
        assert_eq!(again.created()["id"], first.json["id"]);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.json["secret"], Value::Null);
        let read = app.get(&mia, &format!("/api-keys/{}", first.id())).await;
        read.ok();
        for reply in [again, read, app.get(&mia, &keys).await] {
            assert!(!String::from_utf8_lossy(&reply.bytes).contains(&secret));
        }
    }

    async fn a_key_ends_when_it_says_and_within_a_year(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let account = account(&app, &mia).await;
        let keys = format!("/service-accounts/{account}/keys");
        let until = |days: i64| {
            let at = (app.clock.now() + TimeDelta::days(days)).to_string();
            json!({ "name": "Host", "scopes": ["jobs:read"], "expires_at": at })
        };
        app.post(&mia, &keys, until(367)).await.field(422, "/expires_at");
        app.post(&mia, &keys, until(-1)).await.field(422, "/expires_at");
        app.post(&mia, &keys, json!({ "name": "x", "scopes": [] })).await.field(422, "/scopes");
        let unknown = json!({ "name": "x", "scopes": ["everything"] });
        app.post(&mia, &keys, unknown).await.field(422, "/scopes/0");
        let made = app.post(&mia, &keys, until(2)).await;
        let (short, (long, lasting)) = (presenting(&mia, &made), key(&app, &mia, &account).await);
        app.get(&short, "/jobs").await.ok();
        app.advance(TimeDelta::days(2));
        app.get(&short, "/jobs").await.problem(401, "unauthenticated");
        app.get(&lasting, "/jobs").await.ok();
        let mia = app.again(&mia);
        assert_eq!(state(&app, &mia, &made.id()).await, "expired");
        assert_eq!(state(&app, &mia, &long).await, "active");
        app.advance(TimeDelta::days(88));
        app.get(&lasting, "/jobs").await.problem(401, "unauthenticated");
    }

    async fn a_rotated_key_has_a_new_secret_and_keeps_the_old_one_for_as_long_as_was_said(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let account = account(&app, &mia).await;
        let (id, old) = key(&app, &mia, &account).await;
        let rotation = format!("/api-keys/{id}/rotation");
        let too_long = app.post(&mia, &rotation, json!({ "grace_hours": 169 })).await;
        too_long.field(422, "/grace_hours");
        let rotated = app.post(&mia, &rotation, json!({ "grace_hours": 24 })).await;
        assert_eq!(rotated.created()["id"], id);
        let new = presenting(&mia, &rotated);
        assert_ne!(new.token, old.token);
        for program in [&old, &new] {
            app.get(program, "/jobs").await.ok();
        }
        app.advance(TimeDelta::hours(24));
        app.get(&old, "/jobs").await.problem(401, "unauthenticated");
        app.get(&new, "/jobs").await.ok();
        let mia = app.again(&mia);
        let newest = presenting(&mia, &app.post(&mia, &rotation, json!({})).await);
        app.get(&new, "/jobs").await.problem(401, "unauthenticated");
        app.get(&newest, "/jobs").await.ok();
        let etag = app.get(&mia, &format!("/api-keys/{id}")).await.etag();
        let stale = app.request(&mia, Method::POST, &rotation).set_json(json!({}));
        let stale = stale.insert_header(("If-Match", rotated.etag()));
        app.send(stale).await.problem(412, "stale");
        let known = app.request(&mia, Method::POST, &rotation).set_json(json!({}));
        app.send(known.insert_header(("If-Match", etag))).await.created();
    }

    async fn the_keys_of_a_new_owner_wait_until_they_rotate_them(app) {
        let (rea, ola) = (app.person("Rea", OrgRole::Recruiter), app.person("Ola", OrgRole::Owner));
        let account = account(&app, &rea).await;
        let (id, program) = key(&app, &rea, &account).await;
        let owner = format!("/service-accounts/{account}/owner");
        let nobody = json!({ "owner_id": "user_01jd3z3z3z3z3z3z3z3z3z3z3z" });
        app.put(&rea, &owner, nobody).await.field(422, "/owner_id");
        app.put(&rea, &owner, json!({ "owner_id": rea.id })).await.problem(409, "already_exists");
        app.put(&rea, &owner, json!({ "owner_id": ola.id })).await.expect(204);
        // Rea still has the secret, and would act as an owner of the organization.
        app.get(&program, "/jobs").await.problem(401, "unauthenticated");
        assert_eq!(state(&app, &ola, &id).await, "paused");
        app.get(&rea, &format!("/service-accounts/{account}")).await.problem(404, "not_found");
        let rotation = format!("/api-keys/{id}/rotation");
        let rotated = app.post(&ola, &rotation, json!({ "grace_hours": 1 })).await;
        assert_eq!(rotated.created()["state"], "active");
        app.get(&presenting(&ola, &rotated), "/jobs").await.ok();
        app.get(&program, "/jobs").await.ok();
    }

    async fn a_service_account_that_is_shut_out_or_whose_owner_is_does_nothing(app) {
        let (ada, mia) = (app.person("Ada", OrgRole::Admin), app.person("Mia", OrgRole::Member));
        let account = account(&app, &mia).await;
        let (id, program) = key(&app, &mia, &account).await;
        let path = format!("/service-accounts/{account}/deactivation");
        app.put(&mia, &path, Value::Null).await.ok();
        app.put(&mia, &path, Value::Null).await.problem(409, "illegal_transition");
        app.get(&program, "/jobs").await.problem(401, "unauthenticated");
        assert_eq!(state(&app, &mia, &id).await, "paused");
        app.delete(&mia, &path).await.expect(204);
        app.delete(&mia, &path).await.problem(409, "illegal_transition");
        app.get(&program, "/jobs").await.ok();
        app.put(&ada, &format!("/users/{}/deactivation", mia.id), Value::Null).await.ok();
        app.get(&program, "/jobs").await.problem(401, "unauthenticated");
        assert_eq!(state(&app, &ada, &id).await, "paused");
    }

    async fn a_key_works_from_the_addresses_that_it_names(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let account = account(&app, &mia).await;
        let keys = format!("/service-accounts/{account}/keys");
        let from = |ranges: Value| {
            json!({ "name": "Host", "scopes": ["jobs:read"], "allowed_addresses": ranges })
        };
        let wrong = app.post(&mia, &keys, from(json!(["203.0.113.0/33"]))).await;
        wrong.field(422, "/allowed_addresses/0");
        let ranges = json!(["203.0.113.77/24", "2001:db8::/32", "198.51.100.7"]);
        let made = app.post(&mia, &keys, from(ranges)).await;
        let kept = json!(["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"]);
        assert_eq!(made.created()["allowed_addresses"], kept);
        let program = presenting(&mia, &made);
        let ask = |address: &str| {
            let peer = std::net::SocketAddr::new(address.parse().unwrap(), 4711);
            app.send(app.request(&program, Method::GET, "/jobs").peer_addr(peer))
        };
        for inside in ["203.0.113.9", "2001:db8:1::1", "::ffff:203.0.113.9", "198.51.100.7"] {
            ask(inside).await.ok();
        }
        for outside in ["203.0.114.9", "2001:db9::1", "198.51.100.8"] {
            ask(outside).await.problem(401, "unauthenticated");
        }
        app.get(&program, "/jobs").await.problem(401, "unauthenticated");
    }

    async fn the_last_use_is_noted_in_memory_and_written_once(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let account = account(&app, &mia).await;
        let (id, program) = key(&app, &mia, &account).await;
        let path = format!("/api-keys/{id}");
        let before = app.get(&mia, &path).await;
        assert_eq!(before.ok()["last_used_at"], Value::Null);
        let peer: std::net::SocketAddr = "203.0.113.9:4711".parse().unwrap();
        let (statements, ()) = app.statements(async {
            for _ in 0..3 {
                let request = app.request(&program, Method::GET, "/jobs").peer_addr(peer);
                app.send(request).await.ok();
            }
        }).await;
        assert_eq!(statements, 6, "one statement says who asks, one lists");
        assert_eq!(app.get(&mia, &path).await.ok()["last_used_at"], Value::Null);
        let write = async {
            evenbar::api_keys::write_uses(app.db(), &app.state.key_uses).unwrap();
        };
        // On SQLite the writer also looks for events to seal.
        assert!((1..=2).contains(&app.statements(write).await.0));
        let after = app.get(&mia, &path).await;
        assert_eq!(after.ok()["last_used_at"], app.clock.now().to_string());
        assert_eq!(after.json["last_used_address"], "203.0.113.9");
        assert_eq!(version(&after), version(&before), "being used is no change");
        let nothing = async {
            evenbar::api_keys::write_uses(app.db(), &app.state.key_uses).unwrap();
        };
        assert_eq!(app.statements(nothing).await.0, 0);
    }

    async fn an_idempotency_key_belongs_to_the_api_key_and_not_to_its_secret(app) {
        let rea = app.person("Rea", OrgRole::Recruiter);
        let one = app.key(&rea, &["jobs:write"], &[]).await;
        let two = app.key(&rea, &["jobs:write"], &[]).await;
        let ask = |who: &Person| {
            let request = app.request(who, Method::POST, "/jobs");
            let request = request.insert_header(("Idempotency-Key", "same"));
            app.send(request.set_json(json!({ "title": "Engineer" })))
        };
        let first = ask(&one).await;
        assert_ne!(ask(&two).await.created()["id"], first.created()["id"]);
        assert_ne!(ask(&rea).await.created()["id"], first.json["id"]);
        let accounts = app.get(&rea, "/service-accounts").await;
        let account = accounts.rows()[1]["id"].as_str().unwrap().to_owned();
        let keys = app.get(&rea, &format!("/service-accounts/{account}/keys")).await;
        let rotation = format!("/api-keys/{}/rotation", keys.rows()[0]["id"].as_str().unwrap());
        let renewed = presenting(&rea, &app.post(&rea, &rotation, json!({})).await);
        let again = ask(&renewed).await;
        assert_eq!(again.created()["id"], first.json["id"]);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    }

    async fn an_event_names_the_program_and_for_whom_it_acted(app) {
        let rea = app.person("Rea", OrgRole::Recruiter);
        let program = app.key(&rea, &["jobs:write", "events:read"], &[]).await;
        let job = app.post(&program, "/jobs", json!({ "title": "Engineer" })).await.id();
        app.db().seal().unwrap();
        let events = app.get(&program, &format!("/events?subject_id={job}")).await;
        let actor = events.rows()[0]["actor"].clone();
        let accounts = app.get(&rea, "/service-accounts").await;
        assert_eq!(actor["kind"], "service_account");
        assert_eq!(actor["id"], accounts.rows()[0]["id"]);
        assert_eq!(actor["on_behalf_of"], rea.id.to_string());
    }

    async fn a_program_reads_the_audit_log_and_stands_in_it_by_its_name(app) {
        let ada = app.person("Ada", OrgRole::Admin);
        let program = app.key(&ada, &["audit:read", "organization:write"], &[]).await;
        app.post(&program, "/departments", json!({ "name": "Sales" })).await.created();
        app.db().seal().unwrap();
        let page = app.get(&program, "/audit?kind=department.created").await;
        let actor = &page.rows()[0]["actor"];
        assert_eq!([&actor["kind"], &actor["name"]], ["service_account", "Script"]);
        assert_eq!(actor["on_behalf_of"], ada.id.to_string());
        assert_eq!(app.get(&program, "/audit/export").await.status, 200);
        let other = app.key(&ada, &["events:read"], &[]).await;
        let refused = app.get(&other, "/audit").await;
        assert_eq!(refused.problem(403, "forbidden")["lacking"], "scope: audit:read");
        app.db().seal().unwrap();
        let readings = app.get(&ada, "/audit?kind=audit.read").await;
        assert_eq!(readings.rows()[0]["actor"]["name"], "Script");
    }

    async fn a_program_learns_who_it_is(app) {
        let rea = app.person("Rea", OrgRole::Recruiter);
        let job = app.post(&rea, "/jobs", json!({ "title": "Engineer" })).await.id();
        let program = app.key(&rea, &["jobs:read"], &[&job]).await;
        let me = app.get(&program, "/me").await.ok().clone();
        assert_eq!((&me["kind"], &me["id"]), (&json!("service_account"), &json!(rea.id)));
        assert_eq!(me["via"]["service_account_name"], "Script");
        assert_eq!(me["via"]["scopes"], json!(["jobs:read"]));
        assert_eq!(me["via"]["job_ids"], json!([job]));
        let own = app.get(&rea, "/me").await.ok().clone();
        assert_eq!((&own["kind"], &own["via"]), (&json!("user"), &Value::Null));
    }

    async fn a_key_is_narrowed_to_jobs_that_its_maker_sees(app) {
        let (rea, mia) = (app.person("Rea", OrgRole::Recruiter), app.person("Mia", OrgRole::Member));
        let job = app.post(&rea, "/jobs", json!({ "title": "Engineer" })).await.id();
        let account = account(&app, &mia).await;
        let body = json!({ "name": "Host", "scopes": ["jobs:read"], "job_ids": [job] });
        let made = app.post(&mia, &format!("/service-accounts/{account}/keys"), body).await;
        made.field(422, "/job_ids/0");
    }

    async fn a_typo_in_a_secret_is_refused_without_asking_the_database(app) {
        let mia = app.person("Mia", OrgRole::Member);
        let program = app.key(&mia, &["jobs:read"], &[]).await;
        let mut typo = program.clone();
        let last = typo.token.pop().unwrap();
        typo.token.push(if last == 'x' { 'y' } else { 'x' });
        let (statements, reply) = app.statements(app.get(&typo, "/jobs")).await;
        reply.problem(401, "unauthenticated");
        assert_eq!(statements, 0);
    }
}

/// The version in the tag of an answer.
fn version(reply: &Reply) -> String {
    reply.etag().split('-').next().unwrap().to_owned()
}
