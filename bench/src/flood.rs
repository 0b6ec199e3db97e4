//! Requests at a fixed rate, each another, over as many connections as they need.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use rig::connection::Connection;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{load::Span, pace::Pace};

/// Whoever asks does not wait longer: it goes away.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How they were answered, by status; the latencies are in order, from when each was due.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Of those of the span.
    pub latencies: BTreeMap<u16, Vec<Duration>>,
    /// Those of the span without an answer, after [`PATIENCE`] or because a connection broke.
    pub unanswered: usize,
    /// All that were answered 200, also those from before the span.
    pub acknowledged: u64,
    /// All that may be stored without having been answered 200, also those from before the span.
    pub unclear: u64,
}

impl Answers {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.unclear += other.unclear;
        for (status, latencies) in other.latencies {
            self.latencies.entry(status).or_default().extend(latencies);
        }
        for latencies in self.latencies.values_mut() {
            latencies.sort_unstable();
        }
        self.unanswered += other.unanswered;
    }

    /// How many of each status there were.
    pub fn tell(&self) -> String {
        let told = self.latencies.iter().map(|(status, all)| format!("{} × {status}", all.len()));
        let told = told.chain([format!("{} unanswered", self.unanswered)]);
        told.collect::<Vec<_>>().join(", ")
    }

    /// All that was sent.
    pub fn count(&self) -> usize {
        self.latencies.values().map(Vec::len).sum::<usize>() + self.unanswered
    }
}

/// Where the flood goes, and of what it is; the same in each phase, so that no number comes twice.
pub struct Flood<R> {
    address: SocketAddr,
    request: R,
    sent: u32,
}

/// Connections between two requests. There are as many as are needed, and they are made when they are.
type Idle = Arc<Mutex<Vec<Connection>>>;

impl<R: Fn(u32) -> Vec<u8>> Flood<R> {
    /// Of what `request` makes of each number.
    pub const fn new(address: SocketAddr, request: R) -> Self {
        Self { address, request, sent: 0 }
    }

    /// Sends so many a second until the end of `span`, and waits for the answers.
    pub async fn send(&mut self, rate: u32, span: Span) -> Result<Answers> {
        let pace = Pace::start(rate)?;
        let idle = Idle::default();
        let total = pace.due_until(span.until);
        let mut under_way = JoinSet::new();
        let mut begun = 0;
        while begun < total {
            let due = pace.due().await.min(total);
            for number in begun..due {
                let request = (self.request)(self.sent);
                let try_it = try_it(Arc::clone(&idle), self.address, request, pace.time_of(number));
                under_way.spawn(try_it);
                self.sent += 1;
            }
            begun = due;
        }
        let mut answers = Answers::default();
        for Tried { due, answer } in under_way.join_all().await {
            answers.acknowledged += u64::from(matches!(answer, Some((200, _))));
            answers.unclear += u64::from(answer.is_none_or(|(status, _)| status >= 500));
            match answer {
                _ if due < span.from => {}
                Some((status, latency)) => {
                    answers.latencies.entry(status).or_default().push(latency);
                }
                None => answers.unanswered += 1,
            }
        }
        Ok(answers)
    }
}

struct Tried {
    due: Instant,
    answer: Option<(u16, Duration)>,
}

async fn try_it(idle: Idle, address: SocketAddr, request: Vec<u8>, due: Instant) -> Tried {
    let free = with(&idle, Vec::pop);
    let exchange = async {
        let mut connection = match free {
            Some(connection) => connection,
            None => Connection::open(address).await?,
        };
        let status = connection.exchange(&request).await?.status;
        anyhow::Ok((connection, status))
    };
    let answer = match timeout(PATIENCE, exchange).await {
        Ok(Ok((connection, status))) => {
            with(&idle, |idle| idle.push(connection));
            Some((status, due.elapsed()))
        }
        Ok(Err(_)) | Err(_) => None,
    };
    Tried { due, answer }
}

fn with<T>(idle: &Idle, act: impl FnOnce(&mut Vec<Connection>) -> T) -> T {
    act(&mut idle.lock().unwrap_or_else(PoisonError::into_inner))
}
