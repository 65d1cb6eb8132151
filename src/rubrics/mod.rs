//! Rubrics: versioned attributes with behavioural anchors.
//!
//! Tables: `rubrics`, `rubric_versions`, `attributes`, `anchors`. A version is a draft until it is
//! published; a published version and everything below it never change. A draft may be unfinished:
//! what publishing asks for stands in `model.rs`. The versions of a rubric are numbered from 1
//! without gaps. An attribute that stays in a draft under its name keeps its id.

pub mod api;
pub mod commands;
mod model;
pub(crate) mod store;

pub use model::{
    AttributeContent, Content, Illegal, LevelContent, VersionCommand, VersionState, kept_ids,
};

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::create_rubric)
        .service(api::list_rubrics)
        .service(api::get_rubric)
        .service(api::update_rubric)
        .service(api::versions::create_rubric_version)
        .service(api::versions::get_rubric_version)
        .service(api::versions::replace_rubric_version)
        .service(api::versions::publish_rubric_version);
}
