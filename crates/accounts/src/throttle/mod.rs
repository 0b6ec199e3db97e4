//! How often someone may try a password.
//!
//! Two rules, in the memory of one process:
//!
//! 1. An address has 30 tries a minute.
//! 2. After 10 failed tries an account's next try must wait 1 s, then 2 s, 4 s … up to 60 s, until nobody has
//!    failed for 15 minutes.
//!
//! Nobody can lock another out. An address from which the account was entered within 30 days does not wait
//! for the failures of others, only for its own. Any other address waits for those of all such addresses, but
//! once it was told how long, its time is kept: nobody can push in and make it wait again.
//!
//! A try counts as failed from its beginning until it has succeeded, or we could not hear it, so that many at once are
//! no way around.
//! An account is its e-mail, whether it exists or not: what the throttle says tells nothing about that.

mod bounded;
#[cfg(test)]
mod tests;

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use model::UnixMs;
use sha2::{Digest, Sha256};

use crate::{Email, Error, hasher::Line};
use bounded::Bounded;

const TRIES_PER_MINUTE: u32 = 30;
const MINUTE_MS: i64 = 60_000;
const FREE_FAILURES: u32 = 10;
const FORGET_FAILURES_AFTER_MS: i64 = 15 * MINUTE_MS;
const LONGEST_DELAY_MS: i64 = 60_000;
const FAMILIAR_FOR_MS: i64 = 30 * 24 * 60 * MINUTE_MS;

/// Enough for any instance that is not under attack; about 30 MB in all when it is.
const MAX_KEYS: usize = 100_000;

/// Counts tries. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Arc<Mutex<State>>);

/// A try that was let through.
#[derive(Debug)]
pub(crate) struct Pass {
    pair: Pair,
    counted_at: Counter,
    admitted_at: UnixMs,
}

impl Pass {
    /// Where to wait for the password to be hashed.
    pub(crate) fn line(&self) -> Line {
        match self.counted_at {
            Counter::Familiar(_) => Line::Familiar,
            Counter::Elsewhere(_) => Line::Strangers,
        }
    }
}

/// The start of the e-mail's SHA-256: as good as the address, and always 16 bytes.
type Account = [u8; 16];

/// An address, or as much of it as one customer of a network has: of IPv6 the first 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place(Option<IpAddr>);

/// An account as tried from one place.
type Pair = (Account, Place);

/// What failures are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Counter {
    /// One familiar place.
    Familiar(Pair),
    /// All other places together.
    Elsewhere(Account),
}

#[derive(Debug, Clone, Copy)]
struct Minute {
    began_at: UnixMs,
    tries: u32,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_at: UnixMs,
}

#[derive(Debug)]
struct State {
    minutes: Bounded<Place, Minute>,
    familiar_since: Bounded<Pair, UnixMs>,
    failures: Bounded<Counter, Failures>,
    /// When a place that must wait may try again.
    next_at: Bounded<Pair, UnixMs>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self::with_keys(MAX_KEYS)
    }
}

