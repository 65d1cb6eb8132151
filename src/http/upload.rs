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
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;

use super::body::{Fingerprint, fingerprint};
use crate::digest::sha256;
use crate::error::{Code, Error, FieldError, Result};

/// The longest file, in bytes.
pub const FILE_LIMIT: usize = 10 * 1024 * 1024;
/// The longest of the words beside it, in bytes.
const WORD_LIMIT: usize = 1024;
/// How many words there may be.
const WORDS_MAX: usize = 4;
/// What a form takes beside the file: words, names and lines between the parts.
const FRAME_LIMIT: usize = 16 * 1024;

/// The part that is the file.
const FILE: &str = "file";

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

async fn read(req: &HttpRequest, payload: Payload) -> Result<Upload> {
    let header = |name| req.headers().get(name).and_then(|value| value.to_str().ok());
    let media_type = header(CONTENT_TYPE).and_then(|given| given.split(';').next()).unwrap_or("");
    if !media_type.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err(Error::new(Code::UnsupportedMediaType, "Send multipart/form-data."));
    }
    let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > FILE_LIMIT + FRAME_LIMIT) {
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
        if !known || words.len() == WORDS_MAX {
            return Err(unreadable());
        }
        let bytes = bytes_of(&mut part, WORD_LIMIT).await?.ok_or_else(|| {
            Error::invalid(format!("/{name}"), "too_long", format!("At most {WORD_LIMIT} bytes."))
        })?;
        words.insert(name, String::from_utf8(bytes).map_err(|_other| unreadable())?);
    }
    let missing = || Error::invalid("/file", "required", "Send a file.");
    let file = Arc::new(file.ok_or_else(missing)?);
    let fingerprint = fingerprint(req, &whole(&file, &words));
    Ok(Upload { file, words, fingerprint })
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
            let detail = "It is not known here.";
            let fields = vec![FieldError::body(format!("/{other}"), "unknown_field", detail)];
            let error = Error::new(Code::UnknownField, "Some fields do not fit; see errors.");
            return Err(Error { fields, ..error });
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
