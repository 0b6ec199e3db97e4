//! Group commit: everything that waits goes into one transaction, and each is answered when it is on disk.

use std::panic::AssertUnwindSafe;

use db::Db;
use futures_util::FutureExt;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{outcome::Outcome, plan, work::Task};

/// How much may wait, and how much goes into one commit.
#[derive(Debug, Clone, Copy)]
pub struct WriterSettings {
    /// Requests that may wait; one more is refused at once.
    pub queue: usize,
    /// Rows after which a commit takes no further request.
    pub rows_per_commit: usize,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self { queue: 1_024, rows_per_commit: 4_096 }
    }
}

/// Nothing of the request was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStored {
    /// Too much waits, the database is away or full, or the server is stopping: try again later.
    Unavailable,
    /// The database refused these rows.
    Failed,
}

/// A handle on the one task that writes.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
}

#[derive(Debug)]
struct Job {
    task: Task,
    answer: oneshot::Sender<Result<Outcome, NotStored>>,
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
        let (queue, waiting) = mpsc::channel(settings.queue);
        let runtime = Handle::current();
        // A thread of its own: between its many short waits for the database, a task of the common threads would
        // stand in line behind every request that is being read, and all requests wait for this one.
        tasks.spawn_blocking(move || runtime.block_on(run(db, settings, waiting, stop)));
        Self { queue }
    }

    /// Stores `task`; the outcome arrives when it is on disk.
    pub async fn store(&self, task: Task) -> Result<Outcome, NotStored> {
        let (answer, outcome) = oneshot::channel();
        self.queue.try_send(Job { task, answer }).map_err(|_| NotStored::Unavailable)?;
        outcome.await.unwrap_or(Err(NotStored::Unavailable))
    }
}

async fn run(
    db: Db,
    settings: WriterSettings,
    mut waiting: mpsc::Receiver<Job>,
    stop: CancellationToken,
) {
    let mut jobs = Vec::new();
    loop {
        let first = tokio::select! {
            biased;
            () = stop.cancelled(), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
            job = waiting.recv() => job,
        };
        let Some(first) = first else { return };
        let mut rows = first.task.rows();
        jobs.push(first);
        while rows < settings.rows_per_commit
            && let Ok(job) = waiting.try_recv()
        {
            rows += job.task.rows();
            jobs.push(job);
        }
        // A panic costs the requests it met, which are told so, and not the writer.
        let written = AssertUnwindSafe(write(&db, &mut jobs)).catch_unwind().await;
        if written.is_err() {
            tracing::error!(requests = jobs.len(), "the writer panicked");
            refuse(&mut jobs, NotStored::Failed);
        }
    }
}

fn refuse(jobs: &mut Vec<Job>, why: NotStored) {
    for job in jobs.drain(..) {
        drop(job.answer.send(Err(why)));
    }
}

/// Writes all of `jobs` together; when that fails, each by itself, so that one cannot hurt the others.
async fn write(db: &Db, jobs: &mut Vec<Job>) {
    let tasks: Vec<&Task> = jobs.iter().map(|job| &job.task).collect();
    match plan::commit(db, &tasks).await {
        Ok(answers) => {
            for (job, answer) in jobs.drain(..).zip(answers) {
                // The client may have gone; what it sent is stored all the same.
                drop(job.answer.send(Ok(Outcome { arrived: job.task.arrived, answer })));
            }
        }
        Err(error) if jobs.len() == 1 || error.is_passing() => {
            tracing::error!(%error, requests = jobs.len(), "a commit failed");
            let why = if error.is_passing() { NotStored::Unavailable } else { NotStored::Failed };
            refuse(jobs, why);
        }
        Err(error) => {
            tracing::warn!(%error, requests = jobs.len(), "a commit failed; writing one by one");
            for job in jobs.drain(..) {
                Box::pin(write(db, &mut vec![job])).await;
            }
        }
    }
}
