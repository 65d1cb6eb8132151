//! Evenbar: a self-hosted hiring-pipeline and interview-scorecard service.
//!
//! `docs/architecture.md` is the map. Each noun has a folder with the same few file names.

// The macro that lets tables meet in a query goes one step deeper for each of them.
#![recursion_limit = "256"]

pub mod access;
pub mod agencies;
pub mod api_keys;
pub mod app;
pub mod applications;
pub mod approvals;
pub mod assessments;
pub mod attachments;
pub mod boards;
pub mod break_glass;
pub mod calendars;
pub mod candidates;
pub mod capabilities;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crowd;
pub mod db;
pub mod debriefs;
pub mod demo;
pub mod desk;
pub mod digest;
pub mod error;
pub mod events;
pub mod exports;
pub mod housekeeping;
pub mod http;
pub mod identities;
pub mod ids;
pub mod imports;
pub mod interviews;
pub mod jobs;
pub mod loops;
pub mod mail;
pub mod messages;
pub mod notifications;
pub mod offers;
pub mod oidc;
pub mod organization;
pub mod outbound;
pub mod outbox;
pub mod pages;
pub mod people_metrics;
pub mod permissions;
pub mod pipelines;
pub mod pools;
pub mod questions;
pub mod queue;
pub mod retention;
pub mod rubrics;
pub mod saved_views;
pub mod scorecards;
pub mod sessions;
pub mod timers;
pub mod turns;
pub mod users;
pub mod working_time;
