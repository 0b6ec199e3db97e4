//! What would become of a request, had it not come to be checked only. It is decided where the real ones are, so that it
//! sees what they see: sessions as they are, and which events are stored.

use std::collections::HashSet;

use model::{ids::SourceId, wire::ingest::EventStatus};

use super::{Plan, accepted, invalid_session};
use crate::{
    RESUME_MS,
    outcome::{Answer, Fate},
    validate::Bootstrap,
    work::{DryRun, Entry, NewBatch, Task},
};

impl Plan<'_> {
    pub(super) fn dry_run(&self, source: SourceId, task: &Task, dry_run: &DryRun) -> Answer {
        match dry_run {
            DryRun::Bootstrap(bootstrap) => self.would_begin(task, bootstrap),
            DryRun::Events(batch) => self.would_store(source, task, batch),
        }
    }

    fn would_begin(&self, task: &Task, bootstrap: &Bootstrap) -> Answer {
        Answer::BootstrapDryRun {
            resumes: self.resumed(task, bootstrap).map(|(_, session)| session),
            anonymous_id: bootstrap.anonymous_id.clone(),
            expires_at: task.arrived.at.plus_ms(RESUME_MS),
        }
    }

    fn would_store(&self, source: SourceId, task: &Task, batch: &NewBatch) -> Answer {
        if let Err(fault) = self.valid_session(task, batch) {
            return invalid_session(fault);
        }
        let mut seen = HashSet::new();
        let fates = batch.events.iter().map(|entry| match entry {
            Entry::Rejected(fate) => fate.clone(),
            Entry::New(event) => {
                let key = (source, event.id.as_str());
                let stored = self.asked_stored.get(&(source, event.id.clone()));
                let first_attempt = stored.or_else(|| self.first_copies.get(&key)).copied();
                let is_new = seen.insert(event.id.as_str()) && first_attempt.is_none();
                let status = if is_new { EventStatus::Accepted } else { EventStatus::Duplicate };
                Fate { status, first_attempt, ..accepted(event) }
            }
        });
        let events = fates.collect();
        Answer::EventsDryRun { batch_id: batch.id.clone(), events, issues: batch.issues.clone() }
    }
}
