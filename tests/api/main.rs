#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod access;
mod applications;
mod approvals;
mod break_glass;
mod candidates;
mod capabilities;
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
mod invitations;
mod jobs;
mod loop_templates;
mod loops;
mod offers;
mod oidc;
mod organization;
mod outages;
mod pages;
mod password_resets;
mod policy;
mod rubrics;
mod schema;
mod scorecards;
mod sealing;
mod sessions;
mod smtp;
mod support;
mod users;
