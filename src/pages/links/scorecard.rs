//! The link that writes a scorecard: the same page as after signing in, for one card, in one browser.

use actix_web::{HttpRequest, HttpResponse};

use super::Link;
use crate::access::{Credential, PresentedLink, authenticate};
use crate::capabilities::CapabilityKind;
use crate::capabilities::commands::{bind, dead_link, require};
use crate::db::Tx;
use crate::error::{Code, Result};
use crate::ids::InterviewId;
use crate::pages::form::{FieldList, Form};
use crate::pages::scorecards::{self, Desk, Door};
use crate::pages::sign_in::to_sign_in;

/// The card, or the sign-in for every browser in which the link does not work.
pub(super) async fn show(link: &Link) -> Result<HttpResponse> {
    let id = find(link).await?;
    here_or_sign_in(id, scorecards::open(&desk(link), id).await)
}

/// Binds the link to this browser, and keeps what was typed.
pub(super) async fn submit(link: &Link, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let id = find(link).await?;
    here_or_sign_in(id, keep(link, req, id, body).await)
}

async fn keep(
    link: &Link,
    req: &HttpRequest,
    id: InterviewId,
    body: &[u8],
) -> Result<HttpResponse> {
    let (presented, hash) = (presented(link), link.hash.clone());
    let take = move |tx: &mut Tx<'_>| {
        let now = tx.now();
        authenticate(tx.conn, &Credential::CardLink(presented.clone()), now)?;
        let found = require(tx.conn, &hash, CapabilityKind::Scorecard, now)?;
        bind(tx, &found, &presented.browser_hash)
    };
    desk(link).ctx.read(|_, _| Ok(())).await?;
    link.guest.check(req, &Form::read(FieldList::of([]), req, body)?)?;
    link.ctx.db().write(link.ctx.unit(), take).await?;
    scorecards::keep(&desk(link), req, id, body).await
}

fn here_or_sign_in(id: InterviewId, outcome: Result<HttpResponse>) -> Result<HttpResponse> {
    match outcome {
        Err(error) if error.code == Code::Unauthenticated => {
            Ok(to_sign_in(&scorecards::path_of(id)))
        }
        outcome => outcome,
    }
}

fn presented(link: &Link) -> PresentedLink {
    PresentedLink { token_hash: link.hash.clone(), browser_hash: link.guest.hash() }
}

fn desk(link: &Link) -> Desk {
    let ctx = link.ctx.clone().acting_by(presented(link));
    Desk { ctx, door: Door::Link(link.guest.clone()) }
}

/// Which interview's card it is.
async fn find(link: &Link) -> Result<InterviewId> {
    let (hash, now) = (link.hash.clone(), link.ctx.now());
    let load = move |conn: &mut crate::db::Conn| {
        let found = require(conn, &hash, CapabilityKind::Scorecard, now)?;
        Ok(found.subject_id.ok_or_else(dead_link)?.typed())
    };
    link.ctx.db().read(load).await
}
