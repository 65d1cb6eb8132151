//! The link that writes a scorecard: the same page as after signing in, for one card, in one browser.

use actix_web::{HttpRequest, HttpResponse};

use super::Link;
use crate::access::PresentedLink;
use crate::capabilities::CapabilityKind;
use crate::capabilities::commands::{bind, dead_link, require};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::InterviewId;
use crate::pages::form::{FieldList, Form};
use crate::pages::scorecards::{self, Desk, Door};
use crate::pages::sign_in::to_sign_in;

/// The card, or the sign-in for every browser but the one that the link is bound to.
pub(super) async fn show(link: &Link) -> Result<HttpResponse> {
    match find(link).await? {
        (id, true) => scorecards::open(&desk(link), id).await,
        (id, false) => Ok(to_sign_in(&scorecards::path_of(id))),
    }
}

/// Binds the link to this browser, and keeps what was typed.
pub(super) async fn submit(link: &Link, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let (id, is_here) = find(link).await?;
    if !is_here {
        return Ok(to_sign_in(&scorecards::path_of(id)));
    }
    link.guest.check(req, &Form::read(FieldList::of([]), req, body)?)?;
    let (hash, browser_hash) = (link.hash.clone(), link.guest.hash());
    let take = move |tx: &mut Tx<'_>| {
        let now = tx.now();
        let found = require(tx.conn, &hash, CapabilityKind::Scorecard, now)?;
        bind(tx, &found, &browser_hash)
    };
    link.ctx.db().write(link.ctx.unit(), take).await?;
    scorecards::keep(&desk(link), req, id, body).await
}

fn desk(link: &Link) -> Desk {
    let (token_hash, browser_hash) = (link.hash.clone(), link.guest.hash());
    let ctx = link.ctx.clone().acting_by(PresentedLink { token_hash, browser_hash });
    Desk { ctx, door: Door::Link(link.guest.clone()) }
}

/// Which interview's card it is, and whether the link works in this browser.
async fn find(link: &Link) -> Result<(InterviewId, bool)> {
    let (hash, browser_hash, now) = (link.hash.clone(), link.guest.hash(), link.ctx.now());
    let load = move |conn: &mut crate::db::Conn| {
        let found = require(conn, &hash, CapabilityKind::Scorecard, now)?;
        let interview = found.subject_id.ok_or_else(dead_link)?.typed();
        let is_here = found.browser_hash.is_none_or(|bound| bound == browser_hash);
        Ok((interview, is_here))
    };
    link.ctx.db().read(load).await
}
