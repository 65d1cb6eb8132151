//! The demo: a sample company in a database of its own, with a page to begin at.
//!
//! Owns no table. The company is made through the API, by its own people, with the clock of the
//! weeks before; only what happened last is live, so that the mailbox has something to read. A demo
//! listens on the loopback alone, because everybody who reaches it can sign in as anybody.
//!
//! Invariant: a database is a demo's when its organization was founded as sample data, which the
//! append-only events say and nobody can change.

mod candidates;
mod company;
mod database;
mod jobs;
mod page;
mod people;
mod store;
mod story;
mod teller;

pub use database::{is_demo, of_demo, prepare, seed};
pub use store::Made;

use actix_web::web;

/// Registers the pages, which lie outside of the API.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page::front).service(page::sign_in);
}
