//! What people read for the words on the wire.

use super::detector::FindingKind;
use super::{Evidence, LightOutcome, Outcome, Telling};
use crate::loops::templates::Slot;
use crate::scorecards::Recommendation;

/// What somebody recommends.
pub fn recommendation(recommendation: Recommendation) -> &'static str {
    match recommendation {
        Recommendation::StrongNo => "Strong no",
        Recommendation::No => "No",
        Recommendation::Yes => "Yes",
        Recommendation::StrongYes => "Strong yes",
        Recommendation::NoDecision => "No decision",
    }
}

/// What somebody who had to agree to a decision and did not stands beside it with.
pub const NOT_AGREED: &str = "Did not agree";

/// What was decided.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hire => "Hire",
        Outcome::NoHire => "Do not hire",
        Outcome::Hold => "Decide later",
    }
}

/// What was decided on one card.
pub fn light_outcome(outcome: LightOutcome) -> &'static str {
    match outcome {
        LightOutcome::Advance => "Advance",
        LightOutcome::Decline => "Decline",
    }
}

/// As what somebody sat on a panel.
pub fn slot(slot: Slot) -> &'static str {
    match slot {
        Slot::Lead => "lead",
        Slot::Second => "second",
        Slot::Shadow => "shadow",
        Slot::Observer => "observer",
        Slot::BarRaiser => "bar raiser",
    }
}

/// What became known after a decision.
pub fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Reference => "A reference",
        Evidence::BackgroundCheck => "A background check",
        Evidence::OfferDeclined => "An offer that was declined",
        Evidence::Error => "Something that was wrong",
    }
}

/// How a candidate was told.
pub fn telling(how: Telling) -> &'static str {
    match how {
        Telling::Written => "In writing",
        Telling::Spoken => "On the phone or in a call",
    }
}

/// What was found, about an attribute where it is about one.
pub fn finding(kind: FindingKind, attribute: Option<&str>) -> String {
    let is_about = attribute.is_some();
    let attribute = attribute.unwrap_or("an attribute");
    match kind {
        FindingKind::StrongNo => "Somebody says “strong no”".to_owned(),
        FindingKind::Split => "Some recommend to hire, and some against it".to_owned(),
        FindingKind::BelowTheLine => format!("{attribute}: a must-have below the bar"),
        FindingKind::Conflict => format!("{attribute}: ratings two levels apart or more"),
        FindingKind::Gap => format!("{attribute}: a must-have that nobody rated"),
        FindingKind::SingleSource => format!("{attribute}: a must-have that one person rated"),
        FindingKind::Lukewarm => "Everybody recommends to hire, and nobody strongly".to_owned(),
        FindingKind::OneLevelApart => format!("{attribute}: ratings one level apart"),
        FindingKind::Undecided => "Somebody recommends neither".to_owned(),
        FindingKind::Refusal if is_about => {
            format!("{attribute}: because of it somebody does not agree to what is proposed")
        }
        FindingKind::Refusal => "Somebody does not agree to what is proposed".to_owned(),
    }
}
