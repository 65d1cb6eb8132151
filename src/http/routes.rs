//! The route list: one line per noun. The OpenAPI document is collected from the same calls.

use crate::http::Operations;
use actix_web::guard::fn_guard;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::state::Shared;
use super::{dev_mails, health, openapi};
use crate::error::{Code, Error, Result};
use crate::sessions::JWKS_MAX_AGE;

/// Everything under `/api/v1`.
pub fn api(cfg: &mut impl Operations) {
    crate::sessions::routes(cfg);
    crate::permissions::routes(cfg);
    crate::identities::routes(cfg);
    crate::users::routes(cfg);
    crate::api_keys::routes(cfg);
    crate::organization::routes(cfg);
    crate::agencies::routes(cfg);
    crate::break_glass::routes(cfg);
    crate::jobs::routes(cfg);
    crate::people_metrics::routes(cfg);
    crate::pipelines::routes(cfg);
    crate::boards::routes(cfg);
    crate::desk::routes(cfg);
    crate::candidates::routes(cfg);
    crate::retention::routes(cfg);
    crate::applications::routes(cfg);
    crate::messages::routes(cfg);
    crate::saved_views::routes(cfg);
    crate::attachments::routes(cfg);
    crate::rubrics::routes(cfg);
    crate::pools::routes(cfg);
    crate::questions::routes(cfg);
    crate::queue::routes(cfg);
    crate::loops::routes(cfg);
    crate::interviews::routes(cfg);
    crate::assessments::routes(cfg);
    crate::calendars::links::routes(cfg);
    crate::scorecards::routes(cfg);
    crate::debriefs::routes(cfg);
    crate::approvals::routes(cfg);
    crate::offers::routes(cfg);
    crate::imports::routes(cfg);
    crate::events::routes(cfg);
    crate::outbox::routes(cfg);
    crate::notifications::preferences::routes(cfg);
    crate::notifications::previews::routes(cfg);
    crate::notifications::chat::routes(cfg);
    cfg.service(dev_mails::list_dev_mails);
}

/// What stands before the API: a path that is written out answers for itself, and no pattern beside it
/// takes the methods that it has not.
pub fn before(cfg: &mut web::ServiceConfig) {
    for path in openapi::written_paths() {
        let methods = openapi::methods_of(path);
        let other = fn_guard(move |request| !methods.contains(request.head().method.as_str()));
        cfg.service(web::resource(path).guard(other).default_service(web::to(fallback)));
    }
}

/// Everything beside the API.
pub fn outside(cfg: &mut web::ServiceConfig) {
    health::routes(cfg);
    crate::demo::routes(cfg);
    crate::pages::routes(cfg);
    crate::calendars::links::outside(cfg);
    cfg.service(jwks).service(document).service(problem).service(web::redirect("/docs", "/docs/"));
}

/// The public halves of the signing keys (RFC 7517). The next key is in it long before it signs, so
/// that the set may be kept for a while.
#[get("/.well-known/jwks.json")]
async fn jwks(state: Shared) -> HttpResponse {
    let cached = format!("public, max-age={JWKS_MAX_AGE}");
    let keys = state.tokens.jwks(state.db.clock().now());
    HttpResponse::Ok().insert_header((CACHE_CONTROL, cached)).json(keys)
}

/// The OpenAPI document.
#[get("/openapi.json")]
async fn document() -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().content_type("application/json").body(openapi::as_json()?))
}

/// What a problem's `type` points at.
#[get("/problems/{code}")]
async fn problem(code: web::Path<String>) -> Result<HttpResponse> {
    let known = Code::ALL.iter().find(|known| known.as_str() == code.as_str());
    let (status, title) = super::problem::entry(*known.ok_or_else(Error::not_found)?);
    let explained = serde_json::json!({ "code": *code, "status": status.as_u16(), "title": title });
    Ok(HttpResponse::Ok().json(explained))
}

/// Unknown paths are 404; known paths with another method 405 with `Allow`.
///
/// # Errors
/// Always.
pub async fn fallback(req: HttpRequest) -> Result<HttpResponse> {
    let methods = openapi::methods_of(req.path());
    if methods.is_empty() {
        return Err(Error::not_found());
    }
    let allow: Vec<String> = methods.into_iter().map(str::to_owned).collect();
    let detail = format!("This path takes {}.", allow.join(", "));
    Err(Error { allow: allow.into(), ..Error::new(Code::MethodNotAllowed, detail) })
}
