//! An application in memory, people who use it, and both databases under it.

mod app;
pub mod archive;
mod browser;
pub mod calendar_server;
pub mod dice;
pub mod document;
pub mod environment;
pub mod files;
pub mod hiring;
pub mod identity_provider;
mod keys;
pub mod mail_links;
pub mod mail_server;
pub mod onsite;
pub mod postgres;
pub mod process;
mod promises;
mod race;
mod reply;
pub mod walk;

pub use app::{
    Edge, Engine, Person, TestApp, fresh_database, fresh_database_url, postgres_admin, run, scratch,
};
pub use browser::Browser;
pub use race::{answers_at_once, at_once};
pub use reply::Reply;

/// Tells one behaviour on both databases.
///
/// ```text
/// both! {
///     async fn a_department_is_archived_not_deleted(app) { … }
/// }
/// ```
/// makes the tests `a_department_is_archived_not_deleted::sqlite` and `…::postgres`.
#[macro_export]
macro_rules! both {
    ($($(#[doc = $doc:literal])* async fn $name:ident($app:ident) $body:block)+) => { $(
        $(#[doc = $doc])*
        async fn $name($app: $crate::support::TestApp) $body

        mod $name {
            #[test]
            fn sqlite() {
                $crate::support::run($crate::support::Engine::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::support::run($crate::support::Engine::Postgres, super::$name);
            }
        }
    )+ };
}
