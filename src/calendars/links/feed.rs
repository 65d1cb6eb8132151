//! `/calendar/{secret}.ics`: the calendar behind a link.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::seen::{self, Held};
use crate::calendars::entry::{self, ForPanel};
use crate::calendars::ics;
use crate::capabilities::{self, CapabilityKind};
use crate::clock::Instant;
use crate::db::Conn;
use crate::digest::{hex, sha256};
use crate::error::Result;
use crate::http::{Open, etag};
use crate::sessions::secret_hash;
use crate::users;

/// What the calendar is called where people follow it.
const NAME: &str = "Interviews (Evenbar)";

/// The interviews of whoever the link belongs to.
#[get("/calendar/{secret}.ics")]
pub(super) async fn show(
    Open(ctx): Open,
    req: HttpRequest,
    secret: web::Path<String>,
) -> Result<HttpResponse> {
    let (hash, now) = (secret_hash(&secret), ctx.now());
    let root = ctx.state().public_url.clone();
    let text = ctx.read_open(move |conn| write(conn, &hash, &root, now)).await?;
    let digest = sha256(text.as_bytes());
    let (short, _) = digest.split_at(16);
    let tag = format!("\"{}\"", hex(short));
    let known = req.headers().get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| etag::names(tags, &tag));
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, "private, no-cache"));
    if is_known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type("text/calendar; charset=utf-8").body(text))
}

/// The calendar as a file.
///
/// # Errors
/// The same for everything that is wrong with the link or with whom it belongs to.
fn write(conn: &mut Conn, hash: &[u8], root: &str, now: Instant) -> Result<String> {
    let link = capabilities::commands::require(conn, hash, CapabilityKind::Calendar, now)?;
    let user = match link.user_id {
        Some(id) => users::store::find_active(conn, id)?,
        None => None,
    };
    let user = user.ok_or_else(capabilities::commands::dead_link)?;
    let held = seen::around(conn, &user, now)?;
    let entry = |Held { interview, candidate_name, job_title, kit_name }: Held| {
        let link = format!("{root}{}", crate::pages::scorecard_path(interview.id));
        let says = ForPanel {
            candidate_name: &candidate_name,
            job_title: &job_title,
            kit_name: &kit_name,
            link: &link,
        };
        // The same file for as long as nothing changes.
        entry::for_panel(&interview, says, interview.updated_at)
    };
    let entries: Vec<_> = held.into_iter().filter_map(entry).collect();
    Ok(ics::feed(NAME, &entries))
}
