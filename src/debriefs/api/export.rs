//! The memo of a decision as a document, over the API.

use actix_web::http::header::{ACCEPT, ETAG, VARY};
use actix_web::{HttpRequest, HttpResponse, get};

use super::{Debrief, load, note};
use crate::debriefs::export::{Point, Sheet};
use crate::debriefs::memo::MemoPoint;
use crate::debriefs::model::newest_of_each;
use crate::debriefs::named::Named;
use crate::debriefs::words;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::http::{Ctx, PathId, etag_of};
use crate::ids::{AttributeId, DebriefId, ScorecardId, kinds};
use crate::pages::debrief_path;
use crate::scorecards::Recommendation;

/// Export the memo
///
/// The memo of a decision that stands, as a document: Markdown, or HTML for who accepts `text/html` rather
/// than `text/markdown`. Everything that it names is called by its name, every point leads to the card and
/// the attribute that it rests on, and those who recommended otherwise stand in it by themselves. Before
/// that there is none, and none for whoever may not read the cards that it quotes.
#[utoipa::path(
    operation_id = "exportMemo", tag = "debriefs",
    params(
        ("id" = DebriefId, Path, description = "Of which debrief."),
    ),
    responses((
        status = 200, description = "The memo.",
        content((String = "text/markdown"), (String = "text/html")),
    )),
)]
#[get("/debriefs/{id}/memo")]
pub async fn export_memo(
    ctx: Ctx,
    req: HttpRequest,
    PathId(id): PathId<kinds::Debrief>,
) -> Result<HttpResponse> {
    document(&ctx, &req, id).await
}

/// The memo as whoever asks accepts it.
///
/// # Errors
/// `not_found` before the decision stands, and for whoever may not read the cards.
pub(crate) async fn document(ctx: &Ctx, req: &HttpRequest, id: DebriefId) -> Result<HttpResponse> {
    let root = ctx.state().public_url.clone();
    let (sheet, version, unnoted) = ctx
        .read(move |conn, actor| {
            let loaded = load(conn, actor, id)?;
            let debrief = &loaded.shown.value;
            let named = Named::load(conn, debrief)?;
            let sheet = sheet(debrief, &named, &root).ok_or_else(Error::not_found)?;
            Ok((sheet, loaded.shown.version, loaded.unnoted))
        })
        .await?;
    note(ctx, unnoted).await?;
    let accept = req.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (kind, body) = if prefers_html(accept) {
        ("text/html; charset=utf-8", sheet.html())
    } else {
        ("text/markdown; charset=utf-8", sheet.markdown())
    };
    let etag = etag_of(version, &sha256(body.as_bytes()));
    let mut response =
        if ctx.knows(&etag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((VARY, "Accept")).insert_header((ETAG, etag.clone()));
    if ctx.knows(&etag) {
        return Ok(response.finish());
    }
    Ok(response.content_type(kind).body(body))
}

/// Whether somebody who accepts this wants HTML: they name it, and do not name Markdown as readily.
fn prefers_html(accept: &str) -> bool {
    let quality = |wanted: &str| {
        let named = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let is_it = parts.next()?.eq_ignore_ascii_case(wanted);
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            let quality = quality.map_or(Some(1.0), |quality| quality.parse::<f32>().ok());
            quality.filter(|_| is_it)
        });
        named.fold(0.0, f32::max)
    };
    quality("text/html") > quality("text/markdown")
}

