//! A sign-in between leaving for the provider and coming back.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::digest::sha256;
use crate::ids::{SessionId, SignInId};
use crate::sessions::{DerivedSecrets, Purpose};

/// How long somebody may take at the provider.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// What the browser keeps of a sign-in, in a cookie that it cannot change. `state`, `nonce` and the
/// PKCE verifier are derived from the id and are in no cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The sign-in.
    pub id: SignInId,
    /// Until when somebody may come back.
    pub expires_at: Instant,
    /// The page to go to afterwards.
    pub next: String,
    /// The session whose account shall be connected with the identity, if that is what it is for.
    pub connects: Option<SessionId>,
}

impl Pending {
    /// A sign-in that begins now; the caller sees that `next` is a page of ours.
    pub fn new(id: SignInId, now: Instant, next: &str, connects: Option<SessionId>) -> Self {
        Self { id, expires_at: now + LIFETIME, next: next.to_owned(), connects }
    }

    /// The cookie's value.
    pub fn seal(&self, secrets: &DerivedSecrets) -> String {
        let text = serde_json::json!(self).to_string();
        let text = URL_SAFE_NO_PAD.encode(text);
        let tag = secrets.tag(Purpose::SignInCookie, &text);
        format!("{text}.{tag}")
    }

    /// The sign-in of a cookie that we made, unless its time is over.
    pub fn open(cookie: &str, secrets: &DerivedSecrets, now: Instant) -> Option<Self> {
        let (text, tag) = cookie.split_once('.')?;
        if !secrets.holds(Purpose::SignInCookie, text, tag) {
            return None;
        }
        let text = URL_SAFE_NO_PAD.decode(text).ok()?;
        let pending: Self = serde_json::from_slice(&text).ok()?;
        (now < pending.expires_at).then_some(pending)
    }

    /// What comes back in `state` (RFC 6749 §10.12).
    pub fn state(&self, secrets: &DerivedSecrets) -> String {
        secrets.secret(Purpose::SignInState, self.id)
    }

    /// Whether this came back.
    pub fn is_state(&self, secrets: &DerivedSecrets, state: &str) -> bool {
        let expected = self.state(secrets);
        verify_slices_are_equal(expected.as_bytes(), state.as_bytes()).is_ok()
    }

    /// What the ID token repeats.
    pub fn nonce(&self, secrets: &DerivedSecrets) -> String {
        secrets.secret(Purpose::SignInNonce, self.id)
    }

    /// The secret behind the challenge (RFC 7636 §4.1).
    pub fn verifier(&self, secrets: &DerivedSecrets) -> String {
        secrets.secret(Purpose::SignInVerifier, self.id)
    }

    /// Its hash, which goes with the browser (RFC 7636 §4.2, S256).
    pub fn challenge(&self, secrets: &DerivedSecrets) -> String {
        URL_SAFE_NO_PAD.encode(sha256(self.verifier(secrets).as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::IdSource;

    fn secrets(key: &[u8]) -> DerivedSecrets {
        DerivedSecrets::of_key(key)
    }

    fn pending(now: Instant) -> Pending {
        let id = IdSource::counted().batch(now).next_id();
        Pending::new(id, now, "/account", None)
    }

    #[test]
    fn a_cookie_opens_for_ten_minutes_and_only_as_we_made_it() {
        let (now, secrets) = (Instant::from_micros(0), secrets(b"key"));
        let pending = pending(now);
        let cookie = pending.seal(&secrets);
        let open = |cookie: &str, now| Pending::open(cookie, &secrets, now);
        assert_eq!(open(&cookie, now), Some(pending.clone()));
        assert_eq!(open(&cookie, now + LIFETIME), None);
        let (text, tag) = cookie.split_once('.').unwrap();
        let longer = URL_SAFE_NO_PAD.encode(
            serde_json::json!(Pending { expires_at: now + LIFETIME + LIFETIME, ..pending })
                .to_string(),
        );
        for forged in
            [format!("{longer}.{tag}"), format!("{text}."), text.to_owned(), String::new()]
        {
            assert_eq!(open(&forged, now), None);
        }
        assert_eq!(Pending::open(&cookie, &DerivedSecrets::of_key(b"other"), now), None);
    }

    #[test]
    fn state_nonce_and_verifier_differ_and_belong_to_one_sign_in() {
        let (now, secrets) = (Instant::from_micros(0), secrets(b"key"));
        let (one, two) = (pending(now), pending(now + TimeDelta::seconds(1)));
        let all =
            [one.state(&secrets), one.nonce(&secrets), one.verifier(&secrets), two.state(&secrets)];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), 4);
        assert!(one.is_state(&secrets, &one.state(&secrets)));
        assert!(!one.is_state(&secrets, &two.state(&secrets)));
        assert!(!one.is_state(&secrets, ""));
    }
}
