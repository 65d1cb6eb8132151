//! What came back.

use actix_web::http::header::HeaderMap;
use serde_json::Value;

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it was sent.
    pub bytes: Vec<u8>,
    /// The body as JSON, null if it is none.
    pub json: Value,
}

impl Reply {
    /// Expects a status and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Value {
        let body = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{body}");
        &self.json
    }

    /// Expects 200.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        self.expect(200)
    }

    /// Expects 201.
    #[track_caller]
    pub fn created(&self) -> &Value {
        self.expect(201)
    }

    /// Expects a problem with this status and code, in the one shape that problems have.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["status"], status);
        assert_eq!(problem["instance"].as_str(), self.header("x-request-id"));
        problem
    }

    /// Expects a problem that names this field by its JSON Pointer.
    #[track_caller]
    pub fn field(&self, status: u16, pointer: &str) -> &Value {
        let problem = self.expect(status);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        assert!(
            errors.iter().any(|error| error["pointer"] == pointer),
            "no {pointer} in {problem}"
        );
        problem
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The `ETag`.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }

    /// The `id` of the body.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.json)).to_owned()
    }

    /// The rows of a page.
    #[track_caller]
    pub fn rows(&self) -> &Vec<Value> {
        self.ok()["data"].as_array().expect("a page")
    }
}
