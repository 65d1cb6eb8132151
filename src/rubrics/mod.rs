//! Rubrics: versioned attributes with behavioural anchors.
//!
//! Tables: `rubrics`, `rubric_versions`, `attributes`, `anchors`. A version is a draft until it is
//! published; a published version and everything below it never change. A draft may be unfinished:
//! what publishing asks for stands in `lint.rs`. The versions of a rubric are numbered from 1
//! without gaps. An attribute is the same in two versions when its key is, whatever it is called; in
//! a draft it keeps its id with its key. Levels are stored worst first, whichever way their values go.

pub mod api;
pub mod commands;
mod diff;
pub mod exchange;
mod keys;
mod lint;
mod model;
pub(crate) mod store;

pub use diff::{AnchorChange, Change, Diff, diff};
pub use keys::{free_key, key_of};
pub use lint::{Finding, RubricFindingCode, RubricFindingSeverity};
pub use model::{
    AttributeContent, Content, Illegal, LevelContent, Proposal, ScaleDirection, VersionCommand,
    VersionState, kept_ids,
};

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_rubric)
        .service(api::list_rubrics)
        .service(api::get_rubric)
        .service(api::update_rubric)
        .service(api::versions::create_rubric_version)
        .service(api::versions::get_rubric_version)
        .service(api::versions::replace_rubric_version)
        .service(api::versions::publish_rubric_version)
        .service(api::review::lint_rubric_version)
        .service(api::review::diff_rubric_version);
}
