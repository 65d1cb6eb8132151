//! Whose move it is: for whom an active application waits, and since when.
//!
//! Owns no table: it is derived at the moment of asking from interviews, cards, debriefs and offers, each as
//! far as its reader may know of it. To whoever owes a card for the application there are no debriefs and no
//! offers here, so that it is the same whatever the cards say and however far their debrief is. To whoever
//! reads no interviews, or no offers, there are none either.

mod model;
mod seen;

pub use model::{Facts, Mover, Turn};
pub use seen::{FOUND_MAX, of};
