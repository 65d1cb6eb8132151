#![cfg(test)]
//! The one integration binary. Each module tells the behaviour of a noun in sentences, through the
//! HTTP API, on SQLite and on PostgreSQL.

mod access;
mod api_keys;
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
mod organization;
mod outages;
mod pages;
mod password_resets;
mod permissions;
mod policy;
mod profile;
mod revocation;
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
