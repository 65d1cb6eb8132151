//! What every request shares.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use metrics_exporter_prometheus::PrometheusHandle;

use super::{Limiter, Proxies, Quotas};
use crate::api_keys::KeyUses;
use crate::db::{Db, Origin};
use crate::error::{Error, Result};
use crate::identities::SignIn;
use crate::mail::transport::Mailer;
use crate::outbound::guard::Reach;
use crate::sessions::{DerivedSecrets, Passwords, Tokens};
use crate::users::busy::Asked;

/// Whether this is a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real work.
    Production,
    /// Sample data, personas with one-click sign-in, a readable mailbox; loopback only.
    Demo,
}

/// What every request shares; one per process.
pub struct State {
    /// The database.
    pub db: Db,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Makes the secrets of links and refresh tokens.
    pub derived: DerivedSecrets,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Sends mail.
    pub mailer: Mailer,
    /// Where people reach this service, without a trailing slash: the root of links in mails.
    pub public_url: String,
    /// Which proxies are believed about who asks.
    pub proxies: Proxies,
    /// What was taken from the quotas.
    pub limiter: Limiter,
    /// Demo or not.
    pub mode: Mode,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// When API keys were last used, until it is written down.
    pub key_uses: KeyUses,
    /// How far people's calendars may lie.
    pub calendars: Reach,
    /// Whose busy times were asked for, until it is written down.
    pub busy_asked: Asked,
    /// Where the changes of requests come from.
    origin: Origin,
    /// Idempotency keys that this process is working on at this moment.
    in_flight: Mutex<HashSet<[u8; 32]>>,
}

/// What [`State`] is made of.
pub struct Parts {
    /// See [`State::db`].
    pub db: Db,
    /// See [`State::tokens`].
    pub tokens: Tokens,
    /// See [`State::derived`].
    pub derived: DerivedSecrets,
    /// See [`State::passwords`].
    pub passwords: Passwords,
    /// See [`State::sign_in`].
    pub sign_in: SignIn,
    /// See [`State::mailer`].
    pub mailer: Mailer,
    /// See [`State::public_url`].
    pub public_url: String,
    /// See [`State::proxies`].
    pub proxies: Proxies,
    /// How much one principal may ask for.
    pub quotas: Quotas,
    /// See [`State::mode`].
    pub mode: Mode,
    /// See [`State::metrics`].
    pub metrics: PrometheusHandle,
    /// See [`State::calendars`].
    pub calendars: Reach,
}

impl State {
    /// The state of a process.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            db,
            tokens,
            derived,
            passwords,
            sign_in,
            mailer,
            public_url,
            proxies,
            quotas,
            mode,
            metrics,
            calendars,
        } = parts;
        let in_flight = Mutex::default();
        Self {
            db,
            tokens,
            derived,
            passwords,
            sign_in,
            mailer,
            public_url,
            proxies,
            limiter: Limiter::new(quotas),
            mode,
            metrics,
            key_uses: KeyUses::default(),
            calendars,
            busy_asked: Asked::default(),
            origin: Origin::Live,
            in_flight,
        }
    }

    /// The same for requests that make sample data: nobody gets a mail for it.
    pub fn seeding(self) -> Self {
        Self { origin: Origin::Seed, ..self }
    }

    /// Whether people reach this service over TLS, and over nothing else from now on.
    pub(super) fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where the changes of requests come from.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// Marks an idempotency key as being worked on. `None` when it is already.
    pub(super) fn begin(&self, key: [u8; 32]) -> Option<InFlight<'_>> {
        let mut keys = self.in_flight.lock().ok()?;
        keys.insert(key).then(|| InFlight { state: self, key })
    }

    /// Whether the database answers, is migrated and takes writes.
    pub async fn ready(&self) -> Result<bool> {
        self.db.is_ready().await
    }
}

/// An idempotency key that is free again when this is dropped.
pub(super) struct InFlight<'s> {
    state: &'s State,
    key: [u8; 32],
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if let Ok(mut keys) = self.state.in_flight.lock() {
            keys.remove(&self.key);
        }
    }
}

/// The state as an extractor, for the few handlers that need no [`super::Ctx`].
pub struct Shared(pub Arc<State>);

impl std::ops::Deref for Shared {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0
    }
}

impl FromRequest for Shared {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = req.app_data::<Arc<State>>().cloned().map(Self);
        std::future::ready(state.ok_or_else(|| Error::internal("the application has no state")))
    }
}
