//! How a request is answered: one resource or a page of them, with its tag, and what a command made or
//! changed as the caller may see it now.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LINK, LOCATION};
use serde::Serialize;

use super::context::Ctx;
use super::etag::{etag, names};
use super::filters::{Row, Sparse};
use super::list::{Listed, SortedPage, SortedRequest};
use super::page::{Page, PageOf, PageRequest, Paged};
use super::shown::{Done, Shown};
use crate::access::Actor;
use crate::db::Conn;
use crate::error::{Beside, Code, Current, Error, Result};
use crate::ids::{Id, Kind};

impl Ctx {
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
        self.made(StatusCode::CREATED, done, collection, load).await
    }

    /// The same with another status: 207 where each part has its own.
    pub async fn made<K, T, F>(
        &self,
        status: StatusCode,
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
        self.render(status, Some(location), done.replayed, &shown)
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
        self.paged(request.render(page))
    }

    /// Shows one page of a list in the order that was asked for, with the fields that are wanted.
    pub async fn list_sorted<T, L, F>(
        &self,
        listed: &L,
        sparse: Option<&Sparse<T>>,
        load: F,
    ) -> Result<HttpResponse>
    where
        T: Row + Send + 'static,
        L: Listed,
        F: FnOnce(&mut Conn, &Actor, &SortedRequest<L::Key>) -> Result<SortedPage<T>>
            + Send
            + 'static,
    {
        let request = SortedRequest::read(listed, &self.query)?;
        let asked = request.clone();
        let rows = self.read(move |conn, actor| load(conn, actor, &asked)).await?;
        match sparse {
            None => Ok(self.paged(request.render(rows))),
            Some(sparse) => Ok(self.paged(request.render_sparse(rows, sparse)?)),
        }
    }

    fn paged<T: Serialize>(&self, page: PageOf<T>) -> HttpResponse {
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
}
