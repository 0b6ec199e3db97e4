//! One commit: what waited, decided in the order it came, stored in one transaction.

mod dry_run;

use std::collections::{BTreeMap, HashMap};

use attempts::{Facts, Recorder, SessionFault};
use db::{Db, Result};
use model::{
    Code,
    ids::{AttemptId, SessionId, SourceId},
    wire::ingest::EventStatus,
};

use crate::{
    RESUME_MS, SESSION_MS,
    counts::Counts,
    event::{EventType, NewEvent},
    outcome::{Answer, Fate, Refused},
    store::{self, EventKey, Row, Session, SessionKey},
    validate::Bootstrap,
    work::{Entry, NewBatch, Task, Work},
};

/// How often a commit is begun anew when another process got in its way.
const MOST_TRIES: usize = 4;

/// Where commits go.
#[derive(Debug)]
pub struct Archive {
    /// The database.
    pub db: Db,
    /// What decides which attempts are kept.
    pub recorder: Recorder,
    /// The number that this process counts under.
    pub lane: i64,
}

/// What became of a task.
#[derive(Debug)]
pub struct Settled {
    /// The decision.
    pub answer: Answer,
    /// Whether an attempt is kept of it.
    pub is_kept: bool,
}

/// Stores all of `tasks`, and `counts` of others, or nothing. When it returns, what the answers say is on disk.
pub async fn commit(archive: &Archive, tasks: &[&Task], counts: &Counts) -> Result<Vec<Settled>> {
    for _ in 1..MOST_TRIES {
        match try_commit(archive, tasks, counts.clone()).await {
            Ok(Some(settled)) => return Ok(settled),
            Ok(None) | Err(db::Error::Overtaken) => {}
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error),
        }
    }
    try_commit(archive, tasks, counts.clone()).await?.ok_or(db::Error::Overtaken)
}

/// None: another process has stored an `identify` that this plan took for new, so nothing was stored.
async fn try_commit(
    archive: &Archive,
    tasks: &[&Task],
    mut counts: Counts,
) -> Result<Option<Vec<Settled>>> {
    let Archive { db, recorder, lane } = archive;
    let mut tx = db.begin_often().await?;
    let session_keys: Vec<_> = tasks.iter().filter_map(|task| task.session_key()).collect();
    let asked: Vec<_> = tasks.iter().flat_map(|task| task.asked_keys()).collect();
    let mut plan = Plan {
        db,
        sessions: store::sessions(&mut tx, &session_keys).await?,
        touched: BTreeMap::new(),
        asked_stored: store::stored(&mut tx, &asked).await?,
        first_copies: HashMap::new(),
        rows: Vec::new(),
    };
    let mut answers: Vec<Answer> = tasks.iter().map(|task| plan.decide(task)).collect();
    // In one order for everyone, so that two processes cannot wait for each other.
    plan.rows.sort_unstable_by_key(|row| (row.source, row.event.id.as_str()));
    let stored_before = store::insert(&mut tx, &plan.rows).await?;
    if plan.has_tied_by(&stored_before) {
        return Ok(None);
    }
    for (task, answer) in tasks.iter().zip(&mut answers) {
        mark_duplicates(task, answer, &stored_before);
        plan.touch(task, answer);
    }
    store::save_sessions(&mut tx, &plan.touched.into_iter().collect::<Vec<_>>()).await?;
    let settle = |(task, answer): (&&Task, Answer)| {
        let is_kept = task.is_kept(&answer, recorder);
        counts.add(task.arrived.source, task.arrived.at, &answer, is_kept);
        Settled { answer, is_kept }
    };
    let settled: Vec<_> = tasks.iter().zip(answers).map(settle).collect();
    let kept = tasks.iter().zip(&settled).filter(|(_, settled)| settled.is_kept);
    let records: Vec<_> =
        kept.map(|(task, settled)| settled.answer.record(&task.arrived)).collect();
    attempts::insert(&mut tx, &records).await?;
    attempts::add_counted(&mut tx, *lane, &counts.unkept()).await?;
    attempts::add_traffic(&mut tx, *lane, &counts.traffic()).await?;
    tx.commit().await?;
    Ok(Some(settled))
}

struct Plan<'a> {
    db: &'a Db,
    /// Every session that a task speaks of, as the tasks before it leave it.
    sessions: HashMap<SessionKey, Session>,
    /// Those to be written, in one order for everyone, so that two processes cannot wait for each other.
    touched: BTreeMap<SessionKey, Session>,
    /// Those of the asked events that are stored already: an `identify` among them ties nothing any more.
    asked_stored: HashMap<EventKey, AttemptId>,
    /// Event ids seen in this commit, and by whom.
    first_copies: HashMap<(SourceId, &'a str), AttemptId>,
    rows: Vec<Row<'a>>,
}

impl<'a> Plan<'a> {
    fn decide(&mut self, task: &'a Task) -> Answer {
        let Some(source) = task.arrived.source else { return refusal(task) };
        match &task.work {
            Work::Refuse(_) => refusal(task),
            Work::Bootstrap(bootstrap) => self.bootstrap(source, task, bootstrap),
            Work::Events(batch) => self.events(source, task, batch),
            Work::DryRun(dry_run) => self.dry_run(source, task, dry_run),
        }
    }

