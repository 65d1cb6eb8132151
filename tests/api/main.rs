#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod applications;
mod candidates;
mod approvals;
mod departments;
mod durability;
mod events;
mod house;
mod imports;
mod loop_templates;
mod jobs;
mod organization;
mod offers;
mod policy;
mod rubrics;
mod schema;
mod sessions;
mod support;
mod users;
