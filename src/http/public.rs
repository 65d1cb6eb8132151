//! Answers that are the same for everybody. Anybody may keep them, and asks whether they still hold before showing
//! them again, so that what is taken back is gone at once.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LINK};
use serde::Serialize;

use super::context::Ctx;
use super::page::{Page, PageRequest};
use super::shown::Shown;
use crate::error::{Error, Result};

const KEPT_BY_ANYBODY: &str = "public, no-cache";

impl Ctx {
    /// Shows everybody one thing, with an `ETag`, or 304.
    ///
    /// # Errors
    /// Never in practice; what is shown has a JSON form.
    pub fn answer_everybody<T: Serialize>(&self, shown: Shown<T>) -> Result<HttpResponse> {
        let mut response = self.answer(shown)?;
        let kept = HeaderValue::from_static(KEPT_BY_ANYBODY);
        response.headers_mut().insert(CACHE_CONTROL, kept);
        Ok(response)
    }

    /// Shows everybody a page of a list, with an `ETag` of what stands on it, or 304.
    ///
    /// # Errors
    /// Never in practice; what is shown has a JSON form.
    pub fn answer_everybody_with_page<T: Serialize>(
        &self,
        request: &PageRequest,
        page: Page<T>,
    ) -> Result<HttpResponse> {
        let page = request.render(page);
        let next = page.next_cursor.as_ref().map(|cursor| self.next_link(cursor));
        // A list has no row of its own, so its version never changes; the hash does.
        let mut response = self.answer_everybody(Shown { version: 1, value: page })?;
        if let Some(next) = next {
            let next = HeaderValue::try_from(next).map_err(Error::internal)?;
            response.headers_mut().insert(LINK, next);
        }
        Ok(response)
    }
}