/// The memo of a debrief whose decision stands, for whoever reads it.
fn sheet(debrief: &Debrief, named: &Named, root: &str) -> Option<Sheet> {
    let decision = debrief.decision.as_ref().filter(|_| debrief.decided_at.is_some())?;
    let memo = decision.memo.as_ref()?;
    let url = format!("{root}{}", debrief_path(debrief.id));
    let at = |place: String| format!("{url}#{place}");
    let card = |id: ScorecardId| {
        let mut cards = debrief.cards.iter().chain(&debrief.earlier_cards).flatten();
        let known = cards.find(|card| card.scorecard_id == id);
        let name = known.map_or("somebody", |card| named.person(card.author_id));
        let kit = known.map(|card| format!(" ({})", named.kit(card.interview_id)));
        (format!("The card of {name}{}", kit.unwrap_or_default()), at(id.to_string()))
    };
    let attribute = |id: AttributeId| {
        let known = debrief.attributes.iter().flatten().find(|one| one.attribute_id == id);
        known.map(|one| (one.name.clone(), at(id.to_string())))
    };
    let point = |point: &MemoPoint| Point {
        text: point.text.to_text(),
        rests: (point.scorecard_id.map(card).into_iter())
            .chain(point.attribute_id.and_then(attribute))
            .collect(),
    };
    let concerns = memo.concerns_answered.iter().map(|one| Point {
        text: format!("Somebody says “strong no”.\n{}", &*one.answer),
        rests: vec![card(one.scorecard_id)],
    });
    let findings = memo.findings_answered.iter().map(|one| {
        let known = debrief.findings.iter().flatten().find(|found| found.id == one.finding_id);
        let about = known.and_then(|found| attribute(found.attribute_id?));
        let name = about.as_ref().map(|(name, _)| name.as_str());
        let what = known.map(|found| words::finding(found.kind, name)).unwrap_or_default();
        Point { text: format!("{what}.\n{}", &*one.answer), rests: about.into_iter().collect() }
    });
    let dissent = decision.dissent.iter().flatten().map(|one| {
        let recommends = words::recommendation(one.recommendation);
        (named.person(one.user_id).to_owned(), recommends, one.statement.clone())
    });
    let refusals = debrief
        .refusals()
        .map(|one| (named.person(one.user_id).to_owned(), words::NOT_AGREED, one.reason.clone()));
    Some(Sheet {
        candidate_name: named.candidate_name.clone(),
        job_title: named.job_title.clone(),
        outcome: words::outcome(decision.outcome).to_owned(),
        level: decision.level_id.map(|id| named.level(id).to_owned()),
        decider: named.person(decision.decider_id).to_owned(),
        decided_at: decision.occurred_at.to_string(),
        summary: memo.summary.to_text(),
        in_favour: memo.in_favour.iter().map(point).collect(),
        against: memo.against.iter().map(point).collect(),
        answered: concerns.chain(findings).collect(),
        success: memo.set_up_for_success.as_ref().map(crate::http::fields::Prose::to_text),
        dissent: dissent.chain(refusals).collect(),
        ballots: ballots(debrief, named),
        hash: decision.memo_hash.clone(),
        url: url.clone(),
    })
}

/// What everybody recommended in the end, from the strongest yes to those without a decision.
fn ballots(debrief: &Debrief, named: &Named) -> Vec<(&'static str, Vec<String>)> {
    let cast = debrief.ballots.as_deref().unwrap_or_default();
    let newest = newest_of_each(cast, |ballot| ballot.user_id);
    let order = [
        Recommendation::StrongYes,
        Recommendation::Yes,
        Recommendation::No,
        Recommendation::StrongNo,
        Recommendation::NoDecision,
    ];
    let people = |recommendation: Recommendation| {
        let of_it = newest.iter().filter(|ballot| ballot.recommendation == recommendation);
        of_it.map(|ballot| named.person(ballot.user_id).to_owned()).collect::<Vec<_>>()
    };
    let cast = order.map(|one| (words::recommendation(one), people(one))).into_iter();
    cast.filter(|(_, people)| !people.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::prefers_html;

    #[test]
    fn browsers_get_html_and_everybody_else_markdown() {
        for (accept, html) in [
            ("", false),
            ("*/*", false),
            ("text/markdown, text/html", false),
            ("text/html;q=0.5, text/markdown;q=0.4", true),
            ("text/html;q=0", false),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("TEXT/HTML", true),
            ("text/html;q=x", false),
        ] {
            assert_eq!(prefers_html(accept), html, "{accept}");
        }
    }
}
