//! The provider as this process knows it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use ureq::tls::Certificate;
use url::Url;

use super::client::{Client, Credentials};
use super::metadata::{Metadata, document_url};
use super::token::{self, Expected, Keys};
use super::{Fault, Pending};
use crate::clock::Instant;
use crate::sessions::DerivedSecrets;

/// How long what the provider said about itself is taken for true.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// How often a key that we do not know makes us ask for the keys again.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// How many requests to the provider may run at once.
const AT_ONCE: usize = 8;
/// How long somebody waits for one of them.
const WAIT: Duration = Duration::from_secs(5);

/// How the provider is reached, and who we are to it.
pub struct ProviderSettings {
    /// Its issuer identifier.
    pub issuer: String,
    /// Who we are.
    pub client_id: String,
    /// How we prove it; a public client has none.
    pub client_secret: Option<SecretString>,
    /// What people call it.
    pub name: String,
    /// What we ask for, `openid` among it.
    pub scopes: String,
    /// The claim that lists groups, when groups matter.
    pub groups_claim: Option<String>,
    /// Where the provider sends browsers back to.
    pub redirect_uri: String,
    /// The authorities that vouch for it; none for the well-known ones.
    pub authorities: Vec<Certificate<'static>>,
}

/// What the provider's answer carried.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The authorization code.
    pub code: String,
    /// `iss` (RFC 9207), if it came.
    pub issuer: Option<String>,
}

/// What the provider asserts of the person who signed in there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asserted {
    /// Who says so.
    pub issuer: String,
    /// Who it is, for that issuer.
    pub subject: String,
    /// An address, if it says that it was verified.
    pub verified_email: Option<String>,
    /// A name.
    pub name: Option<String>,
    /// An IANA time zone.
    pub time_zone: Option<String>,
    /// A language tag.
    pub locale: Option<String>,
    /// The groups of the claim that was asked for.
    pub groups: Vec<String>,
}

/// The identity provider; one per process.
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: ProviderSettings,
    client: Client,
    known: Mutex<Known>,
    slots: Semaphore,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Instant, Arc<Metadata>)>,
    keys: Option<(Instant, Arc<Keys>)>,
    asked_again_at: Option<Instant>,
}

impl Provider {
    /// A provider that nobody has asked yet.
    pub fn new(mut settings: ProviderSettings) -> Self {
        let client = Client::new(std::mem::take(&mut settings.authorities));
        let (known, slots) = (Mutex::default(), Semaphore::new(AT_ONCE));
        Self(Arc::new(Inner { settings, client, known, slots }))
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.0.settings.name
    }

    /// Asks for its document and its keys, on this thread.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn try_out(&self, now: Instant) -> Result<(), Fault> {
        self.0.keys(now).map(drop)
    }

    /// Where a browser goes to sign in.
    ///
    /// # Errors
    /// When the provider cannot be used at the moment.
    pub async fn address(
        &self,
        pending: &Pending,
        secrets: &DerivedSecrets,
        now: Instant,
    ) -> Result<Url, Fault> {
        let metadata = match self.0.fresh_metadata(now) {
            Some(metadata) => metadata,
            None => self.run(move |inner| inner.metadata(now)).await?,
        };
        let settings = &self.0.settings;
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &settings.redirect_uri)
            .append_pair("scope", &settings.scopes)
            .append_pair("state", &pending.state(secrets))
            .append_pair("nonce", &pending.nonce(secrets))
            .append_pair("code_challenge", &pending.challenge(secrets))
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Takes a code for what the provider says of the person.
    ///
    /// # Errors
    /// When the provider is away, or what it says does not hold.
    pub async fn redeem(
        &self,
        answer: Answer,
        pending: &Pending,
        secrets: &DerivedSecrets,
        now: Instant,
    ) -> Result<Asserted, Fault> {
        let (verifier, nonce) = (pending.verifier(secrets), pending.nonce(secrets));
        self.run(move |inner| inner.redeem(&answer, &verifier, &nonce, now)).await
    }

    /// Runs something that blocks, off the async threads.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let busy = || Fault::Away("too many requests to it wait".to_owned());
        let slot = tokio::time::timeout(WAIT, self.0.slots.acquire()).await;
        let slot = slot.map_err(|_late| busy())?.map_err(|_closed| busy())?;
        let inner = Arc::clone(&self.0);
        let result = tokio::task::spawn_blocking(move || work(&inner)).await;
        drop(slot);
        result.map_err(|_panic| Fault::Wrong("reading it failed"))?
    }
}

