#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod access;
mod applications;
mod approvals;
mod candidates;
mod commands;
mod debriefs;
mod demo;
mod departments;
mod durability;
mod events;
mod field_definitions;
mod hire;
mod house;
mod imports;
mod interviews;
mod jobs;
mod loop_templates;
mod loops;
mod offers;
mod offices;
mod organization;
mod outages;
mod policy;
mod rubrics;
mod schema;
mod scorecards;
mod sealing;
mod sessions;
mod settings;
mod smtp;
mod support;
mod tags;
mod users;
