//! Bringing another system's account into Evenbar.
//!
//! Descriptions of jobs come from one file ([`job_descriptions`]). Each system has a folder of its own with two halves. The reading half is pure but for the files
//! that it opens: bytes become records (`lever::reader`, `lever::wire`), records become typed
//! intentions (`lever::plan`). The writing half turns intentions into rows. Both halves tell one
//! [`report::Report`] what they saw.
//!
//! Invariants: one bad record never stops the rest; memory does not grow with the length of a
//! line; neither an error nor a report ever holds a person's name, address or telephone number;
//! nothing is guessed that the source does not say.

pub mod external_refs;
pub mod job_descriptions;
pub mod kind;
pub mod lever;
pub mod report;

/// Registers the operations.
pub fn routes(cfg: &mut impl crate::http::Operations) {
    external_refs::routes(cfg);
}
