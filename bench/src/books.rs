//! What the connections were told against what is stored.

use rig::database::Stored;

use crate::load::Tally;

/// Both sides of one run.
#[derive(Debug)]
pub struct Books {
    /// What the connections saw.
    pub tally: Tally,
    /// Events a request.
    pub events: usize,
    /// Sessions made for it, one bootstrap each.
    pub sessions: u16,
    /// Rows found after the server had stopped.
    pub stored: Stored,
}

impl Books {
    /// Whether the database holds just what was acknowledged.
    pub fn is_all_stored(&self) -> bool {
        let acknowledged = self.tally.acknowledged;
        let is_within = |stored: u64, least: u64, each: u64| {
            (least..=least + self.tally.unclear * each).contains(&stored)
        };
        let events = self.events as u64;
        is_within(self.stored.events, acknowledged * events, events)
            && is_within(self.stored.attempts, acknowledged + u64::from(self.sessions), 1)
    }

    /// What a reader must know beyond the numbers of this run.
    pub fn faults(&self, run: &str) -> Vec<String> {
        let Tally { acknowledged, failures, unclear, .. } = self.tally;
        let mut faults = Vec::new();
        if let Some(first) = &self.tally.first_failure {
            faults.push(format!("FAILED: {run}: {failures} requests; the first: {first}"));
        }
        if !self.is_all_stored() {
            let Stored { events, attempts } = self.stored;
            faults.push(format!(
                "WRONG COUNT: {run}: acknowledged {acknowledged} requests with {} events, and {} \
                 bootstraps ({unclear} requests unclear), but stored are {events} events and \
                 {attempts} attempts",
                acknowledged * self.events as u64,
                self.sessions
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_right(events: u64, attempts: u64, unclear: u64) -> bool {
        let tally = Tally { acknowledged: 10, unclear, ..Tally::default() };
        let stored = Stored { events, attempts };
        Books { tally, events: 25, sessions: 64, stored }.is_all_stored()
    }

    #[test]
    fn a_lost_event_and_a_doubled_one_are_wrong() {
        assert!(is_right(250, 74, 0));
        assert!(!is_right(249, 74, 0));
        assert!(!is_right(251, 74, 0));
        assert!(!is_right(250, 73, 0));
    }

    #[test]
    fn a_request_without_an_answer_may_be_stored_or_not() {
        assert!(is_right(250, 74, 1));
        assert!(is_right(275, 75, 1));
        assert!(!is_right(276, 75, 1));
    }
}
