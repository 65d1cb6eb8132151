//! Breaking glass: an owner or administrator looks at a job in which they have no part.
//!
//! Table: `break_glass`. Administrators configure; what candidates wrote and interviewers judged is
//! not theirs to read. When it must be, they say why, for one job and for a while, and whoever drives
//! the job and every other owner is told by mail at once. It opens reading, and the hiring team, so
//! that a confidential job without anybody in it can be given to somebody. Sealing holds as for
//! everybody. A grant is never deleted; it runs out, or is ended early.

pub mod api;
pub(crate) mod commands;
pub(crate) mod store;

use crate::http::Operations;

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::break_glass)
        .service(api::list_broken_glass)
        .service(api::get_broken_glass)
        .service(api::end_broken_glass);
}
