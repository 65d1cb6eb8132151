//! Slowing down who guesses passwords.
//!
//! Three budgets, each by a key that is a keyed hash, so that a dump of the memory names nobody:
//!
//! | budget | tries that fail for free | longest wait | whom it slows |
//! |---|---|---|---|
//! | account and network | 5 | 60 s | one guesser of one account |
//! | account | 20 | 10 s | many networks that guess one account |
//! | network | 50 | 30 s | one network that guesses many accounts |
//!
//! After the free tries each failure doubles the wait, from a second up to the longest; an hour
//! without a try forgets. A try that must wait is refused before anything is hashed. The last two do
//! not concern a network from which the account's owner signed in before, which has the first
//! budget to itself: a stranger never keeps them out from there. From a new network the owner waits
//! at most the ten seconds of the account's budget, even while others guess on: whoever was told to
//! wait by it is let through once when they come back at the time they were told. Nothing here asks
//! whether there is such an account, so known and unknown ones behave the same.
//!
//! The budgets live in the memory of each process, bounded, least recently used first out. A table
//! would make every wrong password a durable write, which is what a flood wants, and put the flood in
//! the way of everybody else's writes; what memory costs is that a restart forgives, and that two
//! instances give twice the tries. Against passwords of twelve characters of which the common ones
//! are refused, neither helps a guesser.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::hmac;
use chrono::TimeDelta;
use lru::LruCache;

use super::network_of;
use crate::clock::Instant;
use crate::error::{Error, Result};

/// How long a budget remembers after the last try.
const QUIET: TimeDelta = TimeDelta::hours(1);

/// How many keys each budget remembers.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(0x7fff);

/// How a budget slows.
#[derive(Debug, Clone, Copy)]
struct Budget {
    free: u32,
    longest_seconds: i64,
}

const PAIR: Budget = Budget { free: 5, longest_seconds: 60 };
const ACCOUNT: Budget = Budget { free: 20, longest_seconds: 10 };
const NETWORK: Budget = Budget { free: 50, longest_seconds: 30 };

impl Budget {
    /// The wait after so many failures.
    fn wait(self, failures: u32) -> TimeDelta {
        let doublings = failures.checked_sub(self.free);
        let seconds = doublings.map_or(0, |doublings| 1_i64 << doublings.min(16));
        TimeDelta::seconds(seconds.min(self.longest_seconds))
    }
}

type Key = [u8; 16];

#[derive(Debug, Clone, Copy)]
struct Entry {
    failures: u32,
    /// When the next try is let through.
    opens_at: Instant,
    last_at: Instant,
    /// When whoever the account's budget refused is let through once.
    ticket: Option<Instant>,
}

struct Budgets {
    pairs: LruCache<Key, Entry>,
    accounts: LruCache<Key, Entry>,
    networks: LruCache<Key, Entry>,
}

/// Slows down who guesses passwords; one per process.
pub struct Throttle {
    secret: hmac::Key,
    budgets: Mutex<Budgets>,
}

/// Who tries to sign in to what, from where.
#[derive(Debug, Clone, Copy)]
pub struct Guesser {
    pair: Key,
    account: Key,
    network: Key,
}

/// A try that was let through, and counts as failed until it is told otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Admitted {
    guesser: Guesser,
    known: bool,
    /// Whether the account's budget began to slow with this try.
    pub slows_account: bool,
}

