//! Group commit: everything that waits goes into one transaction, and each is answered when it is on disk.

use std::{
    io,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use attempts::{KEPT_PER_MINUTE, Recorder};
use db::Db;
use futures_util::FutureExt;
use model::{Code, UnixMs, ids::SourceId, wire::attempts::Kind};
use tokio::{
    runtime,
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    counts::Counts,
    hold::Share,
    outcome::Outcome,
    plan::{self, Archive, Settled},
    queue::{Gather, Queue, QueueLimits, Waiting},
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
    /// A commit waits for as many requests as the one before it had, but not for more than this.
    pub enough: usize,
    /// Nor longer than until this long after that one began: a request that comes after a pause does not wait.
    pub pace: Duration,
    /// A commit takes fewer rows when those before it took longer than this: everybody waits for it.
    pub commit_goal: Duration,
    /// So long a request waits for its turn.
    pub patience: Duration,
    /// So long what was taken at once may be written before the database counts as away.
    pub commit_patience: Duration,
    /// Attempts of one outcome of one source that are kept of each minute; the rest is counted.
    pub attempts_per_minute: u32,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self {
            queue: 4_096,
            queue_of_source: 2_048,
            most_rows: 4_096,
            enough: 24,
            pace: Duration::from_millis(4),
            commit_goal: Duration::from_millis(40),
            patience: Duration::from_secs(5),
            commit_patience: Duration::from_secs(10),
            attempts_per_minute: KEPT_PER_MINUTE,
        }
    }
}

/// Counts wait so long for a commit that they can go with.
const COUNTS_WAIT: Duration = Duration::from_secs(1);
/// So long a commit that failed tells something of the next one, unless one went well. Without requests nobody would ever
/// know better.
const FAILURE_COUNTS: Duration = Duration::from_secs(15);

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
    archive: Archive,
    tasks: TaskTracker,
    /// Where everything else runs.
    runtime: runtime::Handle,
    /// Counts of requests that were answered without a commit; they go with the next one.
    uncommitted: Mutex<Counts>,
    /// When the last commit failed, unless one went well since.
    failed_at: Mutex<Option<Instant>>,
    /// Each job has a copy.
    in_hand: Arc<()>,
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
    _in_hand: Arc<()>,
}

impl Waiting for Job {
    fn source(&self) -> Option<SourceId> {
        self.task.arrived.source
    }

    fn weight(&self) -> usize {
        self.task.weight()
    }
}

