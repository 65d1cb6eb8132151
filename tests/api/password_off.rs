//! Passwords that are switched off, but for one owner's.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::users;
use evenbar::identities::Rules;
use evenbar::mail::MailKind;
use evenbar::sessions::{NewPassword, Passwords};
use serde_json::json;

use crate::both;
use crate::invitations::link_to;
use crate::support::identity_provider::{IdentityProvider, Signature, Told};
use crate::support::mail_links::follow;
use crate::support::{Browser, Person, Reply, TestApp};

const PASSWORD: &str = "correct horse battery staple";

/// The application with passwords off, and the owner whose password works all the same.
async fn sealed(app: &TestApp, provider: &IdentityProvider) -> (TestApp, Person) {
    let olga = app.person("Olga", OrgRole::Owner);
    give_password(app, &olga);
    let break_glass_owner = Some(olga.email.clone());
    let rules = Rules { local_passwords: false, break_glass_owner, ..Rules::local() };
    (app.signing_in_by(provider.sign_in(rules)).await, olga)
}

fn give_password(app: &TestApp, person: &Person) {
    let hash = Passwords::hash_here(&NewPassword::parse(PASSWORD.to_owned()).unwrap()).unwrap();
    let id = person.id;
    let set = move |tx: &mut Tx<'_>| {
        let user = users::table.find(id);
        diesel::update(user).set(users::password_hash.eq(&hash)).execute(tx.conn)?;
        Ok(())
    };
    app.db().write_here(&app.db().unit(), set).unwrap();
}

async fn sign_in(app: &TestApp, person: &Person, password: &str) -> Reply {
    let credentials = json!({ "email": person.email, "password": password });
    app.post(&app.anonymous(), "/sessions", credentials).await
}

/// Somebody comes back from the provider, which vouches for their address.
async fn vouched(app: &TestApp, provider: &IdentityProvider, email: &str) -> (Browser, Reply) {
    let mut browser = Browser::new(app);
    let away = browser.open("/sign-in/oidc?next=/account").await;
    let claims = json!({ "sub": email, "email": email, "email_verified": true });
    let told = Told { claims, signature: Signature::Right };
    let path = provider.authorize(away.header("location").unwrap(), told);
    let reply = browser.open(&path).await;
    (browser, reply)
}

both! {
    async fn only_the_break_glass_owner_signs_in_with_a_password(app) {
        let provider = IdentityProvider::start(&app.clock);
        let (app, olga) = sealed(&app, &provider).await;
        let ben = app.person("Ben", OrgRole::Owner);
        give_password(&app, &ben);
        let refused = sign_in(&app, &ben, PASSWORD).await;
        let wrong = sign_in(&app, &olga, "not the password").await;
        assert_eq!(
            refused.problem(401, "unauthenticated")["detail"],
            wrong.problem(401, "unauthenticated")["detail"],
            "the answer does not tell who it is"
        );
        sign_in(&app, &olga, PASSWORD).await.created();
        let mut browser = Browser::new(&app);
        browser.sign_in(&ben.email, PASSWORD).await.expect(422);
        browser.sign_in(&olga.email, PASSWORD).await.expect(303);
    }

    async fn breaking_the_glass_is_an_event_and_a_mail_to_the_other_owners(app) {
        let provider = IdentityProvider::start(&app.clock);
        let (app, olga) = sealed(&app, &provider).await;
        let ben = app.person("Ben", OrgRole::Owner);
        app.person("Ada", OrgRole::Admin);
        sign_in(&app, &olga, PASSWORD).await.created();
        Browser::new(&app).sign_in(&olga.email, PASSWORD).await.expect(303);
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "user.broke_glass").count(), 2);
        app.deliver_mail();
        let told = app.mails.mails();
        follow(&app, &told, MailKind::BreakGlassSignIn).await;
        assert!(told.iter().all(|mail| mail.kind == MailKind::BreakGlassSignIn && mail.to.email == ben.email));
        assert_eq!(told.len(), 2);
    }

    async fn whoever_is_no_owner_any_more_breaks_no_glass(app) {
        let provider = IdentityProvider::start(&app.clock);
        let (app, olga) = sealed(&app, &provider).await;
        let ben = app.person("Ben", OrgRole::Owner);
        let path = format!("/users/{}", olga.id);
        app.patch(&ben, &path, json!({ "role": "admin" })).await.ok();
        sign_in(&app, &olga, PASSWORD).await.problem(401, "unauthenticated");
    }

    async fn nobody_else_gets_a_password(app) {
        let provider = IdentityProvider::start(&app.clock);
        let (app, olga) = sealed(&app, &provider).await;
        let ben = app.person("Ben", OrgRole::Member);
        let new = json!({
            "name": "Zoe", "email": "zoe@example.com", "role": "member", "password": PASSWORD,
            "time_zone": "Europe/Berlin", "locale": "en",
        });
        app.post(&olga, "/users", new).await.field(422, "/password");
        for person in [&ben, &olga] {
            let body = json!({ "email": person.email });
            app.post(&app.anonymous(), "/password-resets", body).await.expect(202);
        }
        app.deliver_mail();
        let told: Vec<String> = app.mails.mails().into_iter().map(|mail| mail.to.email).collect();
        assert_eq!(told, std::slice::from_ref(&olga.email), "only hers would work");
        let (mut browser, _) = vouched(&app, &provider, &ben.email).await;
        browser.open("/account/password").await.expect(404);
    }

    async fn an_account_with_an_old_password_is_found_by_its_address_but_not_the_break_glass_owner_s(app) {
        let provider = IdentityProvider::start(&app.clock);
        let (app, olga) = sealed(&app, &provider).await;
        let ben = app.person("Ben", OrgRole::Recruiter);
        give_password(&app, &ben);
        vouched(&app, &provider, &ben.email).await.1.expect(303);
        let (browser, reply) = vouched(&app, &provider, &olga.email).await;
        reply.expect(409);
        assert!(browser.html.contains("You have a password here"));
    }

    async fn an_invitation_is_accepted_at_the_provider(app) {
        let provider = IdentityProvider::start(&app.clock);
        let (app, olga) = sealed(&app, &provider).await;
        let invitation = json!({
            "name": "Ina", "email": "ina@example.com", "role": "recruiter",
            "time_zone": "Europe/Berlin", "locale": "en",
        });
        app.post(&olga, "/invitations", invitation).await.created();
        let link = link_to(&app, MailKind::Invitation, "ina@example.com");
        let mut browser = Browser::new(&app);
        browser.open(&link).await.expect(200);
        assert!(browser.html.contains("Sign in with Example ID"));
        assert!(!browser.html.contains("type=\"password\""), "nobody chooses a password");
        let fields = [("name", "Ina"), ("password", PASSWORD), ("time_zone", "UTC"), ("locale", "en")];
        // A page without a form gives nothing that a form could prove itself with.
        browser.submit(&link, &fields).await.expect(403);
        let (mut browser, reply) = vouched(&app, &provider, "ina@example.com").await;
        reply.expect(303);
        browser.open("/account").await.expect(200);
        let invitations = app.get(&olga, "/invitations").await;
        assert_eq!(invitations.rows()[0]["state"], "accepted");
        let used = app.send(TestRequest::with_uri(&link).method(Method::GET)).await;
        used.expect(404);
    }
}
