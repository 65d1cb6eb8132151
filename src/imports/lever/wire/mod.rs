//! What Lever's API returns, as far as Evenbar has a place for it.
//!
//! A field that a type here declares has a home; every other field lands in the type's
//! [`extra::Extra`], which keeps its name if it said something, and never its value. Fields are
//! lenient where Lever is: lists may be null, references may be ids or whole objects.

pub mod extra;
pub mod jobs;
pub mod opportunities;
pub mod settings;
pub mod values;
