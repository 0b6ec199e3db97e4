//! What the connections were told against what is stored.

use rig::{database::Stored, payload::Kind};

use crate::{lane::Sending, load::Tally};

/// Both sides of one run.
#[derive(Debug)]
pub struct Books {
    /// What the connections saw.
    pub tally: Tally,
    /// What they sent.
    pub sending: Sending,
    /// Whether attempts were to be kept; otherwise each request is counted and no more.
    pub is_kept: bool,
    /// Sessions made for it, one bootstrap each.
    pub sessions: u16,
    /// Rows found after the server had stopped.
    pub stored: Stored,
}

impl Books {
    /// Whether the database holds just what was acknowledged.
    pub fn is_all_stored(&self) -> bool {
        self.are_events_right() && self.are_attempts_right()
    }

    /// The counts of the minutes name the duplicates; together with the rows they are what was sent.
    fn are_events_right(&self) -> bool {
        let Stored { events, duplicates, .. } = self.stored;
        let each = self.sending.events as u64;
        let sent = self.tally.acknowledged * each;
        let is_sent = |stored| self.is_within(stored, sent, each);
        match self.sending.kind {
            Kind::New => is_sent(events) && duplicates == 0,
            Kind::Repeated => {
                let most = Kind::REPEATED_EVENTS.max(self.sending.events) as u64;
                is_sent(events + duplicates) && events <= most
            }
            Kind::WithoutSession | Kind::Foreign => events == 0 && duplicates == 0,
        }
    }

    fn are_attempts_right(&self) -> bool {
        let Stored { attempts, refused, counted, .. } = self.stored;
        let (acknowledged, sessions) = (self.tally.acknowledged, u64::from(self.sessions));
        let is = |stored, least| self.is_within(stored, least, 1);
        match self.sending.kind {
            _ if !self.is_kept => {
                (attempts, refused) == (0, 0) && is(counted, acknowledged + sessions)
            }
            _ if counted > 0 => false,
            Kind::New | Kind::Repeated => is(attempts, acknowledged + sessions) && refused == 0,
            Kind::WithoutSession | Kind::Foreign => {
                attempts == sessions && is(refused, acknowledged)
            }
        }
    }

    fn is_within(&self, stored: u64, least: u64, each: u64) -> bool {
        (least..=least + self.tally.unclear * each).contains(&stored)
    }

    /// What a reader must know beyond the numbers of this run.
    pub fn faults(&self, run: &str) -> Vec<String> {
        let Tally { acknowledged, failures, unclear, .. } = self.tally;
        let mut faults = Vec::new();
        if let Some(first) = &self.tally.first_failure {
            faults.push(format!("FAILED: {run}: {failures} requests; the first: {first}"));
        }
        if !self.is_all_stored() {
            faults.push(format!(
                "WRONG COUNT: {run}: {acknowledged} requests with {} events were answered as they must be, and {} \
                 bootstraps ({unclear} requests unclear), but what is there is {:?}",
                acknowledged * self.sending.events as u64,
                self.sessions,
                self.stored
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use rig::payload::Ids;

    use super::*;

    fn is_right(kind: Kind, is_kept: bool, unclear: u64, stored: Stored) -> bool {
        let tally = Tally { acknowledged: 10, unclear, ..Tally::default() };
        let sending = Sending { kind, events: 25, ids: Ids::Sdk };
        Books { tally, sending, is_kept, sessions: 64, stored }.is_all_stored()
    }

    const NOTHING: Stored =
        Stored { events: 0, attempts: 0, refused: 0, counted: 0, duplicates: 0 };

    #[test]
    fn a_lost_event_and_a_doubled_one_are_wrong() {
        let stored = |events, attempts| Stored { events, attempts, ..NOTHING };
        let is_right = |events, attempts| is_right(Kind::New, true, 0, stored(events, attempts));
        assert!(is_right(250, 74));
        assert!(!is_right(249, 74));
        assert!(!is_right(251, 74));
        assert!(!is_right(250, 73));
    }

    #[test]
    fn a_request_without_an_answer_may_be_stored_or_not() {
        let stored = |events, attempts| Stored { events, attempts, ..NOTHING };
        let is_right = |events, attempts| is_right(Kind::New, true, 1, stored(events, attempts));
        assert!(is_right(250, 74));
        assert!(is_right(275, 75));
        assert!(!is_right(276, 75));
    }

    #[test]
    fn every_repeated_event_is_a_row_or_a_duplicate() {
        let stored = |events, duplicates| Stored { events, attempts: 74, duplicates, ..NOTHING };
        let is_right =
            |events, duplicates| is_right(Kind::Repeated, true, 0, stored(events, duplicates));
        assert!(is_right(25, 225));
        assert!(!is_right(25, 224));
        assert!(!is_right(26, 224), "more events than were ever sent");
    }

    #[test]
    fn a_refused_request_is_an_attempt_and_nothing_else() {
        let stored = Stored { attempts: 64, refused: 10, ..NOTHING };
        assert!(is_right(Kind::Foreign, true, 0, stored));
        assert!(!is_right(Kind::Foreign, true, 0, Stored { refused: 9, ..stored }));
        assert!(!is_right(Kind::WithoutSession, true, 0, Stored { events: 1, ..stored }));
    }

    #[test]
    fn without_attempts_every_request_is_counted() {
        let stored = Stored { events: 250, counted: 74, ..NOTHING };
        assert!(is_right(Kind::New, false, 0, stored));
        assert!(!is_right(Kind::New, false, 0, Stored { counted: 73, ..stored }));
        assert!(!is_right(Kind::New, false, 0, Stored { attempts: 1, ..stored }));
        assert!(!is_right(Kind::New, true, 0, stored));
    }
}
