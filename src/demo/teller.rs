//! Tells the sample company's story through the API, each step as the person who would take it, so
//! that sample data is what the commands, the policy and the validation allow, and nothing else.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, ETAG, IF_MATCH};
use actix_web::test::{TestRequest, init_service};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use crate::access::Claims;
use crate::app;
use crate::http::State;
use crate::ids::UserId;
use crate::sessions::{self, Device, SignInMethod, new_secret, secret_hash};

/// A step that the API refused: which, and why.
pub(super) type Refusal = Box<dyn std::error::Error + Send + Sync>;

type Call = dyn Fn(TestRequest) -> LocalBoxFuture<'static, Result<Answer, Refusal>>;

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// The body.
    pub(super) json: Value,
    /// The tag to send as `If-Match`.
    etag: Option<String>,
}

impl Answer {
    /// The id of what is shown.
    pub(super) fn id(&self) -> String {
        text(&self.json, "/id")
    }
}

/// The text at a JSON Pointer; empty when there is none, which the API then refuses.
pub(super) fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The API in memory, and the sessions of the people who use it.
pub(super) struct Teller {
    state: Arc<State>,
    call: Rc<Call>,
    sessions: BTreeMap<&'static str, Claims>,
}

impl Teller {
    /// A teller over a state of its own.
    pub(super) async fn new(state: State, sessions: BTreeMap<&'static str, Claims>) -> Self {
        let state = Arc::new(state);
        let service = Rc::new(init_service(app::build(&state)).await);
        let call = move |request: TestRequest| -> LocalBoxFuture<'static, Result<Answer, Refusal>> {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let request = request.to_request();
                let step = format!("{} {}", request.method(), request.path());
                let response = service.call(request).await.map_err(|error| error.to_string())?;
                let (status, headers) = (response.status(), response.headers().clone());
                let bytes = to_bytes(response.into_body()).await.map_err(|_| "a body broke off")?;
                if !status.is_success() {
                    return Err(
                        format!("{step}: {status} {}", String::from_utf8_lossy(&bytes)).into()
                    );
                }
                let etag = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
                let json =
                    if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes)? };
                Ok(Answer { json, etag })
            })
        };
        Self { state, call: Rc::new(call), sessions }
    }

    /// Signs somebody in, without a password.
    pub(super) fn sign_in(&mut self, who: &'static str, user_id: UserId) -> Result<(), Refusal> {
        let hash = secret_hash(&new_secret()?);
        let mut unit = self.state.db.unit();
        unit.origin = crate::db::Origin::Seed;
        let device = Device::without_request(SignInMethod::Demo);
        let start = move |tx: &mut crate::db::Tx<'_>| {
            sessions::commands::start(tx, user_id, &hash, &device)
        };
        let session_id = self.state.db.write_here(&unit, start)?;
        self.sessions.insert(who, Claims { user_id, session_id });
        Ok(())
    }

    /// The sessions, to go on with over another state.
    pub(super) fn sessions(&self) -> BTreeMap<&'static str, Claims> {
        self.sessions.clone()
    }

    /// Somebody's id.
    pub(super) fn user(&self, who: &str) -> Result<String, Refusal> {
        let claims = self.sessions.get(who).ok_or_else(|| format!("{who} never signed in"))?;
        Ok(claims.user_id.to_string())
    }

    /// GET.
    pub(super) async fn get(&self, who: &str, path: &str) -> Result<Answer, Refusal> {
        self.send(who, Method::GET, path, None, None).await
    }

    /// POST; null sends no body.
    pub(super) async fn post(&self, who: &str, path: &str, body: Value) -> Result<Answer, Refusal> {
        self.send(who, Method::POST, path, None, Some(body)).await
    }

    /// PUT; null sends no body.
    pub(super) async fn put(&self, who: &str, path: &str, body: Value) -> Result<Answer, Refusal> {
        self.send(who, Method::PUT, path, None, Some(body)).await
    }

    /// Reads a resource and changes it, or something below it, on the condition that nobody else
    /// did meanwhile.
    pub(super) async fn change(
        &self,
        who: &str,
        method: Method,
        resource: &str,
        below: &str,
        body: Value,
    ) -> Result<Answer, Refusal> {
        let read = self.get(who, resource).await?;
        self.send(who, method, &format!("{resource}{below}"), read.etag.as_deref(), Some(body))
            .await
    }

    async fn send(
        &self,
        who: &str,
        method: Method,
        path: &str,
        if_match: Option<&str>,
        body: Option<Value>,
    ) -> Result<Answer, Refusal> {
        let claims = self.sessions.get(who).ok_or_else(|| format!("{who} never signed in"))?;
        let (token, _) = self.state.tokens.issue(*claims, self.state.db.clock().now())?;
        let mut request = TestRequest::with_uri(&format!("/api/v1{path}")).method(method);
        request = request.insert_header((AUTHORIZATION, format!("Bearer {token}")));
        if let Some(tag) = if_match {
            request = request.insert_header((IF_MATCH, tag.to_owned()));
        }
        if let Some(body) = body.filter(|body| !body.is_null()) {
            request = request.set_json(body);
        }
        (self.call)(request).await.map_err(|refusal| format!("{who}: {refusal}").into())
    }
}
