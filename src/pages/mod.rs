//! Server-rendered pages that work without script.
//!
//! A page loads nothing: its one style sheet stands in it and is allowed by its hash, so that no
//! other style and no script runs whatever a value contains. Values are escaped by the templates.

pub mod setup;

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::digest::sha256;
use crate::error::{Error, Result};

const STYLE: &str = include_str!("templates/style.css");

/// What the pages are made of.
const TEMPLATES: [(&str, &str); 4] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("setup_form.html", include_str!("templates/setup_form.html")),
    ("setup_done.html", include_str!("templates/setup_done.html")),
    ("setup_refused.html", include_str!("templates/setup_refused.html")),
];

/// Parsed once; that every template parses is proven by the tests that render each of them.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> =
    LazyLock::new(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(environment)
    });

/// Nothing but the style sheet, and forms that post back here.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(sha256(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

/// Registers the pages.
pub fn routes(cfg: &mut web::ServiceConfig) {
    setup::routes(cfg);
}

/// Renders a page.
///
/// # Errors
/// `internal` when the template is broken or lacks a value.
fn page(status: StatusCode, template: &str, values: &impl Serialize) -> Result<HttpResponse> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| Error::internal(error.to_string()))?;
    let values = context! { style => Value::from_safe_string(STYLE.to_owned()), ..Value::from(Serde(values)) };
    let template = environment.get_template(template).map_err(Error::internal)?;
    let html = template.render(values).map_err(Error::internal)?;
    let mut response = HttpResponse::build(status);
    response.content_type("text/html; charset=utf-8");
    response.insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    Ok(response.body(html))
}
