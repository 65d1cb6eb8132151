//! Probes: somebody asks the panels of a loop to cover an attribute, without saying who or why.
//!
//! Table: `loop_probes`. A probe is for all interviews of the loop that did not take place before it was
//! asked, or for one of them. Their panels see the attribute, and neither who asked nor when: no id and
//! no order that tells it, no mail, and no event that goes to whoever sees the loop. Those who may ask
//! see the probes of the loop; one who sits on a panel of the application sees their own alone.

pub mod api;
pub mod commands;
pub(crate) mod store;
