//! `/livez`, `/readyz`, and on a listener of its own `/metrics`: for the machine, outside the API and
//! its document.

use actix_web::{HttpResponse, get, web};

use super::state::Shared;

use crate::error::{Error, Result};

/// Registers what anybody may ask.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(livez).service(readyz);
}

/// Registers what only the machine's own watchers may ask: it tells how much goes on here.
pub fn inside(cfg: &mut web::ServiceConfig) {
    cfg.service(metrics);
}

/// The process runs.
#[get("/livez")]
async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "live": true }))
}

/// The database answers, is migrated and takes writes; else 503.
#[get("/readyz")]
async fn readyz(state: Shared) -> Result<HttpResponse> {
    if state.ready().await? {
        return Ok(HttpResponse::Ok().json(serde_json::json!({ "ready": true })));
    }
    Err(Error::unavailable("migrations are pending"))
}

/// Prometheus text.
#[get("/metrics")]
async fn metrics(state: Shared) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(state.metrics.render())
}
