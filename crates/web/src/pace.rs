//! How many calls one person may make in a minute, in the memory of one process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{Code, UnixMs, ids::UserId};

use crate::Fault;

const MINUTE_MS: i64 = 60_000;

/// Counts calls. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    per_minute: u32,
    calls: Arc<Mutex<Minute>>,
}

/// The calls of one minute by who made them; with the next minute all begin anew, so it never grows for long.
#[derive(Debug, Default)]
struct Minute {
    number: i64,
    calls: HashMap<UserId, u32>,
}

impl Pace {
    /// With 0 there is no limit.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self { per_minute, calls: Arc::default() }
    }

    /// Lets a call through, or says how long to wait.
    pub(crate) fn admit(&self, user: UserId, now: UnixMs) -> Result<(), Fault> {
        if self.per_minute == 0 {
            return Ok(());
        }
        let mut minute = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.0.div_euclid(MINUTE_MS);
        if minute.number != number {
            *minute = Minute { number, calls: HashMap::new() };
        }
        let calls = minute.calls.entry(user).or_default();
        if *calls == self.per_minute {
            let wait_ms = MINUTE_MS - now.0.rem_euclid(MINUTE_MS);
            let retry_after_s = u64::try_from(wait_ms).unwrap_or_default().div_ceil(1_000);
            let retry_after_s = Some(retry_after_s);
            return Err(Fault { retry_after_s, ..Fault::of(Code::TooManyRequests) });
        }
        *calls += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_person_has_their_own_calls_in_each_minute() {
        let pace = Pace::new(2);
        let (ada, bob) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        let wait_s = |user, at| pace.admit(user, UnixMs(at)).err().and_then(|no| no.retry_after_s);
        assert_eq!([wait_s(ada, 0), wait_s(ada, 1), wait_s(ada, 500)], [None, None, Some(60)]);
        assert_eq!(wait_s(ada, 59_001), Some(1));
        assert_eq!(wait_s(bob, 59_001), None);
        assert_eq!(wait_s(ada, 60_000), None);
    }

    #[test]
    fn nobody_waits_where_there_is_no_limit() {
        let (pace, ada) = (Pace::new(0), Uuid::from_u128(1).into());
        assert!((0..10).all(|_| pace.admit(ada, UnixMs(0)).is_ok()));
    }
}