impl Throttle {
    fn with_keys(max: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            minutes: Bounded::new(max),
            familiar_since: Bounded::new(max),
            failures: Bounded::new(max),
            next_at: Bounded::new(max),
        })))
    }

    /// Lets a try through and counts it as failed, or says how long to wait.
    pub(crate) fn admit(
        &self,
        email: &Email,
        address: Option<IpAddr>,
        now: UnixMs,
    ) -> Result<Pass, Error> {
        let pair = (account(email), Place::of(address));
        self.with(|state| {
            state.admit_place(pair.1, now)?;
            state.admit_pair(pair, now)
        })
        .map(|counted_at| Pass { pair, counted_at, admitted_at: now })
        .map_err(|wait_ms| Error::TooMany { retry_after_s: whole_seconds(wait_ms) })
    }

    /// Counts a try that is about no account, by its address alone.
    pub(crate) fn admit_stranger(&self, address: Option<IpAddr>, now: UnixMs) -> Result<(), Error> {
        self.with(|state| state.admit_place(Place::of(address), now))
            .map_err(|wait_ms| Error::TooMany { retry_after_s: whole_seconds(wait_ms) })
    }

    /// What came of the try. Only a wrong password is a failure: where the answer was ours to give and we could not, the
    /// try is as if it had not been.
    pub(crate) fn settle<T>(&self, pass: &Pass, outcome: &Result<T, Error>, now: UnixMs) {
        self.with(|state| match outcome {
            Ok(_) => state.succeeded(pass, now),
            Err(Error::InvalidCredentials) => {}
            Err(_) => state.take_back(pass),
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Milliseconds to wait, always more than none.
type WaitMs = i64;

impl State {
    fn admit_place(&mut self, place: Place, now: UnixMs) -> Result<(), WaitMs> {
        if place.0.is_none() {
            return Ok(());
        }
        let minute = self
            .minutes
            .get(&place)
            .filter(|minute| now.since(minute.began_at) < MINUTE_MS)
            .unwrap_or(Minute { began_at: now, tries: 0 });
        if minute.tries == TRIES_PER_MINUTE {
            return Err(MINUTE_MS - now.since(minute.began_at));
        }
        self.minutes.insert(place, Minute { tries: minute.tries + 1, ..minute });
        Ok(())
    }

    fn admit_pair(&mut self, pair: Pair, now: UnixMs) -> Result<Counter, WaitMs> {
        let counter = self.counter(pair, now);
        let failures = self
            .failures
            .get(&counter)
            .filter(|failures| now.since(failures.last_at) < FORGET_FAILURES_AFTER_MS)
            .unwrap_or(Failures { count: 0, last_at: now });
        if let Some(delay_ms) = delay_ms(failures.count) {
            let told = self.next_at.get(&pair);
            let next_at = told.unwrap_or(failures.last_at.plus_ms(delay_ms));
            if now < next_at {
                self.next_at.insert(pair, next_at);
                return Err(next_at.since(now));
            }
        }
        let count = failures.count.saturating_add(1);
        self.failures.insert(counter, Failures { count, last_at: now });
        if let Some(delay_ms) = delay_ms(count) {
            self.next_at.insert(pair, now.plus_ms(delay_ms));
        }
        Ok(counter)
    }

    fn counter(&self, pair: Pair, now: UnixMs) -> Counter {
        let is_familiar =
            self.familiar_since.get(&pair).is_some_and(|since| now.since(since) < FAMILIAR_FOR_MS);
        if is_familiar { Counter::Familiar(pair) } else { Counter::Elsewhere(pair.0) }
    }

    fn take_back(&mut self, pass: &Pass) {
        self.count_less(pass);
        // Its turn had come, and it still has it.
        if self.next_at.get(&pass.pair).is_some() {
            self.next_at.insert(pass.pair, pass.admitted_at);
        }
    }

    fn count_less(&mut self, pass: &Pass) {
        if let Some(failures) = self.failures.get(&pass.counted_at) {
            let count = failures.count.saturating_sub(1);
            self.failures.insert(pass.counted_at, Failures { count, ..failures });
        }
    }

    fn succeeded(&mut self, pass: &Pass, now: UnixMs) {
        self.count_less(pass);
        if pass.pair.1.0.is_some() {
            self.familiar_since.insert(pass.pair, now);
        }
    }
}

/// 1 s, 2 s, 4 s … for the first, second, third try after the free ones.
fn delay_ms(failures: u32) -> Option<i64> {
    let doublings = failures.checked_sub(FREE_FAILURES)?;
    Some(
        1_000_i64
            .checked_shl(doublings.min(6))
            .map_or(LONGEST_DELAY_MS, |ms| ms.min(LONGEST_DELAY_MS)),
    )
}

fn whole_seconds(ms: WaitMs) -> u64 {
    u64::try_from(ms).unwrap_or_default().div_ceil(1_000).max(1)
}

fn account(email: &Email) -> Account {
    let hash = Sha256::digest(email.as_str());
    std::array::from_fn(|i| hash[i])
}

impl Place {
    fn of(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
            v4 @ IpAddr::V4(_) => v4,
        }))
    }
}
