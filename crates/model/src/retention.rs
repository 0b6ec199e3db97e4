//! How long what was sent is kept.

use crate::UnixMs;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How many days each kind is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events, the sessions of visitors, and the counts by minute.
    pub events_days: u32,
    /// Attempts with their bodies, and the counts of those that were not kept.
    pub attempts_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { events_days: 365, attempts_days: 14 }
    }
}

impl Retention {
    /// At `now`, events of before have had their time.
    #[must_use]
    pub fn events_before(self, now: UnixMs) -> UnixMs {
        now.plus_ms(-DAY_MS * i64::from(self.events_days))
    }

    /// At `now`, attempts of before have had their time. They go a day (UTC) at a time, so this is the beginning of one.
    #[must_use]
    pub fn attempts_before(self, now: UnixMs) -> UnixMs {
        let before = now.plus_ms(-DAY_MS * i64::from(self.attempts_days));
        before.plus_ms(-before.0.rem_euclid(DAY_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_go_to_the_millisecond_and_attempts_by_whole_days() {
        let retention = Retention { events_days: 2, attempts_days: 1 };
        let now = UnixMs(10 * DAY_MS + 5);
        assert_eq!(retention.events_before(now), UnixMs(8 * DAY_MS + 5));
        assert_eq!(retention.attempts_before(now), UnixMs(9 * DAY_MS));
        assert_eq!(retention.attempts_before(UnixMs(10 * DAY_MS)), UnixMs(9 * DAY_MS));
    }
}