impl Inner {
    /// What is known; no request is made while it is held.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh_metadata(&self, now: Instant) -> Option<Arc<Metadata>> {
        let known = self.known();
        let (at, metadata) = known.metadata.as_ref()?;
        (now < *at + FRESH).then(|| Arc::clone(metadata))
    }

    fn metadata(&self, now: Instant) -> Result<Arc<Metadata>, Fault> {
        if let Some(metadata) = self.fresh_metadata(now) {
            return Ok(metadata);
        }
        let issuer = &self.settings.issuer;
        let document = self.client.get(&document_url(issuer)?, None)?;
        let metadata = Arc::new(Metadata::read(document, issuer)?);
        self.known().metadata = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    fn keys(&self, now: Instant) -> Result<Arc<Keys>, Fault> {
        if let Some((at, keys)) = &self.known().keys
            && now < *at + FRESH
        {
            return Ok(Arc::clone(keys));
        }
        self.fetch_keys(now)
    }

    fn fetch_keys(&self, now: Instant) -> Result<Arc<Keys>, Fault> {
        let url = self.metadata(now)?.jwks_uri.clone();
        let keys = Arc::new(Keys::read(self.client.get(&url, None)?)?);
        self.known().keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    /// Whether a key that we do not know may make us ask again at this moment.
    fn may_ask_again(&self, now: Instant) -> bool {
        let mut known = self.known();
        let may = known.asked_again_at.is_none_or(|at| at + ASK_AGAIN <= now);
        if may {
            known.asked_again_at = Some(now);
        }
        may
    }

    fn redeem(
        &self,
        answer: &Answer,
        verifier: &str,
        nonce: &str,
        now: Instant,
    ) -> Result<Asserted, Fault> {
        let metadata = self.metadata(now)?;
        let issuer = self.settings.issuer.as_str();
        let expects = metadata.authorization_response_iss_parameter_supported;
        if answer.issuer.as_deref().map_or(expects, |given| given != issuer) {
            return Err(Fault::Wrong("the answer is another issuer's"));
        }
        let tokens = self.exchange(&metadata, &answer.code, verifier)?;
        let text = |name: &str| tokens.get(name).and_then(Value::as_str);
        let id_token = text("id_token").ok_or(Fault::Wrong("there is no ID token"))?;
        let access_token = text("access_token");
        let client_id = self.settings.client_id.as_str();
        let expected = Expected { issuer, client_id, nonce, access_token, now };
        let claims = self.verify(id_token, &expected)?;
        let more = match (&metadata.userinfo_endpoint, access_token) {
            (Some(url), Some(token)) if self.lacks(&claims) => {
                self.userinfo(url, token, &claims)?
            }
            _ => Map::new(),
        };
        Ok(self.asserted(&claims, &more))
    }

    fn exchange(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<Value, Fault> {
        use secrecy::ExposeSecret;
        let ProviderSettings { client_id, client_secret, redirect_uri, .. } = &self.settings;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let credentials = match client_secret {
            Some(secret) if !metadata.takes_secret_in_form() => {
                Credentials::Basic(client_id, secret)
            }
            Some(secret) => {
                form.extend([
                    ("client_id", client_id.as_str()),
                    ("client_secret", secret.expose_secret()),
                ]);
                Credentials::InForm
            }
            None => {
                form.push(("client_id", client_id));
                Credentials::InForm
            }
        };
        let (status, answer) = self.client.post(&metadata.token_endpoint, &credentials, &form)?;
        if status == 200 {
            return Ok(answer);
        }
        // RFC 6749 §5.2; the words are a closed set, and ours.
        Err(match answer.get("error").and_then(Value::as_str) {
            Some("invalid_grant") => Fault::Wrong("it does not take the code"),
            Some("invalid_client" | "unauthorized_client") => {
                Fault::Wrong("it does not take our client id and secret")
            }
            _ => Fault::Wrong("it gives no token"),
        })
    }

    /// Checks an ID token; a key that we do not know makes us ask for the keys again, now and then.
    fn verify(&self, token: &str, expected: &Expected<'_>) -> Result<Map<String, Value>, Fault> {
        let header = token::header(token)?;
        let mut keys = self.keys(expected.now)?;
        if keys.of(&header).is_none() && self.may_ask_again(expected.now) {
            keys = self.fetch_keys(expected.now)?;
        }
        let key =
            keys.of(&header).ok_or(Fault::Wrong("the token names a key that there is not"))?;
        token::verify(token, &header, key, expected)
    }

    /// Whether the ID token leaves out what we need; many providers say it elsewhere.
    fn lacks(&self, claims: &Map<String, Value>) -> bool {
        let groups = self.settings.groups_claim.as_ref();
        !claims.contains_key("email") || groups.is_some_and(|claim| !claims.contains_key(claim))
    }

    /// What the provider says elsewhere, about the same person (Core §5.3.2).
    fn userinfo(
        &self,
        url: &Url,
        access_token: &str,
        claims: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Fault> {
        let told = self.client.get(url, Some(access_token))?;
        let same = told.get("sub").is_some() && told.get("sub") == claims.get("sub");
        let wrong = || Fault::Wrong("it tells of another person");
        told.as_object().filter(|_| same).cloned().ok_or_else(wrong)
    }

    /// The ID token's claims, and others where it is silent. An address and whether it is verified
    /// come from the same place.
    fn asserted(&self, claims: &Map<String, Value>, more: &Map<String, Value>) -> Asserted {
        let of = if claims.contains_key("email") { claims } else { more };
        // Some write the truth as a word.
        let verified = of
            .get("email_verified")
            .is_some_and(|said| *said == Value::Bool(true) || said.as_str() == Some("true"));
        let said = |name: &str| claims.get(name).or_else(|| more.get(name));
        let text = |name: &str| said(name).and_then(Value::as_str).map(str::to_owned);
        let groups = match self.settings.groups_claim.as_deref().and_then(said) {
            Some(Value::Array(groups)) => {
                groups.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(group)) => vec![group.clone()],
            _ => Vec::new(),
        };
        Asserted {
            issuer: self.settings.issuer.clone(),
            subject: text("sub").unwrap_or_default(),
            verified_email: of
                .get("email")
                .filter(|_| verified)
                .and_then(Value::as_str)
                .map(str::to_owned),
            name: text("name")
                .or_else(|| Some(format!("{} {}", text("given_name")?, text("family_name")?))),
            time_zone: text("zoneinfo"),
            locale: text("locale"),
            groups,
        }
    }
}