impl Throttle {
    /// A throttle that remembers nothing yet.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub fn new() -> Result<Self> {
        let mut secret = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(Error::internal)?;
        let budgets = Budgets {
            pairs: LruCache::new(REMEMBERED),
            accounts: LruCache::new(REMEMBERED),
            networks: LruCache::new(REMEMBERED),
        };
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        Ok(Self { secret, budgets: Mutex::new(budgets) })
    }

    /// Whoever tries the account of a folded address.
    pub fn guesser(&self, email_folded: &str, address: IpAddr) -> Guesser {
        let network = network_of(address);
        Guesser {
            pair: self.key(&["pair", email_folded, &network]),
            account: self.key(&["account", email_folded]),
            network: self.key(&["network", &network]),
        }
    }

    fn key(&self, parts: &[&str]) -> Key {
        let tag = hmac::sign(&self.secret, parts.join("\0").as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(tag.as_ref().split_at(16).0);
        key
    }

    /// Whether this guesser must wait for this account, before anything is read for them.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub fn check(&self, guesser: Guesser, now: Instant) -> Result<()> {
        let mut budgets = self.budgets();
        let opens_at = budgets.pairs.get(&guesser.pair).map(|entry| entry.opens_at);
        opens_at.map_or(Ok(()), |opens_at| refuse_until("pair", opens_at, now))
    }

    /// Lets a try through, or refuses it. `known` says that the account's owner signed in from this
    /// network before.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub fn admit(&self, guesser: Guesser, known: bool, now: Instant) -> Result<Admitted> {
        let mut budgets = self.budgets();
        let Budgets { pairs, accounts, networks } = &mut *budgets;
        for budget in [&mut *pairs, &mut *accounts, &mut *networks] {
            forget_quiet(budget, now);
        }
        let opens_at = |budget: &mut LruCache<Key, Entry>, key: &Key| {
            budget.get(key).map_or(now, |entry| entry.opens_at)
        };
        refuse_until("pair", opens_at(pairs, &guesser.pair), now)?;
        if !known {
            refuse_until("network", opens_at(networks, &guesser.network), now)?;
            let account_opens_at = opens_at(accounts, &guesser.account);
            let pair = entry(pairs, guesser.pair, now);
            if account_opens_at > now {
                let ticket = *pair.ticket.get_or_insert(account_opens_at);
                refuse_until("account", ticket, now)?;
            }
            pair.ticket = None;
        }
        count(pairs, guesser.pair, PAIR, now);
        let mut slows_account = false;
        if !known {
            count(networks, guesser.network, NETWORK, now);
            slows_account = count(accounts, guesser.account, ACCOUNT, now) == ACCOUNT.free;
        }
        Ok(Admitted { guesser, known, slows_account })
    }

    /// The try was right: the account's budgets begin anew. The network's only takes the try back,
    /// or whoever has one account could guess at all others for ever.
    pub fn succeeded(&self, admitted: Admitted, now: Instant) {
        let mut budgets = self.budgets();
        budgets.pairs.pop(&admitted.guesser.pair);
        if !admitted.known {
            budgets.accounts.pop(&admitted.guesser.account);
            take_back(&mut budgets.networks, &admitted.guesser.network, now);
        }
    }

    /// The try was never looked at, so it counts for nothing.
    pub fn withdraw(&self, admitted: Admitted, now: Instant) {
        let mut budgets = self.budgets();
        take_back(&mut budgets.pairs, &admitted.guesser.pair, now);
        if !admitted.known {
            take_back(&mut budgets.accounts, &admitted.guesser.account, now);
            take_back(&mut budgets.networks, &admitted.guesser.network, now);
        }
    }

    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(budget: &mut LruCache<Key, Entry>, key: Key, now: Instant) -> &mut Entry {
    let fresh = Entry { failures: 0, opens_at: now, last_at: now, ticket: None };
    let entry = budget.get_or_insert_mut(key, || fresh);
    if entry.last_at + QUIET <= now {
        *entry = fresh;
    }
    entry
}

/// Counts a failure and says how many there are now.
fn count(budget: &mut LruCache<Key, Entry>, key: Key, rule: Budget, now: Instant) -> u32 {
    let entry = entry(budget, key, now);
    entry.failures = entry.failures.saturating_add(1);
    entry.opens_at = now + rule.wait(entry.failures);
    entry.last_at = now;
    entry.failures
}

fn take_back(budget: &mut LruCache<Key, Entry>, key: &Key, now: Instant) {
    if let Some(entry) = budget.get_mut(key) {
        entry.failures = entry.failures.saturating_sub(1);
        entry.opens_at = now;
    }
}

/// The least recently used are the first to be quiet.
fn forget_quiet(budget: &mut LruCache<Key, Entry>, now: Instant) {
    while budget.peek_lru().is_some_and(|(_, entry)| entry.last_at + QUIET <= now) {
        budget.pop_lru();
    }
}

