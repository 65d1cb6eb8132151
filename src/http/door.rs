//! The door of a request: what its bearer token is, and who comes in with it as things stand in the
//! transaction that does the work.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

use super::{State, keys};
use crate::access::{Actor, Credential, PresentedKey, authenticate};
use crate::api_keys;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::AnyId;

/// Lets a caller into a transaction.
pub(super) struct Door {
    pub(super) credential: Credential,
    pub(super) gate: keys::Gate,
    pub(super) state: Arc<State>,
}

impl Door {
    /// Loads who asks as things stand in this transaction; a key passes where its scopes open the
    /// operation. That a key was used is noted in memory.
    pub(super) fn admit(&self, conn: &mut Conn, now: Instant) -> Result<Actor> {
        let actor = authenticate(conn, &self.credential, now)?;
        if let (Some(grant), Credential::Key(key)) = (&actor.via, &self.credential) {
            self.state.key_uses.note(grant.key_id, now, key.address);
            self.gate.pass(grant)?;
        }
        Ok(actor)
    }

    /// Who an idempotency key belongs to, as far as it is known before the database is asked.
    pub(super) fn principal(&self) -> AnyId {
        match &self.credential {
            Credential::Session(claims) => claims.user_id.any(),
            Credential::Key(key) => api_keys::provisional_id(&key.secret_hash),
            // Pages keep no idempotency keys.
            Credential::CardLink(link) => api_keys::provisional_id(&link.token_hash),
        }
    }
}

/// What a bearer token is: the secret of an API key, or an access token.
pub(super) fn credential(state: &State, token: &str, address: IpAddr) -> Result<Credential> {
    if let Some(secret_hash) = api_keys::presented(token)? {
        return Ok(Credential::Key(PresentedKey { secret_hash, address }));
    }
    state.tokens.check(token, state.db.clock().now()).map(Credential::Session)
}

/// Whether looking for new signing keys made the token of a request one that can be checked. The
/// secret of an API key is not signed.
pub(super) async fn looked_again(req: &HttpRequest) -> bool {
    let header = req.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    match (token, req.app_data::<Arc<State>>()) {
        (Some(token), Some(state)) if matches!(api_keys::presented(token), Ok(None)) => {
            state.tokens.look_again(token, state.db.clock().now()).await
        }
        _ => false,
    }
}
