//! ID tokens: what makes one count (`OpenID` Connect Core §3.1.3.7, RFC 8725).

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

use super::{Fault, LIFETIME};
use crate::clock::Instant;

/// How far the provider's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;
/// The longest subject (Core §2).
const SUBJECT_MAX: usize = 255;

/// Signatures that count: with keys that only the provider has. Never `none`, and never a MAC, whose
/// key would be one that everybody can read.
const SIGNATURES: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token must be for.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e str,
    pub(super) client_id: &'e str,
    pub(super) nonce: &'e str,
    pub(super) access_token: Option<&'e str>,
    pub(super) now: Instant,
}

/// The provider's keys; those that we cannot read are left out.
#[derive(Debug)]
pub(super) struct Keys(Vec<Jwk>);

impl Keys {
    /// Reads a JWK set (RFC 7517 §5).
    pub(super) fn read(mut set: Value) -> Result<Self, Fault> {
        let keys = set.get_mut("keys").map(Value::take);
        let Some(Value::Array(keys)) = keys else {
            return Err(Fault::Wrong("its key set is none"));
        };
        Ok(Self(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }

    /// The key that a token names; without a name the only one that fits.
    pub(super) fn of(&self, header: &Header) -> Option<&Jwk> {
        let mut fitting = self.0.iter().filter(|key| fits(key, header.alg));
        match &header.kid {
            Some(kid) => fitting.find(|key| key.common.key_id.as_ref() == Some(kid)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

/// Whether a key makes signatures of this algorithm.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm as A;
    let kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => {
            matches!(algorithm, A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512)
        }
        AlgorithmParameters::EllipticCurve(parameters) => {
            (parameters.curve == EllipticCurve::P256 && algorithm == A::ES256)
                || (parameters.curve == EllipticCurve::P384 && algorithm == A::ES384)
        }
        AlgorithmParameters::OctetKeyPair(parameters) => {
            parameters.curve == EllipticCurve::Ed25519 && algorithm == A::EdDSA
        }
        // Shared secrets, and kinds that are unknown here, sign nothing.
        AlgorithmParameters::OctetKey(_) | AlgorithmParameters::Other(_) | _ => false,
    };
    let signs =
        key.common.public_key_use.as_ref().is_none_or(|r#use| *r#use == PublicKeyUse::Signature);
    let named =
        key.common.key_algorithm.is_none_or(|name| name.to_string() == format!("{algorithm:?}"));
    kind && signs && named
}

/// The header of a token that is signed in a way that may count.
pub(super) fn header(token: &str) -> Result<Header, Fault> {
    let header = jsonwebtoken::decode_header(token)
        .map_err(|_forged| Fault::Wrong("the token has no header that we read"))?;
    if !SIGNATURES.contains(&header.alg) {
        return Err(Fault::Wrong("the token is not signed with a private key"));
    }
    // RFC 7515 §4.1.11: what must be understood and is not.
    if header.crit.is_some() {
        return Err(Fault::Wrong("the token demands something of its reader"));
    }
    Ok(header)
}

/// Checks a token and gives its claims.
pub(super) fn verify(
    token: &str,
    header: &Header,
    key: &Jwk,
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, Fault> {
    use jsonwebtoken::errors::ErrorKind;
    let key = DecodingKey::from_jwk(key).map_err(|_odd| Fault::Wrong("its key cannot be read"))?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // Our clock decides, below; tests move it by hand.
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation);
    let claims = decoded
        .map_err(|error| {
            let kind = error.kind();
            Fault::Wrong(if matches!(kind, ErrorKind::InvalidSignature) {
                "the signature"
            } else if matches!(kind, ErrorKind::InvalidIssuer) {
                "the issuer"
            } else if matches!(kind, ErrorKind::InvalidAudience) {
                "the audience"
            } else {
                "the token cannot be read"
            })
        })?
        .claims;
    check_party(&claims, expected.client_id)?;
    check_times(&claims, expected.now)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("nonce") != Some(expected.nonce) {
        return Err(Fault::Wrong("the nonce"));
    }
    if !text("sub").is_some_and(|sub| !sub.is_empty() && sub.len() <= SUBJECT_MAX) {
        return Err(Fault::Wrong("the subject"));
    }
    if let (Some(hash), Some(access_token)) = (claims.get("at_hash"), expected.access_token)
        && hash.as_str() != Some(&half_hash(header.alg, access_token))
    {
        return Err(Fault::Wrong("the access token beside it"));
    }
    Ok(claims)
}

/// A token for several audiences says that it was made for us.
fn check_party(claims: &Map<String, Value>, client_id: &str) -> Result<(), Fault> {
    let several = claims.get("aud").and_then(Value::as_array).is_some_and(|aud| aud.len() > 1);
    let party = claims.get("azp");
    if (several && party.is_none()) || party.is_some_and(|party| party.as_str() != Some(client_id))
    {
        return Err(Fault::Wrong("the authorized party"));
    }
    Ok(())
}

/// It was made during this sign-in, and is not over.
fn check_times(claims: &Map<String, Value>, now: Instant) -> Result<(), Fault> {
    let now = now.timestamp();
    let seconds = |name: &str| -> Result<Option<i64>, Fault> {
        let Some(value) = claims.get(name) else { return Ok(None) };
        // Whole seconds; some providers write fractions, which do not matter here.
        let whole = value.as_i64().or_else(|| {
            let text = format!("{:.0}", value.as_f64()?);
            text.parse().ok()
        });
        whole.map(Some).ok_or(Fault::Wrong("a time is none"))
    };
    let (expires, made, from) = (seconds("exp")?, seconds("iat")?, seconds("nbf")?);
    if expires.is_none_or(|at| now >= at.saturating_add(LEEWAY)) {
        return Err(Fault::Wrong("the token is over"));
    }
    let begun = now - LIFETIME.num_seconds() - LEEWAY;
    if !made.is_some_and(|at| (begun..=now + LEEWAY).contains(&at)) {
        return Err(Fault::Wrong("when the token was made"));
    }
    if from.is_some_and(|at| now + LEEWAY < at) {
        return Err(Fault::Wrong("the token is not valid yet"));
    }
    Ok(())
}

/// `at_hash` (Core §3.1.3.6): half of the hash that the signature uses; of Ed25519 that is SHA-512.
fn half_hash(algorithm: Algorithm, access_token: &str) -> String {
    use Algorithm as A;
    let of: &'static digest::Algorithm = if matches!(algorithm, A::RS256 | A::PS256 | A::ES256) {
        &SHA256
    } else if matches!(algorithm, A::RS384 | A::PS384 | A::ES384) {
        &SHA384
    } else {
        &SHA512
    };
    let hash = digest(of, access_token.as_bytes());
    let (half, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_an_access_token_is_as_the_specification_shows_it() {
        // OpenID Connect Core, appendix A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(Algorithm::RS256, token), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    #[test]
    fn a_token_without_a_private_key_behind_it_is_none() {
        let token = |header: &str| format!("{}.e30.", URL_SAFE_NO_PAD.encode(header));
        for refused in [
            "{\"alg\":\"none\"}",
            "{\"alg\":\"HS256\"}",
            "{}",
            "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
        ] {
            assert!(header(&token(refused)).is_err(), "{refused}");
        }
        assert!(header(&token("{\"alg\":\"RS256\",\"kid\":\"a\"}")).is_ok());
    }

    #[test]
    fn a_key_that_cannot_be_read_hides_no_other() {
        let ours = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        let set = serde_json::json!({ "keys": [{ "kty": "new" }, { "kty": "RSA" }, ours] });
        let keys = Keys::read(set).unwrap();
        assert!(keys.of(&Header::new(Algorithm::EdDSA)).is_some());
        assert!(keys.of(&Header::new(Algorithm::RS256)).is_none());
        let mut named = Header::new(Algorithm::EdDSA);
        named.kid = Some("b".to_owned());
        assert!(keys.of(&named).is_none());
        assert!(Keys::read(serde_json::json!([])).is_err());
    }
}
