//! How much one person, one key or one address may ask for: a quota of requests per window, apart for
//! what is cheap and what is expensive. Every answer says what is left (`RateLimit`).
//!
//! A window begins with the first request in it, which is what the header can tell exactly; a leaky
//! bucket such as `governor`'s has no end of a window to name and no bound on its keys. Counts live in
//! this process alone: several instances allow several times as much, and a restart begins anew.

mod class;
mod quota;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

pub use class::Class;
pub use quota::{Quota, Quotas};

use super::State;
use crate::access::Claims;
use crate::clock::Instant;
use crate::error::{Code, Error};
use crate::ids::UserId;

/// Into how many parts the counts are divided, so that workers seldom wait for each other.
const SHARDS: usize = 16;
/// The most counts in one part. Where more are wanted, those whose window is over are dropped, and
/// if there are none, all of the part.
const SHARD_LIMIT: usize = 4096;
const MICROS: i64 = 1_000_000;

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person, by a token whose signature holds.
    User(UserId),
    /// Anybody at an address of IPv4.
    Address(u32),
    /// Anybody in a network of IPv6: whoever has one address has 2^64 of them.
    Network(u64),
}

impl Principal {
    /// Whoever asks from an address; nobody at the unspecified one, which stands for no address.
    fn at(address: IpAddr) -> Option<Self> {
        if address.is_unspecified() {
            return None;
        }
        Some(match address {
            IpAddr::V4(address) => Self::Address(address.to_bits()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments().map(u64::from);
                Self::Network(a << 48 | b << 32 | c << 16 | d)
            }
        })
    }

    fn is_known(self) -> bool {
        matches!(self, Self::User(_))
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends: i64,
    used: u32,
}

type Windows = HashMap<(Class, Principal), Window>;

/// Counts with a bound: parts of a table, each behind a lock of its own.
#[derive(Default)]
struct Ledger {
    shards: [Mutex<Windows>; SHARDS],
    hasher: RandomState,
}

impl Ledger {
    /// Takes one request from a quota, if one is left.
    fn take(&self, class: Class, who: Principal, quota: Quota, now: Instant) -> Standing {
        let now = now.timestamp_micros();
        let span = i64::from(quota.seconds) * MICROS;
        let fresh = Window { ends: now + span, used: 0 };
        let key = (class, who);
        let part = usize::try_from(self.hasher.hash_one(key)).unwrap_or(0) % SHARDS;
        let [first, ..] = &self.shards;
        let shard = self.shards.get(part).unwrap_or(first);
        let mut windows = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= SHARD_LIMIT && !windows.contains_key(&key) {
            windows.retain(|_, window| window.ends > now);
            if windows.len() >= SHARD_LIMIT {
                windows.clear();
            }
        }
        let window = windows.entry(key).or_insert(fresh);
        // A clock that was set back has left a window that would not end for long.
        if window.ends <= now || window.ends > now + span {
            *window = fresh;
        }
        let refused = window.used >= quota.requests;
        window.used = window.used.saturating_add(u32::from(!refused));
        let remaining = quota.requests - window.used.min(quota.requests);
        let seconds = (window.ends - now + MICROS - 1) / MICROS;
        Standing { class, quota, remaining, resets_in: seconds, refused }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap().len()).sum()
    }
}

/// The quotas of this process, and what was taken from them.
#[derive(Default)]
pub struct Limiter {
    quotas: Quotas,
    /// Who was proven to be somebody; nobody else can push them out.
    known: Ledger,
    /// Addresses, of which anybody may have very many.
    addresses: Ledger,
}

impl Limiter {
    /// Nothing was taken yet.
    pub fn new(quotas: Quotas) -> Self {
        Self { quotas, ..Self::default() }
    }

    /// Takes one request, if one is left. `None` where nothing is counted.
    fn take(&self, class: Class, who: Principal, now: Instant) -> Option<Standing> {
        let quota = self.quotas.of(class)?;
        let ledger = if who.is_known() { &self.known } else { &self.addresses };
        Some(ledger.take(class, who, quota, now))
    }
}

/// How a principal stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    class: Class,
    quota: Quota,
    remaining: u32,
    resets_in: i64,
    refused: bool,
}

impl Standing {
    /// Why the request is not served, if it is not.
    pub(super) fn refusal(self) -> Option<Error> {
        let Quota { requests, seconds } = self.quota;
        let detail = format!("At most {requests} requests of this kind in {seconds} seconds.");
        let error = Error::new(Code::TooManyRequests, detail);
        self.refused.then(|| Error { retry_after: Some(self.resets_in), ..error })
    }