fn refuse_until(budget: &'static str, opens_at: Instant, now: Instant) -> Result<()> {
    if opens_at <= now {
        return Ok(());
    }
    metrics::counter!("evenbar_sign_in_throttled_total", "budget" => budget).increment(1);
    let wait = opens_at - now;
    let begun = i64::from(wait.subsec_nanos() > 0);
    let detail = "Too many passwords were wrong; try again after a while.";
    Err(Error::too_many(detail, wait.num_seconds() + begun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::from(0x0a00_0000 + n))
    }

    fn waits(throttle: &Throttle, guesser: Guesser, known: bool, now: Instant) -> Option<i64> {
        match throttle.admit(guesser, known, now) {
            Ok(_) => None,
            Err(error) => {
                assert_eq!(error.code, Code::TooManyRequests);
                error.retry_after
            }
        }
    }

    #[test]
    fn the_wait_doubles_up_to_its_longest_and_an_hour_forgets() {
        let (throttle, mut now) = (Throttle::new().unwrap(), Instant::from_micros(0));
        let ada = throttle.guesser("ada@example.com", address(1));
        for _ in 0..5 {
            assert_eq!(waits(&throttle, ada, true, now), None);
        }
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(waits(&throttle, ada, true, now), Some(wait));
            now = now + TimeDelta::seconds(wait);
            assert_eq!(waits(&throttle, ada, true, now), None);
        }
        now = now + QUIET;
        for _ in 0..5 {
            assert_eq!(waits(&throttle, ada, true, now), None);
        }
    }

    #[test]
    fn guesses_from_many_networks_keep_nobody_out_for_longer_than_the_accounts_wait() {
        let (throttle, mut now) = (Throttle::new().unwrap(), Instant::from_micros(0));
        let try_from = |n, known, now| {
            waits(&throttle, throttle.guesser("ada@example.com", address(n)), known, now)
        };
        for n in 0..20 {
            assert_eq!(try_from(n, false, now), None);
        }
        // Strangers take every turn that there is, and the owner still gets theirs.
        let owner = 1_000_000;
        let wait = try_from(owner, false, now).unwrap();
        assert!(wait <= 10);
        for n in 100..10_000 {
            assert!(try_from(n, false, now).is_some());
        }
        assert_eq!(try_from(owner + 1, true, now), None, "a known network does not wait");
        now = now + TimeDelta::seconds(wait);
        assert_eq!(try_from(100, false, now), None);
        assert_eq!(try_from(owner, false, now), None);
    }

    #[test]
    fn one_network_that_tries_many_accounts_is_slowed() {
        let (throttle, now) = (Throttle::new().unwrap(), Instant::from_micros(0));
        let try_as = |n: u32, known| {
            let email = format!("{n}@example.com");
            waits(&throttle, throttle.guesser(&email, address(1)), known, now)
        };
        for n in 0..50 {
            assert_eq!(try_as(n, false), None);
        }
        assert_eq!(try_as(50, false), Some(1));
        assert_eq!(try_as(51, true), None);
    }

    #[test]
    fn success_begins_anew_and_a_try_that_nobody_looked_at_counts_for_nothing() {
        let (throttle, now) = (Throttle::new().unwrap(), Instant::from_micros(0));
        let ada = throttle.guesser("ada@example.com", address(1));
        for _ in 0..50 {
            let admitted = throttle.admit(ada, false, now).unwrap();
            throttle.withdraw(admitted, now);
        }
        for _ in 0..4 {
            throttle.admit(ada, false, now).unwrap();
        }
        let right = throttle.admit(ada, false, now).unwrap();
        throttle.succeeded(right, now);
        for _ in 0..5 {
            throttle.admit(ada, false, now).unwrap();
        }
        assert!(throttle.admit(ada, false, now).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (throttle, now) = (Throttle::new().unwrap(), Instant::from_micros(0));
        for n in 0..40_000 {
            let email = format!("{n}@example.com");
            throttle.admit(throttle.guesser(&email, address(n)), false, now).unwrap();
        }
        assert_eq!(throttle.budgets().pairs.len(), REMEMBERED.get());
    }
}
