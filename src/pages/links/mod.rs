//! `/l/{secret}`: the page behind a link that acts.
//!
//! Opening it changes nothing, because programs that look into mails and chats follow links; its form
//! does. Whatever is wrong with a link, the page is the same and says 404: 410 would tell that there
//! was one. A scorecard's link takes many posts, from one browser; a candidate's from any.

mod invitation;
mod reset;
mod scorecard;
mod setup;
mod times;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::safety::Guest;
use super::{answer, render};
use crate::capabilities::store::find_live;
use crate::capabilities::{self, CapabilityKind};
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Open};
use crate::sessions::secret_hash;

/// Registers the page.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit);
    scorecard::routes(cfg);
}

/// A link that somebody opened, or whose form they sent.
struct Link {
    ctx: Ctx,
    hash: Vec<u8>,
    guest: Guest,
    /// Where its page is.
    path: String,
}

impl Link {
    fn of(ctx: Ctx, req: &HttpRequest, secret: &str) -> Result<Self> {
        let guest = Guest::of(req)?;
        Ok(Self { ctx, hash: secret_hash(secret), guest, path: format!("/l/{secret}") })
    }

    async fn kind(&self) -> Result<CapabilityKind> {
        let (hash, now) = (self.hash.clone(), self.ctx.now());
        let found = self.ctx.db().read(move |conn| Ok(find_live(conn, &hash, now)?)).await?;
        found.map(|link| link.kind).ok_or_else(capabilities::commands::dead_link)
    }
}

/// What the link is for, and the form that does it.
#[get("/l/{secret}")]
async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    secret: web::Path<String>,
) -> Result<HttpResponse> {
    let link = Link::of(ctx, &req, &secret)?;
    let shown = match link.kind().await {
        Ok(CapabilityKind::Invitation) => invitation::show(&link, &req).await,
        Ok(CapabilityKind::PasswordReset) => reset::show(&link).await,
        Ok(CapabilityKind::Scheduling) => times::show(&link, &req).await,
        Ok(CapabilityKind::Scorecard) => scorecard::show(&link).await,
        Ok(CapabilityKind::Setup) => setup::show(&link, &req).await,
        Ok(CapabilityKind::Calendar) => Err(capabilities::commands::dead_link()),
        Err(error) => Err(error),
    };
    settle(&link, shown)
}

/// Does what the link is for, or shows the form again with what does not fit.
#[post("/l/{secret}")]
async fn submit(
    Open(ctx): Open,
    req: HttpRequest,
    secret: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse> {
    let link = Link::of(ctx, &req, &secret)?;
    let done = match link.kind().await {
        Ok(CapabilityKind::Invitation) => invitation::submit(&link, &req, &body).await,
        Ok(CapabilityKind::PasswordReset) => reset::submit(&link, &req, &body).await,
        Ok(CapabilityKind::Scheduling) => times::submit(&link, &req, &body, &secret).await,
        Ok(CapabilityKind::Scorecard) => scorecard::submit(&link, &req, &body).await,
        Ok(CapabilityKind::Setup) => setup::submit(&link, &req, &body, &secret).await,
        Ok(CapabilityKind::Calendar) => Err(capabilities::commands::dead_link()),
        Err(error) => Err(error),
    };
    settle(&link, done)
}

#[derive(Serialize)]
struct Nothing {}

/// The page of a link that does not work, in place of the reason.
fn settle(link: &Link, outcome: Result<HttpResponse>) -> Result<HttpResponse> {
    let dead = |error: &Error| {
        matches!(error.code, Code::NotFound | Code::SetUpAlready | Code::Unauthenticated)
    };
    match outcome {
        Err(error) if dead(&error) => {
            let mut page = render(StatusCode::NOT_FOUND, "link_dead.html", &Nothing {})?;
            link.guest.keep(&mut page);
            Ok(page.finish())
        }
        outcome => answer(outcome),
    }
}
