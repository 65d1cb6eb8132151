//! The context of one request: who asks, when, under which conditions; and the way in and out of
//! the database.
//!
//! A handler reads [`Ctx::show`] or [`Ctx::list`], or runs [`Ctx::command`] and shows the result as
//! the caller may see it now, which is also what a replay of the same idempotency key gets.

use std::future::Ready;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    AUTHORIZATION, ETAG, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION, USER_AGENT,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use futures_util::future::{Either, LocalBoxFuture};
use serde::Serialize;

use super::body::Fingerprint;
use super::door::{Door, credential, looked_again};
use super::etag::{etag, names, version_in};
use super::idempotency::{self, Key};
use super::limits::Checked;
use super::middleware::RequestId;
use super::page::{Page, PageRequest, Paged};
use super::shown::{Done, Shown};
use super::{State, keys};
use crate::access::{Actor, Claims, Credential, PresentedLink, Subject};
use crate::clock::Instant;
use crate::db::{Conn, Db, LocalReader, Tx, Unit};
use crate::error::{Beside, Code, Current, Error, FieldError, Result};
use crate::ids::{AnyId, Id, Kind};
use crate::sessions::{Device, SignInMethod};

/// The context of one request.
#[derive(Clone)]
pub struct Ctx {
    state: Arc<State>,
    reader: Option<Rc<LocalReader>>,
    credential: Option<Credential>,
    gate: keys::Gate,
    request_id: String,
    client_address: IpAddr,
    method: String,
    route: String,
    query: String,
    if_match: Option<String>,
    if_none_match: Option<String>,
    idempotency_key: Option<String>,
    user_agent: Option<String>,
}

/// The first thing that a handler takes: without a token nothing else of a request is looked at.
impl FromRequest for Ctx {
    type Error = Error;
    type Future = Either<Ready<Result<Self>>, LocalBoxFuture<'static, Result<Self>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let signed_in = |ctx: Self| ctx.credential().map(drop).map(|()| ctx);
        match Self::of(req) {
            Err(refused) if refused.code == Code::Unauthenticated => {
                let req = req.clone();
                Either::Right(Box::pin(async move {
                    // Another process may have made the key by now that the token was signed with.
                    if !looked_again(&req).await {
                        return Err(refused);
                    }
                    Self::of(&req).and_then(signed_in)
                }))
            }
            read => Either::Left(std::future::ready(read.and_then(signed_in))),
        }
    }
}

/// The context of a request that nobody needs to sign in for.
pub struct Open(pub Ctx);

impl FromRequest for Open {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ctx::of(req).map(Self))
    }
}

impl Ctx {
    fn of(req: &HttpRequest) -> Result<Self> {
        let state = req.app_data::<Arc<State>>().cloned();
        let state = state.ok_or_else(|| Error::internal("the application has no state"))?;
        let header =
            |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let client_address = state.proxies.client(req.peer_addr(), req.headers());
        let credential = header(AUTHORIZATION.as_str())
            .map(|value| {
                let token = value.strip_prefix("Bearer ").ok_or_else(Error::unauthenticated)?;
                let checked = req.extensions().get::<Checked>().map(|Checked(claims)| *claims);
                match checked {
                    Some(claims) => Ok(Credential::Session(claims)),
                    None => credential(&state, token.trim(), client_address),
                }
            })
            .transpose()?;
        let route = req.match_pattern().unwrap_or_default();
        Ok(Self {
            reader: req.app_data::<Rc<LocalReader>>().cloned(),
            gate: keys::gate(req.method().as_str(), &route),
            credential,
            request_id: req
                .extensions()
                .get::<RequestId>()
                .map(|id| id.0.clone())
                .unwrap_or_default(),
            client_address,
            method: req.method().to_string(),
            route,
            query: req.query_string().to_owned(),
            if_match: header(IF_MATCH.as_str()),
            if_none_match: header(IF_NONE_MATCH.as_str()),
            idempotency_key: header("idempotency-key"),
            user_agent: header(USER_AGENT.as_str()),
            state,
        })
    }

