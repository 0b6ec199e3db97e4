//! A fixed number of threads behind two bounded lines.
//!
//! They are not the runtime's: those for blocking work have the priority of all others, and there are 512.
//!
//! Even at the lowest priority a thread that never rests makes others wait: the kernel lets it finish its slice, and the
//! next of several threads on a request's way finds it there again. So where a crowd of strangers waits, a thread rests
//! 24 times as long as it worked for one of them. Who is familiar has a line of their own, which goes first and never
//! waits for a rest.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Once, OnceLock},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, TrySendError, after, bounded, never, select_biased};
use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::oneshot;

use super::memory::Memory;
use crate::{Error, Result};

/// In each line. At 20 to 40 ms a hash, and a rest while they are a crowd, the last of them begins within 9 s.
const WAITING_PER_THREAD: usize = 16;

/// So many strangers at once are no coincidence: half of those who may wait.
const CROWD_PER_THREAD: usize = WAITING_PER_THREAD / 2;
/// How long a thread rests after it worked for one of a crowd, in times of that work: a 25th of a core is theirs.
const REST: u32 = 24;

/// By then a few places are free again, even in a crowd.
const RETRY_AFTER_S: u64 = 1;

const MEMORY_IS_KEPT: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(&Memory) + Send>;

/// Where someone waits for their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// They have signed in to this account from this place before.
    Familiar,
    /// Anyone else.
    Strangers,
}

/// One thing for each line.
#[derive(Debug, Clone)]
struct Lines<T> {
    familiar: T,
    strangers: T,
}

/// Started with the first job, so that a process which never hashes has none. They end when this is dropped,
/// each with the job it has.
pub(super) struct Threads {
    count: usize,
    lines: OnceLock<Lines<Sender<Job>>>,
}

impl Threads {
    pub(super) const fn new(count: usize) -> Self {
        Self { count, lines: OnceLock::new() }
    }

    /// What `work` makes of a thread's memory.
    ///
    /// A caller who goes away while it waits costs nothing more: its turn is skipped. Once `work` has begun it is
    /// done to its end, so that the memory of the next is not taken beside that of the last.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] at once when the line is full.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        line: Line,
        work: impl FnOnce(&Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |memory: &Memory| {
            if !answer.is_closed() {
                answer.send(work(memory)).ok();
            }
        });
        let lines = self.lines.get_or_init(|| start(self.count));
        let sender = match line {
            Line::Familiar => &lines.familiar,
            Line::Strangers => &lines.strangers,
        };
        match sender.try_send(job) {
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
        let waiting =
            self.lines.get().map_or(0, |lines| lines.familiar.len() + lines.strangers.len());
        f.debug_struct("Threads").field("count", &self.count).field("waiting", &waiting).finish()
    }
}

/// Starts what can be started; without any, nobody receives and each job is refused.
fn start(count: usize) -> Lines<Sender<Job>> {
    let (to_familiar, familiar) = bounded(count * WAITING_PER_THREAD);
    let (to_strangers, strangers) = bounded(count * WAITING_PER_THREAD);
    let jobs = Lines { familiar, strangers };
    for number in 0..count {
        let jobs = jobs.clone();
        let thread = thread::Builder::new().name(format!("hash-{number}"));
        if let Err(error) = thread.spawn(move || jobs.work_through(count * CROWD_PER_THREAD)) {
            tracing::warn!(%error, "a thread that hashes passwords could not be started");
        }
    }
    Lines { familiar: to_familiar, strangers: to_strangers }
}

impl Lines<Receiver<Job>> {
    /// Memory is kept from job to job and goes back when none has come for a while: an allocator that gets it back at
    /// once may hold it for a moment beside what the next job takes.
    fn work_through(&self, crowd: usize) {
        give_way();
        while let Some(first) = self.next(&never()) {
            let memory = Memory::default();
            let mut next = Some(first);
            while let Some((line, job)) = next {
                let began = Instant::now();
                work(job, &memory);
                if line == Line::Strangers && self.strangers.len() >= crowd {
                    self.rest(began.elapsed() * REST, &memory);
                }
                next = self.next(&after(MEMORY_IS_KEPT));
            }
        }
    }

    /// Who is familiar first; none when `patience` is over, or when nobody can come any more.
    fn next(&self, patience: &Receiver<Instant>) -> Option<(Line, Job)> {
        select_biased! {
            recv(self.familiar) -> job => Some((Line::Familiar, job.ok()?)),
            recv(self.strangers) -> job => Some((Line::Strangers, job.ok()?)),
            recv(patience) -> _ => None,
        }
    }

