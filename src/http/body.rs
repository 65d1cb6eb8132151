//! Extractors of bodies, paths and queries. Whatever does not fit becomes a problem that names the
//! field; nothing reaches a handler half-parsed.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::error::{Code, Error, FieldError, Place, Result};
use crate::ids::{Id, Kind};

/// The longest JSON body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A body, or none, that has a fingerprint.
pub trait Fingerprint {
    /// SHA-256 over method, path, query and raw body, for idempotency.
    fn fingerprint(&self) -> [u8; 32];
}

/// A validated JSON body, cheap to clone into a closure.
#[derive(Debug)]
pub struct Body<T> {
    value: Arc<T>,
    fingerprint: [u8; 32],
}

impl<T> Fingerprint for Body<T> {
    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

impl<T> Clone for Body<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), fingerprint: self.fingerprint }
    }
}

impl<T> Deref for Body<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A request that carries no body.
#[derive(Debug, Clone, Copy)]
pub struct NoBody {
    fingerprint: [u8; 32],
}

impl Fingerprint for NoBody {
    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

type Pending<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pending<Self>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            check_content_type(&req)?;
            let bytes = read(&req, payload).await?;
            let value = Arc::new(parse_json(&bytes)?);
            Ok(Self { value, fingerprint: fingerprint(&req, &bytes) })
        })
    }
}

impl FromRequest for NoBody {
    type Error = Error;
    type Future = Pending<Self>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(&req, payload).await?;
            if bytes.is_empty() {
                return Ok(Self { fingerprint: fingerprint(&req, &bytes) });
            }
            Err(Error::invalid("", "unexpected_body", "This operation takes no body."))
        })
    }
}

/// A validated JSON body that may be left away; then it is what the type begins with.
#[derive(Debug)]
pub struct OptionalBody<T>(pub Body<T>);

impl<T: DeserializeOwned + Validate + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = Error;
    type Future = Pending<Self>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(&req, payload).await?;
            let value = if bytes.is_empty() {
                T::default()
            } else {
                check_content_type(&req)?;
                parse_json(&bytes)?
            };
            let fingerprint = fingerprint(&req, &bytes);
            Ok(Self(Body { value: Arc::new(value), fingerprint }))
        })
    }
}

fn check_content_type(req: &HttpRequest) -> Result<()> {
    let given = req.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (media_type, parameters) = given.split_once(';').unwrap_or((given, ""));
    let media_type = media_type.trim().to_ascii_lowercase();
    let patch = req.method() == actix_web::http::Method::PATCH;
    let known =
        media_type == "application/json" || (patch && media_type == "application/merge-patch+json");
    let charset = parameters.trim().to_ascii_lowercase();
    if known
        && (charset.is_empty() || charset == "charset=utf-8" || !charset.starts_with("charset"))
    {
        return Ok(());
    }
    let detail = if patch {
        "Send application/merge-patch+json or application/json."
    } else {
        "Send application/json."
    };
    Err(Error::new(Code::UnsupportedMediaType, detail))
}

async fn read(req: &HttpRequest, payload: Payload) -> Result<web::BytesMut> {
    let too_large = || {
        let detail = format!("At most {BODY_LIMIT} bytes.");
        Error::new(Code::PayloadTooLarge, detail)
    };
    let announced = req.headers().get("content-length").and_then(|value| value.to_str().ok());
    if announced
        .and_then(|text| text.parse::<usize>().ok())
        .is_some_and(|length| length > BODY_LIMIT)
    {
        return Err(too_large());
    }
    let mut payload = payload;
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_cut_off| {
            Error::new(Code::MalformedJson, "The body ended before its length.")
        })?;
        if bytes.len() + chunk.len() > BODY_LIMIT {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// SHA-256 over what a request asks, and over its body or whatever stands for it.
pub(super) fn fingerprint(req: &HttpRequest, body: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in [req.method().as_str(), req.path(), req.query_string()] {
        context.update(part.as_bytes());
        context.update(&[0]);
    }
    context.update(body);
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(context.finish().as_ref());
    fingerprint
}

/// Parses and validates a JSON document.
///
/// # Errors
/// `malformed_json` for what is not JSON; `invalid` or `unknown_field` with a pointer for JSON that
/// does not fit.
pub fn parse_json<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        misfit(Place::Body, pointer, error.inner())
    })?;
    deserializer.end().map_err(|error| misfit(Place::Body, String::new(), &error))?;
    value.validate().map_err(|errors| {
        let mut fields = Vec::new();
        collect(&errors, "", &mut fields);
        Error::invalid_fields(fields)
    })?;
    Ok(value)
}

