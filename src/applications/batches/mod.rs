//! Several applications moved or rejected at once.
//!
//! Tables: `application_batches`, `application_batch_items`. Each application is changed by the same command as
//! alone, with the same questions asked of the policy. Either all are changed or none (`atomic`), or each as far
//! as it can be; what became of each is kept, so that a repeated request shows it again. A batch is its
//! maker's alone.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// What is done with each application of a batch.
    pub enum BatchKind {
        /// It moves to another stage.
        Move => "move",
        /// It is rejected.
        Rejection => "rejection",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_application_batch).service(api::get_application_batch);
}