    fn bootstrap(&mut self, source: SourceId, task: &Task, bootstrap: &Bootstrap) -> Answer {
        let at = task.arrived.at;
        let resumed = self.resumed(task, bootstrap);
        let key = resumed.unwrap_or_else(|| (source, self.db.new_id::<SessionId>()));
        let session = self.sessions.entry(key).or_insert_with(|| Session {
            anonymous_id: bootstrap.anonymous_id.clone(),
            user_id: None,
            is_identified: false,
            started_at: at,
            last_seen_at: at,
        });
        session.last_seen_at = session.last_seen_at.max(at);
        Answer::Bootstrap {
            session: key.1,
            anonymous_id: bootstrap.anonymous_id.clone(),
            resumed: resumed.is_some(),
            expires_at: session.last_seen_at.plus_ms(RESUME_MS),
        }
    }

    /// The session that a bootstrap goes on with.
    fn resumed(&self, task: &Task, bootstrap: &Bootstrap) -> Option<SessionKey> {
        task.session_key().filter(|key| {
            self.sessions.get(key).is_some_and(|session| {
                session.anonymous_id == bootstrap.anonymous_id
                    && task.arrived.at.since(session.last_seen_at) <= RESUME_MS
            })
        })
    }

    fn events(&mut self, source: SourceId, task: &'a Task, batch: &'a NewBatch) -> Answer {
        let key = match self.valid_session(task, batch) {
            Ok(key) => key,
            Err(fault) => return invalid_session(fault),
        };
        let attempt = task.arrived.request.attempt();
        let fates = batch.events.iter().map(|event| match event {
            Entry::New(event) => self.good_event(source, key, attempt, event),
            Entry::Rejected(fate) => fate.clone(),
        });
        let events = fates.collect();
        Answer::Events { batch_id: batch.id.clone(), events, issues: batch.issues.clone() }
    }

    fn valid_session(&self, task: &Task, batch: &NewBatch) -> Result<SessionKey, SessionFault> {
        let key = task.session_key().ok_or(SessionFault::Unknown)?;
        let session = self.sessions.get(&key).ok_or(SessionFault::Unknown)?;
        if session.anonymous_id != batch.anonymous_id {
            return Err(SessionFault::OtherVisitor);
        }
        if task.arrived.at.since(session.last_seen_at) > SESSION_MS {
            return Err(SessionFault::Expired);
        }
        Ok(key)
    }

    fn good_event(
        &mut self,
        source: SourceId,
        session_key: SessionKey,
        attempt: AttemptId,
        event: &'a NewEvent,
    ) -> Fate {
        let mut fate = accepted(event);
        if let Some(first) = self.first_copies.get(&(source, event.id.as_str())) {
            fate.status = EventStatus::Duplicate;
            fate.first_attempt = Some(*first);
            return fate;
        }
        self.first_copies.insert((source, &event.id), attempt);
        let session = self.sessions.get_mut(&session_key);
        let of_session = session.as_ref().and_then(|session| session.user_id.clone());
        let user_id = event.user_id.clone().or(of_session);
        let is_new_identify = event.kind == EventType::Identify
            && !self.asked_stored.contains_key(&(source, event.id.clone()));
        if let Some(session) = session.filter(|_| is_new_identify) {
            session.user_id.clone_from(&user_id);
            session.is_identified = true;
        }
        self.rows.push(Row { source, attempt, session: session_key.1, user_id, event });
        fate
    }

    /// Whether a session was tied to a user by an `identify` that is stored already.
    fn has_tied_by(&self, stored: &HashMap<EventKey, AttemptId>) -> bool {
        let is_stored = |row: &Row<'_>| stored.contains_key(&(row.source, row.event.id.clone()));
        !stored.is_empty()
            && self.rows.iter().any(|row| {
                row.event.kind == EventType::Identify
                    && is_stored(row)
                    && !self.asked_stored.contains_key(&(row.source, row.event.id.clone()))
            })
    }

    /// A session lives on by what was accepted for it.
    fn touch(&mut self, task: &Task, answer: &Answer) {
        let key = match answer {
            Answer::Refused(_) | Answer::BootstrapDryRun { .. } | Answer::EventsDryRun { .. } => {
                None
            }
            Answer::Bootstrap { session, .. } => {
                task.arrived.source.map(|source| (source, *session))
            }
            Answer::Events { events, .. } => task
                .session_key()
                .filter(|_| events.iter().any(|event| event.status == EventStatus::Accepted)),
        };
        if let Some(key) = key
            && let Some(session) = self.sessions.get_mut(&key)
        {
            session.last_seen_at = session.last_seen_at.max(task.arrived.at);
            self.touched.insert(key, session.clone());
        }
    }
}

fn refusal(task: &Task) -> Answer {
    Answer::Refused(match &task.work {
        Work::Refuse(refused) => refused.clone(),
        // Only a known source gets past the gate; without one there is nothing to store for.
        _ => Refused::with(Code::TrackingSourceNotFound),
    })
}

fn invalid_session(fault: SessionFault) -> Answer {
    let facts = Facts { session_fault: Some(fault), ..Facts::default() };
    Answer::Refused(Refused::because(Code::InvalidSession, facts))
}

fn accepted(event: &NewEvent) -> Fate {
    Fate {
        id: Some(event.id.clone()),
        name: Some(event.name.clone()),
        event_type: Some(event.kind.as_str().to_owned()),
        status: EventStatus::Accepted,
        issue: None,
        first_attempt: None,
    }
}

fn mark_duplicates(task: &Task, answer: &mut Answer, stored: &HashMap<EventKey, AttemptId>) {
    let (Answer::Events { events, .. }, Some(source)) = (answer, task.arrived.source) else {
        return;
    };
    if stored.is_empty() {
        return;
    }
    for event in events.iter_mut().filter(|event| event.status != EventStatus::Rejected) {
        let Some(id) = event.id.clone() else { continue };
        if let Some(first) = stored.get(&(source, id)) {
            event.status = EventStatus::Duplicate;
            event.first_attempt = Some(*first);
        }
    }
}
