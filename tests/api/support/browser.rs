//! A browser without script: it keeps cookies, sends forms with what stands in them, and holds every
//! page to what pages promise.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::http::header::SET_COOKIE;
use actix_web::test::TestRequest;

use evenbar::sessions::Purpose;

use super::app::beginning;
use super::{Person, Reply, TestApp};

/// A browser of one person.
#[derive(Clone)]
pub struct Browser {
    app: TestApp,
    /// What it holds, by name.
    pub cookies: BTreeMap<String, String>,
    /// The page that it shows.
    pub html: String,
}

impl Browser {
    /// One that was never here.
    pub fn new(app: &TestApp) -> Self {
        Self { app: app.clone(), cookies: BTreeMap::new(), html: String::new() }
    }

    /// The one of somebody who signed in.
    pub fn of(app: &TestApp, person: &Person) -> Self {
        let claims = app.state.tokens.check(&person.token, beginning()).unwrap();
        let secret = app.state.derived.secret(Purpose::Page, claims.session_id);
        let mut browser = Self::new(app);
        let cookie = format!("{}.{secret}", claims.session_id);
        browser.cookies.insert("__Host-evenbar".to_owned(), cookie);
        browser
    }

    /// A request with its cookies.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let request = TestRequest::with_uri(path).method(method);
        let held: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if held.is_empty() { request } else { request.insert_header(("Cookie", held.join("; "))) }
    }

    /// Sends a request, keeps the cookies that come back, and shows the page.
    pub async fn send(&mut self, request: TestRequest) -> Reply {
        let reply = self.app.send(request).await;
        for cookie in reply.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            for part in ["__Host-", "HttpOnly", "; Secure", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{part} is not in {cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        self.html = String::from_utf8(reply.bytes.clone()).unwrap();
        if reply.header("content-type") == Some("text/html; charset=utf-8") {
            assert_is_page(&reply, &self.html);
        }
        reply
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends the form of the page that it shows, with its hidden fields.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut form: Vec<(String, String)> = Vec::new();
        for hidden in ["proof", "next", "base"] {
            if let Some(value) = self.hidden(hidden) {
                form.push((hidden.to_owned(), value));
            }
        }
        form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = self.request(Method::POST, path).set_form(form);
        self.send(request.insert_header(("Sec-Fetch-Site", "same-origin"))).await
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.html.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next().map(|value| value.replace("&#x2f;", "/"))
    }

    /// The cookie of its session.
    pub fn session(&self) -> Option<&String> {
        self.cookies.get("__Host-evenbar")
    }

    /// Signs in by the page.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        self.open("/sign-in").await;
        self.submit("/sign-in", &[("email", email), ("password", password)]).await
    }
}

/// What every page promises.
#[track_caller]
fn assert_is_page(reply: &Reply, html: &str) {
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    for handler in [" onload=", " onclick=", " onsubmit=", " onfocus=", "src="] {
        assert!(!html.contains(handler), "a page works without script and loads nothing");
    }
    let scripts = html.matches("<script").count();
    assert_eq!(scripts, usize::from(policy.contains("; script-src 'sha256-")), "{policy}");
    assert!(html.contains("<html lang=\"en\">") && html.contains("<h1>"), "{html}");
}
