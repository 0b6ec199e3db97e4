//! Visitors at work: each on a connection of its own, with a mix of everything that an ingest endpoint meets.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use db::Clock;
use rig::{
    connection::{Connection, Reply},
    payload::Door,
};
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{
    dice::Dice,
    journal::Journal,
    request::{Request, Sender, SentEvent, Wanted},
};

/// No answer may take longer, whatever happens to the server.
const PATIENCE: Duration = Duration::from_secs(16);
/// So many of the latest events are likely to be sent again; the others now and then.
const RECENT: usize = 200;

/// Where visitors meet.
#[derive(Debug)]
pub struct Stage {
    /// Where they send.
    pub door: Door,
    /// Where little is taken.
    limited: Door,
    /// What they write down.
    pub journal: Arc<Mutex<Journal>>,
    is_over: AtomicBool,
    is_stopping: AtomicBool,
    is_cut: AtomicBool,
    under_way: AtomicU64,
    ids: AtomicU64,
    seed: u64,
}

impl Stage {
    /// A stage whose event ids are all its own.
    pub fn new(door: Door, limited: Door, journal: Arc<Mutex<Journal>>, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            door,
            limited,
            journal,
            is_over: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
            is_cut: AtomicBool::new(false),
            under_way: AtomicU64::new(0),
            ids: AtomicU64::new(0),
            seed,
        })
    }

    /// The journal.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets so many visitors send until it is over or the server is gone.
    pub fn fill(self: &Arc<Self>, visitors: u64) -> JoinSet<()> {
        (0..visitors).map(|number| Visitor::new(Arc::clone(self), number).work()).collect()
    }

    /// Tells the visitors to go once they have their answers.
    pub fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Notes that the server is told to stop now: from here on it owes an answer to whatever is under way.
    /// Gives how many requests are.
    pub fn note_stop(&self) -> u64 {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.under_way.load(Ordering::Relaxed)
    }

    /// Whether [`Self::note_stop`] was called.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Notes that the power of the disk is cut, before anybody can act on it. What was under way at that moment is
    /// unclear, whatever its answer: with real power the server and its answer would have gone too, and a sync that
    /// the kernel has begun may still end well. What is sent later and acknowledged all the same is a lie.
    pub fn note_cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn new_id(&self) -> String {
        format!("evt_{:016x}{:012x}", self.seed, self.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// The id of an event that somebody has sent.
    fn old_id(&self, dice: &mut Dice) -> String {
        let journal = self.journal();
        let ids = &journal.good_ids;
        let recent = ids.len().saturating_sub(RECENT);
        let among = if dice.below(4) == 0 { &ids[..] } else { &ids[recent..] };
        dice.pick(among).cloned().unwrap_or_else(|| self.new_id())
    }
}

/// One of them.
#[derive(Debug)]
pub struct Visitor {
    stage: Arc<Stage>,
    dice: Dice,
    anonymous_id: String,
    session: Option<String>,
}

impl Visitor {
    /// The visitor of this number, which nobody has seen yet.
    pub fn new(stage: Arc<Stage>, number: u64) -> Self {
        let dice = Dice::of(stage.seed, &[number]);
        let anonymous_id = format!("vis_{:016x}{number:04x}", stage.seed);
        Self { stage, dice, anonymous_id, session: None }
    }

    async fn work(mut self) {
        while !self.stage.is_over() {
            let Ok(mut connection) = Connection::open(self.stage.door.address).await else {
                return;
            };
            while !self.stage.is_over() {
                let request = self.next();
                if !self.exchange(&mut connection, request).await {
                    break;
                }
            }
        }
    }

    /// Sends `request` and writes down what comes back; false when the connection is of no more use.
    pub async fn exchange(&mut self, connection: &mut Connection, request: Request) -> bool {
        self.stage.journal().sent(&request);
        if connection.send(&request.bytes).await.is_err() {
            self.stage.journal().unanswered(request);
            return false;
        }
        self.hear(connection, request).await
    }

    async fn hear(&mut self, connection: &mut Connection, request: Request) -> bool {
        let is_owed = !self.stage.is_stopping();
        self.hear_if(is_owed, connection, request).await
    }

    /// Waits for the answer to what was begun before a stop.
    pub async fn hear_owed(&mut self, connection: &mut Connection, request: Request) -> bool {
        self.hear_if(true, connection, request).await
    }

    async fn hear_if(
        &mut self,
        is_owed: bool,
        connection: &mut Connection,
        request: Request,
    ) -> bool {
        let stage = Arc::clone(&self.stage);
        let had_power = !stage.is_cut();
        let sent = Instant::now();
        stage.under_way.fetch_add(1, Ordering::Relaxed);
        let answer = timeout(PATIENCE, connection.answer()).await;
        stage.under_way.fetch_sub(1, Ordering::Relaxed);
        let error = match answer {
            // Without a disk any failure will do.
            Ok(Ok(reply)) if stage.is_cut() && (had_power || reply.status >= 500) => {
                stage.journal().unanswered(request);
                return !reply.is_last;
            }
            Ok(Ok(reply)) => {
                self.take(request, reply);
                return !reply.is_last;
            }
            Ok(Err(error)) => error,
            Err(_) => anyhow::anyhow!("no answer within {} s", PATIENCE.as_secs()),
        };
        let (took, bytes) = (sent.elapsed(), connection.received_bytes());
        let mut journal = stage.journal();
        if took >= PATIENCE || bytes > 0 || (is_owed && stage.is_stopping()) {
            let ms = took.as_millis();
            journal.fault(format!(
                "cut off {ms} ms after it was sent and {bytes} bytes into the answer: {error:#}"
            ));
        }
        journal.unanswered(request);
        false
    }

    /// Writes down an answer and learns from it.
    pub fn take(&mut self, request: Request, reply: Reply<'_>) {
        if reply.status == 200 && request.wanted == Wanted::Session {
            let body = serde_json::from_slice::<Value>(reply.body).unwrap_or_default();
            self.session = body["sessionId"].as_str().map(str::to_owned);
        }
        self.stage.journal().answered(request, reply);
    }

    /// Asks for a session, which the other requests need.
    pub async fn settle(&mut self, connection: &mut Connection) -> Result<()> {
        let request = Request::bootstrap(&self.stage.door, &self.anonymous_id, None);
        self.exchange(connection, request).await;
        anyhow::ensure!(self.session.is_some(), "no session was to be had");
        Ok(())
    }

    /// A request that holds these events.
    pub fn events(&mut self, events: Vec<SentEvent>) -> Request {
        self.speak(|sender, dice| Request::events(sender, events, dice))
    }

    /// What it does next.
    pub fn next(&mut self) -> Request {
        let Some(session) = &self.session else {
            return Request::bootstrap(&self.stage.door, &self.anonymous_id, None);
        };
        match self.dice.below(100) {
            0..10 => {
                let resume = (self.dice.below(2) == 0).then_some(session.as_str());
                Request::bootstrap(&self.stage.door, &self.anonymous_id, resume)
            }
            10..50 => {
                let id = self.stage.new_id();
                self.events(vec![SentEvent::good(id)])
            }
            50..68 => self.new_batch(),
            68..83 => {
                let events = self.partly_old();
                self.events(events)
            }
            83..91 => {
                let mut events = self.new_events(1, 8);
                for _ in 0..self.dice.between(1, 3) {
                    events.push(SentEvent::bad(self.stage.new_id()));
                }
                self.events(events)
            }
            91..93 => Request::limited(&self.stage.limited, &self.anonymous_id),
            93..96 => {
                let id = self.stage.new_id();
                self.speak(|sender, dice| Request::refused(sender, id, dice))
            }
            _ => {
                let event = SentEvent::good(self.stage.new_id());
                self.speak(|sender, dice| Request::identify(sender, event, dice))
            }
        }
    }

    /// A request with a few new events.
    pub fn new_batch(&mut self) -> Request {
        let events = self.new_events(2, 25);
        self.events(events)
    }

    fn new_events(&mut self, least: u64, most: u64) -> Vec<SentEvent> {
        let count = self.dice.between(least, most);
        (0..count).map(|_| SentEvent::good(self.stage.new_id())).collect()
    }

    /// Events of before, alone or among new ones, and some twice in the same batch.
    fn partly_old(&mut self) -> Vec<SentEvent> {
        let mut events = match self.dice.below(2) {
            0 => Vec::new(),
            _ => self.new_events(1, 6),
        };
        for _ in 0..self.dice.between(1, 4) {
            events.push(SentEvent::good(self.stage.old_id(&mut self.dice)));
        }
        if self.dice.below(4) == 0 {
            events.extend(events.first().cloned());
        }
        events
    }

    fn speak(&mut self, make: impl FnOnce(&Sender<'_>, &mut Dice) -> Request) -> Request {
        let Self { stage, dice, anonymous_id, session } = self;
        let session = session.as_deref().unwrap_or_default();
        let now = Clock::system().now();
        make(&Sender { door: &stage.door, anonymous_id, session, now }, dice)
    }
}
