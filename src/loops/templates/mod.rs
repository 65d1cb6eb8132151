//! Loop templates: versioned lists of kits.
//!
//! Tables: `loop_templates`, `loop_template_versions`, `kits`, `kit_attributes`, `panel_slots`,
//! `panel_slot_people`, and `kit_questions` of the bank of questions. A version is a draft until it is
//! published; a published version and everything below it never change, because loops run with it. A kit judges by one published rubric version, and rates
//! attributes of that version only; in a draft it may have none yet, and keep what a file named that is
//! not here. A kit that stays in a draft under its name keeps its id.

pub mod api;
pub mod commands;
mod cost;
mod diff;
pub mod exchange;
mod lint;
mod model;
mod named;
pub(crate) mod store;

pub use lint::{Finding, LoopTemplateFindingCode, LoopTemplateFindingSeverity};
pub use model::{Content, KitContent, KitKind, KitQuestion, Priority, Slot, SlotContent};
pub use named::{
    NamedAttribute, NamedKit, NamedQuestion, NamedRubric, NamedSlot, Names, Wanted, Wording,
};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_loop_template)
        .service(api::list_loop_templates)
        .service(api::get_loop_template)
        .service(api::update_loop_template)
        .service(api::versions::create_loop_template_version)
        .service(api::versions::get_loop_template_version)
        .service(api::versions::replace_loop_template_version)
        .service(api::versions::publish_loop_template_version)
        .service(api::review::lint_loop_template_version)
        .service(api::review::diff_loop_template_version)
        .service(api::review::get_loop_template_version_cost);
}
