//! Group commit: everything that waits goes into one transaction, and each is answered when it is on disk.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use db::Db;
use futures_util::FutureExt;
use model::ids::SourceId;
use tokio::{
    runtime,
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    hold::Share,
    outcome::{Answer, Outcome},
    plan,
    queue::{Queue, QueueLimits, Waiting},
    work::Task,
};

/// How much may wait and for how long, and how much goes into one commit.
#[derive(Debug, Clone, Copy)]
pub struct WriterSettings {
    /// Requests that may wait; one more is refused at once.
    pub queue: usize,
    /// Of these, requests of one source.
    pub queue_of_source: usize,
    /// Rows after which a commit takes no further request, at most.
    pub most_rows: usize,
    /// A commit takes fewer rows when those before it took longer than this: everybody waits for it.
    pub commit_goal: Duration,
    /// So long a request waits for its turn.
    pub patience: Duration,
    /// So long what was taken at once may be written before the database counts as away.
    pub commit_patience: Duration,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self {
            queue: 4_096,
            queue_of_source: 2_048,
            most_rows: 4_096,
            commit_goal: Duration::from_millis(40),
            patience: Duration::from_secs(5),
            commit_patience: Duration::from_secs(10),
        }
    }
}

/// So long a commit that failed tells something of the next one. Without requests nobody would ever know better.
const FAILURE_COUNTS: Duration = Duration::from_secs(5);

/// Nothing of the request was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStored {
    /// Too much waits, the database is away or full, or the server is stopping: try again later.
    Unavailable,
    /// The database refused these rows.
    Failed,
}

/// A handle on the one task that writes. When the last one is gone, so is the task.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Handle>);

#[derive(Debug)]
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.queue.close();
    }
}

#[derive(Debug)]
struct Shared {
    settings: WriterSettings,
    queue: Queue<Job>,
    /// When the last commit failed, unless one went well since.
    failed_at: Mutex<Option<Instant>>,
}

/// Why requests are not stored at present, if they are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The last commit failed.
    CommitsFail,
    /// More waits than the writer comes after with.
    QueueIsFull,
}

#[derive(Debug)]
struct Job {
    task: Task,
    /// Whoever takes it first decides: the writer stores it, or the request gives up.
    is_taken: Arc<AtomicBool>,
    answer: oneshot::Sender<Result<Outcome, NotStored>>,
    /// Its part of the bytes in hand, until it is answered.
    _share: Share,
}

impl Waiting for Job {
    fn source(&self) -> Option<SourceId> {
        self.task.arrived.source
    }

    fn rows(&self) -> usize {
        self.task.rows()
    }
}

impl Writer {
    /// Starts the task under `tasks`. It ends when `stop` is cancelled and what waited is written.
    #[must_use]
    pub fn start(
        db: Db,
        settings: WriterSettings,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let WriterSettings { queue: all, queue_of_source: source, .. } = settings;
        let queue = Queue::new(QueueLimits { all, source });
        let shared = Arc::new(Shared { settings, queue, failed_at: Mutex::default() });
        let runtime = runtime::Handle::current();
        tasks.spawn({
            let shared = Arc::clone(&shared);
            async move {
                stop.cancelled().await;
                shared.queue.close();
            }
        });
        // A thread of its own: between its many short waits for the database, a task of the common threads would
        // stand in line behind every request that is being read, and all requests wait for this one.
        tasks.spawn_blocking({
            let shared = Arc::clone(&shared);
            move || runtime.block_on(shared.run(db))
        });
        Self(Arc::new(Handle(shared)))
    }

    /// Stores `task`; the outcome arrives when it is on disk. `share` is what it holds in memory.
    pub async fn store(&self, task: Task, share: Share) -> Result<Outcome, NotStored> {
        let (answer, mut outcome) = oneshot::channel();
        let is_taken = Arc::new(AtomicBool::new(false));
        let job = Job { task, is_taken: Arc::clone(&is_taken), answer, _share: share };
        let Shared { settings, queue, .. } = &*self.0.0;
        queue.push(job).map_err(|_| NotStored::Unavailable)?;
        let answered = match timeout(settings.patience, &mut outcome).await {
            Ok(answered) => answered,
            Err(_) if !is_taken.swap(true, Ordering::AcqRel) => return Err(NotStored::Unavailable),
            // It is being written, for which there is a limit of its own.
            Err(_) => outcome.await,
        };
        answered.unwrap_or(Err(NotStored::Unavailable))
    }

