//! How many requests each source has sent this minute.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use model::{UnixMs, ids::SourceId};

const MINUTE_MS: i64 = 60_000;

/// Counts requests by source and calendar minute.
#[derive(Debug, Default)]
pub struct Rate {
    minute: Mutex<Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    began_at: i64,
    requests: HashMap<SourceId, i64>,
}

impl Rate {
    /// Counts one request. When it is over `limit`: the seconds until the next minute.
    pub fn count(&self, source: SourceId, limit: i64, now: UnixMs) -> Result<(), u64> {
        let began_at = now.0 - now.0.rem_euclid(MINUTE_MS);
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.began_at != began_at {
            minute.began_at = began_at;
            minute.requests.clear();
        }
        let requests = minute.requests.entry(source).or_default();
        if *requests < limit {
            *requests += 1;
            return Ok(());
        }
        let rest_ms = began_at + MINUTE_MS - now.0;
        Err(u64::try_from(rest_ms).unwrap_or_default().div_ceil(1_000).max(1))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_minute_holds_exactly_the_limit_and_the_next_one_begins_anew() {
        let (rate, source) = (Rate::default(), SourceId::from(Uuid::from_u128(1)));
        let counted = |at| rate.count(source, 2, UnixMs(at));
        assert_eq!(counted(60_000), Ok(()));
        assert_eq!(counted(119_000), Ok(()));
        assert_eq!(counted(119_001), Err(1));
        assert_eq!(counted(61_000), Err(59));
        assert_eq!(counted(120_000), Ok(()));
    }
}
