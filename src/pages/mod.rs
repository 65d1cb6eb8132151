//! Server-rendered pages that work without script.
//!
//! A page loads nothing: its one style sheet stands in it and is allowed by its hash, so that no
//! other style and no script runs whatever a value contains. The page of a scorecard has a script as
//! well, allowed in the same way, and does without. Values are escaped by the templates.
//!
//! Owns no table. A page does what an operation of the API does, through the same commands. A browser
//! is known by a cookie ([`visitor`]), which opens pages alone and never the API, so that the API
//! needs no defence against forged forms; every form here has one ([`safety`]).
//!
//! To add a page: a file with its handlers and `routes`, and a template below `templates/`, both named
//! here, and a visit of it in `.ci/pages.mjs`, which looks at every page as people will.

mod account;
mod board;
mod debriefs;
mod desk;
mod form;
mod links;
mod lost_password;
mod oidc;
mod queue;
mod safety;
mod scorecards;
mod sign_in;
mod unsubscribe;
mod visitor;

pub(crate) use account::ACCOUNT;
pub(crate) use board::path_of as board_path;
pub(crate) use debriefs::path_of as debrief_path;
pub(crate) use desk::DESK;
pub(crate) use queue::QUEUE;
pub(crate) use scorecards::path_of as scorecard_path;
pub(crate) use unsubscribe::path as unsubscribe_path;

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::digest::sha256;
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Paged};
use crate::organization::settings;

const STYLE: &str = include_str!("templates/style.css");
/// Keeps what is typed at every pause, and answers to keys; see `scorecard.js`.
const SCRIPT: &str = include_str!("templates/scorecard.js");

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("templates/", $name)))),+]
    };
}

/// What the pages are made of.
const TEMPLATES: &[(&str, &str)] = templates![
    "account.html",
    "account_password.html",
    "board.html",
    "debrief.html",
    "debrief_agree.html",
    "debrief_drive.html",
    "debrief_light.html",
    "debrief_round.html",
    "debrief_decide.html",
    "desk.html",
    "forms.html",
    "invitation.html",
    "layout.html",
    "link_dead.html",
    "lost_password.html",
    "lost_password_sent.html",
    "queue.html",
    "reset.html",
    "reset_done.html",
    "scorecard.html",
    "setup.html",
    "setup_done.html",
    "sign_in.html",
    "times.html",
    "trouble.html",
    "unsubscribe.html",
];

/// Parsed once; that every template parses is proven by the tests that render each of them.
static ENVIRONMENT: LazyLock<std::result::Result<Environment<'static>, minijinja::Error>> =
    LazyLock::new(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
        environment.set_syntax(syntax);
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

/// The same with our script, which may ask nobody but this service.
static SCRIPTED_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(sha256(SCRIPT.as_bytes()));
    format!("{}; script-src 'sha256-{hash}'; connect-src 'self'", POLICY.as_str())
});

/// The newest rows are shown; whoever has more sees the rest over the API.
struct Newest;

impl Paged for Newest {
    fn limit(&self) -> Option<i64> {
        Some(50)
    }
    fn cursor(&self) -> Option<&str> {
        None
    }
}

/// Registers the pages.
pub fn routes(cfg: &mut web::ServiceConfig) {
    account::routes(cfg);
    board::routes(cfg);
    debriefs::routes(cfg);
    desk::routes(cfg);
    links::routes(cfg);
    lost_password::routes(cfg);
    oidc::routes(cfg);
    queue::routes(cfg);
    scorecards::routes(cfg);
    sign_in::routes(cfg);
    unsubscribe::routes(cfg);
}

/// A page that was rendered; cookies may be added before it goes out.
struct Rendered(HttpResponseBuilder, String);

impl Rendered {
    fn finish(mut self) -> HttpResponse {
        self.0.body(self.1)
    }
}

/// Renders a page.
///
/// # Errors
/// `internal` when the template is broken or lacks a value.
fn render(status: StatusCode, template: &str, values: &impl Serialize) -> Result<Rendered> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| Error::internal(error.to_string()))?;
    let style = Value::from_safe_string(STYLE.to_owned());
    let script = Value::from_safe_string(SCRIPT.to_owned());
    let values = context! { style, script, ..Value::from(Serde(values)) };
    let template = environment.get_template(template).map_err(Error::internal)?;
    let html = template.render(values).map_err(Error::internal)?;
    let mut response = HttpResponse::build(status);
    response.content_type("text/html; charset=utf-8");
    response.insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()));
    Ok(Rendered(response, html))
}

/// Where somebody who opens the address in a browser goes: their queue, by way of the sign-in if
/// they have not signed in.
pub(crate) fn front() -> HttpResponse {
    see_other(queue::QUEUE).finish()
}

/// Sends the browser to a page of ours, by GET.
fn see_other(path: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, path));
    response
}

#[derive(Serialize)]
struct Trouble {
    title: &'static str,
    advice: &'static str,
}

/// A page in place of a failure that somebody at a browser can do something about; what failed
/// inside stays a problem, with the id of the request.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure stays a problem")]
fn answer(outcome: Result<HttpResponse>) -> Result<HttpResponse> {
    let error = match outcome {
        Ok(response) => return Ok(response),
        Err(error) => error,
    };
    let (title, advice) = match error.code {
        Code::Forbidden => (
            "This form was not taken",
            "It was open for too long, came from another site, or your browser keeps no cookies, as \
             browsers do where an address begins with http:// instead of https://. Nothing was \
             changed. Go back, load the page again, and send it once more.",
        ),
        Code::TooManyRequests => {
            ("Too many tries", "Nothing was changed. Wait a little, and try again.")
        }
        Code::DatabaseUnavailable => (
            "Evenbar cannot work at the moment",
            "Its database is away. Nothing was changed. Try again in a minute.",
        ),
        Code::NotFound => ("There is nothing here", "The address is wrong, or it has moved."),
        _ => return Err(error),
    };
    let status = crate::http::problem::entry(error.code).0;
    let mut page = render(status, "trouble.html", &Trouble { title, advice })?;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        page.0.insert_header((RETRY_AFTER, "60"));
    }
    Ok(page.finish())
}

/// What the organization is called, for the pages that people see before they sign in.
async fn organization_name(ctx: &Ctx) -> Result<String> {
    let organization = ctx.db().read(|conn| Ok(settings::store::organization(conn)?)).await?;
    Ok(organization.map_or_else(|| "Evenbar".to_owned(), |organization| organization.name))
}
