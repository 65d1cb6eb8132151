//! A file in a form (RFC 7578): what browsers send without script, and programs as easily.
//!
//! The file is read as it arrives and refused at the byte that is too much. What the sender says of its
//! type is not kept.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use validator::Validate;

use super::body::{BODY_LIMIT, Fingerprint, fingerprint, parse_json};
use crate::digest::sha256;
use crate::error::{Code, Error, FieldError, Result};

/// The longest file, in bytes.
pub const FILE_LIMIT: usize = 10 * 1024 * 1024;
/// What may stand beside a file that stands for itself.
const FEW_WORDS: Beside = Beside { longest: 1024, most: 4 };
/// What may stand beside a file that belongs to a JSON body.
const ONE_BODY: Beside = Beside { longest: BODY_LIMIT, most: 1 };
/// What a form takes beside the file: words, names and lines between the parts.
const FRAME_LIMIT: usize = 16 * 1024;

/// The part that is the file.
const FILE: &str = "file";
/// The part that is a JSON body.
const BODY: &str = "application";

/// What a form may hold beside a file.
#[derive(Debug, Clone, Copy)]
struct Beside {
    /// The longest of the words, in bytes.
    longest: usize,
    /// How many words there may be.
    most: usize,
}

/// A file as it was sent.
#[derive(Debug)]
pub struct SentFile {
    /// What the sender calls it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// SHA-256 of that.
    pub sha256: [u8; 32],
}

/// A form with a file.
#[derive(Debug)]
pub struct Upload {
    /// The file.
    pub file: Arc<SentFile>,
    /// What else stands in the form, by name.
    pub words: BTreeMap<String, String>,
    fingerprint: [u8; 32],
}

impl Fingerprint for Upload {
    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move { read(&req, payload).await })
    }
}

/// A form whose part `application` is a JSON body, with a file as its part `file` or without one.
#[derive(Debug)]
pub struct WithFile<T> {
    /// The body.
    pub body: Arc<T>,
    /// The file, if there is one.
    pub file: Option<Arc<SentFile>>,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for WithFile<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let (file, mut words) = read_form(&req, payload, ONE_BODY).await?;
            let pointer = format!("/{BODY}");
            let missing = || Error::invalid(pointer, "required", "Send the body as this part.");
            let body = words.remove(BODY).ok_or_else(missing)?;
            if let Some(other) = words.keys().next() {
                return Err(unknown_word(other));
            }
            Ok(Self { body: Arc::new(parse_json(body.as_bytes())?), file: file.map(Arc::new) })
        })
    }
}

/// What a header says, if it is text.
fn header_of(req: &HttpRequest, name: HeaderName) -> Option<&str> {
    req.headers().get(name).and_then(|value| value.to_str().ok())
}

fn is_form(req: &HttpRequest) -> bool {
    let given = header_of(req, CONTENT_TYPE).and_then(|given| given.split(';').next());
    given.is_some_and(|given| given.trim().eq_ignore_ascii_case("multipart/form-data"))
}

async fn read(req: &HttpRequest, payload: Payload) -> Result<Upload> {
    let (file, words) = read_form(req, payload, FEW_WORDS).await?;
    let missing = || Error::invalid("/file", "required", "Send a file.");
    let file = Arc::new(file.ok_or_else(missing)?);
    let fingerprint = fingerprint(req, &whole(&file, &words));
    Ok(Upload { file, words, fingerprint })
}

/// The file of a form, if it has one, and its words by name.
async fn read_form(
    req: &HttpRequest,
    payload: Payload,
    beside: Beside,
) -> Result<(Option<SentFile>, BTreeMap<String, String>)> {
    if !is_form(req) {
        return Err(Error::new(Code::UnsupportedMediaType, "Send multipart/form-data."));
    }
    let announced = header_of(req, CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    let most = FILE_LIMIT + FRAME_LIMIT + beside.longest;
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut parts = Multipart::new(req.headers(), payload);
    let (mut file, mut words): (Option<SentFile>, _) = (None, BTreeMap::new());
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_unreadable| unreadable())?;
        let name = part.name().unwrap_or_default().to_owned();
        if words.contains_key(&name) || (name == FILE && file.is_some()) {
            return Err(Error::invalid(format!("/{name}"), "duplicate", "Send it once."));
        }
        if name == FILE {
            file = Some(file_of(&mut part).await?);
            continue;
        }
        let known = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !known || words.len() == beside.most {
            return Err(unreadable());
        }
        let longest = beside.longest;
        let bytes = bytes_of(&mut part, longest).await?.ok_or_else(|| {
            Error::invalid(format!("/{name}"), "too_long", format!("At most {longest} bytes."))
        })?;
        words.insert(name, String::from_utf8(bytes).map_err(|_other| unreadable())?);
    }
    Ok((file, words))
}

/// What makes two forms the same, whatever stands between their parts.
fn whole(file: &SentFile, words: &BTreeMap<String, String>) -> Vec<u8> {
    let mut whole = file.sha256.to_vec();
    let words = words.iter().flat_map(|(name, word)| [name.as_str(), word.as_str()]);
    for text in [file.name.as_str()].into_iter().chain(words) {
        whole.extend(text.as_bytes());
        whole.push(0);
    }
    whole
}

async fn file_of(part: &mut Field) -> Result<SentFile> {
    let name = part.content_disposition().and_then(|of| of.get_filename()).map(str::to_owned);
    let bytes = bytes_of(part, FILE_LIMIT).await?.ok_or_else(too_large)?;
    Ok(SentFile { name: name.unwrap_or_default(), sha256: sha256(&bytes), bytes })
}

/// What is in a part; none when it is too much.
async fn bytes_of(part: &mut Field, limit: usize) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_unreadable| unreadable())?;
        if bytes.len() + chunk.len() > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

fn too_large() -> Error {
    let detail = format!("At most {FILE_LIMIT} bytes.");
    let fields = vec![FieldError::body("/file", "too_large", detail.clone())];
    Error { fields, ..Error::new(Code::PayloadTooLarge, detail) }
}

fn unknown_word(name: &str) -> Error {
    let detail = "It is not known here.";
    let fields = vec![FieldError::body(format!("/{name}"), "unknown_field", detail)];
    let error = Error::new(Code::UnknownField, "Some fields do not fit; see errors.");
    Error { fields, ..error }
}

fn unreadable() -> Error {
    Error::invalid("", "invalid_value", "The form could not be read.")
}

impl Upload {
    /// What a word of the form means, and that there is no other.
    ///
    /// # Errors
    /// `unknown_field`, `invalid`.
    pub fn only<T: std::str::FromStr<Err = String>>(&self, name: &str) -> Result<T> {
        if let Some(other) = self.words.keys().find(|known| *known != name) {
            return Err(unknown_word(other));
        }
        self.word(name)
    }

    /// What a word of the form means.
    ///
    /// # Errors
    /// `invalid`.
    pub fn word<T: std::str::FromStr<Err = String>>(&self, name: &str) -> Result<T> {
        let pointer = || format!("/{name}");
        let word = self.words.get(name);
        let word = word.ok_or_else(|| Error::invalid(pointer(), "required", "Fill this in."))?;
        word.parse().map_err(|why: String| Error::invalid(pointer(), "invalid_value", why))
    }
}
