//! What a key may be, and whether it works.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::text_enum;

/// How long a key lives if nobody says.
pub(super) const LIFETIME: TimeDelta = TimeDelta::days(90);
/// How long a key lives at most.
pub(super) const LIFETIME_MAX: TimeDelta = TimeDelta::days(366);
/// How long a secret works on after it was replaced, at most, in hours.
pub(super) const GRACE_HOURS_MAX: i32 = 7 * 24;
/// How many keys of one service account may work at once.
pub(super) const KEYS_MAX: i64 = 50;
/// How many service accounts one person may own at once.
pub(super) const ACCOUNTS_MAX: i64 = 50;

text_enum! {
    /// Whether a key works.
    pub enum ApiKeyState {
        /// It works.
        Active => "active",
        /// It waits: its account is deactivated, its owner is, or its owner is a new one who has not
        /// rotated it.
        Paused => "paused",
        /// Its time is over.
        Expired => "expired",
        /// It was ended.
        Revoked => "revoked",
    }
}

/// What decides whether a key works.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent reasons why a key does not work")]
pub(super) struct Standing {
    pub(super) revoked: bool,
    pub(super) expires_at: Instant,
    pub(super) account_active: bool,
    pub(super) owner_active: bool,
    pub(super) issued_by_owner: bool,
}

impl ApiKeyState {
    /// The state of a key at an instant.
    pub(super) fn at(standing: Standing, now: Instant) -> Self {
        let Standing { revoked, expires_at, account_active, owner_active, issued_by_owner } =
            standing;
        if revoked {
            Self::Revoked
        } else if expires_at <= now {
            Self::Expired
        } else if account_active && owner_active && issued_by_owner {
            Self::Active
        } else {
            Self::Paused
        }
    }
}

/// When a key that is made or rotated now ends.
///
/// # Errors
/// `invalid` for an instant that is past, or more than a year away.
pub(super) fn expiry(now: Instant, wanted: Option<Instant>) -> Result<Instant> {
    let expires_at = wanted.unwrap_or(now + LIFETIME);
    if expires_at <= now || expires_at > now + LIFETIME_MAX {
        let detail = "After this moment, and within a year.";
        return Err(Error::invalid("/expires_at", "range", detail));
    }
    Ok(expires_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_works_while_nothing_speaks_against_it() {
        let now = Instant::from_micros(1_000_000);
        let fine = Standing {
            revoked: false,
            expires_at: Instant::from_micros(1_000_001),
            account_active: true,
            owner_active: true,
            issued_by_owner: true,
        };
        let state = |standing| ApiKeyState::at(standing, now);
        assert_eq!(state(fine), ApiKeyState::Active);
        assert_eq!(state(Standing { account_active: false, ..fine }), ApiKeyState::Paused);
        assert_eq!(state(Standing { owner_active: false, ..fine }), ApiKeyState::Paused);
        assert_eq!(state(Standing { issued_by_owner: false, ..fine }), ApiKeyState::Paused);
        let late = Standing { expires_at: now, account_active: false, ..fine };
        assert_eq!(state(late), ApiKeyState::Expired);
        assert_eq!(state(Standing { revoked: true, ..late }), ApiKeyState::Revoked);
    }

    #[test]
    fn a_key_lives_ninety_days_or_as_said_up_to_a_year() {
        let now = Instant::from_micros(0);
        assert_eq!(expiry(now, None).ok(), Some(now + TimeDelta::days(90)));
        let year = now + LIFETIME_MAX;
        assert_eq!(expiry(now, Some(year)).ok(), Some(year));
        assert!(expiry(now, Some(year + TimeDelta::microseconds(1))).is_err());
        assert!(expiry(now, Some(now)).is_err());
    }
}