/// What serde says about JSON that does not fit, as a problem.
fn misfit(place: Place, pointer: String, error: &serde_json::Error) -> Error {
    use serde_json::error::Category;
    if !matches!(error.classify(), Category::Data) {
        let detail =
            format!("Line {}, column {}: not JSON, or too deep.", error.line(), error.column());
        return Error::new(Code::MalformedJson, detail);
    }
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(sentence, _)| sentence);
    misfit_sentence(place, pointer, text)
}

fn misfit_sentence(place: Place, mut pointer: String, text: &str) -> Error {
    let quoted = text.split('`').nth(1).unwrap_or("").to_owned();
    let (code, field_code) = if text.starts_with("unknown field") {
        (Code::UnknownField, "unknown_field")
    } else if text.starts_with("missing field") {
        (Code::Invalid, "required")
    } else if text.starts_with("invalid type") {
        (Code::Invalid, "wrong_type")
    } else {
        (Code::Invalid, "invalid_value")
    };
    if matches!(field_code, "unknown_field" | "required")
        && !pointer.ends_with(&format!("/{quoted}"))
    {
        pointer = format!("{pointer}/{}", escape(&quoted));
    }
    let detail: String = text.chars().take(200).collect();
    let field = FieldError { place, pointer, code: field_code.into(), detail };
    Error { fields: vec![field], ..Error::new(code, "Some fields do not fit; see errors.") }
}

/// JSON Pointer (RFC 6901) of a path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escape(key)),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Turns the validator's tree into pointers. Its own `Display` shows Rust's debug text.
fn collect(errors: &ValidationErrors, prefix: &str, fields: &mut Vec<FieldError>) {
    let mut entries: Vec<_> = errors.errors().iter().collect();
    entries.sort_by_key(|(name, _)| name.to_owned());
    for (name, kind) in entries {
        let pointer =
            if name == "__all__" { prefix.to_owned() } else { format!("{prefix}/{name}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, fields),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{pointer}/{index}"), fields);
                }
            }
            ValidationErrorsKind::Field(found) => fields.extend(found.iter().map(|error| {
                let limit = |name: &str| error.params.get(name).map(ToString::to_string);
                let detail = match (&error.message, limit("min"), limit("max")) {
                    (Some(message), _, _) => message.to_string(),
                    (None, Some(min), Some(max)) => format!("Between {min} and {max}."),
                    (None, Some(min), None) => format!("At least {min}."),
                    (None, None, Some(max)) => format!("At most {max}."),
                    (None, None, None) => "It does not fit.".to_owned(),
                };
                FieldError::body(pointer.clone(), error.code.clone(), detail)
            })),
        }
    }
}

/// The id in the path, `{id}`. Malformed ids and ids of another kind are 404.
pub struct PathId<K>(pub Id<K>);

impl<K: Kind> FromRequest for PathId<K> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = req.match_info().get("id").and_then(|text| Id::from_str(text).ok());
        std::future::ready(id.map(Self).ok_or_else(Error::not_found))
    }
}

/// The query string; unknown parameters are refused by name.
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read_query(req.query_string()).map(Self))
    }
}

/// Reads a query string.
///
/// # Errors
/// `unknown_field` or `invalid` with a pointer for what does not fit.
pub fn read_query<T: DeserializeOwned>(query: &str) -> Result<T> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let pointer = pointer(error.path());
        misfit_sentence(Place::Query, pointer, &error.inner().to_string())
    })
}
