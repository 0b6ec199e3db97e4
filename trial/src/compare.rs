//! What was told against what is stored.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::{
    journal::{Fate, Faults, Journal, Told},
    stored::Stored,
};

/// What the comparison found.
#[derive(Debug, Default)]
pub struct Found {
    /// Acknowledged events that are not there.
    pub lost: u64,
    /// Events that are there more than once.
    pub doubled: u64,
    /// Events of which nobody knew whether they were stored, and that are.
    pub unclear_stored: u64,
    /// Events of which nobody knew, and that are not.
    pub unclear_missing: u64,
    /// Everything wrong, lost and doubled events among it.
    pub faults: Faults,
}

/// Compares both.
pub fn compare(journal: &Journal, stored: &Stored) -> Found {
    let mut found = Found::default();
    found.events(journal, stored);
    found.attempts(journal, stored);
    let there: HashSet<Uuid> = stored.sessions.iter().map(|(id,)| *id).collect();
    for session in journal.sessions.iter().filter(|session| !there.contains(session)) {
        found.faults.add(format!("LOST: session {session} was acknowledged"));
    }
    found.traffic(stored);
    found
}

impl Found {
    fn events(&mut self, journal: &Journal, stored: &Stored) {
        let mut there = HashMap::with_capacity(stored.events.len());
        for (id, attempt) in &stored.events {
            if there.insert(id.as_str(), *attempt).is_some() {
                self.doubled += 1;
                self.faults.add(format!("DOUBLED: event {id}"));
            }
            if !journal.events.contains_key(id) {
                self.faults.add(format!("event {id} was never sent"));
            }
        }
        for (id, event) in &journal.events {
            match (event.fate, there.get(id.as_str())) {
                (Fate::Accepted(told), Some(attempt)) if told == *attempt => {}
                (Fate::Accepted(told), Some(attempt)) => self.faults.add(format!(
                    "event {id}: attempt {told} said accepted, but {attempt} stands in its row"
                )),
                (Fate::Accepted(_) | Fate::Duplicate, None) => {
                    self.lost += 1;
                    self.faults.add(format!("LOST: event {id}, {:?}", event.fate));
                }
                (fate @ (Fate::Duplicate | Fate::Unclear), Some(attempt)) => {
                    self.unclear_stored += u64::from(fate == Fate::Unclear);
                    if journal.attempts.contains_key(attempt) {
                        self.faults.add(format!(
                            "event {id} is stored by {attempt}, whose answer did not say so"
                        ));
                    }
                }
                (Fate::Unclear, None) => self.unclear_missing += 1,
                (Fate::Bad, Some(_)) => self.faults.add(format!("event {id} was at fault")),
                (Fate::Bad, None) => {}
            }
        }
    }

    fn attempts(&mut self, journal: &Journal, stored: &Stored) {
        let mut missing: HashMap<Uuid, Told> = journal.attempts.clone();
        let mut untold = 0;
        for (id, status, accepted, duplicates, rejected) in &stored.attempts {
            let Some(told) = missing.remove(id) else {
                untold += 1;
                continue;
            };
            let is_same = i64::from(told.status) == *status
                && match told.counts {
                    Some(counts) => counts == [*accepted, *duplicates, *rejected],
                    None => *accepted == 0,
                };
            if !is_same {
                self.faults.add(format!(
                    "attempt {id} was told as {told:?}, but has {status}, {accepted} accepted, \
                     {duplicates} duplicates, {rejected} rejected"
                ));
            }
        }
        for (id, told) in missing {
            self.faults.add(format!("LOST: attempt {id}, told as {told:?}"));
        }
        let unclear = journal.sums.unanswered + journal.sums.unavailable;
        if untold > unclear {
            self.faults.add(format!(
                "{untold} attempts that nobody was told of, but only {unclear} requests were unclear"
            ));
        }
    }

