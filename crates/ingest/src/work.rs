//! What a request asks the writer to do, made ready before its turn comes: the writer is one for all.

use std::{borrow::Cow, sync::Arc};

use attempts::Recorder;
use model::{
    ids::SessionId,
    wire::ingest::{EventStatus, Issue},
};
use serde_json::{Map, Value};

use crate::{
    event::{EventType, NewEvent, json},
    outcome::{Answer, Arrived, Fate, Refused},
    store::{EventKey, SessionKey},
    validate::{Batch, Bootstrap, Checked},
};

/// So much takes a commit as long as a row.
const BYTES_OF_A_ROW: usize = 4_096;

/// What a request asks for.
#[derive(Debug)]
pub enum Work {
    /// Record that it was refused.
    Refuse(Refused),
    /// Give the visitor a session.
    Bootstrap(Bootstrap),
    /// Store events.
    Events(NewBatch),
    /// Say what would become of it.
    DryRun(DryRun),
}

/// What would be asked for, were it no dry run.
#[derive(Debug)]
pub enum DryRun {
    /// A session.
    Bootstrap(Bootstrap),
    /// Storing events.
    Events(NewBatch),
}

impl Work {
    /// The same without doing it.
    pub fn dry(self) -> Self {
        match self {
            Self::Bootstrap(bootstrap) => Self::DryRun(DryRun::Bootstrap(bootstrap)),
            Self::Events(batch) => Self::DryRun(DryRun::Events(batch)),
            refused_or_dry => refused_or_dry,
        }
    }
}

/// One request and what it asks for.
#[derive(Debug)]
pub struct Task {
    /// The request.
    pub arrived: Arrived,
    /// What it asks for.
    pub work: Work,
}

/// Events to be stored, and those at fault between them.
#[derive(Debug)]
pub struct NewBatch {
    /// The batch's own name for itself.
    pub id: String,
    /// The session it speaks for.
    pub session_id: String,
    /// The visitor it speaks for.
    pub anonymous_id: String,
    /// In the order sent.
    pub events: Vec<Entry>,
    /// The faults of the rejected ones.
    pub issues: Vec<Issue>,
    /// What the events' contexts take in memory.
    context_bytes: usize,
}

impl NewBatch {
    /// What it takes in memory.
    fn bytes(&self) -> usize {
        let events = self.events.iter().map(|event| match event {
            Entry::New(event) => event.bytes(),
            Entry::Rejected(_) => size_of::<Fate>(),
        });
        self.context_bytes + events.sum::<usize>()
    }
}

/// One event of a batch.
#[derive(Debug)]
pub enum Entry {
    /// To be stored, unless it is there.
    New(Box<NewEvent>),
    /// At fault.
    Rejected(Fate),
}

impl From<Batch<'_>> for NewBatch {
    fn from(batch: Batch<'_>) -> Self {
        let Batch { id, session_id, anonymous_id, events, issues } = batch;
        let mut contexts = Contexts::default();
        let entry = |checked| match checked {
            Checked::Good(event) => {
                let context = contexts.json(&event.context);
                Entry::New(Box::new(event.into_new(context)))
            }
            Checked::Bad { id, name, event_type, issue } => Entry::Rejected(Fate {
                id,
                name,
                event_type,
                status: EventStatus::Rejected,
                issue,
                first_attempt: None,
            }),
        };
        let events = events.into_iter().map(entry).collect();
        Self { id, session_id, anonymous_id, events, issues, context_bytes: contexts.bytes }
    }
}

/// The contexts of a batch as JSON. Most events have the envelope's, which is written once.
#[derive(Default)]
struct Contexts<'a> {
    last: Option<(&'a Map<String, Value>, Arc<str>)>,
    bytes: usize,
}

impl<'a> Contexts<'a> {
    #[expect(clippy::ptr_arg, reason = "only a context that is borrowed can be another's, too")]
    fn json(&mut self, context: &Cow<'a, Map<String, Value>>) -> Arc<str> {
        if let (Some((last, json)), Cow::Borrowed(same)) = (&self.last, context)
            && std::ptr::eq(*last, *same)
        {
            return Arc::clone(json);
        }
        let json: Arc<str> = json(context).into();
        self.bytes += json.len();
        if let Cow::Borrowed(context) = context {
            self.last = Some((context, Arc::clone(&json)));
        }
        json
    }
}

impl Task {
    /// Whether an attempt is kept of it, once it is answered so. Of one that was refused before, that is settled.
    pub fn is_kept(&self, answer: &Answer, recorder: &Recorder) -> bool {
        let code = answer.refused().map(|refused| refused.code);
        matches!(self.work, Work::Refuse(_))
            || recorder.keeps(self.arrived.source, self.arrived.kind, code, self.arrived.at)
    }

    /// How much it weighs in a commit: its rows, and what goes into large ones.
    pub fn weight(&self) -> usize {
        1 + self.batch().map_or(0, |batch| batch.events.len()) + self.bytes() / BYTES_OF_A_ROW
    }

    /// What it takes in memory: the events, and the body for the record.
    pub fn bytes(&self) -> usize {
        self.arrived.raw.bytes.len() + self.batch().map_or(0, NewBatch::bytes)
    }

    const fn batch(&self) -> Option<&NewBatch> {
        match &self.work {
            Work::Events(batch) | Work::DryRun(DryRun::Events(batch)) => Some(batch),
            _ => None,
        }
    }

    /// The session it speaks of, when that could be one of ours.
    pub fn session_key(&self) -> Option<SessionKey> {
        let text = match &self.work {
            Work::Refuse(_) => None,
            Work::Bootstrap(bootstrap) | Work::DryRun(DryRun::Bootstrap(bootstrap)) => {
                bootstrap.session_id.as_deref()
            }
            Work::Events(batch) | Work::DryRun(DryRun::Events(batch)) => {
                Some(batch.session_id.as_str())
            }
        };
        Some((self.arrived.source?, text?.parse::<SessionId>().ok()?))
    }

    /// The events of which it must be known beforehand whether they are stored: each `identify`, and all of a dry run.
    pub fn asked_keys(&self) -> impl Iterator<Item = EventKey> {
        let (events, is_dry) = match &self.work {
            Work::Events(batch) => (batch.events.as_slice(), false),
            Work::DryRun(DryRun::Events(batch)) => (batch.events.as_slice(), true),
            _ => (Default::default(), false),
        };
        let source = self.arrived.source;
        events.iter().filter_map(move |event| match event {
            Entry::New(event) if is_dry || event.kind == EventType::Identify => {
                Some((source?, event.id.clone()))
            }
            _ => None,
        })
    }
}
