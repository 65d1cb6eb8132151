//! The life of a signing key.

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::sessions::ACCESS_LIFETIME;

/// How long whoever reads the published keys may keep them, in seconds.
pub const JWKS_MAX_AGE: u32 = 300;
/// How long before it signs a key is published.
pub const PUBLISHED_AHEAD: TimeDelta = TimeDelta::hours(1);
/// How long a key signs before housekeeping makes the one after it.
pub const SIGNS_FOR: TimeDelta = TimeDelta::days(90);
/// How far apart the clocks of two processes may be.
pub const SLACK: TimeDelta = TimeDelta::minutes(1);

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, and signs later.
    Next,
    /// Signs.
    Active,
    /// Checks what it has signed.
    Retired,
    /// No token of it lives.
    Gone,
}

/// Where a key stands that signs from `own`, when the one after it signs from `after`.
pub fn state_of(own: Instant, after: Option<Instant>, now: Instant) -> KeyState {
    match after.filter(|after| *after <= now) {
        Some(after) if after + ACCESS_LIFETIME + SLACK <= now => KeyState::Gone,
        Some(_) => KeyState::Retired,
        None if own > now => KeyState::Next,
        None => KeyState::Active,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_next_then_active_then_retired_then_gone() {
        let at = |minutes: i64| Instant::from_micros(minutes * 60_000_000);
        let state = |now| state_of(at(60), Some(at(120)), at(now));
        assert_eq!([0, 59].map(state), [KeyState::Next; 2]);
        assert_eq!([60, 119].map(state), [KeyState::Active; 2]);
        assert_eq!([120, 130].map(state), [KeyState::Retired; 2]);
        assert_eq!([131, 9999].map(state), [KeyState::Gone; 2]);
        assert_eq!(state_of(at(60), None, at(9999)), KeyState::Active);
    }

    #[test]
    fn a_key_is_published_for_longer_than_anybody_keeps_the_set_before_it_signs() {
        assert!(PUBLISHED_AHEAD > TimeDelta::seconds(i64::from(JWKS_MAX_AGE)) * 2);
    }
}
