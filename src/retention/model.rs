//! How long candidates are kept.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::clock::Instant;
use crate::http::fields::maybe_whole;
use crate::ids::OfficeId;
use crate::text_enum;

text_enum! {
    /// What a night's run does.
    pub enum RetentionMode {
        /// Nothing.
        Off => "off",
        /// It tells who would be anonymized, and when.
        List => "list",
        /// It anonymizes whoever is due and not held.
        Anonymize => "anonymize",
    }
}

text_enum! {
    /// How somebody's part here ended, by which they are kept for longer or shorter.
    pub enum RetentionOutcome {
        /// We said no.
        Rejected => "rejected",
        /// They said no.
        Withdrawn => "withdrawn",
        /// They were hired.
        Hired => "hired",
        /// They never applied.
        Prospect => "prospect",
    }
}

text_enum! {
    /// Why somebody was anonymized.
    pub enum AnonymizationReason {
        /// They asked for it.
        Requested => "requested",
        /// The time for which they are kept is over.
        RetentionOver => "retention_over",
        /// They took back that they agreed to be kept.
        ConsentWithdrawn => "consent_withdrawn",
        /// Their data came in by mistake.
        Mistake => "mistake",
    }
}

/// For how many days somebody is kept after their part ended; without end where it is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionDays {
    /// After a rejection.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650, example = 180)]
    pub rejected: Option<i32>,
    /// After a withdrawal.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650, example = 180)]
    pub withdrawn: Option<i32>,
    /// After a hire.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650)]
    pub hired: Option<i32>,
    /// Without any application, from when they came in.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650)]
    pub prospect: Option<i32>,
}

impl RetentionDays {
    const fn after(self, outcome: RetentionOutcome) -> Option<i32> {
        match outcome {
            RetentionOutcome::Rejected => self.rejected,
            RetentionOutcome::Withdrawn => self.withdrawn,
            RetentionOutcome::Hired => self.hired,
            RetentionOutcome::Prospect => self.prospect,
        }
    }
}

impl Default for RetentionDays {
    /// 180 days after a rejection or withdrawal, as the limits for claims against a rejection suggest.
    fn default() -> Self {
        Self { rejected: Some(180), withdrawn: Some(180), hired: None, prospect: None }
    }
}

/// What holds for the jobs of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeRetention {
    /// Which office.
    pub office_id: OfficeId,
    /// What holds in place of what holds elsewhere, as a whole.
    #[validate(nested)]
    pub days: RetentionDays,
}

/// How long candidates are kept, by office and outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rules {
    /// Where no office says otherwise.
    pub(super) days: RetentionDays,
    /// By office.
    pub(super) offices: Vec<OfficeRetention>,
}

/// A part that somebody had here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// How it ended; none while it lives.
    pub(super) outcome: Option<RetentionOutcome>,
    /// When it ended, or for prospects when they came in.
    pub(super) closed_at: Instant,
    /// The offices of the job.
    pub(super) offices: Vec<OfficeId>,
}

/// When somebody is due, and after what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// After which outcome.
    pub(super) outcome: RetentionOutcome,
    /// When that was.
    pub(super) closed_at: Instant,
    /// Until when they are kept.
    pub(super) retain_until: Instant,
}

impl Rules {
    /// How long one part keeps somebody: of several offices the one that keeps longest counts.
    fn days(&self, offices: &[OfficeId], outcome: RetentionOutcome) -> Option<i32> {
        let named = self.offices.iter().filter(|office| offices.contains(&office.office_id));
        let mut days = named.map(|office| office.days.after(outcome)).peekable();
        if days.peek().is_none() {
            return self.days.after(outcome);
        }
        days.collect::<Option<Vec<i32>>>()?.into_iter().max()
    }

    /// Until when somebody is kept: the latest that any of their parts says. None while one of them
    /// lives, keeps them without end, or while there is none.
    pub(super) fn due(&self, parts: &[Part]) -> Option<Due> {
        let due = |part: &Part| {
            let outcome = part.outcome?;
            let days = self.days(&part.offices, outcome)?;
            let retain_until = part.closed_at + TimeDelta::days(i64::from(days));
            Some(Due { outcome, closed_at: part.closed_at, retain_until })
        };
        let dues: Option<Vec<Due>> = parts.iter().map(due).collect();
        dues?.into_iter().max_by_key(|due| due.retain_until)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::ids::IdSource;

    fn day(day: u32) -> Instant {
        Instant::from_utc(Utc.with_ymd_and_hms(2026, 3, day, 9, 0, 0).unwrap())
    }

    fn part(outcome: RetentionOutcome, on: u32, offices: &[OfficeId]) -> Part {
        Part { outcome: Some(outcome), closed_at: day(on), offices: offices.to_vec() }
    }

    #[test]
    fn the_latest_closed_application_counts_and_a_live_one_keeps() {
        let rules = Rules::default();
        let (old, new) =
            (part(RetentionOutcome::Rejected, 1, &[]), part(RetentionOutcome::Withdrawn, 9, &[]));
        let due = rules.due(&[new, old.clone()]).unwrap();
        assert_eq!(due.outcome, RetentionOutcome::Withdrawn);
        assert_eq!(due.retain_until, day(9) + TimeDelta::days(180));
        let live = Part { outcome: None, ..old.clone() };
        assert_eq!(rules.due(&[old.clone(), live]), None);
        assert_eq!(rules.due(&[old, part(RetentionOutcome::Hired, 2, &[])]), None);
        assert_eq!(rules.due(&[]), None);
    }

    #[test]
    fn an_office_says_otherwise_and_of_two_the_longer_counts() {
        let ids = IdSource::counted().batch(day(1));
        let mut ids = ids;
        let (short, long): (OfficeId, OfficeId) = (ids.next_id(), ids.next_id());
        let office = |office_id, days| OfficeRetention {
            office_id,
            days: RetentionDays { rejected: days, ..RetentionDays::default() },
        };
        let mut rules = Rules {
            offices: vec![office(short, Some(30)), office(long, Some(730))],
            ..Rules::default()
        };
        let until = |rules: &Rules, offices: &[OfficeId]| {
            let due = rules.due(&[part(RetentionOutcome::Rejected, 1, offices)]);
            due.map(|due| due.retain_until - day(1))
        };
        assert_eq!(until(&rules, &[short]), Some(TimeDelta::days(30)));
        assert_eq!(until(&rules, &[short, long]), Some(TimeDelta::days(730)));
        rules.offices[1] = office(long, None);
        assert_eq!(until(&rules, &[short, long]), None);
    }
}
