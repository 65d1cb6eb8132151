//! Debriefs: the written decision about a loop.
//!
//! Tables: `debriefs`, `ballots`, `decisions`, `debrief_peeks`, `findings` with `finding_cards`, `responses`
//! with `response_answers`, `dissents`, `debrief_agreers`, `proposals`, `agreements`, `signal_requests`,
//! `debrief_rounds`, `light_decisions`. One decider, named before the first interview. The debrief gathers from the first interview that took place or card that came in, and is revealed
//! once, in the transaction that ends what was owed last: see [`evaluate`]. To somebody who owes a
//! card for the application every phase from gathering on reads `gathering`, with the version and
//! the times of that phase. Ballots and decisions never change. A decider who looks before the reveal
//! gives a reason, and everybody sees that they did. It is closed once the candidate knows what was decided.
//! Where somebody has to agree, the decider proposes first, and decides what was agreed to; a refusal leads back
//! to the panel twice, and stands beside the decision from the third on.
//!
//! Where a stage is decided lightly, the one card of its loop comes before the decider as soon as it is in, and to
//! nobody else: advance or decline, with a reason, and nothing is revealed. What they read is noted as every
//! reading. The card joins the packet of a later debrief of the application when that is revealed.
//!
//! What becomes known after a decision begins another round, a debrief of its own: the one before stays as it
//! is, and carries no offer that is submitted from then on. To somebody who owes a card there is one round.

pub mod api;
pub mod commands;
mod detector;
mod export;
mod leave;
pub mod memo;
pub mod model;
pub(crate) mod named;
mod peek;
pub(crate) mod seen;
pub(crate) mod store;
pub(crate) mod words;

pub(crate) use commands::check_agreers;
pub use commands::{asked, dissenters, evaluate, is_closed, receive, wake};
pub use detector::Severity;
pub use leave::leave;
pub(crate) use store::Debrief;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// The life of a debrief.
    pub enum DebriefState {
        /// No interview took place yet.
        Planned => "planned",
        /// Scorecards come in.
        Gathering => "gathering",
        /// Cards are missing though the last one was due.
        Stalled => "stalled",
        /// The cards can be read. It is passed through: what is found between the cards decides what
        /// comes next.
        Revealed => "revealed",
        /// The panel answers what differs between its cards.
        Discussing => "discussing",
        /// The decider can decide.
        Deciding => "deciding",
        /// It is decided, and those who see it otherwise may say so.
        DissentWindow => "dissent_window",
        /// The decision stands.
        Decided => "decided",
        /// The decision stands, and the candidate knows it.
        Closed => "closed",
        /// It was called off.
        Cancelled => "cancelled",
    }
}

text_enum! {
    /// How a debrief is decided.
    pub enum DebriefWay {
        /// In writing, on the cards of a panel, with a memo.
        Written => "written",
        /// By one person on one card: whether the application goes on.
        Light => "light",
    }
}

text_enum! {
    /// What the decider of a light stage decided.
    pub enum LightOutcome {
        /// The application goes on to another stage.
        Advance => "advance",
        /// It ends.
        Decline => "decline",
    }
}

text_enum! {
    /// What a debrief decided.
    pub enum Outcome {
        /// Hire, at the level named.
        Hire => "hire",
        /// Do not hire.
        NoHire => "no_hire",
        /// Decide later.
        Hold => "hold",
    }
}

text_enum! {
    /// What became known after a decision.
    pub enum Evidence {
        /// What somebody who knows the candidate's work said.
        Reference => "reference",
        /// What a background check found.
        BackgroundCheck => "background_check",
        /// The candidate declined, or somebody before them did.
        OfferDeclined => "offer_declined",
        /// Something in what was decided on was wrong.
        Error => "error",
    }
}

text_enum! {
    /// How a candidate was told.
    pub enum Telling {
        /// By a mail or letter.
        Written => "written",
        /// On the phone or in a call.
        Spoken => "spoken",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::list_debriefs)
        .service(api::get_debrief)
        .service(api::decide_debrief)
        .service(api::decide_lightly)
        .service(api::peek_at_debrief)
        .service(api::get_independence)
        .service(api::export_memo)
        .service(api::extend_debrief)
        .service(api::force_reveal)
        .service(api::call_meeting)
        .service(api::hold_meeting)
        .service(api::inform_candidate)
        .service(api::name_agreers)
        .service(api::propose_decision)
        .service(api::agree_to_proposal)
        .service(api::ask_for_signal)
        .service(api::begin_round)
        .service(api::respond_to_debrief)
        .service(api::cast_ballot)
        .service(api::state_dissent);
}
