//! A small HTTP client for the provider. It blocks.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use ureq::tls::{Certificate, PemItem};
use url::{Host, Url};

use super::Fault;
use crate::outbound;

/// The longest answer.
const ANSWER_MAX: u64 = 1024 * 1024;

/// Asks the provider.
pub(super) struct Client(ureq::Agent);

/// How we say who we are at the token endpoint.
pub(super) enum Credentials<'s> {
    /// `client_secret_basic` (RFC 6749 §2.3.1): id and secret.
    Basic(&'s str, &'s SecretString),
    /// In the form itself, or not at all.
    InForm,
}

/// Whether what is sent there is read by nobody on the way: `https`, or this very machine.
pub fn is_safe_url(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

/// The certificates of a PEM file.
///
/// # Errors
/// A sentence, when there is none in it.
pub fn authorities(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in ureq::tls::parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| error.to_string())? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(found) }
}

impl Client {
    /// A client that trusts these authorities alone, or without any the well-known ones.
    pub(super) fn new(authorities: Vec<Certificate<'static>>) -> Self {
        Self(outbound::trusted(authorities))
    }

    /// GET, for JSON.
    pub(super) fn get(&self, url: &Url, bearer: Option<&str>) -> Result<Value, Fault> {
        let mut request = self.0.get(safe(url)?).header("Accept", "application/json");
        if let Some(token) = bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let (status, body) = read(request.call())?;
        if status != 200 {
            return Err(unexpected(status));
        }
        body
    }

    /// POST of a form, for JSON and the status that came with it.
    pub(super) fn post(
        &self,
        url: &Url,
        credentials: &Credentials<'_>,
        form: &[(&str, &str)],
    ) -> Result<(u16, Value), Fault> {
        let mut request = self.0.post(safe(url)?).header("Accept", "application/json");
        if let Credentials::Basic(id, secret) = credentials {
            request = request.header("Authorization", basic(id, secret.expose_secret()));
        }
        let (status, body) = read(request.send_form(form.iter().copied()))?;
        if status >= 500 || status == 429 {
            return Err(unexpected(status));
        }
        Ok((status, body?))
    }
}

fn safe(url: &Url) -> Result<&str, Fault> {
    if is_safe_url(url) { Ok(url.as_str()) } else { Err(Fault::Wrong("an address without TLS")) }
}

/// RFC 6749 §2.3.1: both are form-encoded before they are joined.
fn basic(id: &str, secret: &str) -> String {
    use base64::Engine;
    let encoded =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encoded(id), encoded(secret));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

type Response = ureq::http::Response<ureq::Body>;

/// The status, and the body as JSON.
fn read(response: Result<Response, ureq::Error>) -> Result<(u16, Result<Value, Fault>), Fault> {
    // What the client says names addresses of the provider, never of people.
    let mut response = response.map_err(|error| Fault::Away(error.to_string()))?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(ANSWER_MAX).read_to_vec();
    let body = body.map_err(|error| Fault::Away(error.to_string()))?;
    let json = serde_json::from_slice(&body).map_err(|_words| Fault::Wrong("no JSON"));
    Ok((status, json))
}

fn unexpected(status: u16) -> Fault {
    Fault::Away(format!("it answered {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_in_the_clear_but_on_this_machine() {
        let safe = |text: &str| is_safe_url(&Url::parse(text).unwrap());
        for url in
            ["https://id.example.com", "http://127.0.0.1:9", "http://[::1]:9", "http://localhost"]
        {
            assert!(safe(url), "{url}");
        }
        for url in ["http://id.example.com", "http://127.0.0.1.example.com", "ftp://localhost"] {
            assert!(!safe(url), "{url}");
        }
    }

    #[test]
    fn an_id_and_a_secret_may_hold_any_character() {
        // `a:b` and `c d` form-encoded, joined and in base64.
        assert_eq!(basic("a:b", "c d"), "Basic YSUzQWI6Yytk");
    }
}