    fn rest(&self, time: Duration, memory: &Memory) {
        let until = Instant::now() + time;
        while let Ok(job) = self.familiar.recv_deadline(until) {
            work(job, memory);
        }
    }
}

/// A panic is told its caller by the answer that never comes; the thread goes on.
fn work(job: Job, memory: &Memory) {
    catch_unwind(AssertUnwindSafe(|| job(memory))).ok();
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
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
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
        tokio::spawn(async move { threads.run(Line::Strangers, |_| work()).await })
    }

    async fn until_so_many_wait(threads: &Threads, count: usize) {
        let all_wait = async {
            while threads.lines.get().unwrap().strangers.len() < count {
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
        let answer = threads.run(Line::Strangers, |_| ()).await;
        assert!(matches!(answer, Err(Error::TooMany { retry_after_s: 1 })), "{answer:?}");

        finish.send(()).unwrap();
        done(first).await.unwrap();
        for caller in callers {
            done(caller).await.unwrap();
        }
        timeout(PATIENCE, threads.run(Line::Strangers, |_| ())).await.expect("an answer").unwrap();
    }

    #[tokio::test]
    async fn who_is_familiar_goes_first_and_has_a_place_when_strangers_have_none() {
        let threads = Arc::new(Threads::new(1));
        let (first, finish) = begun(&threads).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let note = |line| {
            let order = Arc::clone(&order);
            move || order.lock().unwrap().push(line)
        };
        let strangers = [(); WAITING_PER_THREAD].map(|()| spawn(&threads, note(Line::Strangers)));
        until_so_many_wait(&threads, WAITING_PER_THREAD).await;
        let familiar = tokio::spawn({
            let (threads, note) = (Arc::clone(&threads), note(Line::Familiar));
            async move { threads.run(Line::Familiar, move |_| note()).await }
        });
        let it_waits = async {
            while threads.lines.get().unwrap().familiar.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, it_waits).await.expect("it waits");

        finish.send(()).unwrap();
        done(first).await.unwrap();
        done(familiar).await.unwrap();
        for stranger in strangers {
            done(stranger).await.unwrap();
        }
        assert_eq!(order.lock().unwrap()[0], Line::Familiar);
    }

    #[tokio::test]
    async fn a_crowd_of_strangers_has_little_of_the_time_and_who_is_familiar_all_the_rest() {
        let work = Duration::from_millis(20);
        let threads = Arc::new(Threads::new(1));
        let (first, finish) = begun(&threads).await;
        let crowd = [(); CROWD_PER_THREAD + 1];
        let mut crowd = crowd.map(|()| spawn(&threads, move || thread::sleep(work))).into_iter();
        until_so_many_wait(&threads, CROWD_PER_THREAD + 1).await;
        finish.send(()).unwrap();
        done(first).await.unwrap();
        done(crowd.next().unwrap()).await.unwrap();
        // After the first of them the thread rests; after the next they are no crowd any more.
        let began = Instant::now();
        timeout(work * REST, threads.run(Line::Familiar, |_| ())).await.expect("at once").unwrap();
        assert!(threads.lines.get().unwrap().strangers.len() == CROWD_PER_THREAD);
        for stranger in crowd {
            done(stranger).await.unwrap();
        }
        assert!(began.elapsed() >= work * REST, "{:?}", began.elapsed());
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
        timeout(PATIENCE, threads.run(Line::Strangers, |_| ())).await.expect("an answer").unwrap();
        assert!(!is_done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error_and_the_thread_goes_on() {
        let threads = Threads::new(1);
        let answer = threads.run(Line::Strangers, |_| -> () { panic!("on purpose") }).await;
        assert!(matches!(answer, Err(Error::Hashing(_))), "{answer:?}");
        timeout(PATIENCE, threads.run(Line::Strangers, |_| ())).await.expect("an answer").unwrap();
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
        let stat =
            threads.run(Line::Strangers, |_| std::fs::read_to_string("/proc/thread-self/stat"));
        let stat = stat.await.unwrap().unwrap();
        // proc_pid_stat(5): the 19th field is the nice value; the second ends with the last parenthesis.
        let (_, from_third) = stat.rsplit_once(") ").unwrap();
        assert_eq!(from_third.split(' ').nth(16), Some("19"), "{stat}");
    }
}
