//! Loop templates: versioned lists of kits.
//!
//! Tables: `loop_templates`, `loop_template_versions`, `kits`, `kit_attributes`, `panel_slots`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The type of an interview.
    pub enum KitKind {
        /// `live`
        Live => "live",
        /// `async_review`
        AsyncReview => "async_review",
        /// `work_sample`
        WorkSample => "work_sample",
        /// `external_assessment`
        ExternalAssessment => "external_assessment",
        /// `reference`
        Reference => "reference",
    }
}

text_enum! {
    /// Whether an attribute must be met.
    pub enum Priority {
        /// `must`
        Must => "must",
        /// `nice`
        Nice => "nice",
    }
}

text_enum! {
    /// A seat on a panel.
    pub enum Slot {
        /// `lead`
        Lead => "lead",
        /// `second`
        Second => "second",
        /// `shadow`
        Shadow => "shadow",
        /// `observer`
        Observer => "observer",
        /// `bar_raiser`
        BarRaiser => "bar_raiser",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
