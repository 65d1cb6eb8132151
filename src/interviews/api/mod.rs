//! Interviews and panels over the API.

pub mod interviews;
pub mod panel;
pub mod seats;
pub mod suggestions;
