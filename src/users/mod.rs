//! People who sign in, and placeholders for people that an import only names.
//!
//! Table: `users`.

pub(crate) mod store;

use crate::text_enum;
use utoipa_actix_web::service_config::ServiceConfig;

text_enum! {
    /// The life of a user.
    pub enum UserState {
        /// `active`
        Active => "active",
        /// `deactivated`
        Deactivated => "deactivated",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    let _ = cfg;
}
