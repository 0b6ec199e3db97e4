//! How many attempts are kept. In a flood they all tell the same, so beyond a generous number a minute the rest is only
//! counted. Each outcome of each source has a number of its own: a flood of one pushes out nothing of another.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use model::{Code, UnixMs, ids::SourceId, wire::attempts::Kind};

use crate::MINUTE_MS;

/// Attempts of one outcome of one source that are kept of each minute, unless something else is set.
pub const KEPT_PER_MINUTE: u32 = 60_000;

/// Decides which attempts are kept.
#[derive(Debug)]
pub struct Recorder {
    per_minute: u32,
    minute: Mutex<Minute>,
}

/// A source, an endpoint, and the code of a refusal or none.
type Outcome = (Option<SourceId>, Kind, Option<Code>);

#[derive(Debug, Default)]
struct Minute {
    began_at: i64,
    kept: HashMap<Outcome, u32>,
}

impl Recorder {
    /// Keeps so many a minute; none at all with 0.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, minute: Mutex::default() }
    }

    /// Whether one more attempt is kept of what came `at` this moment and ended so. It counts as kept then.
    pub fn keeps(
        &self,
        source: Option<SourceId>,
        kind: Kind,
        code: Option<Code>,
        at: UnixMs,
    ) -> bool {
        let began_at = at.0 - at.0.rem_euclid(MINUTE_MS);
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        // One that came just before the turn of the minute counts in the new one; a clock that was put back begins anew.
        if began_at > minute.began_at || began_at < minute.began_at - MINUTE_MS {
            minute.began_at = began_at;
            minute.kept.clear();
        }
        let kept = minute.kept.entry((source, kind, code)).or_default();
        let is_kept = *kept < self.per_minute;
        *kept += u32::from(is_kept);
        is_kept
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_outcome_of_each_source_has_a_number_of_its_own_each_minute() {
        let recorder = Recorder::new(2);
        let source = |number| Some(SourceId::from(Uuid::from_u128(number)));
        let keeps = |source, code, at| recorder.keeps(source, Kind::Events, code, UnixMs(at));
        let limited = Some(Code::RateLimitExceeded);
        for at in [60_000, 119_999] {
            assert!(keeps(source(1), None, at));
        }
        assert!(!keeps(source(1), None, 100_000));
        assert!(keeps(source(1), limited, 100_000));
        assert!(recorder.keeps(source(1), Kind::Validate, None, UnixMs(100_000)));
        assert!(keeps(source(2), None, 100_000));
        assert!(keeps(None, None, 100_000));
        assert!(keeps(source(1), None, 120_000));
        assert!(keeps(source(1), None, 119_999));
        assert!(!keeps(source(1), None, 120_000));
    }

    #[test]
    fn a_clock_that_was_put_back_begins_anew() {
        let recorder = Recorder::new(1);
        let keeps = |at| recorder.keeps(None, Kind::Events, None, UnixMs(at));
        assert!(keeps(600_000));
        assert!(!keeps(599_999));
        assert!(keeps(120_000));
        assert!(!keeps(120_000));
    }

    #[test]
    fn with_none_a_minute_nothing_is_kept() {
        assert!(!Recorder::new(0).keeps(None, Kind::Events, None, UnixMs(0)));
    }
}
