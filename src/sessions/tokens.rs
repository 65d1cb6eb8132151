//! Access tokens (JWT, `EdDSA`) and the secrets behind refresh tokens and links.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::signing_keys::store::{self, SigningKey};
use super::signing_keys::{KeyState, SLACK, commands, state_of};
use crate::access::Claims;
use crate::clock::Instant;
use crate::db::Db;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};

/// How long an access token works.
pub const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// Who makes tokens. The keys are a deployment's own, so the name need not tell deployments apart,
/// and moving a service to another address ends no token.
const ISSUER: &str = "evenbar";
/// Whom tokens are for.
const AUDIENCE: &str = "evenbar";
/// What a token is (RFC 9068), so that nothing else that a key of ours may sign one day is taken for
/// one.
const TYPE: &str = "at+jwt";
/// How often tokens with unknown keys may make a process read the keys.
const ASKS_EVERY: TimeDelta = TimeDelta::seconds(5);

/// Signs and checks access tokens. Keys come from the store alone; what a token names is only
/// looked up among them. Checking takes no lock.
pub struct Tokens {
    db: Db,
    keys: ArcSwap<Vec<Key>>,
    /// When a token with an unknown key last made this process read the keys, in microseconds.
    asked_at: AtomicI64,
}

struct Key {
    kid: String,
    signs: EncodingKey,
    checks: DecodingKey,
    public: Vec<u8>,
    signs_from: Instant,
    /// When the key after it signs.
    after: Option<Instant>,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

impl Tokens {
    /// Loads the keys; makes the first one. A key whose halves do not fit together ends the start.
    ///
    /// # Errors
    /// `database_unavailable`, or `internal` when a key cannot sign what it checks.
    pub fn load(db: &Db) -> Result<Self> {
        let keys = ring(commands::load(db)?)?;
        for key in &keys {
            key.test_itself(db.clock().now())?;
        }
        Ok(Self { db: db.clone(), keys: ArcSwap::from_pointee(keys), asked_at: AtomicI64::new(0) })
    }

    /// Reads the keys again, on this thread.
    ///
    /// # Errors
    /// `database_unavailable`; the keys then stay as they were.
    pub fn reload(&self) -> Result<()> {
        let keys = ring(self.db.read_here(|conn| Ok(store::all(conn)?))?)?;
        self.keys.store(Arc::new(keys));
        Ok(())
    }

    /// Reads the keys again for a token that names one that is not known here; a few times a minute
    /// at most, however many such tokens come. Says whether it did.
    pub async fn look_again(&self, token: &str, now: Instant) -> bool {
        if !self.is_foreign(token) || !self.may_ask(now) {
            return false;
        }
        let rows = self.db.read(|conn| Ok(store::all(conn)?)).await;
        match rows.and_then(ring) {
            Ok(keys) => {
                self.keys.store(Arc::new(keys));
                true
            }
            Err(error) => {
                tracing::warn!(error = %error, "The signing keys could not be read again.");
                false
            }
        }
    }

    fn is_foreign(&self, token: &str) -> bool {
        let kid = jsonwebtoken::decode_header(token).map(|header| header.kid);
        kid.is_ok_and(|kid| {
            kid.is_some_and(|kid| self.keys.load().iter().all(|key| key.kid != kid))
        })
    }

    /// Whether it is time to read the keys for an unknown one, which it is for one caller alone.
    fn may_ask(&self, now: Instant) -> bool {
        let (asked, now) = (self.asked_at.load(Ordering::SeqCst), now.timestamp_micros());
        let rested = now - asked >= ASKS_EVERY.num_microseconds().unwrap_or(i64::MAX);
        let won = || self.asked_at.compare_exchange(asked, now, Ordering::SeqCst, Ordering::SeqCst);
        rested && won().is_ok()
    }

    /// A token for a session, and when it ends.
    ///
    /// # Errors
    /// `internal` when no key can sign.
    pub fn issue(&self, claims: Claims, now: Instant) -> Result<(String, Instant)> {
        let keys = self.keys.load();
        let key = keys.iter().find(|key| key.state(now) == KeyState::Active);
        key.ok_or_else(|| Error::internal("there is no signing key"))?.sign(claims, now)
    }

