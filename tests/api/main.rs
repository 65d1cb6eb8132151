#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod applications;
mod approvals;
mod candidates;
mod departments;
mod durability;
mod events;
mod house;
mod imports;
mod jobs;
mod loop_templates;
mod offers;
mod organization;
mod policy;
mod rubrics;
mod schema;
mod sessions;
mod support;
mod users;
