//! Departments: a tree that jobs hang on.
//!
//! Table: `departments`. A department is never deleted, it is archived: not before the departments
//! below it are, and not while a job that is not closed hangs on it. One in use never lies below an
//! archived one, and no department ever lies below itself. The tree is at most [`model::DEPTH_MAX`]
//! levels deep. Where departments stand is decided under the organization's lock; a job is hung on a
//! department under the department's.

pub mod api;
pub(crate) mod commands;
mod model;
mod store;

pub use model::Tree;
pub use store::{headed_by, is_usable, tree};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_department)
        .service(api::list_departments)
        .service(api::get_department)
        .service(api::update_department);
}
