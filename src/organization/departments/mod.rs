//! Departments: a tree that jobs hang on.
//!
//! Table: `departments`. A department is never deleted, it is archived; its parent never lies
//! below itself.

pub mod api;
pub(crate) mod commands;
mod store;

pub use store::is_usable;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::create_department)
        .service(api::list_departments)
        .service(api::get_department)
        .service(api::update_department);
}