    /// Checks signature, kind, issuer, audience and expiry.
    ///
    /// # Errors
    /// `unauthenticated`, the same for every reason.
    pub fn check(&self, token: &str, now: Instant) -> Result<Claims> {
        let header =
            jsonwebtoken::decode_header(token).map_err(|_forged| Error::unauthenticated())?;
        let keys = self.keys.load();
        let key = keys.iter().find(|key| header.kid.as_deref() == Some(key.kid.as_str()));
        let key = key.filter(|key| key.accepts(now)).ok_or_else(Error::unauthenticated)?;
        if header.typ.as_deref() != Some(TYPE) {
            return Err(Error::unauthenticated());
        }
        key.check(token, now)
    }

    /// The public keys as a JWK set (RFC 7517, RFC 8037): those that sign, will sign, or have signed
    /// a token that lives.
    pub fn jwks(&self, now: Instant) -> Value {
        let keys = self.keys.load();
        let published = keys.iter().filter(|key| key.state(now) != KeyState::Gone);
        let published = published.map(|key| {
            json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                "kid": key.kid, "x": URL_SAFE_NO_PAD.encode(&key.public),
            })
        });
        json!({ "keys": published.collect::<Vec<Value>>() })
    }
}

/// The keys of the rows, which are in the order in which they sign.
fn ring(rows: Vec<SigningKey>) -> Result<Vec<Key>> {
    let after: Vec<_> = rows.iter().skip(1).map(|row| Some(row.signs_from)).chain([None]).collect();
    let key = |(row, after): (SigningKey, Option<Instant>)| {
        let x = URL_SAFE_NO_PAD.encode(&row.public_key);
        Ok(Key {
            kid: row.id.to_string(),
            signs: EncodingKey::from_ed_der(&row.private_key),
            checks: DecodingKey::from_ed_components(&x).map_err(Error::internal)?,
            public: row.public_key,
            signs_from: row.signs_from,
            after,
        })
    };
    rows.into_iter().zip(after).map(key).collect()
}

impl Key {
    fn state(&self, now: Instant) -> KeyState {
        state_of(self.signs_from, self.after, now)
    }

    /// A process whose clock is a little ahead signs with the next key a little early.
    fn accepts(&self, now: Instant) -> bool {
        match self.state(now) {
            KeyState::Active | KeyState::Retired => true,
            KeyState::Next => self.signs_from <= now + SLACK,
            KeyState::Gone => false,
        }
    }

    fn sign(&self, claims: Claims, now: Instant) -> Result<(String, Instant)> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        let ends = now + ACCESS_LIFETIME;
        let payload = Payload {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.user_id,
            sid: claims.session_id,
            iat: now.timestamp(),
            exp: ends.timestamp(),
        };
        let token =
            jsonwebtoken::encode(&header, &payload, &self.signs).map_err(Error::internal)?;
        Ok((token, ends))
    }

    fn check(&self, token: &str, now: Instant) -> Result<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["aud", "exp", "iss"]);
        // Our clock decides, below; tests move it by hand.
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<Payload>(token, &self.checks, &validation)
            .map_err(|_forged| Error::unauthenticated())?;
        if decoded.claims.exp <= now.timestamp() {
            return Err(Error::unauthenticated());
        }
        Ok(Claims { user_id: decoded.claims.sub, session_id: decoded.claims.sid })
    }

    /// Signs, and checks what it signed.
    fn test_itself(&self, now: Instant) -> Result<()> {
        let nil = uuid::Uuid::nil();
        let claims =
            Claims { user_id: UserId::from_uuid(nil), session_id: SessionId::from_uuid(nil) };
        let (token, _) = self.sign(claims, now)?;
        let broken = |_| Error::internal(format!("the halves of {} do not fit", self.kid));
        self.check(&token, now).map(drop).map_err(broken)
    }
}

/// A secret of 256 random bits, for refresh tokens and links.
///
/// # Errors
/// `internal` when the machine has no randomness.
pub fn new_secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. A fast hash is right for 256 random bits (ASVS V6.5.2).
pub fn secret_hash(secret: &str) -> Vec<u8> {
    sha256(secret.as_bytes()).to_vec()
}
