//! Secrets that are made again from an id instead of being kept.
//!
//! Table: `server_secrets`. What is stored of a link or a refresh token is a hash, so that nobody
//! who reads the database can use it; yet a mail that is sent a second time must hold the same link,
//! and a renewal whose answer was lost must give the same token. Both are an HMAC-SHA256 (RFC 2104)
//! over what they are for and an id, under a key of 256 random bits that the first start makes. Whoever
//! reads that key reads the keys that sign access tokens as well: it opens nothing more.
//!
//! What others gave us and we must be able to read again, the address of somebody's calendar or chat, is sealed
//! (AES-256-GCM, RFC 5116) under a key that is derived in the same way and bound to whose it is. That keeps
//! it out of backups of a single table, of queries and of logs; whoever reads the whole database and knows
//! how reads it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::store;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::{Id, Kind};

/// What a derived secret is for; the same id gives another secret for another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A link that acts, by the id of its capability.
    Capability,
    /// What signs the notices to a chat, by the id of its address.
    ChatSignature,
    /// A page's form, by the id of the session that it was shown to.
    Form,
    /// The cookie of a browser, by the id of its session.
    Page,
    /// The refresh token after another one, by the id of the one that it replaces.
    Refresh,
    /// The link by which somebody does without some mails, by what and by their id.
    Unsubscribe,
    /// The link that connects an account with an identity, by the session that it was shown to.
    Connection,
    /// What a browser keeps while somebody signs in at the identity provider, by its own text.
    SignInCookie,
    /// The `nonce` of such a sign-in, by its id.
    SignInNonce,
    /// The `state` of such a sign-in, by its id.
    SignInState,
    /// The PKCE verifier of such a sign-in, by its id.
    SignInVerifier,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Capability => "capability",
            Self::ChatSignature => "chat_signature",
            Self::Form => "form",
            Self::Page => "page",
            Self::Refresh => "refresh",
            Self::Unsubscribe => "unsubscribe",
            Self::Connection => "connection",
            Self::SignInCookie => "sign_in_cookie",
            Self::SignInNonce => "sign_in_nonce",
            Self::SignInState => "sign_in_state",
            Self::SignInVerifier => "sign_in_verifier",
        }
    }
}

/// What a text is sealed for; the same text sealed for something else cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedFor {
    /// The address of a calendar, by its owner.
    BusyCalendar,
    /// The address of a chat, by its owner.
    ChatAddress,
    /// A place in the event feed, for whoever reads it: how far apart two places are would tell how
    /// much happened that the reader may not see.
    FeedCursor,
}

impl SealedFor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::BusyCalendar => "busy_calendar",
            Self::ChatAddress => "chat_address",
            Self::FeedCursor => "feed_cursor",
        }
    }
}

/// Makes derived secrets; one per process, the same in every process of a deployment.
pub struct DerivedSecrets(hmac::Key);

impl DerivedSecrets {
    /// Loads the key; makes it at the first start.
    ///
    /// # Errors
    /// `database_unavailable`; `internal` when the machine has no randomness.
    pub fn load(db: &Db) -> Result<Self> {
        let mut fresh = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut fresh).map_err(Error::internal)?;
        let key = db.write_here(&db.unit(), move |tx| store::server_secret_or(tx, &fresh))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// The secret for this purpose and thing: 43 characters of unpadded base64url.
    pub fn secret<K: Kind>(&self, purpose: Purpose, id: Id<K>) -> String {
        self.tag(purpose, &id.to_string())
    }

    /// The tag that shows that a text is ours, for this purpose: as long as a secret.
    pub fn tag(&self, purpose: Purpose, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, message(purpose, text).as_bytes()))
    }

    /// Whether this is the tag of the text; takes as long for every wrong one.
    pub fn holds(&self, purpose: Purpose, text: &str, tag: &str) -> bool {
        let tag = URL_SAFE_NO_PAD.decode(tag).unwrap_or_default();
        hmac::verify(&self.0, message(purpose, text).as_bytes(), &tag).is_ok()
    }

    /// Seals a text for its owner: a nonce, and what it became.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub fn seal(&self, what: SealedFor, owner: &str, text: &str) -> Result<Vec<u8>> {
        let mut sealed = text.as_bytes().to_vec();
        let key = self.sealing_key(what)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(owner.as_bytes()), &mut sealed);
        let nonce = nonce.map_err(Error::internal)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// What was sealed for this owner; none for anything else.
    pub fn open(&self, what: SealedFor, owner: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let (key, mut sealed) = (self.sealing_key(what).ok()?, sealed.to_vec());
        let aad = Aad::from(owner.as_bytes());
        let opened = key.open_in_place(nonce.into(), aad, &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    fn sealing_key(&self, what: SealedFor) -> Result<RandomizedNonceKey> {
        let message = format!("sealed\0{}", what.as_str());
        let key = hmac::sign(&self.0, message.as_bytes());
        RandomizedNonceKey::new(&AES_256_GCM, key.as_ref()).map_err(Error::internal)
    }

    /// Secrets under a key that a test chooses.
    #[cfg(test)]
    pub(crate) fn of_key(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }
}

fn message(purpose: Purpose, text: &str) -> String {
    format!("{}\0{text}", purpose.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::ids::{CapabilityId, IdSource};

    #[test]
    fn a_secret_is_the_same_again_and_another_one_for_another_purpose_id_or_key() {
        let secrets = DerivedSecrets::of_key;
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        let (one, two): (CapabilityId, CapabilityId) = (ids.next_id(), ids.next_id());
        let first = secrets(b"key").secret(Purpose::Capability, one);
        assert_eq!(first.len(), 43);
        assert_eq!(first, secrets(b"key").secret(Purpose::Capability, one));
        assert_ne!(first, secrets(b"key").secret(Purpose::Capability, two));
        assert_ne!(first, secrets(b"key").secret(Purpose::Refresh, one));
        assert_ne!(first, secrets(b"other key").secret(Purpose::Capability, one));
    }

    #[test]
    fn what_is_sealed_is_opened_for_its_owner_alone() {
        let secrets = DerivedSecrets::of_key(b"key");
        let seal = || secrets.seal(SealedFor::BusyCalendar, "ana", "https://x/y").unwrap();
        let (sealed, again) = (seal(), seal());
        assert_ne!(sealed, again, "another nonce");
        assert!(!sealed.windows(3).any(|part| part == b"x/y"));
        let open =
            |owner: &str, sealed: &[u8]| secrets.open(SealedFor::BusyCalendar, owner, sealed);
        assert_eq!(open("ana", &sealed).as_deref(), Some("https://x/y"));
        assert_eq!(open("ben", &sealed), None);
        assert_eq!(
            DerivedSecrets::of_key(b"other").open(SealedFor::BusyCalendar, "ana", &sealed),
            None
        );
        for place in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[place] ^= 1;
            assert_eq!(open("ana", &broken), None);
        }
        assert_eq!(open("ana", &sealed[..5]), None);
    }
}
