#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod approvals;
mod departments;
mod durability;
mod house;
mod offers;
mod policy;
mod schema;
mod sessions;
mod support;
