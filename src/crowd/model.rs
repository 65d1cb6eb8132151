//! Who is in a crowd, and how far each has come: a pure function of the number.

use crate::applications::ApplicationStatus;
use crate::clock::Instant;

/// The most applications of one crowd.
pub const APPLICATIONS_MAX: u32 = 2_000_000;
/// Applications for each job unless somebody says otherwise.
pub const PER_JOB: u32 = 1_000;
/// Moves of each application, the entry included.
pub const MOVES: usize = 6;

/// How many stages each job has.
pub(super) const STAGES: usize = 6;

/// The ways to each stage, the entry first, by positions from 0. Each ends in the stage of its own place.
const WAYS: [[usize; MOVES]; STAGES] = [
    [0, 1, 2, 0, 1, 0],
    [0, 1, 0, 1, 0, 1],
    [0, 1, 2, 0, 1, 2],
    [0, 1, 0, 1, 2, 3],
    [0, 2, 1, 2, 3, 4],
    [0, 1, 2, 3, 4, 5],
];

/// Where twenty applications in a row stand: most early, few late.
const PLACES: [usize; 20] = [0, 1, 2, 0, 3, 1, 0, 2, 1, 0, 4, 0, 1, 3, 0, 2, 1, 0, 3, 5];

const FIRST_NAMES: [&str; 23] = [
    "Aino",
    "Bartosz",
    "Chiara",
    "Dagny",
    "Emre",
    "Fatou",
    "Guillermo",
    "Hana",
    "Ivo",
    "Joëlle",
    "Kofi",
    "Leïla",
    "Marek",
    "Nia",
    "Oisín",
    "Priya",
    "Quentin",
    "Rūta",
    "Søren",
    "Thảo",
    "Uwe",
    "Vesna",
    "Wanjiru",
];
const LAST_NAMES: [&str; 29] = [
    "Abara",
    "Brandt",
    "Castellanos",
    "Dvořák",
    "Eriksen",
    "Fontaine",
    "Grigorescu",
    "Haddad",
    "Ito",
    "Jørgensen",
    "Kowalczyk",
    "Lindqvist",
    "Müller",
    "Nakamura",
    "Okonkwo",
    "Petrović",
    "Quispe",
    "Rossi",
    "Şahin",
    "Takahashi",
    "Uzun",
    "Varga",
    "Włodarczyk",
    "Xu",
    "Yılmaz",
    "Zieliński",
    "Ó Briain",
    "Ødegaard",
    "Çelik",
];
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "Europe/Warsaw",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Lagos",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Europe/Lisbon",
];

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
/// How far back those reach whose application is over, in days.
const PAST: u64 = 1_000;
/// How far back those reach who are under way, in days.
const RECENT: u64 = 60;
/// The longest way from the entry to the last move, in days.
const LONGEST: u64 = 30;

/// One of the crowd, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member(pub(super) u32);

impl Member {
    /// An even spread over `0..below`, another one for each salt.
    fn spread(self, salt: u64, below: u64) -> u64 {
        // SplitMix64's finalizer (Steele, Lea, Flood 2014): neighbours come out unrelated.
        let mut z = u64::from(self.0).wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }

    fn pick<'a, const N: usize>(self, salt: u64, from: &[&'a str; N]) -> &'a str {
        let below = u64::try_from(N).unwrap_or(1);
        let place = usize::try_from(self.spread(salt, below)).unwrap_or_default();
        from.get(place).copied().unwrap_or_default()
    }

    /// The name.
    pub(super) fn name(self) -> String {
        format!("{} {}", self.pick(1, &FIRST_NAMES), self.pick(2, &LAST_NAMES))
    }

    /// An address at which nobody receives mail (RFC 2606), another one for each.
    pub(super) fn email(self) -> String {
        format!("person-{}@crowd.invalid", self.0)
    }

    /// The IANA zone.
    pub(super) fn time_zone(self) -> &'static str {
        self.pick(3, &ZONES)
    }

    /// Which of so many sources.
    pub(super) fn source(self, count: usize) -> usize {
        let below = u64::try_from(count.max(1)).unwrap_or(1);
        usize::try_from(self.spread(4, below)).unwrap_or_default()
    }

    /// The positions of the stages that were entered, in order.
    pub(super) fn way(self) -> [usize; MOVES] {
        let place = usize::try_from(self.0 % 20).unwrap_or_default();
        let stage = PLACES.get(place).copied().unwrap_or_default();
        WAYS.get(stage).copied().unwrap_or_default()
    }

    /// How the application stands: a third is under way, and who came to the end of the pipeline is hired.
    pub(super) fn status(self) -> ApplicationStatus {
        let [.., last] = self.way();
        match (self.spread(5, 12), last) {
            (0..4, _) => ApplicationStatus::Active,
            (_, 5) => ApplicationStatus::Hired,
            (4, _) => ApplicationStatus::Withdrawn,
            (5.., _) => ApplicationStatus::Rejected,
        }
    }

    /// When each stage was entered, before `now` and ascending; the first is when the candidate applied.
    pub(super) fn times(self, now: Instant) -> [Instant; MOVES] {
        let reach = if self.status() == ApplicationStatus::Active { RECENT } else { PAST };
        let days = i64::try_from(LONGEST + self.spread(6, reach)).unwrap_or_default();
        let begun = now.utc() - chrono::TimeDelta::seconds(days * DAY);
        let mut at = begun + chrono::TimeDelta::seconds(self.seconds(7, DAY));
        let mut salt = 8;
        [(); MOVES].map(|()| {
            let entered = Instant::from_utc(at);
            salt += 1;
            at += chrono::TimeDelta::seconds(MINUTE + self.seconds(salt, 4 * DAY));
            entered
        })
    }

    fn seconds(self, salt: u64, below: i64) -> i64 {
        i64::try_from(self.spread(salt, u64::try_from(below).unwrap_or(1))).unwrap_or_default()
    }
}

/// What the recruiter of a job signs in with, counted from 1.
pub fn recruiter_email(job: u32) -> String {
    format!("recruiter-{job}@crowd.invalid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn every_way_begins_at_the_first_stage_and_ends_where_it_is_said_to() {
        for (stage, way) in WAYS.iter().enumerate() {
            assert_eq!((way.first(), way.last()), (Some(&0), Some(&stage)));
            assert!(way.windows(2).all(|pair| pair.first() != pair.last()), "{way:?} stays");
        }
    }

    #[test]
    fn a_crowd_is_the_same_every_time_and_none_of_it_lies_ahead() {
        let now = Clock::system().now();
        for member in (0..2_000).map(Member) {
            let times = member.times(now);
            assert_eq!(times, member.times(now));
            assert!(times.is_sorted(), "{member:?}: {times:?}");
            assert!(times.iter().all(|at| *at <= now), "{member:?}: {times:?}");
        }
    }

    #[test]
    fn a_crowd_has_people_in_every_state_and_stage() {
        let count = |status| (0..6_000).map(Member).filter(|one| one.status() == status).count();
        assert!((1_800..2_200).contains(&count(ApplicationStatus::Active)));
        assert!(count(ApplicationStatus::Hired) > 100);
        assert!(count(ApplicationStatus::Withdrawn) > 300);
        assert!(count(ApplicationStatus::Rejected) > 3_000);
    }
}
