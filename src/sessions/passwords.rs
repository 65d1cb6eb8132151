//! Passwords: argon2id, a few at a time, off the async threads.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use tokio::sync::Semaphore;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Error, Result};

/// How many hashes may run at once: each takes 19 MiB and a core (OWASP's argon2id parameters,
/// which are the library's defaults).
const AT_ONCE: usize = 2;

/// A password that somebody chooses: 12 to 128 characters, no other rule (NIST SP 800-63B §3.1.1).
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl<'de> Deserialize<'de> for NewPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl NewPassword {
    /// Accepts a password of 12 to 128 characters.
    ///
    /// # Errors
    /// A sentence without the password.
    pub fn parse(text: String) -> std::result::Result<Self, &'static str> {
        match text.chars().count() {
            12..=128 => Ok(Self(SecretString::from(text))),
            _ => Err("a password has 12 to 128 characters"),
        }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

impl PartialSchema for NewPassword {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .description(Some("A password of 12 to 128 characters."))
            .min_length(Some(12))
            .max_length(Some(128))
            .examples([serde_json::Value::String("correct horse battery staple".to_owned())])
            .into()
    }
}
impl ToSchema for NewPassword {
    fn name() -> std::borrow::Cow<'static, str> {
        "NewPassword".into()
    }
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    /// Compared with when there is no such user, so that the answer takes the same time.
    nobody: Arc<str>,
}

impl Passwords {
    /// Prepares the hash that unknown users are compared with.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub fn new() -> Result<Self> {
        let nobody = hash(&SecretString::from("nobody has this password".to_owned()))?;
        Ok(Self { slots: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into() })
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: &NewPassword) -> Result<String> {
        let password = password.0.clone();
        self.run(move || hash(&password)).await
    }

    /// The same on a thread that may block.
    pub fn hash_here(password: &NewPassword) -> Result<String> {
        hash(&password.0)
    }

    /// Whether the password is the one behind `stored`; takes as long without one.
    pub async fn matches(&self, password: SecretString, stored: Option<String>) -> Result<bool> {
        let nobody = Arc::clone(&self.nobody);
        self.run(move || {
            let known = stored.is_some();
            let text = stored.unwrap_or_else(|| nobody.to_string());
            let parsed = PasswordHash::new(&text).map_err(Error::internal)?;
            let fits = Argon2::default()
                .verify_password(password.expose_secret().as_bytes(), &parsed)
                .is_ok();
            Ok(fits && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let slot = self.slots.acquire().await.map_err(Error::internal)?;
        let result = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        drop(slot);
        result
    }
}

fn hash(password: &SecretString) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.expose_secret().as_bytes())
        .map_err(Error::internal)?;
    Ok(hash.to_string())
}