    /// What every request shares.
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// The instant of the request.
    pub fn now(&self) -> Instant {
        self.state.db.clock().now()
    }

    /// Who says they ask, by a token whose signature holds, or by a key that is one of ours.
    ///
    /// # Errors
    /// `unauthenticated` without either.
    pub fn credential(&self) -> Result<&Credential> {
        self.credential.as_ref().ok_or_else(Error::unauthenticated)
    }

    /// The session of a person.
    ///
    /// # Errors
    /// `unauthenticated` without a token; `forbidden` for an API key, which has no session.
    pub fn claims(&self) -> Result<Claims> {
        match self.credential()? {
            Credential::Session(claims) => Ok(*claims),
            Credential::Key(_) => Err(keys::Gate::Closed.refusal()),
            Credential::CardLink(_) => Err(Error::unauthenticated()),
        }
    }

    /// The address that the request comes from, as far as it can be believed; see [`Proxies`].
    ///
    /// [`Proxies`]: super::Proxies
    pub fn client_address(&self) -> IpAddr {
        self.client_address
    }

    /// The device that asks, for the session that it starts.
    pub fn device(&self, method: SignInMethod) -> Device {
        Device::new(method, self.user_agent.as_deref(), self.client_address)
    }

    /// The version that the caller expects, if they say so.
    ///
    /// # Errors
    /// `invalid` for a header that is not one of our tags.
    pub fn if_match(&self) -> Result<Option<i64>> {
        let Some(tag) = &self.if_match else {
            return Ok(None);
        };
        let tag = tag.trim();
        if tag == "*" {
            return Ok(None);
        }
        let wrong =
            || FieldError::header("If-Match", "invalid_value", "Send the ETag that you read.");
        version_in(tag).map(Some).ok_or_else(|| Error::invalid_fields(vec![wrong()]))
    }

    /// The version that the caller must name.
    ///
    /// # Errors
    /// `precondition_required`, and what [`Ctx::if_match`] says.
    pub fn require_if_match(&self) -> Result<i64> {
        let required =
            || Error::new(Code::PreconditionRequired, "Send the ETag that you read as If-Match.");
        self.if_match()?.ok_or_else(required)
    }

    /// A unit of work that knows who asked.
    pub fn unit(&self) -> Unit {
        let mut unit = self.state.db.unit();
        unit.origin = self.state.origin();
        unit.request_id = Some(self.request_id.clone());
        if let Some(Credential::Session(claims)) = &self.credential {
            unit.session_id = Some(claims.session_id);
            unit.user_id = Some(claims.user_id);
        }
        unit
    }

    /// Reads in one transaction, together with who asks.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn, &Actor) -> Result<T> + Send + 'static,
    {
        let (door, now) = (self.door()?, self.now());
        let work = move |conn: &mut Conn| {
            let actor = door.admit(conn, now)?;
            work(conn, &actor)
        };
        match &self.reader {
            Some(reader) => reader.read(work),
            None => self.state.db.read(work).await,
        }
    }

    /// The same context for somebody whom the cookie of a page names; there are no idempotency keys.
    pub(crate) fn acting_as(self, claims: Claims) -> Self {
        Self { credential: Some(Credential::Session(claims)), idempotency_key: None, ..self }
    }

    /// The same context for the person of a link that writes a scorecard.
    pub(crate) fn acting_by(self, link: PresentedLink) -> Self {
        Self { credential: Some(Credential::CardLink(link)), idempotency_key: None, ..self }
    }

