//! Passwords: argon2id, a few at a time, off the async threads, and no more waiting than can be served
//! soon.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use tokio::sync::Semaphore;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::throttle::Throttle;
use crate::error::{Error, Result};

/// How many hashes may run at once: each takes 19 MiB and a core (OWASP's argon2id parameters,
/// which are the library's defaults).
const AT_ONCE: usize = 2;

/// How many may wait for that, each for less than a second; one more is told to come back.
const WAITING: usize = 64;

/// Passwords of twelve and more characters that many people choose, in lower case; see
/// `common_passwords/LICENSES.txt`.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords/list.txt").lines().collect());

/// A password that somebody chooses: 12 to 128 characters, and none that everybody tries first; no
/// other rule (NIST SP 800-63B §3.1.1).
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl<'de> Deserialize<'de> for NewPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl NewPassword {
    /// Accepts a password of 12 to 128 characters that is not a common one.
    ///
    /// # Errors
    /// A sentence without the password.
    pub fn parse(text: String) -> std::result::Result<Self, &'static str> {
        if !(12..=128).contains(&text.chars().count()) {
            return Err("a password has 12 to 128 characters");
        }
        let text = SecretString::from(text);
        if COMMON.contains(text.expose_secret().to_lowercase().as_str()) {
            return Err(
                "many people use this password, so it is guessed first; choose another one",
            );
        }
        Ok(Self(text))
    }

    /// Whether whoever knows the person, or this product, would try it early: it is nothing but
    /// their name, their address, the part of it before the at sign, or the product's name, once or
    /// several times.
    pub fn is_obvious_for(&self, name: &str, email: &str) -> bool {
        let password = letters_of(self.0.expose_secret());
        let mailbox = email.split('@').next().unwrap_or_default();
        [name, email, mailbox, "evenbar"].into_iter().any(|word| {
            let word = letters_of(word);
            !word.is_empty() && password.replace(&word, "").is_empty()
        })
    }

    /// Refuses an obvious one, and names the field that it came in.
    ///
    /// # Errors
    /// `invalid`.
    pub fn check_for(&self, pointer: &str, name: &str, email: &str) -> Result<()> {
        const DETAIL: &str = "Choose one that is not your name, your address or ours.";
        if self.is_obvious_for(name, email) {
            return Err(Error::invalid(pointer, "too_obvious", DETAIL));
        }
        Ok(())
    }
}

/// Letters and digits in lower case.
fn letters_of(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
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
    /// Places to run and to wait.
    places: Arc<Semaphore>,
    /// Compared with when there is no such user, so that the answer takes the same time.
    nobody: Arc<str>,
    computed: Arc<AtomicU64>,
    throttle: Arc<Throttle>,
}

/// What came of comparing a password.
pub struct Compared {
    /// Whether it is the one.
    pub fits: bool,
    /// Its hash by today's parameters, when it is the one and was stored by weaker ones.
    pub renewed: Option<String>,
}

impl Passwords {
    /// A hasher.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub fn new() -> Result<Self> {
        Ok(Self {
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            nobody: nobody()?,
            computed: Arc::default(),
            throttle: Arc::new(Throttle::new()?),
        })
    }

    /// Slows down who guesses.
    pub fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// How many hashes it computed.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::SeqCst)
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// `too_many_requests` when too many wait.
    pub async fn hash(&self, password: &NewPassword) -> Result<String> {
        let password = password.0.clone();
        self.run(move || hash(&password)).await
    }

    /// The same on a thread that may block.
    pub fn hash_here(password: &NewPassword) -> Result<String> {
        hash(&password.0)
    }

    /// Whether the password is the one behind `stored`; takes as long without one.
    ///
    /// # Errors
    /// `too_many_requests` when too many wait.
    pub async fn compare(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<Compared> {
        let nobody = Arc::clone(&self.nobody);
        let (fits, is_weak) = self
            .run({
                let password = password.clone();
                move || {
                    let known = stored.is_some();
                    let text = stored.unwrap_or_else(|| nobody.to_string());
                    let parsed = PasswordHash::new(&text).map_err(Error::internal)?;
                    let fits = Argon2::default()
                        .verify_password(password.expose_secret().as_bytes(), &parsed)
                        .is_ok();
                    Ok((fits && known, is_weak(&parsed)))
                }
            })
            .await?;
        let renewed =
            if fits && is_weak { Some(self.run(move || hash(&password)).await?) } else { None };
        Ok(Compared { fits, renewed })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let busy =
            |_full| Error::too_many("Too many people sign in at once; try again in a moment.", 1);
        let _place = self.places.try_acquire().map_err(busy)?;
        let slot = self.slots.acquire().await.map_err(Error::internal)?;
        self.computed.fetch_add(1, Ordering::SeqCst);
        metrics::counter!("evenbar_password_hashes_total").increment(1);
        let result = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        drop(slot);
        result
    }
}

/// Whether a hash was made with less than today's parameters.
fn is_weak(hash: &PasswordHash) -> bool {
    let today = Params::default();
    let enough = Params::try_from(hash).is_ok_and(|params| {
        params.m_cost() >= today.m_cost()
            && params.t_cost() >= today.t_cost()
            && params.p_cost() >= today.p_cost()
    });
    !enough || hash.algorithm != Algorithm::Argon2id.ident()
}

/// The hash of no password, made once.
fn nobody() -> Result<Arc<str>> {
    static NOBODY: OnceLock<Arc<str>> = OnceLock::new();
    if let Some(made) = NOBODY.get() {
        return Ok(Arc::clone(made));
    }
    let made = hash(&SecretString::from("nobody has this password".to_owned()))?;
    Ok(Arc::clone(NOBODY.get_or_init(|| made.into())))
}

fn hash(password: &SecretString) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.expose_secret().as_bytes())
        .map_err(Error::internal)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> std::result::Result<NewPassword, &'static str> {
        NewPassword::parse(text.to_owned())
    }

    #[test]
    fn length_is_the_only_rule_but_for_passwords_that_many_people_use() {
        assert!(parse("elevenchars").is_err());
        assert!(parse(&"é".repeat(128)).is_ok());
        assert!(parse(&"é".repeat(129)).is_err());
        assert!(parse("twelve chars").is_ok());
        assert!(parse("123456789012").is_err());
        assert!(parse("QwertyQwerty").is_err());
        assert!(COMMON.len() > 400);
        assert!(COMMON.iter().all(|common| common.len() >= 12 && *common == common.to_lowercase()));
    }

    #[test]
    fn a_password_is_not_the_name_the_address_or_the_product() {
        let obvious = |text: &str| {
            parse(text).unwrap().is_obvious_for("Ada Lovelace", "ada.lovelace@example.com")
        };
        assert!(obvious("Ada Lovelace"));
        assert!(obvious("ada.lovelace@EXAMPLE.com"));
        assert!(obvious("adalovelace-AdaLovelace"));
        assert!(obvious("Evenbar Evenbar!"));
        assert!(!obvious("Ada Lovelace 1815"));
        assert!(!obvious("correct horse battery staple"));
    }

    #[test]
    fn hashes_by_lower_parameters_are_known_to_be_weak() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            argon2::Version::default(),
            Params::new(8, 1, 1, None).unwrap(),
        );
        let weak: PasswordHash = weak.hash_password(b"twelve chars").unwrap();
        assert!(is_weak(&weak));
        let today: PasswordHash = Argon2::default().hash_password(b"twelve chars").unwrap();
        assert!(!is_weak(&today));
    }
}
