//! Around every request: its id, security headers, a log line, metrics, and problems in place of
//! whatever a handler, an extractor or a panic left behind.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CROSS_ORIGIN_OPENER_POLICY,
    CROSS_ORIGIN_RESOURCE_POLICY, HeaderName, HeaderValue, PERMISSIONS_POLICY, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use futures_util::FutureExt;

use super::limits::{self, Standing};
use super::{State, problem};
use crate::error::{Code, Error};
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
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Stopwatch::now();
    let id = request_id(&req);
    req.extensions_mut().insert(RequestId(id.clone()));
    let method = req.method().to_string();
    // Whoever asks for the head of an answer is answered as with GET (RFC 9110 §9.3.2); the server leaves the body
    // out, as it keeps in mind what was asked.
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
    }
    let route = req.match_pattern();
    let state = req.app_data::<Arc<State>>().map(Arc::clone);
    let standing = state.and_then(|state| limits::admit(&req, route.as_deref(), &state));
    let name = route.unwrap_or_else(|| "unmatched".to_owned());
    if let Some(refusal) = standing.and_then(Standing::refusal) {
        let mut response = req.into_response(problem::respond(&refusal, Some(&id)));
        dress(&mut response, &id, standing);
        observe(&method, &name, response.status().as_u16(), started, &id);
        return Ok(response);
    }
    let outcome = AssertUnwindSafe(next.call(req)).catch_unwind().await;
    let failed = |error| Failed { id: id.clone(), error };
    // The request went with the call and cannot be answered from here; the server renders these.
    let response = match outcome {
        Ok(response) => response.map_err(|error| failed(ours(&error)))?,
        Err(_panic) => Err(failed(Error::internal("a handler panicked")))?,
    };
    let mut response = settle(response, &id);
    dress(&mut response, &id, standing);
    observe(&method, &name, response.status().as_u16(), started, &id);
    Ok(response)
}

/// The caller's id if it is harmless, else a new one.
fn request_id(req: &ServiceRequest) -> String {
    let given = req.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    given.filter(|id| is_request_id(id)).map_or_else(new_request_id, str::to_owned)
}

/// Whether this can be the id of a request.
pub fn is_request_id(id: &str) -> bool {
    (8..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
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
    let status = error.as_response_error().status_code();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::new(Code::PayloadTooLarge, "The body is longer than what is taken here.");
    }
    if status.is_client_error() {
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
                img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                frame-ancestors 'none'";
    }
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

/// What every answer says to browsers and caches, unless its handler says otherwise.
const DEFAULTS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (PERMISSIONS_POLICY, "camera=(), display-capture=(), geolocation=(), microphone=()"),
    (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// For a year no browser asks again without TLS.
const STRICT_TRANSPORT: &str = "max-age=31536000; includeSubDomains";

fn dress(response: &mut ServiceResponse<BoxBody>, id: &str, standing: Option<Standing>) {
    let request = response.request();
    let policy = content_policy(request.path());
    let is_secure = request.app_data::<Arc<State>>().is_some_and(|state| state.is_secure());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some(standing) = standing {
        standing.dress(headers);
    }
    for (name, value) in DEFAULTS.into_iter().chain([(CONTENT_SECURITY_POLICY, policy)]) {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if is_secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    headers.append(VARY, HeaderValue::from_static("Authorization, Cookie"));
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
