//! The organization and its configuration.

pub mod departments;
pub mod holiday_calendars;
pub mod levels;
pub mod money;
pub mod pay_bands;
pub mod rejection_reasons;
pub mod settings;
pub mod setup;
pub mod sources;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    setup::routes(cfg);
    settings::routes(cfg);
    departments::routes(cfg);
    holiday_calendars::routes(cfg);
    levels::routes(cfg);
    pay_bands::routes(cfg);
    rejection_reasons::routes(cfg);
    sources::routes(cfg);
}
