//! The page that a demo begins with, and signing in as one of its people by one click.

use std::collections::HashMap;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HOST};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};
use serde::{Deserialize, Serialize};

use super::store;
use crate::access::Claims;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::{Mode, Open};
use crate::ids::UserId;
use crate::mail::transport::StoredMail;
use crate::pages;
use crate::sessions::{self, SignInMethod, new_secret, secret_hash};

/// How many mails the page shows.
const MAILS: usize = 20;
/// Styles and forms of the page itself; no script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = include_str!("pages/style.css");
const LAYOUT: &str = include_str!("pages/layout.html");
const FRONT: &str = include_str!("pages/front.html");
const SIGNED_IN: &str = include_str!("pages/signed_in.html");

#[derive(Debug, Serialize)]
struct Persona {
    id: UserId,
    name: String,
    email: String,
    role: &'static str,
    time_zone: String,
    owes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Job {
    title: String,
    state: String,
    location: Option<String>,
    applications: Vec<Application>,
}

#[derive(Debug, Serialize)]
struct Application {
    candidate: String,
    stage: String,
    status: String,
    progress: Option<String>,
}

#[derive(Debug, Serialize)]
struct Letter {
    to: String,
    subject: String,
    text: String,
    sent_at: String,
}

impl From<StoredMail> for Letter {
    fn from(mail: StoredMail) -> Self {
        let sent_at = mail.sent_at.format("%Y-%m-%d %H:%M UTC").to_string();
        Self { to: mail.to.name, subject: mail.subject, text: mail.text, sent_at }
    }
}

/// Where somebody who opens the address in a browser lands.
#[get("/")]
pub(super) async fn front(req: HttpRequest, Open(ctx): Open) -> Result<HttpResponse> {
    if ctx.state().mode != Mode::Demo {
        return Ok(pages::front());
    }
    require_this_machine(&req)?;
    let (personas, jobs) = ctx.db().read(|conn| Ok((personas(conn)?, jobs(conn)?))).await?;
    let mailer = ctx.state().mailer.clone();
    let mails = web::block(move || mailer.read_folder(MAILS)).await.map_err(Error::internal)?;
    let mails: Vec<Letter> =
        mails.map_err(Error::internal)?.into_iter().map(Letter::from).collect();
    let (personas, jobs, mails) = (Serde(personas), Serde(jobs), Serde(mails));
    page("Evenbar demo", FRONT, context! { personas, jobs, mails })
}

/// As whom to sign in.
#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    user_id: String,
}

/// Signs in as one of the demo's people and shows the access token.
#[post("/demo/sign-in")]
pub(super) async fn sign_in(
    req: HttpRequest,
    Open(ctx): Open,
    form: web::Form<SignIn>,
) -> Result<HttpResponse> {
    if ctx.state().mode != Mode::Demo {
        return Err(Error::not_found());
    }
    require_this_machine(&req)?;
    let user_id: UserId = form.user_id.parse().map_err(|_| Error::not_found())?;
    let person =
        ctx.db().read(move |conn| store::person(conn, user_id)?.ok_or_else(Error::not_found));
    let person = person.await?;
    let hash = secret_hash(&new_secret()?);
    let device = ctx.device(SignInMethod::Demo);
    let start = move |tx: &mut Tx<'_>| sessions::commands::start(tx, user_id, &hash, &device);
    let session_id = ctx.db().write(ctx.unit(), start).await?;
    let (token, expires_at) =
        ctx.state().tokens.issue(Claims { user_id, session_id }, ctx.now())?;
    let minutes = (expires_at - ctx.now()).num_minutes();
    let (name, url) = (person.name, ctx.state().public_url.clone());
    let is_owner = person.role == crate::access::OrgRole::Owner;
    page("Signed in", SIGNED_IN, context! { name, url, token, minutes, is_owner })
}

/// A name that somebody else points at the loopback must not read a token out of the page.
fn require_this_machine(req: &HttpRequest) -> Result<()> {
    let host = req.headers().get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
        .map_or(host, |(name, _)| name);
    let here =
        host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if here || host == "localhost" { Ok(()) } else { Err(Error::not_found()) }
}

fn personas(conn: &mut Conn) -> Result<Vec<Persona>> {
    let mut duties = store::duties(conn)?;
    let people = store::people(conn)?;
    Ok(people
        .into_iter()
        .map(|row| Persona {
            id: row.id,
            name: row.name,
            email: row.email,
            role: row.role.as_str(),
            time_zone: row.time_zone,
            owes: duties.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

fn jobs(conn: &mut Conn) -> Result<Vec<Job>> {
    let mut progress = store::progress(conn)?;
    let mut applications: HashMap<_, Vec<Application>> = HashMap::new();
    for row in store::applications(conn)? {
        let progress = progress.remove(&row.id);
        let application = Application {
            candidate: row.candidate,
            stage: row.stage,
            status: row.status,
            progress,
        };
        applications.entry(row.job_id).or_default().push(application);
    }
    let jobs = store::jobs(conn)?;
    Ok(jobs
        .into_iter()
        .map(|row| Job {
            title: row.title,
            state: row.state,
            location: row.location,
            applications: applications.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// A whole page: the content in the frame that all pages share.
fn page(title: &str, content: &str, facts: minijinja::Value) -> Result<HttpResponse> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let content = environment.render_str(content, facts).map_err(Error::internal)?;
    let safe = |text: &str| minijinja::Value::from_safe_string(text.to_owned());
    let facts = context! { title, content => safe(&content), style => safe(STYLE) };
    let body = environment.render_str(LAYOUT, facts).map_err(Error::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .content_type("text/html; charset=utf-8")
        .body(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn every_page_renders_and_escapes_what_people_are_called() {
        let person = context! { id => "user_x", name => "<b>Ada</b>", role => "owner", email => "a@b.example",
        time_zone => "Europe/Lisbon", owes => vec!["the decision"] };
        let application = context! { candidate => "<i>Ida", stage => "Offer", status => "active" };
        let job = context! { title => "Pilot", state => "open", applications => vec![application] };
        let mail =
            context! { to => "Ada", subject => "A & B", text => "hello", sent_at => "today" };
        let facts = context! { personas => vec![person], jobs => vec![job], mails => vec![mail],
        name => "Ada", url => "http://localhost", token => "t", minutes => 10, is_owner => true };
        for content in [FRONT, SIGNED_IN] {
            let response = page("Title", content, facts.clone()).unwrap();
            let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert!(text.contains("</main>") && text.contains("--paper"), "{text}");
            assert!(!text.contains("<b>Ada") && !text.contains("<i>Ida"), "{text}");
        }
    }
}
