//! Pools: people from whom seats on panels are filled, and how they learn to sit there.
//!
//! Tables: `pools`, `pool_members`. A pool is never deleted, it is archived; a person is in a pool
//! once.

pub(crate) mod store;
