//! The coverage of a loop: which interview rates which attribute, and what came of it.
//!
//! No table of its own. To somebody who owes a scorecard for the application every cell is planned and
//! nothing is counted; before the cards are unsealed to a reader it is counted how many are in, and
//! then the ratings say more. Showing what ratings say is a reading of their cards, and noted as one.

pub mod api;
mod model;
mod store;

pub use model::{CoverageState, are_contested};
