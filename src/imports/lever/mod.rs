//! Reading an account as Lever's API returns it.
//!
//! A folder holds one file per kind of record: `users.json` and the like, shaped `{"data": […]}`,
//! or `users.ndjson`, one record a line. Bytes are cut into records in constant memory (`lines`,
//! `elements`), each record is decoded by itself (`decode`, `wire`), and the whole account is
//! turned into typed intentions (`plan`) that need no database.
//!
//! Lever's words and Evenbar's: an *opportunity* is an application when it holds one, else a
//! prospect; a *contact* is a candidate; a *requisition* is a job with its openings and approval;
//! a *posting* is a job too, or the advertisement of the requisition that alone names it; a
//! *feedback template* is a draft rubric.

pub mod account;
mod cursor;
pub mod decode;
mod elements;
mod leftovers;
mod lines;
pub mod plan;
pub mod reader;
pub mod wire;
pub mod write;
