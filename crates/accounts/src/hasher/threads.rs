//! A fixed number of threads behind a bounded queue.
//!
//! They are not the runtime's: those for blocking work have the priority of all others, and there are 512.

use std::{
    fmt, iter,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Once, OnceLock},
    thread,
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::oneshot;

use super::memory::Memory;
use crate::{Error, Result};

/// At 20 to 25 ms a hash, the last of them begins after less than 2 s.
const WAITING_PER_THREAD: usize = 64;

/// By then a few dozen places are free again.
const RETRY_AFTER_S: u64 = 1;

type Job = Box<dyn FnOnce(&Memory) + Send>;

/// Started with the first job, so that a process which never hashes has none. They end when this is dropped,
/// each with the job it has.
pub(super) struct Threads {
    count: usize,
    queue: OnceLock<Sender<Job>>,
}

impl Threads {
    pub(super) const fn new(count: usize) -> Self {
        Self { count, queue: OnceLock::new() }
    }

    /// What `work` makes of a thread's memory.
    ///
    /// A caller who goes away while it waits costs nothing more: its turn is skipped. Once `work` has begun it is
    /// done to its end, so that the memory of the next is not taken beside that of the last.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] at once when the queue is full.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |memory: &Memory| {
            if !answer.is_closed() {
                answer.send(work(memory)).ok();
            }
        });
        match self.queue.get_or_init(|| start(self.count)).try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Error::TooMany { retry_after_s: RETRY_AFTER_S });
            }
            Err(TrySendError::Disconnected(_)) => {
                return Err(Error::Hashing("no thread could be started".to_owned()));
            }
        }
        answered.await.map_err(|_| Error::Hashing("the thread gave it up".to_owned()))
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.queue.get().map_or(0, Sender::len);
        f.debug_struct("Threads").field("count", &self.count).field("waiting", &waiting).finish()
    }
}

/// Starts what can be started; without any, nobody receives and each job is refused.
fn start(count: usize) -> Sender<Job> {
    let (queue, jobs) = bounded(count * WAITING_PER_THREAD);
    for number in 0..count {
        let jobs = jobs.clone();
        let thread = thread::Builder::new().name(format!("hash-{number}"));
        if let Err(error) = thread.spawn(move || work_through(&jobs)) {
            tracing::warn!(%error, "a thread that hashes passwords could not be started");
        }
    }
    queue
}

/// Memory is kept while jobs wait and goes back with the last of them.
fn work_through(jobs: &Receiver<Job>) {
    give_way();
    while let Ok(first) = jobs.recv() {
        let memory = Memory::default();
        for job in iter::once(first).chain(jobs.try_iter()) {
            // A panic is told its caller by the answer that never comes; the thread goes on.
            catch_unwind(AssertUnwindSafe(|| job(&memory))).ok();
        }
    }
}

/// Takes the lowest priority: on Linux nice 19, of this thread alone. Without it all is right but slower, which is no
/// reason to refuse sign-ins.
fn give_way() {
    static TELL: Once = Once::new();
    if let Err(error) = set_current_thread_priority(ThreadPriority::Min) {
        TELL.call_once(|| tracing::debug!(?error, "passwords are hashed at normal priority"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
            mpsc,
        },
        time::Duration,
    };

    use tokio::{task::JoinHandle, time::timeout};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// A job that has begun, who waits for it, and what lets it end.
    async fn begun(threads: &Arc<Threads>) -> (JoinHandle<Result<()>>, mpsc::Sender<()>) {
        let (finish, finished) = mpsc::channel();
        let (tell_begun, begun) = oneshot::channel();
        let caller = spawn(threads, move || {
            tell_begun.send(()).ok();
            finished.recv().ok();
        });
        begun.await.unwrap();
        (caller, finish)
    }

    fn spawn(
        threads: &Arc<Threads>,
        work: impl FnOnce() + Send + 'static,
    ) -> JoinHandle<Result<()>> {
        let threads = Arc::clone(threads);
        tokio::spawn(async move { threads.run(|_| work()).await })
    }

    async fn until_so_many_wait(threads: &Threads, count: usize) {
        let all_wait = async {
            while threads.queue.get().unwrap().len() < count {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, all_wait).await.expect("they wait");
    }

    async fn done(caller: JoinHandle<Result<()>>) -> Result<()> {
        timeout(PATIENCE, caller).await.expect("an answer").unwrap()
    }

    #[tokio::test]
    async fn when_too_many_wait_one_more_is_told_at_once_to_come_again() {
        let threads = Arc::new(Threads::new(1));
        let (first, finish) = begun(&threads).await;
        let callers = [(); WAITING_PER_THREAD].map(|()| spawn(&threads, || ()));
        until_so_many_wait(&threads, WAITING_PER_THREAD).await;
        let answer = threads.run(|_| ()).await;
        assert!(matches!(answer, Err(Error::TooMany { retry_after_s: 1 })), "{answer:?}");

        finish.send(()).unwrap();
        done(first).await.unwrap();
        for caller in callers {
            done(caller).await.unwrap();
        }
        timeout(PATIENCE, threads.run(|_| ())).await.expect("an answer").unwrap();
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_while_its_work_is_done_does_not_free_the_thread() {
        let threads = Arc::new(Threads::new(1));
        let (caller, finish) = begun(&threads).await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        let next = spawn(&threads, || ());
        until_so_many_wait(&threads, 1).await;

        finish.send(()).unwrap();
        done(next).await.unwrap();
    }

    #[tokio::test]
    async fn the_work_of_a_caller_who_goes_away_before_its_turn_is_not_done() {
        let threads = Arc::new(Threads::new(1));
        let (first, finish) = begun(&threads).await;
        let is_done = Arc::new(AtomicBool::new(false));
        let abandoned = spawn(&threads, {
            let is_done = Arc::clone(&is_done);
            move || is_done.store(true, Ordering::SeqCst)
        });
        until_so_many_wait(&threads, 1).await;
        abandoned.abort();
        assert!(abandoned.await.unwrap_err().is_cancelled());

        finish.send(()).unwrap();
        done(first).await.unwrap();
        timeout(PATIENCE, threads.run(|_| ())).await.expect("an answer").unwrap();
        assert!(!is_done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error_and_the_thread_goes_on() {
        let threads = Threads::new(1);
        let answer = threads.run(|_| -> () { panic!("on purpose") }).await;
        assert!(matches!(answer, Err(Error::Hashing(_))), "{answer:?}");
        timeout(PATIENCE, threads.run(|_| ())).await.expect("an answer").unwrap();
    }

    #[tokio::test]
    async fn no_more_work_is_done_at_a_time_than_there_are_threads() {
        let threads = Arc::new(Threads::new(2));
        let one = begun(&threads).await;
        let other = begun(&threads).await;
        let third = spawn(&threads, || ());
        until_so_many_wait(&threads, 1).await;
        for (caller, finish) in [one, other] {
            finish.send(()).unwrap();
            done(caller).await.unwrap();
        }
        done(third).await.unwrap();
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn threads_have_the_lowest_priority() {
        let threads = Threads::new(1);
        let stat = threads.run(|_| std::fs::read_to_string("/proc/thread-self/stat"));
        let stat = stat.await.unwrap().unwrap();
        // proc_pid_stat(5): the 19th field is the nice value; the second ends with the last parenthesis.
        let (_, from_third) = stat.rsplit_once(") ").unwrap();
        assert_eq!(from_third.split(' ').nth(16), Some("19"), "{stat}");
    }
}
