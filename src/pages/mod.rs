//! Server-rendered pages that work without script.

pub mod setup;