    /// What keeps requests from being stored at this moment.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        let Shared { settings, queue, failed_at } = &*self.0.0;
        let failed_at = *failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        if failed_at.is_some_and(|at| at.elapsed() < FAILURE_COUNTS) {
            Some(Trouble::CommitsFail)
        } else if queue.len() * 10 >= settings.queue * 8 {
            Some(Trouble::QueueIsFull)
        } else {
            None
        }
    }
}

impl Shared {
    async fn run(&self, db: Db) {
        let mut most_rows = self.settings.most_rows;
        while let Some(mut jobs) = self.queue.take(most_rows).await {
            jobs.retain(|job| !job.is_taken.swap(true, Ordering::AcqRel));
            if jobs.is_empty() {
                continue;
            }
            let rows = jobs.iter().map(Waiting::rows).sum();
            let began = Instant::now();
            self.write(&db, jobs, began + self.settings.commit_patience).await;
            most_rows = self.settings.adapted(most_rows, rows, began.elapsed());
        }
    }

    /// Writes all of `jobs` together. When the database refuses them, each half by itself, so that one cannot hurt the
    /// others; all of it until `deadline`.
    async fn write(&self, db: &Db, mut jobs: Vec<Job>, deadline: Instant) {
        let fault = match Self::commit(db, &jobs, deadline).await {
            Ok(answers) => {
                self.note(None);
                for (job, answer) in jobs.into_iter().zip(answers) {
                    // The client may have gone; what it sent is stored all the same.
                    drop(job.answer.send(Ok(Outcome { arrived: job.task.arrived, answer })));
                }
                return;
            }
            Err(fault) => fault,
        };
        let (is_passing, requests) = (fault.is_passing(), jobs.len());
        if requests > 1 && !is_passing {
            tracing::warn!(%fault, requests, "a commit failed; writing each half by itself");
            let second = jobs.split_off(requests / 2);
            Box::pin(self.write(db, jobs, deadline)).await;
            return Box::pin(self.write(db, second, deadline)).await;
        }
        tracing::error!(%fault, requests, "a commit failed");
        if is_passing {
            self.note(Some(Instant::now()));
        }
        let why = if is_passing { NotStored::Unavailable } else { NotStored::Failed };
        for job in jobs {
            drop(job.answer.send(Err(why)));
        }
    }

    fn note(&self, failed_at: Option<Instant>) {
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) = failed_at;
    }

    async fn commit(db: &Db, jobs: &[Job], deadline: Instant) -> Result<Vec<Answer>, Fault> {
        let tasks: Vec<&Task> = jobs.iter().map(|job| &job.task).collect();
        let commit = AssertUnwindSafe(plan::commit(db, &tasks)).catch_unwind();
        match timeout_at(deadline, commit).await {
            Ok(Ok(committed)) => Ok(committed?),
            Ok(Err(_)) => Err(Fault::Panic),
            Err(_) => Err(Fault::Late),
        }
    }
}

/// Why a commit did not go well.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error("the database does not answer")]
    Late,
    #[error("the writer panicked")]
    Panic,
}

impl Fault {
    /// Whether the same may be stored later.
    fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => error.is_passing(),
            Self::Late => true,
            Self::Panic => false,
        }
    }
}

impl WriterSettings {
    /// Rows for the next commit, after one that took so long for so many.
    fn adapted(&self, most_rows: usize, rows: usize, took: Duration) -> usize {
        const FEWEST: usize = 256;
        if took > self.commit_goal && rows >= FEWEST {
            (most_rows.min(rows) * 3 / 4).max(FEWEST)
        } else if took * 2 < self.commit_goal {
            (most_rows * 5 / 4).min(self.most_rows)
        } else {
            most_rows
        }
    }
}