    /// Says it in the headers of an answer (draft-ietf-httpapi-ratelimit-headers).
    pub(super) fn dress(self, headers: &mut HeaderMap) {
        let (class, Quota { requests, seconds }) = (self.class.as_str(), self.quota);
        let (remaining, resets_in) = (self.remaining, self.resets_in);
        let fields = [
            ("ratelimit-policy", format!("\"{class}\";q={requests};w={seconds}")),
            ("ratelimit", format!("\"{class}\";r={remaining};t={resets_in}")),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// What a token said whose signature was checked on the way in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked(pub(super) Claims);

/// Takes a request from the quota of whoever sends it; before anything else is done for it, and
/// without asking the database.
pub(super) fn admit(req: &ServiceRequest, route: Option<&str>, state: &State) -> Option<Standing> {
    let class = Class::of(req.method(), route.unwrap_or_default())?;
    let now = state.db.clock().now();
    let user = || {
        let header = req.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let claims = state.tokens.check(header.strip_prefix("Bearer ")?.trim(), now).ok()?;
        req.extensions_mut().insert(Checked(claims));
        Some(Principal::User(claims.user_id))
    };
    let address = || Principal::at(state.proxies.client(req.peer_addr(), req.headers()));
    // Whoever signs in is nobody yet, whatever token they bring along.
    let user = user().filter(|_| class != Class::SignIn);
    state.limiter.take(class, user.or_else(address)?, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Principal {
        Principal::at(text.parse().unwrap()).unwrap()
    }

    fn seconds(seconds: i64) -> Instant {
        Instant::from_micros(seconds * MICROS)
    }

    fn limiter(quota: &str) -> Limiter {
        let read = quota.parse().unwrap();
        Limiter::new(Quotas { read, ..Quotas::default() })
    }

    #[test]
    fn a_quota_is_used_up_and_comes_back_when_its_window_ends() {
        let limiter = limiter("2/10");
        let take = |now: Instant| limiter.take(Class::Read, at("192.0.2.1"), now).unwrap();
        let left = |standing: Standing| (standing.remaining, standing.resets_in, standing.refused);
        assert_eq!(left(take(seconds(100))), (1, 10, false));
        assert_eq!(left(take(Instant::from_micros(103_400_000))), (0, 7, false));
        assert_eq!(left(take(seconds(109))), (0, 1, true));
        assert_eq!(left(take(seconds(110))), (1, 10, false));
        assert_eq!(left(take(seconds(5))), (1, 10, false), "the clock was set back");
    }

    #[test]
    fn nobody_is_refused_sooner_for_what_they_were_refused() {
        let limiter = limiter("1/10");
        let take = |now| limiter.take(Class::Read, at("192.0.2.1"), seconds(now)).unwrap().refused;
        assert_eq!([0, 1, 2, 9, 10].map(take), [false, true, true, true, false]);
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_an_address_of_ipv4_is_one() {
        assert_eq!(at("2001:db8::1"), at("2001:db8:0:0:ffff::9"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(Principal::at("0.0.0.0".parse().unwrap()), None);
    }

    #[test]
    fn classes_are_counted_apart_and_one_that_is_off_is_not() {
        let quotas = Quotas { read: "1/10".parse().unwrap(), ..Quotas::OFF };
        let limiter = Limiter::new(quotas);
        let who = at("192.0.2.1");
        assert!(!limiter.take(Class::Read, who, seconds(0)).unwrap().refused);
        assert_eq!(limiter.take(Class::Write, who, seconds(0)), None);
        assert!(limiter.take(Class::Read, who, seconds(0)).unwrap().refused);
    }

    #[test]
    fn memory_is_bounded_and_strangers_push_out_nobody_who_signed_in() {
        let limiter = limiter("1/10");
        let user = Principal::User(UserId::from_uuid(uuid::Uuid::from_u128(7)));
        assert!(!limiter.take(Class::Read, user, seconds(0)).unwrap().refused);
        for number in 0..200_000 {
            limiter.take(Class::Read, Principal::Network(number), seconds(0));
        }
        assert!(limiter.addresses.len() <= SHARDS * SHARD_LIMIT);
        assert!(limiter.take(Class::Read, user, seconds(0)).unwrap().refused);
        let crowded = limiter.addresses.len();
        for number in 0..200_000 {
            limiter.take(Class::Read, Principal::Network(1 << 40 | number), seconds(11));
        }
        assert!(crowded > 0 && limiter.addresses.len() <= SHARDS * SHARD_LIMIT);
    }
}
