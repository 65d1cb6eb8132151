//! Keys that sign access tokens come, sign, retire and go; nothing else is a token.

use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Conn;
use evenbar::db::schema::signing_keys;
use evenbar::ids::{SessionId, SigningKeyId};
use evenbar::mail::transport::Mailer;
use evenbar::sessions::{Rotation, rotate_signing_key};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp};

/// What `GET /.well-known/jwks.json` names.
async fn published(app: &TestApp) -> Vec<String> {
    let request = actix_web::test::TestRequest::with_uri("/.well-known/jwks.json");
    let reply = app.send(request).await;
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
    let keys = reply.ok()["keys"].as_array().unwrap().clone();
    assert!(keys.iter().all(|key| key.get("d").is_none()));
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The private half, and the public one, of the first key.
fn halves(app: &TestApp) -> (SigningKeyId, Vec<u8>, Vec<u8>) {
    let load = |conn: &mut Conn| {
        let columns = (signing_keys::id, signing_keys::private_key, signing_keys::public_key);
        Ok(signing_keys::table.order(signing_keys::id).select(columns).first(conn)?)
    };
    app.db().read_here(load).unwrap()
}

/// A person's token written by hand.
struct Forgery {
    algorithm: Algorithm,
    key: EncodingKey,
    kid: Option<String>,
    typ: Option<String>,
    payload: Value,
}

impl Forgery {
    /// One that holds in every part.
    fn right(app: &TestApp, person: &Person) -> Self {
        let (id, private, _) = halves(app);
        let session = app.state.tokens.check(&person.token, app.clock.now()).unwrap().session_id;
        Self {
            algorithm: Algorithm::EdDSA,
            key: EncodingKey::from_ed_der(&private),
            kid: Some(id.to_string()),
            typ: Some("at+jwt".to_owned()),
            payload: payload(app, person, session),
        }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.payload[key] = value;
        self
    }

    fn token(&self) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid.clone_from(&self.kid);
        header.typ.clone_from(&self.typ);
        encode(&header, &self.payload, &self.key).unwrap()
    }
}

fn payload(app: &TestApp, person: &Person, session: SessionId) -> Value {
    let now = app.clock.now().timestamp();
    json!({
        "iss": "evenbar", "aud": "evenbar", "sub": person.id, "sid": session, "iat": now,
        "exp": now + 600,
    })
}

async fn status(app: &TestApp, person: &Person, token: &str) -> u16 {
    app.get(&Person { token: token.to_owned(), ..person.clone() }, "/me").await.status
}

