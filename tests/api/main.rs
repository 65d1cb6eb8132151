#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod access;
mod api_keys;
mod applications;
mod approvals;
mod candidates;
mod commands;
mod debriefs;
mod demo;
mod departments;
mod durability;
mod events;
mod hire;
mod house;
mod imports;
mod interviews;
mod jobs;
mod loop_templates;
mod loops;
mod offers;
mod organization;
mod outages;
mod permissions;
mod policy;
mod revocation;
mod rubrics;
mod schema;
mod scorecards;
mod sealing;
mod sessions;
mod smtp;
mod support;
mod users;
