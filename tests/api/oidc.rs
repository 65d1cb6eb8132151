//! Signing in at an identity provider.

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::{identities, users};
use evenbar::identities::Rules;
use evenbar::sessions::{NewPassword, Passwords};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::both;
use crate::support::identity_provider::{IdentityProvider, Signature, Told};
use crate::support::{Browser, Person, Reply, TestApp};

const PASSWORD: &str = "correct horse battery staple";

/// What pages are called on which nobody comes in.
const OVER: &str = "This sign-in is over";
const UNPROVEN: &str = "This sign-in could not be checked";
const UNVERIFIED: &str = "Your address is not verified";
const FOREIGN: &str = "Your address is not one of this organization";
const OTHER_IDENTITY: &str = "This account is connected with another identity";
/// How the address that connects an identity begins.
const CONNECT: &str = "/sign-in/oidc?proof=";

/// Ada, as the provider tells of her.
fn ada() -> Told {
    told(
        json!({ "sub": "ada-1", "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true }),
    )
}

fn told(claims: Value) -> Told {
    Told { claims, signature: Signature::Right }
}

/// Ada with other claims.
fn ada_but(patch: Value) -> Told {
    let mut told = ada();
    for (name, value) in patch.as_object().unwrap() {
        told.claims[name] = value.clone();
    }
    told
}

/// Where the provider's answer leads the browser.
async fn back(provider: &IdentityProvider, browser: &mut Browser, told: Told) -> String {
    let away = browser.open("/sign-in/oidc?next=/account").await;
    away.expect(303);
    provider.authorize(away.header("location").unwrap(), told)
}

async fn come_back(provider: &IdentityProvider, browser: &mut Browser, told: Told) -> Reply {
    let path = back(provider, browser, told).await;
    browser.open(&path).await
}

/// Somebody signs in with a browser of their own, and the page of their account opens.
async fn signed_in(app: &TestApp, provider: &IdentityProvider, told: Told) -> Browser {
    let mut browser = Browser::new(app);
    let reply = come_back(provider, &mut browser, told).await;
    reply.expect(303);
    assert_eq!(reply.header("location"), Some("/account"));
    browser.open("/account").await.expect(200);
    browser
}

/// A page that says what to do, and after which nobody is signed in.
async fn refused(browser: &mut Browser, reply: &Reply, status: u16, title: &str) {
    reply.expect(status);
    assert!(browser.html.contains(&format!("<h1>{title}</h1>")), "{}", browser.html);
    let account = browser.open("/account").await;
    assert_eq!(account.header("location"), Some("/sign-in?next=/account"));
}

/// Somebody who is not let in comes back from the provider.
async fn turned_away(
    app: &TestApp,
    provider: &IdentityProvider,
    told: Told,
    status: u16,
    title: &str,
) {
    let mut browser = Browser::new(app);
    let reply = come_back(provider, &mut browser, told).await;
    refused(&mut browser, &reply, status, title).await;
}

async fn against(app: &TestApp, provider: &IdentityProvider, rules: Rules) -> TestApp {
    app.signing_in_by(provider.sign_in(rules)).await
}

fn role_of(app: &TestApp, email: &str) -> OrgRole {
    let email = email.to_owned();
    let find = move |conn: &mut evenbar::db::Conn| {
        Ok(users::table.filter(users::email_folded.eq(email)).select(users::role).first(conn)?)
    };
    app.db().read_here(find).unwrap()
}

fn count_identities(app: &TestApp) -> i64 {
    app.db().read_here(|conn| Ok(identities::table.count().get_result(conn)?)).unwrap()
}

fn give_password(app: &TestApp, person: &Person) {
    let hash = Passwords::hash_here(&NewPassword::parse(PASSWORD.to_owned()).unwrap()).unwrap();
    let id = person.id;
    let set = move |tx: &mut Tx<'_>| {
        diesel::update(users::table.find(id))
            .set(users::password_hash.eq(&hash))
            .execute(tx.conn)?;
        Ok(())
    };
    app.db().write_here(&app.db().unit(), set).unwrap();
}

fn grouped(roles: &[(&str, OrgRole)]) -> Rules {
    let roles = roles.iter().map(|(group, role)| ((*group).to_owned(), *role)).collect();
    Rules { roles, ..Rules::local() }
}

both! {
    async fn somebody_new_becomes_a_member_who_reaches_nothing(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let owner = app.person("Olga", OrgRole::Owner);
        let claims = ada_but(json!({ "zoneinfo": "Asia/Tokyo", "locale": "ja" }));
        let browser = signed_in(&app, &provider, claims).await;
        assert!(browser.html.contains("Ada Lovelace") && browser.html.contains("ada@example.com"));
        assert_eq!(browser.cookies.len(), 1, "the sign-in's own cookie is gone");
        let found = app.get(&owner, "/users?role=member").await;
        let [row] = &found.rows()[..] else { panic!("one member") };
        assert_eq!((&row["time_zone"], &row["locale"]), (&json!("Asia/Tokyo"), &json!("ja")));
        let kinds = app.event_kinds();
        let newest = ["user.created", "identity.connected", "session.started"];
        assert_eq!(kinds[kinds.len() - 3..], newest);
        let path = format!("/users/{}/identities", row["id"].as_str().unwrap());
        let identity = app.get(&owner, &path).await.rows()[0].clone();
        assert_eq!((&identity["subject"], &identity["issuer"]), (&json!("ada-1"), &json!(provider.issuer())));
    }

    async fn the_subject_counts_and_not_the_address(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let owner = app.person("Olga", OrgRole::Owner);
        signed_in(&app, &provider, ada()).await;
        let claims = json!({ "email": owner.email, "email_verified": false });
        let browser = signed_in(&app, &provider, ada_but(claims)).await;
        assert!(browser.html.contains("Ada Lovelace"));
        assert_eq!(count_identities(&app), 1);
        turned_away(&app, &provider, ada_but(json!({ "sub": "eve-1" })), 409, OTHER_IDENTITY).await;
    }

    async fn a_token_that_does_not_hold_lets_nobody_in(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let now = app.clock.now().timestamp();
        let mut forged: Vec<Told> = [
            json!({ "iss": "https://id.example.org" }),
            json!({ "aud": "another client" }),
            json!({ "aud": ["evenbar at example", "another client"] }),
            json!({ "aud": ["evenbar at example", "another client"], "azp": "another client" }),
            json!({ "azp": "another client" }),
            json!({ "nonce": "of another sign-in" }),
            json!({ "nonce": null }),
            json!({ "exp": now - 61 }),
            json!({ "exp": null }),
            json!({ "iat": now + 61 }),
            json!({ "iat": now - 3600 }),
            json!({ "nbf": now + 61 }),
            json!({ "sub": "" }),
            json!({ "at_hash": "of another token" }),
        ].map(ada_but).into();
        let signatures =
            [Signature::Wrong, Signature::Unpublished, Signature::None, Signature::PublicKeyAsSecret];
        forged.extend(signatures.map(|signature| Told { signature, ..ada() }));
        for told in forged {
            turned_away(&app, &provider, told, 502, UNPROVEN).await;
        }
        assert_eq!(count_identities(&app), 0);
        let several = json!({ "aud": ["evenbar at example", "b"], "azp": "evenbar at example" });
        signed_in(&app, &provider, ada_but(several)).await;
    }

    async fn a_sign_in_ends_in_the_browser_that_began_it(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let (mut hers, mut other) = (Browser::new(&app), Browser::new(&app));
        let path = back(&provider, &mut hers, ada()).await;
        let reply = other.open(&path).await;
        refused(&mut other, &reply, 400, OVER).await;
        back(&provider, &mut other, ada()).await;
        let reply = other.open(&path).await;
        refused(&mut other, &reply, 400, OVER).await;
        let (code, _) = path.split_once("&state=").unwrap();
        let states = [String::new(), "&state=".to_owned(), format!("&state={}", "a".repeat(43))];
        for state in states {
            let path = back(&provider, &mut hers, ada()).await;
            let reply = hers.open(&format!("{code}{state}")).await;
            refused(&mut hers, &reply, 400, OVER).await;
            let reply = hers.open(&path).await;
            refused(&mut hers, &reply, 400, OVER).await;
        }
        let path = back(&provider, &mut hers, ada()).await;
        app.advance(TimeDelta::minutes(10));
        let reply = hers.open(&path).await;
        refused(&mut hers, &reply, 400, OVER).await;
        assert_eq!(provider.asked("/realm/token"), 0, "no code was taken to the provider");
    }

    async fn an_answer_that_comes_twice_signs_in_once(app) {
        let provider = IdentityProvider::start(&app.clock);
        provider.take_codes_twice();
        let app = against(&app, &provider, Rules::local()).await;
        let (mut first, mut thief) = (Browser::new(&app), Browser::new(&app));
        let path = back(&provider, &mut first, ada()).await;
        let mut copy = first.clone();
        first.open(&path).await.expect(303);
        let reply = copy.open(&path).await;
        refused(&mut copy, &reply, 400, OVER).await;
        // A code that somebody took from another browser does not fit the verifier of this one.
        let stolen = path.split_once("&state=").unwrap().0;
        let own = back(&provider, &mut thief, ada()).await;
        let state = own.split_once("&state=").unwrap().1;
        let reply = thief.open(&format!("{stolen}&state={state}")).await;
        refused(&mut thief, &reply, 502, UNPROVEN).await;
    }

    async fn only_a_verified_address_of_an_allowed_domain_makes_an_account(app) {
        let provider = IdentityProvider::start(&app.clock);
        let rules = Rules { domains: vec!["example.com".to_owned()], ..Rules::local() };
        let app = against(&app, &provider, rules).await;
        for (patch, title) in [
            (json!({ "email_verified": false }), UNVERIFIED),
            (json!({ "email_verified": null }), UNVERIFIED),
            (json!({ "email_verified": "yes" }), UNVERIFIED),
            (json!({ "email": null }), UNVERIFIED),
            (json!({ "email": "ada" }), UNVERIFIED),
            (json!({ "email": "ada@example.org" }), FOREIGN),
            (json!({ "email": "ada@evil.example.com" }), FOREIGN),
        ] {
            turned_away(&app, &provider, ada_but(patch), 403, title).await;
        }
        assert_eq!(count_identities(&app), 0);
        signed_in(&app, &provider, ada_but(json!({ "email_verified": "true" }))).await;
        let moved = ada_but(json!({ "email": "ada@example.org" }));
        turned_away(&app, &provider, moved, 403, FOREIGN).await;
    }

    async fn another_provider_that_claims_the_same_address_gets_nothing(app) {
        let known = IdentityProvider::start(&app.clock);
        let foreign = IdentityProvider::start(&app.clock);
        let first = against(&app, &known, Rules::local()).await;
        signed_in(&first, &known, ada()).await;
        let second = against(&app, &foreign, Rules::local()).await;
        turned_away(&second, &foreign, ada(), 409, OTHER_IDENTITY).await;
        assert_eq!(count_identities(&app), 1);
        // Only an administrator moves people to a new provider.
        let owner = second.person("Olga", OrgRole::Owner);
        let found = second.get(&owner, "/users?role=member").await.rows()[0]["id"].clone();
        let path = format!("/users/{}/identities", found.as_str().unwrap());
        let old = second.get(&owner, &path).await.rows()[0]["id"].clone();
        let path = format!("/identities/{}", old.as_str().unwrap());
        second.delete(&owner, &path).await.expect(204);
        let browser = signed_in(&second, &foreign, ada()).await;
        assert_eq!(second.get(&owner, "/users?role=member").await.rows().len(), 1);
        assert!(browser.html.contains("Ada Lovelace"), "it is the same account");
    }

    async fn an_account_without_a_password_is_found_by_its_address(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let ben = app.person("Ben", OrgRole::Recruiter);
        signed_in(&app, &provider, ada_but(json!({ "email": ben.email.to_uppercase() }))).await;
        assert_eq!(role_of(&app, &ben.email), OrgRole::Recruiter);
        let theirs = app.get(&ben, &format!("/users/{}/identities", ben.id)).await;
        let path = format!("/identities/{}", theirs.rows()[0]["id"].as_str().unwrap());
        app.delete(&ben, &path).await.problem(409, "not_ready");
        let cyd = app.person("Cyd", OrgRole::Recruiter);
        app.delete(&cyd, &path).await.problem(404, "not_found");
    }

    async fn an_account_with_a_password_is_connected_by_whoever_knows_it(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let ben = app.person("Ben", OrgRole::Recruiter);
        give_password(&app, &ben);
        let claims = ada_but(json!({ "email": ben.email }));
        turned_away(&app, &provider, claims.clone(), 409, "You have a password here").await;
        let mut browser = with_password(&app, &ben).await;
        let away = browser.open(&link(&browser, CONNECT)).await;
        let path = provider.authorize(away.header("location").unwrap(), claims);
        assert_eq!(browser.open(&path).await.header("location"), Some("/account"));
        let claims = ada_but(json!({ "email": "ben@elsewhere.example" }));
        let mut elsewhere = signed_in(&app, &provider, claims).await;
        assert!(elsewhere.html.contains(&ben.email), "it is Ben's account");
        let disconnect = link(&elsewhere, "/account/identities/");
        let forged = elsewhere.request(Method::POST, &disconnect).set_form([("proof", "forged")]);
        elsewhere.send(forged).await.expect(403);
        elsewhere.open("/account").await.expect(200);
        elsewhere.submit(&disconnect, &[]).await.expect(303);
        assert_eq!(count_identities(&app), 0);
    }

    async fn nobody_is_made_to_connect_an_identity(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let (ben, cyd) = (app.person("Ben", OrgRole::Recruiter), app.person("Cyd", OrgRole::Recruiter));
        give_password(&app, &ben);
        give_password(&app, &cyd);
        let (mut bens, mut cyds) = (with_password(&app, &ben).await, with_password(&app, &cyd).await);
        let connect = link(&bens, CONNECT);
        cyds.open(&connect).await.expect(403);
        Browser::new(&app).open(&connect).await.expect(403);
        let away = bens.open(&connect).await;
        let path = provider.authorize(away.header("location").unwrap(), ada());
        bens.open("/account").await.expect(200);
        bens.submit("/sign-out", &[]).await.expect(303);
        let reply = bens.open(&path).await;
        refused(&mut bens, &reply, 403, "You are signed out").await;
        signed_in(&app, &provider, ada()).await;
        cyds.open("/account").await.expect(200);
        let away = cyds.open(&link(&cyds, CONNECT)).await;
        let path = provider.authorize(away.header("location").unwrap(), ada());
        cyds.open(&path).await.expect(409);
        assert!(cyds.html.contains("This identity has another account"));
    }

    async fn a_deactivated_person_does_not_come_in(app) {
        const CLOSED: &str = "Your account is closed";
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let owner = app.person("Olga", OrgRole::Owner);
        let (ben, cyd) = (app.person("Ben", OrgRole::Member), app.person("Cyd", OrgRole::Member));
        let claims = ada_but(json!({ "email": ben.email }));
        let mut browser = signed_in(&app, &provider, claims.clone()).await;
        deactivate(&app, &owner, &ben).await;
        assert_eq!(browser.open("/account").await.status, 303, "their session ended");
        turned_away(&app, &provider, claims, 403, CLOSED).await;
        deactivate(&app, &owner, &cyd).await;
        let claims = told(json!({ "sub": "cyd-1", "email": cyd.email, "email_verified": true }));
        turned_away(&app, &provider, claims, 403, CLOSED).await;
    }

    async fn groups_give_and_take_roles_at_every_sign_in(app) {
        let provider = IdentityProvider::start(&app.clock);
        let rules = grouped(&[("hiring", OrgRole::Recruiter), ("it", OrgRole::Admin)]);
        let app = against(&app, &provider, rules).await;
        let owner = app.person("Olga", OrgRole::Owner);
        for (groups, role) in [
            (json!(["hiring", "chess"]), OrgRole::Recruiter),
            (json!(["it", "hiring"]), OrgRole::Admin),
            (json!("hiring"), OrgRole::Recruiter),
            (json!(["owner"]), OrgRole::Member),
            (Value::Null, OrgRole::Member),
        ] {
            let told = ada_but(json!({ "groups": groups }));
            signed_in(&app, &provider, told.clone()).await;
            assert_eq!(role_of(&app, "ada@example.com"), role, "{told:?}");
        }
        let claims = json!({ "sub": "olga-1", "email": owner.email, "email_verified": true });
        signed_in(&app, &provider, told(claims)).await;
        assert_eq!(role_of(&app, &owner.email), OrgRole::Owner, "no mapping speaks of owners");
    }

    async fn groups_leave_the_last_active_owner(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, grouped(&[("owners", OrgRole::Owner)])).await;
        let owner = app.person("Olga", OrgRole::Owner);
        let olga = told(json!({ "sub": "olga-1", "email": owner.email, "email_verified": true }));
        signed_in(&app, &provider, olga.clone()).await;
        assert_eq!(role_of(&app, &owner.email), OrgRole::Owner);
        signed_in(&app, &provider, ada_but(json!({ "groups": ["owners"] }))).await;
        assert_eq!(role_of(&app, "ada@example.com"), OrgRole::Owner);
        signed_in(&app, &provider, olga).await;
        assert_eq!(role_of(&app, &owner.email), OrgRole::Member);
    }

    async fn new_keys_of_the_provider_are_fetched_once_they_are_needed(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        signed_in(&app, &provider, ada()).await;
        signed_in(&app, &provider, ada()).await;
        assert_eq!(provider.asked("/realm/keys"), 1);
        let algorithms = [Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256];
        for (asked, algorithm) in (2..).zip(algorithms) {
            provider.rotate(algorithm, &format!("{algorithm:?}"));
            app.advance(TimeDelta::minutes(2));
            signed_in(&app, &provider, ada()).await;
            assert_eq!(provider.asked("/realm/keys"), asked);
        }
        for _ in 0..3 {
            let forged = Told { signature: Signature::Unpublished, ..ada() };
            turned_away(&app, &provider, forged, 502, UNPROVEN).await;
        }
        assert_eq!(provider.asked("/realm/keys"), 4, "unknown keys do not make us ask on and on");
        assert_eq!(provider.asked("/realm/.well-known/openid-configuration"), 1);
    }

    async fn a_provider_that_is_away_is_a_page_that_says_so(app) {
        const AWAY: &str = "Example ID does not answer";
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let mut browser = Browser::new(&app);
        let path = back(&provider, &mut browser, ada()).await;
        drop(provider);
        let reply = browser.open(&path).await;
        assert_eq!(reply.header("retry-after"), Some("60"));
        refused(&mut browser, &reply, 503, AWAY).await;
        app.advance(TimeDelta::hours(1));
        let reply = browser.open("/sign-in/oidc").await;
        refused(&mut browser, &reply, 503, AWAY).await;
    }

    async fn what_the_token_leaves_out_is_asked_for_elsewhere(app) {
        let provider = IdentityProvider::start(&app.clock);
        provider.tell_elsewhere();
        let app = against(&app, &provider, grouped(&[("hiring", OrgRole::Recruiter)])).await;
        signed_in(&app, &provider, ada_but(json!({ "groups": ["hiring"] }))).await;
        assert_eq!(role_of(&app, "ada@example.com"), OrgRole::Recruiter);
        assert_eq!(provider.asked("/realm/me"), 1);
    }

    async fn an_answer_names_its_issuer_where_that_is_announced(app) {
        let provider = IdentityProvider::start(&app.clock);
        let plain = against(&app, &provider, Rules::local()).await;
        let mut browser = Browser::new(&plain);
        let path = back(&provider, &mut browser, ada()).await;
        browser.open(&format!("{path}&iss=https%3A%2F%2Fid.example.org")).await.expect(502);
        provider.announce_issuer();
        let app = against(&app, &provider, Rules::local()).await;
        let mut browser = Browser::new(&app);
        let path = back(&provider, &mut browser, ada()).await;
        browser.open(&path).await.expect(502);
        let path = back(&provider, &mut browser, ada()).await;
        let issuer = provider.issuer();
        let issuer: String = url::form_urlencoded::byte_serialize(issuer.as_bytes()).collect();
        browser.open(&format!("{path}&iss={issuer}")).await.expect(303);
    }

    async fn somebody_whom_the_provider_sends_back_is_told_so(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        let mut browser = Browser::new(&app);
        let path = back(&provider, &mut browser, ada()).await;
        let reply = browser.open(&format!("{path}&error=access_denied")).await;
        refused(&mut browser, &reply, 403, "You were not signed in").await;
    }

    async fn without_a_provider_there_is_no_such_page(app) {
        for path in ["/sign-in/oidc", "/sign-in/oidc/callback?code=a&state=b"] {
            Browser::new(&app).open(path).await.expect(404);
        }
    }

    async fn afterwards_a_browser_goes_to_a_page_of_ours(app) {
        let provider = IdentityProvider::start(&app.clock);
        let app = against(&app, &provider, Rules::local()).await;
        for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
            let mut browser = Browser::new(&app);
            let away = browser.open(&format!("/sign-in/oidc?next={next}")).await;
            let path = provider.authorize(away.header("location").unwrap(), ada());
            assert_eq!(browser.open(&path).await.header("location"), Some("/account"));
        }
    }
}

async fn deactivate(app: &TestApp, owner: &Person, person: &Person) {
    let path = format!("/users/{}/deactivation", person.id);
    app.send(app.request(owner, Method::PUT, &path)).await;
    let state = app.get(owner, &format!("/users/{}", person.id)).await;
    assert_eq!(state.ok()["state"], "deactivated");
}

/// A browser in which somebody signed in with their password.
async fn with_password(app: &TestApp, person: &Person) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in(&person.email, PASSWORD).await.expect(303);
    browser.open("/account").await.expect(200);
    browser
}

/// The first address on the page that begins like this.
fn link(browser: &Browser, begin: &str) -> String {
    let html = browser.html.replace("&amp;", "&").replace("&#x2f;", "/");
    let (_, rest) =
        html.split_once(&format!("=\"{begin}")).unwrap_or_else(|| panic!("no {begin} in {html}"));
    format!("{begin}{}", rest.split('"').next().unwrap())
}
