//! `/desk`: for whom my applications wait.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;

use super::board::{for_days, path_of as board_path, waits, whom_of};
use super::sign_in::to_sign_in;
use super::visitor::Visitor;
use super::{answer, render};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::desk::Section;
use crate::desk::seen::{self, Item};
use crate::error::Result;
use crate::http::Open;

/// Where the desk is.
pub(crate) const DESK: &str = "/desk";

/// How many lines of a section are shown.
const SHOWN_MAX: usize = 20;

/// Registers the page.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(show);
}

#[derive(Serialize)]
struct Desk {
    is_complete: bool,
    /// Those that hold something.
    sections: Vec<PageSection>,
}

#[derive(Serialize)]
struct PageSection {
    id: &'static str,
    heading: &'static str,
    count: usize,
    lines: Vec<Line>,
    /// How many are not shown.
    hidden: usize,
}

#[derive(Serialize)]
struct Line {
    candidate_name: String,
    job_title: String,
    stage_name: String,
    /// For how long it stands in its stage.
    age: String,
    waits: String,
    late: usize,
    board: String,
}

/// For whom my applications wait.
#[get("/desk")]
async fn show(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    let visitor = match Visitor::of(ctx, &req).await {
        Ok(Ok(visitor)) => visitor,
        Ok(Err(_)) => return Ok(to_sign_in(DESK)),
        Err(error) => return answer(Err(error)),
    };
    answer(page(&visitor).await)
}

async fn page(visitor: &Visitor) -> Result<HttpResponse> {
    let now = visitor.ctx.now();
    let load = move |conn: &mut Conn, actor: &Actor| Ok(seen::desk(conn, actor, now)?);
    let mut desk = visitor.ctx.read(load).await?;
    let sections = Section::ALL.iter().filter_map(|section| {
        let items = desk.sections.remove(section)?;
        Some(of_section(*section, items, now))
    });
    let shown = Desk { sections: sections.collect(), is_complete: desk.is_complete };
    Ok(render(StatusCode::OK, "desk.html", &shown)?.finish())
}

fn of_section(section: Section, items: Vec<Item>, now: Instant) -> PageSection {
    let heading = match section {
        Section::New => "New",
        Section::ForMe => "Waiting for you",
        Section::ForRecruiters => "Waiting for other recruiters",
        Section::ForInterviewers => "Waiting for interviewers",
        Section::ForDeciders => "Waiting for decisions and approvals",
        Section::ForCandidates => "Waiting for candidates",
    };
    let whom = (section == Section::ForMe).then_some("you");
    let line = |item: Item| Line {
        candidate_name: item.seen.candidate.1,
        board: board_path(item.seen.job.0),
        job_title: item.seen.job.1,
        stage_name: item.seen.stage.1,
        age: for_days(item.seen.stage_entered_at, now),
        waits: waits(whom.unwrap_or(whom_of(item.turn.mover)), item.turn.since, now),
        late: item.late.unwrap_or(0),
    };
    let count = items.len();
    PageSection {
        id: section.as_str(),
        heading,
        count,
        hidden: count.saturating_sub(SHOWN_MAX),
        lines: items.into_iter().take(SHOWN_MAX).map(line).collect(),
    }
}