both! {
    async fn a_key_is_published_before_it_signs_and_checks_until_its_last_token_ends(app) {
        let ada = app.person("Ada", OrgRole::Owner);
        let first = published(&app).await;
        assert_eq!(first.len(), 1);
        let (next, signs_from) = rotate_signing_key(app.db(), Rotation::Planned).unwrap();
        assert_eq!(signs_from, app.clock.now() + TimeDelta::hours(1));
        // Asked twice, the one that waits is left to wait.
        assert_eq!(rotate_signing_key(app.db(), Rotation::Planned).unwrap(), (next, signs_from));
        app.state.tokens.reload().unwrap();
        assert_eq!(published(&app).await, [first[0].clone(), next.to_string()]);

        let claims = app.state.tokens.check(&ada.token, app.clock.now()).unwrap();
        let signed_in = || {
            let (token, _) = app.state.tokens.issue(claims, app.clock.now()).unwrap();
            Person { token, ..ada.clone() }
        };
        let kid = |person: &Person| jsonwebtoken::decode_header(&person.token).unwrap().kid.unwrap();
        app.advance(TimeDelta::minutes(59));
        let old = signed_in();
        assert_eq!(kid(&old), first[0]);
        app.advance(TimeDelta::minutes(1));
        let new = signed_in();
        assert_eq!(kid(&new), next.to_string());
        app.get(&new, "/me").await.ok();
        app.get(&old, "/me").await.ok();
        assert_eq!(published(&app).await.len(), 2);

        // Eleven minutes later no token of the old key lives.
        app.advance(TimeDelta::minutes(11));
        assert_eq!(published(&app).await, [next.to_string()]);
        let late = Forgery::right(&app, &signed_in());
        assert_eq!(late.kid.as_ref(), Some(&first[0]));
        assert_eq!(status(&app, &ada, &late.token()).await, 401);
        evenbar::housekeeping::run(app.db()).unwrap();
        app.state.tokens.reload().unwrap();
        assert_eq!(halves(&app).0, next, "the row is gone");
        app.get(&signed_in(), "/me").await.ok();
        let kinds = app.event_kinds();
        assert!(kinds.contains(&"signing_key.created".to_owned()));
        assert!(kinds.contains(&"signing_key.removed".to_owned()));
    }

    async fn a_key_that_does_not_sign_yet_is_not_accepted(app) {
        let ada = app.person("Ada", OrgRole::Owner);
        let (next, _) = rotate_signing_key(app.db(), Rotation::Planned).unwrap();
        app.state.tokens.reload().unwrap();
        let load = move |conn: &mut Conn| {
            Ok(signing_keys::table.find(next).select(signing_keys::private_key).first::<Vec<u8>>(conn)?)
        };
        let private = app.db().read_here(load).unwrap();
        let key = EncodingKey::from_ed_der(&private);
        let early = Forgery { key, kid: Some(next.to_string()), ..Forgery::right(&app, &ada) };
        assert_eq!(status(&app, &ada, &early.token()).await, 401);
    }

    async fn housekeeping_rotates_after_ninety_days_and_not_before(app) {
        let count = |app: &TestApp| {
            let count = |conn: &mut Conn| Ok(signing_keys::table.count().get_result::<i64>(conn)?);
            app.db().read_here(count).unwrap()
        };
        app.advance(TimeDelta::days(89));
        evenbar::housekeeping::run(app.db()).unwrap();
        assert_eq!(count(&app), 1);
        app.advance(TimeDelta::days(1));
        for _ in 0..3 {
            evenbar::housekeeping::run(app.db()).unwrap();
        }
        assert_eq!(count(&app), 2);
    }

    async fn another_instance_takes_a_new_key_up_without_a_restart(app) {
        let ada = app.person("Ada", OrgRole::Owner);
        rotate_signing_key(app.db(), Rotation::Compromised).unwrap();
        let other = app.mailing_by(Mailer::memory().0).await;
        let claims = app.state.tokens.check(&ada.token, app.clock.now()).unwrap();
        let (token, _) = other.state.tokens.issue(claims, app.clock.now()).unwrap();
        // This process has not looked since; a token with a key that it does not know makes it look.
        app.get(&Person { token, ..ada.clone() }, "/me").await.ok();
        // And the stolen key is refused from then on.
        app.get(&ada, "/me").await.problem(401, "unauthenticated");
        other.get(&ada, "/me").await.problem(401, "unauthenticated");
    }

    async fn tokens_with_made_up_keys_make_nobody_read_the_keys_each_time(app) {
        let ada = app.person("Ada", OrgRole::Owner);
        let (statements, ()) = app.statements(async {
            for n in 0..100 {
                let made_up = Forgery { kid: Some(format!("made-up-{n}")), ..Forgery::right(&app, &ada) };
                assert_eq!(status(&app, &ada, &made_up.token()).await, 401);
            }
        }).await;
        // A hundred of them are read for the forgeries themselves.
        assert!(statements <= 101, "{statements} statements");
    }

    async fn what_is_not_signed_by_our_key_for_this_use_is_no_token(app) {
        let ada = app.person("Ada", OrgRole::Owner);
        let right = || Forgery::right(&app, &ada);
        assert_eq!(status(&app, &ada, &right().token()).await, 200);
        let (id, _, public) = halves(&app);
        let typed = |typ: Option<&str>| Forgery { typ: typ.map(str::to_owned), ..right() }.token();
        let now = app.clock.now().timestamp();
        let confused = Forgery {
            algorithm: Algorithm::HS256, key: EncodingKey::from_secret(&public), ..right()
        };
        let wrong = [
            ("signed with the public key", confused.token()),
            ("no kid", Forgery { kid: None, ..right() }.token()),
            ("unknown kid", Forgery { kid: Some("skey_0".to_owned()), ..right() }.token()),
            ("another type", typed(Some("JWT"))),
            ("no type", typed(None)),
            ("another issuer", right().with("iss", json!("elsewhere")).token()),
            ("no issuer", right().with("iss", Value::Null).token()),
            ("another audience", right().with("aud", json!("elsewhere")).token()),
            ("ended", right().with("exp", json!(now)).token()),
            ("unsigned", unsigned(&right(), id)),
        ];
        for (what, token) in wrong {
            assert_eq!(status(&app, &ada, &token).await, 401, "{what}");
        }
    }
}

/// `alg: none`, which no library writes.
fn unsigned(forgery: &Forgery, kid: SigningKeyId) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = json!({ "alg": "none", "typ": "at+jwt", "kid": kid });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&header), part(&forgery.payload))
}