    fn traffic(&mut self, stored: &Stored) {
        let mut sums = (0, 0, 0, 0, 0);
        for (_, status, accepted, duplicates, rejected) in &stored.attempts {
            sums.0 += 1;
            if *status >= 400 {
                sums.1 += 1;
            } else {
                sums.2 += accepted;
                sums.3 += duplicates;
                sums.4 += rejected;
            }
        }
        if sums != stored.traffic {
            self.faults.add(format!(
                "traffic counts {:?} (requests, refused, accepted, duplicates, rejected), but the attempts \
                 make {sums:?}",
                stored.traffic
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use rig::{connection::Reply, payload::Door};
    use serde_json::json;

    use super::*;
    use crate::{
        dice::Dice,
        request::{Request, Sender, SentEvent},
    };

    const ATTEMPT: &str = "attempt_01890000000000000000000001";

    fn request(ids: &[&str]) -> Request {
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], 3_000));
        let door = Door { address, public_key: "pk_1".to_owned() };
        let now = model::UnixMs(0);
        let sender = Sender { door: &door, anonymous_id: "vis", session: "sess", now };
        let events = ids.iter().map(|id| SentEvent::good((*id).to_owned())).collect();
        Request::events(&sender, events, &mut Dice::of(1, &[]))
    }

    fn answer(journal: &mut Journal, ids: &[&str], statuses: &[&str]) {
        let results: Vec<_> = ids
            .iter()
            .zip(statuses)
            .map(|(id, status)| json!({ "id": id, "status": status }))
            .collect();
        let count = |name| statuses.iter().filter(|status| **status == name).count();
        let body = json!({
            "results": results, "accepted": count("accepted"), "duplicates": count("duplicate"),
            "rejected": 0, "attemptId": ATTEMPT,
        });
        let body = body.to_string();
        let reply =
            Reply { status: 200, retry_after_s: None, is_last: false, body: body.as_bytes() };
        let request = request(ids);
        journal.sent(&request);
        journal.answered(request, reply);
    }

    fn attempt() -> Uuid {
        model::ids::AttemptId::or_nothing(ATTEMPT).uuid()
    }

    fn stored(events: &[&str], accepted: i64) -> Stored {
        Stored {
            events: events.iter().map(|id| ((*id).to_owned(), attempt())).collect(),
            attempts: vec![(attempt(), 200, accepted, 0, 0)],
            sessions: Vec::new(),
            traffic: (1, 0, accepted, 0, 0),
        }
    }

    fn journal() -> Journal {
        let mut journal = Journal::default();
        answer(&mut journal, &["a", "b"], &["accepted", "accepted"]);
        journal
    }

    #[test]
    fn all_that_was_told_and_nothing_else_is_right() {
        let found = compare(&journal(), &stored(&["a", "b"], 2));
        assert_eq!(found.faults.told, Vec::<String>::new());
    }

    #[test]
    fn a_lost_event_and_a_doubled_one_are_found() {
        let found = compare(&journal(), &stored(&["a"], 2));
        assert_eq!((found.lost, found.doubled, found.faults.count), (1, 0, 1));
        let found = compare(&journal(), &stored(&["a", "b", "b"], 2));
        assert_eq!((found.lost, found.doubled, found.faults.count), (0, 1, 1));
    }

    #[test]
    fn an_event_in_the_name_of_another_attempt_is_wrong() {
        let mut stored = stored(&["a", "b"], 2);
        stored.events[0].1 = Uuid::from_u128(7);
        assert_eq!(compare(&journal(), &stored).faults.count, 1);
    }

    #[test]
    fn a_lost_attempt_one_that_says_otherwise_and_one_of_nobody_are_wrong() {
        let mut lost = stored(&["a", "b"], 2);
        lost.attempts.clear();
        lost.traffic = (0, 0, 0, 0, 0);
        assert_eq!(compare(&journal(), &lost).faults.count, 1);
        assert_eq!(compare(&journal(), &stored(&["a", "b"], 1)).faults.count, 1);
        let mut more = stored(&["a", "b"], 2);
        more.attempts.push((Uuid::from_u128(7), 200, 0, 0, 0));
        more.traffic.0 = 2;
        assert_eq!(compare(&journal(), &more).faults.count, 1);
    }

    #[test]
    fn a_minute_that_counts_otherwise_than_the_attempts_is_wrong() {
        let mut stored = stored(&["a", "b"], 2);
        stored.traffic.2 = 3;
        assert_eq!(compare(&journal(), &stored).faults.count, 1);
    }

    #[test]
    fn what_had_no_answer_may_be_there_or_not_but_not_twice() {
        let mut journal = journal();
        let unclear = request(&["c"]);
        journal.sent(&unclear);
        journal.unanswered(unclear);
        assert_eq!(compare(&journal, &stored(&["a", "b"], 2)).faults.count, 0);
        let mut more = stored(&["a", "b", "c"], 2);
        more.events[2].1 = Uuid::from_u128(7);
        let found = compare(&journal, &more);
        assert_eq!((found.unclear_stored, found.faults.count), (1, 0));
        more.events.push(("c".to_owned(), Uuid::from_u128(7)));
        assert_eq!(compare(&journal, &more).doubled, 1);
    }

    #[test]
    fn an_event_cannot_be_accepted_twice_nor_be_a_duplicate_of_nothing() {
        let mut journal = Journal::default();
        answer(&mut journal, &["a"], &["duplicate"]);
        assert_eq!(journal.take_faults().count, 1);
        let mut journal = Journal::default();
        answer(&mut journal, &["a", "a"], &["accepted", "accepted"]);
        assert_eq!(journal.take_faults().count, 1);
    }
}
