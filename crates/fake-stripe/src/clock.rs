//! What time it is here: the real time and a lead on it, or a time that stands until it is moved.

use std::time::{SystemTime, UNIX_EPOCH};

/// A clock in Unix seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// The system's, so many seconds ahead.
    Real { ahead: i64 },
    /// Stands until it is moved; it began at `start`.
    Standing { start: i64, at: i64 },
}

impl Clock {
    /// One that stands.
    pub(crate) const fn standing(at: i64) -> Self {
        Self::Standing { start: at, at }
    }

    pub(crate) fn now(self) -> i64 {
        match self {
            Self::Real { ahead } => system().saturating_add(ahead),
            Self::Standing { at, .. } => at,
        }
    }

    /// The time that a receiver of webhooks would read off its own clock.
    ///
    /// A lead is only played: whoever checks how old a signature is does so by the real time. A standing clock is
    /// set by a test, which sets its own likewise.
    pub(crate) fn outside(self) -> i64 {
        match self {
            Self::Real { .. } => system(),
            Self::Standing { at, .. } => at,
        }
    }

    /// The time it would be had nobody moved it.
    pub(crate) fn unmoved(self) -> i64 {
        match self {
            Self::Real { .. } => system(),
            Self::Standing { start, .. } => start,
        }
    }

    /// Moves to a later time.
    pub(crate) fn move_to(&mut self, at: i64) {
        let by = at.saturating_sub(self.now()).max(0);
        match self {
            Self::Real { ahead } => *ahead += by,
            Self::Standing { at, .. } => *at += by,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else here asks")]
fn system() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_lead_is_not_seen_outside() {
        let mut clock = Clock::Real { ahead: 0 };
        let before = clock.outside();
        clock.move_to(clock.now() + 1_000_000);
        assert!(clock.now() >= before + 1_000_000);
        assert!(clock.outside() < before + 1_000);
    }

    #[test]
    fn no_clock_goes_back() {
        let mut clock = Clock::standing(500);
        clock.move_to(400);
        assert_eq!(clock.now(), 500);
        clock.move_to(600);
        assert_eq!((clock.now(), clock.unmoved()), (600, 500));
    }
}