    /// Reads in one transaction for whoever it is: for what comes before somebody signed in.
    pub async fn read_open<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &self.reader {
            Some(reader) => reader.read(work),
            None => self.state.db.read(work).await,
        }
    }

    /// Writes in one transaction, together with a person who asks in a session. No idempotency key is
    /// kept: for pages, and for bodies with passwords, of which no fast hash may be kept.
    pub(crate) async fn act<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + 'static,
    {
        self.claims()?;
        self.write(work).await
    }

    /// Writes in one transaction, together with who asks, what no idempotency key repeats. The
    /// closure may run again.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<T> + Send + 'static,
    {
        let door = self.door()?;
        let work = move |tx: &mut Tx<'_>| {
            let actor = door.admit(tx.conn, tx.now())?;
            work(tx, &actor)
        };
        self.state.db.write(self.unit(), work).await
    }

    /// Writes in one transaction, together with who asks. The closure may run again. An
    /// idempotency key does the work once, however often it is sent.
    ///
    /// # Errors
    /// What the work says; `idempotency_key_in_use`, `idempotency_key_reused`.
    pub async fn command<K, F>(&self, input: &impl Fingerprint, work: F) -> Result<Done<K>>
    where
        K: Kind,
        F: Fn(&mut Tx<'_>, &Actor) -> Result<Id<K>> + Send + 'static,
    {
        let door = self.door()?;
        let key = self.key(door.principal(), input)?;
        let _in_flight = match &key {
            Some(key) => Some(self.state.begin(key.digest()).ok_or_else(idempotency::in_use)?),
            None => None,
        };
        let work = move |tx: &mut Tx<'_>| {
            let actor = door.admit(tx.conn, tx.now())?;
            let Some(key) = &key else {
                return work(tx, &actor).map(|id| Done { id, replayed: false });
            };
            // A secret that replaces another one belongs to the same API key.
            let key = Key { principal: actor.principal_id(), ..key.clone() };
            if let Some(id) = idempotency::find(tx, &key)? {
                return Ok(Done { id: id.typed(), replayed: true });
            }
            let id = work(tx, &actor)?;
            idempotency::keep(tx, &key, Subject::from(id))?;
            Ok(Done { id, replayed: false })
        };
        self.state.db.write(self.unit(), work).await
    }

    /// What lets the caller in.
    fn door(&self) -> Result<Door> {
        let credential = self.credential()?.clone();
        Ok(Door { credential, gate: self.gate, state: Arc::clone(&self.state) })
    }

    fn key(&self, principal: AnyId, input: &impl Fingerprint) -> Result<Option<Key>> {
        let Some(text) = &self.idempotency_key else {
            return Ok(None);
        };
        let text = text.trim().trim_matches('"');
        if text.is_empty()
            || text.len() > 255
            || !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        {
            let detail = "1 to 255 printable ASCII characters.";
            let field = FieldError::header("Idempotency-Key", "invalid_value", detail);
            return Err(Error::invalid_fields(vec![field]));
        }
        Ok(Some(Key {
            principal,
            method: self.method.clone(),
            route: self.route.clone(),
            key: text.to_owned(),
            fingerprint: input.fingerprint().to_vec(),
        }))
    }

    /// Shows one resource with its `ETag`, or 304.
    pub async fn show<T, F>(&self, load: F) -> Result<HttpResponse>
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Conn, &Actor) -> Result<Shown<T>> + Send + 'static,
    {
        self.answer(self.read(load).await?)
    }

    /// Answers with one resource that was read before, for handlers that must note the reading
    /// before they show it.
    pub fn answer<T: Serialize>(&self, shown: Shown<T>) -> Result<HttpResponse> {
        self.render(StatusCode::OK, None, false, &shown)
    }

    /// Shows what a command made: 201 with `Location`, which is `collection` and the id.
    pub async fn created<K, T, F>(
        &self,
        done: Done<K>,
        collection: &str,
        load: F,
    ) -> Result<HttpResponse>
    where
        K: Kind,
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Conn, &Actor, Id<K>) -> Result<Shown<T>> + Send + 'static,
    {
        let shown = self.read(move |conn, actor| load(conn, actor, done.id)).await?;
        let location = format!("/api/v1/{collection}/{}", done.id);
        self.render(StatusCode::CREATED, Some(location), done.replayed, &shown)
    }

    /// Shows what a command changed: 200.
    pub async fn changed<K, T, F>(&self, done: Done<K>, load: F) -> Result<HttpResponse>
    where
        K: Kind,
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Conn, &Actor, Id<K>) -> Result<Shown<T>> + Send + 'static,
    {
        let shown = self.read(move |conn, actor| load(conn, actor, done.id)).await?;
        self.render(StatusCode::OK, None, done.replayed, &shown)
    }

    /// The same with a resource that was read before.
    pub fn answer_change<K, T: Serialize>(
        &self,
        done: Done<K>,
        shown: Shown<T>,
    ) -> Result<HttpResponse> {
        self.render(StatusCode::OK, None, done.replayed, &shown)
    }

    /// What a change answers that was refused as stale, with how the thing is now, so that nothing that
    /// was typed is lost; every other refusal as it is.
    ///
    /// # Errors
    /// Always.
    pub async fn refused<T, F>(&self, refusal: Error, load: F) -> Result<HttpResponse>
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Conn, &Actor) -> Result<Shown<T>> + Send + 'static,
    {
        if refusal.code != Code::Stale {
            return Err(refusal);
        }
        let shown = self.read(load).await?;
        let body = serde_json::to_vec(&shown.value).map_err(Error::internal)?;
        let value = serde_json::to_value(&shown.value).map_err(Error::internal)?;
        let current = Current { etag: etag(shown.version, &body), value };
        Err(Error { beside: Some(Box::new(Beside::Current(current))), ..refusal })
    }

    /// Says that a command removed its subject: 204.
    pub fn removed<K>(&self, done: Done<K>) -> HttpResponse {
        let mut response = HttpResponse::NoContent();
        if done.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        response.finish()
    }

    /// Whether the caller has what a tag stands for.
    pub fn knows(&self, etag: &str) -> bool {
        self.if_none_match.as_deref().is_some_and(|tags| names(tags, etag))
    }

    /// Shows one page of a list.
    pub async fn list<T, F>(&self, paged: &impl Paged, load: F) -> Result<HttpResponse>
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Conn, &Actor, &PageRequest) -> Result<Page<T>> + Send + 'static,
    {
        let request = self.page_of(paged)?;
        let page = self.read(move |conn, actor| load(conn, actor, &request)).await?;
        Ok(self.answer_page(&request, page))
    }

    /// Which page of a list is asked for.
    ///
    /// # Errors
    /// `invalid`, `invalid_cursor`.
    pub fn page_of(&self, paged: &impl Paged) -> Result<PageRequest> {
        PageRequest::read(paged, &self.query)
    }

    /// Answers with a page that was read before.
    pub fn answer_page<T: Serialize>(&self, request: &PageRequest, page: Page<T>) -> HttpResponse {
        let page = request.render(page);
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &page.next_cursor {
            response.insert_header((LINK, self.next_link(cursor)));
        }
        response.json(page)
    }

    pub(super) fn next_link(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in url::form_urlencoded::parse(self.query.as_bytes()) {
            if key != "cursor" {
                query.append_pair(&key, &value);
            }
        }
        query.append_pair("cursor", cursor);
        format!("<{}?{}>; rel=\"next\"", self.route, query.finish())
    }

    fn render<T: Serialize>(
        &self,
        status: StatusCode,
        location: Option<String>,
        replayed: bool,
        shown: &Shown<T>,
    ) -> Result<HttpResponse> {
        let body = serde_json::to_vec(&shown.value).map_err(Error::internal)?;
        let etag = etag(shown.version, &body);
        if status == StatusCode::OK && self.knows(&etag) {
            return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
        }
        let mut response = HttpResponse::build(status);
        response.content_type("application/json").insert_header((ETAG, etag));
        if let Some(location) = location {
            response.insert_header((LOCATION, location));
        }
        if replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        Ok(response.body(body))
    }

    /// The database, for the few handlers that act before anybody signed in.
    pub fn db(&self) -> &Db {
        &self.state.db
    }
}
