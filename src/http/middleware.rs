//! Around every request: its id, security headers, a log line, metrics, and problems in place of
//! whatever a handler, an extractor or a panic left behind.

use std::panic::AssertUnwindSafe;
use std::time::Instant as Stopwatch;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use futures_util::FutureExt;

use super::problem;
use crate::error::Error;
use crate::ids::IdSource;

/// The id of a request, in `X-Request-Id`, problems, logs and events.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around everything.
///
/// # Errors
/// [`Failed`], which is a problem like every other, when a handler panicked.
pub async fn guard(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Stopwatch::now();
    let id = request_id(&req);
    req.extensions_mut().insert(RequestId(id.clone()));
    let method = req.method().to_string();
    let outcome = AssertUnwindSafe(next.call(req)).catch_unwind().await;
    let failed = |error| Failed { id: id.clone(), error };
    // The request went with the call and cannot be answered from here; the server renders these.
    let response = match outcome {
        Ok(response) => response.map_err(|error| failed(ours(&error)))?,
        Err(_panic) => Err(failed(Error::internal("a handler panicked")))?,
    };
    let mut response = settle(response, &id);
    let policy = content_policy(response.request().path());
    dress(&mut response, &id, policy);
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    observe(&method, &route, response.status().as_u16(), started, &id);
    Ok(response)
}

/// The caller's id if it is harmless, else a new one.
fn request_id(req: &ServiceRequest) -> String {
    let given = req.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    given.filter(harmless).map_or_else(new_request_id, str::to_owned)
}

fn new_request_id() -> String {
    let mut batch = IdSource::random().batch(crate::clock::Instant::from_micros(0));
    let id: crate::ids::EventId = batch.next_id();
    let (_, random) = id.uuid().as_u64_pair();
    format!("{random:016x}")
}

/// Renders our errors again with the request id, and foreign ones as problems.
fn settle(
    response: ServiceResponse<impl MessageBody + 'static>,
    id: &str,
) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else {
        return response.map_into_boxed_body();
    };
    let rendered = as_problem(error, id);
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, rendered)
}

fn as_problem(error: &actix_web::Error, id: &str) -> HttpResponse {
    match error.as_error::<Error>() {
        Some(error) => problem::respond(error, Some(id)),
        None => problem::respond(&ours(error), Some(id)),
    }
}

/// An error that the framework made, as one of ours.
fn ours(error: &actix_web::Error) -> Error {
    if error.as_response_error().status_code().is_client_error() {
        return Error::invalid("", "invalid_value", "The request could not be read.");
    }
    Error::internal(error.to_string())
}

/// A request that left nothing to answer with.
#[derive(Debug)]
struct Failed {
    id: String,
    error: Error,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        problem::entry(self.error.code).0
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = problem::respond(&self.error, Some(&self.id));
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}

/// What a browser may load: nothing, but for the vendored pages of the API documentation.
fn content_policy(path: &str) -> &'static str {
    if path.starts_with("/docs/") {
        return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
    }
    "default-src 'none'; frame-ancestors 'none'"
}

fn dress(response: &mut ServiceResponse<BoxBody>, id: &str, policy: &'static str) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    let defaults = [
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
        (HeaderName::from_static("content-security-policy"), policy),
    ];
    for (name, value) in defaults {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    headers.insert(HeaderName::from_static("vary"), HeaderValue::from_static("Authorization"));
}

fn observe(method: &str, route: &str, status: u16, started: Stopwatch, id: &str) {
    let seconds = started.elapsed().as_secs_f64();
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("evenbar_http_requests_total", &labels).increment(1);
    metrics::histogram!("evenbar_http_request_seconds", &labels).record(seconds);
    tracing::info!(
        http.method = method,
        http.route = route,
        http.status = status,
        duration_ms = seconds * 1000.0,
        request.id = id,
        "A request was answered."
    );
}
