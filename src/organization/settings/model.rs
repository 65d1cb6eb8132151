//! The policy of the organization.

use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// What somebody whose own evaluations are all in sees before the reveal.
    pub enum Reveal {
        /// How many cards are in, and nothing of them.
        AtReveal => "at_reveal",
        /// The cards themselves.
        Early => "early",
    }
}

text_enum! {
    /// What a recruiter or driver who sits on no panel sees before the reveal.
    pub enum RecruiterView {
        /// The cards themselves.
        Text => "text",
        /// How many are in.
        Counts => "counts",
    }
}

text_enum! {
    /// What is measured about the work of people here, from the narrowest to the widest.
    pub enum PeopleMetrics {
        /// Nothing.
        Off => "off",
        /// Everybody sees figures about themselves, and nobody about others.
        OwnOnly => "own_only",
        /// Besides that, figures about groups of five and more.
        Aggregate => "aggregate",
    }
}

text_enum! {
    /// Whether a candidate learns beforehand whom they meet.
    pub enum CandidateSeesPanel {
        /// No.
        None => "none",
        /// The names of everybody on the panel.
        Names => "names",
    }
}

text_enum! {
    /// Who is told that a scorecard is late, beside its author.
    pub enum Escalation {
        /// Whoever drives the debrief.
        Driver => "driver",
        /// Once it is late by a working day, the author's manager too.
        Manager => "manager",
    }
}

/// Policy as one version states it. A field that a stored version does not know yet reads as its
/// default, so that new fields need no new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// What somebody whose own evaluations are all in sees before the reveal.
    pub reveal: Reveal,
    /// After how many working hours of its author, from the end of its interview, a scorecard is due: 1
    /// to 80.
    pub scorecard_due_working_hours: i32,
    /// What a recruiter or driver who sits on no panel sees before the reveal.
    pub recruiter_sees: RecruiterView,
    /// What is measured about the work of people here.
    pub people_metrics: PeopleMetrics,
    /// Whether a candidate learns beforehand whom they meet.
    pub candidate_sees_panel: CandidateSeesPanel,
    /// How much of a candidate's time a loop takes before the lint calls it long: 30 to 2400 minutes.
    pub candidate_minutes_limit: i32,
    /// Who is told that a scorecard is late, beside its author.
    pub escalation: Escalation,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reveal: Reveal::AtReveal,
            scorecard_due_working_hours: 8,
            recruiter_sees: RecruiterView::Text,
            people_metrics: PeopleMetrics::OwnOnly,
            candidate_sees_panel: CandidateSeesPanel::None,
            candidate_minutes_limit: 480,
            escalation: Escalation::Driver,
        }
    }
}

impl Policy {
    /// The names of the fields in which another version differs.
    pub fn changes(self, other: Self) -> Vec<&'static str> {
        let Self {
            reveal,
            scorecard_due_working_hours,
            recruiter_sees,
            people_metrics,
            candidate_sees_panel,
            candidate_minutes_limit,
            escalation,
        } = self;
        [
            (reveal != other.reveal, "reveal"),
            (
                scorecard_due_working_hours != other.scorecard_due_working_hours,
                "scorecard_due_working_hours",
            ),
            (recruiter_sees != other.recruiter_sees, "recruiter_sees"),
            (people_metrics != other.people_metrics, "people_metrics"),
            (candidate_sees_panel != other.candidate_sees_panel, "candidate_sees_panel"),
            (candidate_minutes_limit != other.candidate_minutes_limit, "candidate_minutes_limit"),
            (escalation != other.escalation, "escalation"),
        ]
        .into_iter()
        .filter_map(|(differs, name)| differs.then_some(name))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_version_that_knows_no_field_is_the_default() {
        let read: Policy = serde_json::from_str("{}").expect("a policy");
        assert_eq!(read, Policy::default());
        let partly: Policy = serde_json::from_str(r#"{ "reveal": "early" }"#).expect("a policy");
        assert_eq!(partly.changes(read), ["reveal"]);
    }
}