impl Writer {
    /// Starts the task under `tasks`. It ends when `stop` is cancelled and what waited is written. An error when the
    /// system has no handles left for it.
    pub fn start(
        db: Db,
        settings: WriterSettings,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> io::Result<Self> {
        // A thread of its own, which waits for the database itself: among the common threads each of its many short waits
        // would end only when one of them has time to look, and then behind every request that is being read.
        let own = runtime::Builder::new_current_thread().enable_all().build()?;
        let WriterSettings { queue: all, queue_of_source: source, .. } = settings;
        let queue = Queue::new(QueueLimits { all, source });
        let archive = Archive {
            recorder: Recorder::new(settings.attempts_per_minute),
            lane: i64::from(db.chance().bytes::<1>()[0]),
            db,
        };
        let shared = Arc::new(Shared {
            settings,
            queue,
            archive,
            tasks: tasks.clone(),
            runtime: runtime::Handle::current(),
            uncommitted: Mutex::default(),
            failed_at: Mutex::default(),
            in_hand: Arc::default(),
        });
        tasks.spawn({
            let shared = Arc::clone(&shared);
            async move {
                stop.cancelled().await;
                shared.queue.close();
            }
        });
        tasks.spawn_blocking({
            let shared = Arc::clone(&shared);
            move || own.block_on(shared.run())
        });
        Ok(Self(Arc::new(Handle(shared))))
    }

    /// Stores `task`; the outcome arrives when it is on disk. `share` is what it holds in memory.
    pub async fn store(&self, task: Task, share: Share) -> Result<Outcome, NotStored> {
        let (answer, mut outcome) = oneshot::channel();
        let is_taken = Arc::new(AtomicBool::new(false));
        let Shared { settings, queue, in_hand, .. } = &*self.0.0;
        let job = Job {
            task,
            is_taken: Arc::clone(&is_taken),
            answer,
            _share: share,
            _in_hand: Arc::clone(in_hand),
        };
        queue.push(job).map_err(|_| NotStored::Unavailable)?;
        let answered = match timeout(settings.patience, &mut outcome).await {
            Ok(answered) => answered,
            Err(_) if !is_taken.swap(true, Ordering::AcqRel) => return Err(NotStored::Unavailable),
            // It is being written, for which there is a limit of its own.
            Err(_) => outcome.await,
        };
        answered.unwrap_or(Err(NotStored::Unavailable))
    }

    /// Whether an attempt is to be kept of a request that is refused so. Otherwise it is counted, which reaches the disk
    /// within a second or two, and needs no turn.
    #[must_use]
    pub fn keeps(&self, source: Option<SourceId>, kind: Kind, at: UnixMs, code: Code) -> bool {
        let Shared { archive, uncommitted, .. } = &*self.0.0;
        let is_kept = archive.recorder.keeps(source, kind, Some(code), at);
        if !is_kept {
            locked(uncommitted).add_refusal(source, at, code);
        }
        is_kept
    }

    /// Requests that wait or are being written at this moment.
    #[must_use]
    pub fn in_hand(&self) -> usize {
        Arc::strong_count(&self.0.0.in_hand) - 1
    }

    /// What keeps requests from being stored at this moment.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        let Shared { settings, queue, failed_at, .. } = &*self.0.0;
        let failed_at = *locked(failed_at);
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
    async fn run(&self) {
        let mut most_rows = self.settings.most_rows;
        let mut is_closed = false;
        let mut gather = self.settings.gather(0, Instant::now());
        while !is_closed {
            let mut jobs = match timeout(COUNTS_WAIT, self.queue.take(most_rows, gather)).await {
                Ok(Some(jobs)) => jobs,
                Ok(None) => {
                    is_closed = true;
                    Vec::new()
                }
                Err(_) => Vec::new(),
            };
            jobs.retain(|job| !job.is_taken.swap(true, Ordering::AcqRel));
            let counts = std::mem::take(&mut *locked(&self.uncommitted));
            if jobs.is_empty() && counts.is_empty() {
                continue;
            }
            let rows = jobs.iter().map(Waiting::weight).sum();
            let began = Instant::now();
            gather = self.settings.gather(jobs.len(), began);
            let deadline = began + self.settings.commit_patience;
            self.write(jobs, counts, deadline, false).await;
            most_rows = self.settings.adapted(most_rows, rows, began.elapsed());
        }
        self.archive.db.end_often().await;
    }

    /// Writes all of `jobs` together, and `counts`. When the database refuses them, each half by itself, so that one cannot hurt the
    /// others; all of it until `deadline`. Tells whether any of it was stored, or `is_any_stored` of the whole before.
    async fn write(
        &self,
        mut jobs: Vec<Job>,
        counts: Counts,
        deadline: Instant,
        is_any_stored: bool,
    ) -> bool {
        let fault = match self.commit(&jobs, &counts, deadline).await {
            Ok(settled) => {
                self.note(None);
                // On a common thread, where a task that is woken is a push to a list; from this one, which is none of
                // them, it may be a call to the system for each.
                self.tasks.spawn_on(async move { answer(jobs, settled) }, &self.runtime);
                return true;
            }
            Err(fault) => fault,
        };
        let (is_passing, requests) = (fault.is_passing(), jobs.len());
        if requests > 1 && !is_passing {
            tracing::warn!(%fault, requests, "a commit failed; writing each half by itself");
            let second = jobs.split_off(requests / 2);
            let is_any_stored = Box::pin(self.write(jobs, counts, deadline, is_any_stored)).await;
            return Box::pin(self.write(second, Counts::default(), deadline, is_any_stored)).await;
        }
        locked(&self.uncommitted).append(counts);
        tracing::error!(%fault, requests, "a commit failed");
        // What the database refuses while it stores the rest says nothing of the database.
        if is_passing || !is_any_stored {
            self.note(Some(Instant::now()));
        }
        let why = if is_passing { NotStored::Unavailable } else { NotStored::Failed };
        for job in jobs {
            drop(job.answer.send(Err(why)));
        }
        is_any_stored
    }

    fn note(&self, failed_at: Option<Instant>) {
        *locked(&self.failed_at) = failed_at;
    }

    async fn commit(
        &self,
        jobs: &[Job],
        counts: &Counts,
        deadline: Instant,
    ) -> Result<Vec<Settled>, Fault> {
        let tasks: Vec<&Task> = jobs.iter().map(|job| &job.task).collect();
        let commit = AssertUnwindSafe(plan::commit(&self.archive, &tasks, counts)).catch_unwind();
        match timeout_at(deadline, commit).await {
            Ok(Ok(committed)) => Ok(committed?),
            Ok(Err(_)) => Err(Fault::Panic),
            Err(_) => Err(Fault::Late),
        }
    }
}

fn answer(jobs: Vec<Job>, settled: Vec<Settled>) {
    for (job, Settled { answer, is_kept }) in jobs.into_iter().zip(settled) {
        let outcome = Outcome { arrived: job.task.arrived, answer, is_kept };
        // The client may have gone; what it sent is stored all the same.
        drop(job.answer.send(Ok(outcome)));
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
    /// What the next commit waits for, after one of so many requests.
    fn gather(&self, requests: usize, began: Instant) -> Gather {
        Gather { enough: requests.min(self.enough), until: began + self.pace }
    }

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

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_as_many_as_the_last_one_had_but_neither_for_many_nor_for_long() {
        let (settings, began) = (WriterSettings::default(), Instant::now());
        let enough = [0, 3, 100].map(|requests| settings.gather(requests, began).enough);
        assert_eq!(enough, [0, 3, settings.enough]);
        assert_eq!(settings.gather(3, began).until, began + settings.pace);
    }
}
