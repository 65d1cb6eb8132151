//! Loop templates: versioned lists of kits.
//!
//! Tables: `loop_templates`, `loop_template_versions`, `kits`, `kit_attributes`, `panel_slots`,
//! `panel_slot_people`, and `kit_questions` of the bank of questions. A version is a draft until it is published; a published version and everything below it never
//! change, because loops run with it. A kit judges by one published rubric version, and rates
//! attributes of that version only. A kit that stays in a draft under its name keeps its id.

pub mod api;
pub mod commands;
mod model;
pub(crate) mod store;

pub use model::{
    Content, Finding, KitContent, KitKind, KitQuestion, LoopTemplateFindingCode,
    LoopTemplateFindingSeverity, Priority, Slot, SlotContent,
};

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(api::create_loop_template)
        .service(api::list_loop_templates)
        .service(api::get_loop_template)
        .service(api::update_loop_template)
        .service(api::versions::create_loop_template_version)
        .service(api::versions::get_loop_template_version)
        .service(api::versions::replace_loop_template_version)
        .service(api::versions::publish_loop_template_version)
        .service(api::versions::lint_loop_template_version);
}
