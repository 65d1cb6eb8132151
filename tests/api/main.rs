#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod access;
mod applications;
mod approvals;
mod audit;
mod browsers;
mod candidates;
mod capabilities;
mod commands;
mod debriefs;
mod demo;
mod departments;
mod durability;
mod events;
mod hire;
mod holiday_calendars;
mod house;
mod imports;
mod interviews;
mod invitations;
mod jobs;
mod limits;
mod loop_templates;
mod loops;
mod offers;
mod oidc;
mod organization;
mod outages;
mod pages;
mod password_off;
mod password_resets;
mod policy;
mod profile;
mod rubrics;
mod schema;
mod scorecards;
mod sealing;
mod sessions;
mod signing_keys;
mod smtp;
mod support;
mod time_off;
mod users;
