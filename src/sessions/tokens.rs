//! Access tokens (JWT, `EdDSA`) and the secrets behind refresh tokens and links.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::store;
use crate::access::Claims;
use crate::clock::Instant;
use crate::db::Db;
use crate::digest::{hex, sha256};
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};

/// How long an access token works.
pub const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// Whom tokens are for.
const AUDIENCE: &str = "evenbar";

/// Signs and checks access tokens. Keys come from the store alone; what a token names is only
/// looked up among them.
pub struct Tokens {
    keys: Vec<Key>,
}

struct Key {
    kid: String,
    signs: EncodingKey,
    checks: DecodingKey,
    public: Vec<u8>,
    retired: bool,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

impl Tokens {
    /// Loads the keys; makes the first one.
    ///
    /// # Errors
    /// `database_unavailable`, or `internal` when the key that was made cannot sign.
    pub fn load(db: &Db) -> Result<Self> {
        let pkcs8 =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?;
        let public = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(Error::internal)?;
        let fresh = store::SigningKey {
            kid: hex(sha256(public.public_key().as_ref()).split_at(8).0),
            algorithm: "EdDSA".to_owned(),
            private_key: pkcs8.as_ref().to_vec(),
            public_key: public.public_key().as_ref().to_vec(),
            created_at: db.clock().now(),
            retired_at: None,
        };
        let rows = db.write_here(&db.unit(), move |tx| store::signing_keys_or(tx, &fresh))?;
        let keys = rows
            .into_iter()
            .map(|row| {
                let x = URL_SAFE_NO_PAD.encode(&row.public_key);
                Ok(Key {
                    kid: row.kid,
                    signs: EncodingKey::from_ed_der(&row.private_key),
                    checks: DecodingKey::from_ed_components(&x).map_err(Error::internal)?,
                    public: row.public_key,
                    retired: row.retired_at.is_some(),
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self { keys })
    }

    /// A token for a session, and when it ends.
    ///
    /// # Errors
    /// `internal` when no key can sign.
    pub fn issue(&self, claims: Claims, now: Instant) -> Result<(String, Instant)> {
        let key = self.keys.iter().rev().find(|key| !key.retired);
        let key = key.ok_or_else(|| Error::internal("there is no signing key"))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(key.kid.clone());
        let ends = now + ACCESS_LIFETIME;
        let payload = Payload {
            aud: AUDIENCE.to_owned(),
            sub: claims.user_id,
            sid: claims.session_id,
            iat: now.timestamp(),
            exp: ends.timestamp(),
        };
        let token = jsonwebtoken::encode(&header, &payload, &key.signs).map_err(Error::internal)?;
        Ok((token, ends))
    }

    /// Checks signature and expiry.
    ///
    /// # Errors
    /// `unauthenticated`, the same for every reason.
    pub fn check(&self, token: &str, now: Instant) -> Result<Claims> {
        let header =
            jsonwebtoken::decode_header(token).map_err(|_forged| Error::unauthenticated())?;
        let key = self.keys.iter().find(|key| header.kid.as_deref() == Some(key.kid.as_str()));
        let key = key.ok_or_else(Error::unauthenticated)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        // Our clock decides, below; tests move it by hand.
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<Payload>(token, &key.checks, &validation)
            .map_err(|_forged| Error::unauthenticated())?;
        if decoded.claims.exp <= now.timestamp() {
            return Err(Error::unauthenticated());
        }
        Ok(Claims { user_id: decoded.claims.sub, session_id: decoded.claims.sid })
    }

    /// The public keys as a JWK set (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .map(|key| {
                json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": key.kid, "x": URL_SAFE_NO_PAD.encode(&key.public),
                })
            })
            .collect();
        json!({ "keys": keys })
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
