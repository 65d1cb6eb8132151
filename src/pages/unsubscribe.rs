//! `/unsubscribe/{what}/{person}/{secret}`: does without some mails, by the link that stands in each of them.
//!
//! Opening it changes nothing, because programs that look into mails follow links; its form does. So does
//! the one post that mail programs make by themselves (RFC 8058), which brings no cookie and no proof: the
//! secret is made of the person and of what they do without, it opens nothing else, and it works for as long
//! as the mails that hold it are kept.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use serde::Serialize;

use super::{answer, render};
use crate::error::Result;
use crate::http::{Ctx, Open};
use crate::ids::UserId;
use crate::notifications::preferences::Unwanted;
use crate::notifications::preferences::commands::do_without;
use crate::sessions::{DerivedSecrets, Purpose};
use crate::users;

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show).service(submit);
}

/// The path of the page by which a person does without something.
pub(crate) fn path(derived: &DerivedSecrets, user: UserId, what: Unwanted) -> String {
    let subject = format!("{what}/{user}");
    let secret = derived.tag(Purpose::Unsubscribe, &subject);
    format!("/unsubscribe/{subject}/{secret}")
}

#[derive(Serialize)]
struct Page {
    path: String,
    is_digest: bool,
    done: bool,
}

/// What the link is for.
#[get("/unsubscribe/{what}/{person}/{secret}")]
async fn show(Open(ctx): Open, link: web::Path<(String, String, String)>) -> Result<HttpResponse> {
    answer(page(&ctx, &link, false).await)
}

/// Does without. A second time changes nothing.
#[post("/unsubscribe/{what}/{person}/{secret}")]
async fn submit(
    Open(ctx): Open,
    link: web::Path<(String, String, String)>,
) -> Result<HttpResponse> {
    answer(page(&ctx, &link, true).await)
}

async fn page(
    ctx: &Ctx,
    (what, person, secret): &(String, String, String),
    acts: bool,
) -> Result<HttpResponse> {
    let named: Option<Unwanted> = what.parse().ok();
    let person: Option<UserId> = person.parse().ok();
    let held = |(what, user): &(Unwanted, UserId)| {
        let subject = format!("{what}/{user}");
        ctx.state().derived.holds(Purpose::Unsubscribe, &subject, secret)
    };
    let Some((what, user)) = named.zip(person).filter(held) else {
        #[derive(Serialize)]
        struct Nothing {}
        return Ok(render(StatusCode::NOT_FOUND, "link_dead.html", &Nothing {})?.finish());
    };
    if acts {
        ctx.db()
            .write(ctx.unit(), move |tx| match users::store::find_active(tx.conn, user)? {
                Some(_) => do_without(tx, user, what),
                None => Ok(()),
            })
            .await?;
    }
    let path = path(&ctx.state().derived, user, what);
    let shown = Page { path, is_digest: what == Unwanted::Digest, done: acts };
    Ok(render(StatusCode::OK, "unsubscribe.html", &shown)?.finish())
}
