//! The bounded line before the writer. Sources take turns: one that sends a lot waits behind itself and not before others.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use model::ids::SourceId;
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

/// What waits: of one source, and with a weight.
pub trait Waiting {
    /// Whose it is.
    fn source(&self) -> Option<SourceId>;
    /// How much it is of a commit, in rows.
    fn weight(&self) -> usize;
}

/// Most that may wait, and most of one source.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// Requests of all sources.
    pub all: usize,
    /// Requests of one.
    pub source: usize,
}

/// A line for each source that has something in it.
#[derive(Debug)]
pub struct Queue<T> {
    limits: QueueLimits,
    lines: Mutex<Lines<T>>,
    wake: Notify,
}

#[derive(Debug)]
struct Lines<T> {
    by_source: HashMap<Option<SourceId>, VecDeque<T>>,
    /// Whose turn it is, and who comes then.
    turns: VecDeque<Option<SourceId>>,
    waiting: usize,
    /// So many wake the one who takes. Not each: a wake-up may be a call to the system.
    wanted: usize,
    is_closed: bool,
}

/// For how many to wait, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Gather {
    /// So many are enough; none at all counts as one.
    pub enough: usize,
    /// From this moment on one is.
    pub until: Instant,
}

impl Gather {
    /// How many are enough at this moment.
    fn enough_now(&self) -> usize {
        if Instant::now() < self.until { self.enough.max(1) } else { 1 }
    }
}

impl<T: Waiting> Queue<T> {
    /// An empty one.
    pub fn new(limits: QueueLimits) -> Self {
        let lines = Lines {
            by_source: HashMap::new(),
            turns: VecDeque::new(),
            waiting: 0,
            wanted: 1,
            is_closed: false,
        };
        Self { limits, lines: Mutex::new(lines), wake: Notify::new() }
    }

    /// Puts `item` at the end of its source's line, unless that or all of them together are full, or closed.
    pub fn push(&self, item: T) -> Result<(), T> {
        let is_enough = {
            let mut lines = self.lock();
            if lines.is_closed || lines.waiting >= self.limits.all {
                return Err(item);
            }
            let source = item.source();
            let line = lines.by_source.entry(source).or_default();
            if line.len() >= self.limits.source {
                return Err(item);
            }
            let is_first = line.is_empty();
            line.push_back(item);
            lines.waiting += 1;
            if is_first {
                lines.turns.push_back(source);
            }
            lines.waiting == lines.wanted
        };
        if is_enough {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Waits for what `gather` says, then takes one item of each source in turn until there are `most_rows` or none is left.
    /// None, once it is closed and empty. For one task at a time.
    pub async fn take(&self, most_rows: usize, gather: Gather) -> Option<Vec<T>> {
        loop {
            let enough = gather.enough_now();
            {
                let mut lines = self.lock();
                if lines.is_closed {
                    return (lines.waiting > 0).then(|| lines.take(most_rows));
                }
                if lines.waiting >= enough {
                    return Some(lines.take(most_rows));
                }
                lines.wanted = enough;
            }
            // Whoever came since has left a permit.
            let woken = self.wake.notified();
            if enough == 1 {
                woken.await;
            } else {
                // Late or not, the next round looks again.
                drop(timeout_at(gather.until, woken).await);
            }
        }
    }

    /// Takes nothing in any more. What is in it can be taken out.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.wake.notify_one();
    }

    /// How many items wait.
    pub fn len(&self) -> usize {
        self.lock().waiting
    }

    fn lock(&self) -> MutexGuard<'_, Lines<T>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Waiting> Lines<T> {
    fn take(&mut self, most_rows: usize) -> Vec<T> {
        let (mut taken, mut rows) = (Vec::with_capacity(self.waiting.min(most_rows)), 0);
        while rows < most_rows
            && let Some(source) = self.turns.pop_front()
        {
            let Some(line) = self.by_source.get_mut(&source) else { continue };
            if let Some(item) = line.pop_front() {
                rows += item.weight();
                taken.push(item);
            }
            if line.is_empty() {
                self.by_source.remove(&source);
            } else {
                self.turns.push_back(source);
            }
        }
        self.waiting -= taken.len();
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::yield_now;
    use uuid::Uuid;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Item(u128, usize);

    impl Waiting for Item {
        fn source(&self) -> Option<SourceId> {
            Some(SourceId::from(Uuid::from_u128(self.0)))
        }

        fn weight(&self) -> usize {
            1
        }
    }

    fn queue(all: usize, source: usize) -> Queue<Item> {
        Queue::new(QueueLimits { all, source })
    }

    fn at_once() -> Gather {
        Gather { enough: 1, until: Instant::now() }
    }

    fn gather(enough: usize, time: Duration) -> Gather {
        Gather { enough, until: Instant::now() + time }
    }

    #[tokio::test]
    async fn sources_take_turns_and_each_keeps_its_order() {
        let queue = queue(10, 10);
        for item in [Item(1, 1), Item(1, 2), Item(1, 3), Item(2, 1), Item(3, 1), Item(2, 2)] {
            queue.push(item).unwrap();
        }
        let first = queue.take(4, at_once()).await.unwrap();
        assert_eq!(first, [Item(1, 1), Item(2, 1), Item(3, 1), Item(1, 2)]);
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.take(4, at_once()).await.unwrap(), [Item(2, 2), Item(1, 3)]);
    }

    #[test]
    fn one_source_cannot_fill_it_for_others() {
        let queue = queue(5, 3);
        for number in 0..3 {
            queue.push(Item(1, number)).unwrap();
        }
        assert_eq!(queue.push(Item(1, 3)), Err(Item(1, 3)));
        queue.push(Item(2, 0)).unwrap();
        queue.push(Item(3, 0)).unwrap();
        assert_eq!(queue.push(Item(4, 0)), Err(Item(4, 0)));
    }

    #[tokio::test]
    async fn what_is_in_a_closed_queue_can_be_taken_and_nothing_is_put_in() {
        let queue = queue(5, 3);
        queue.push(Item(1, 0)).unwrap();
        queue.close();
        assert_eq!(queue.push(Item(2, 0)), Err(Item(2, 0)));
        assert_eq!(queue.take(9, at_once()).await, Some(vec![Item(1, 0)]));
        assert_eq!(queue.take(9, at_once()).await, None);
        assert_eq!(queue.take(9, at_once()).await, None);
    }

    #[tokio::test]
    async fn it_waits_until_there_are_enough() {
        let queue = queue(5, 5);
        queue.push(Item(1, 0)).unwrap();
        let more = async {
            for number in [1, 2] {
                yield_now().await;
                queue.push(Item(1, number)).unwrap();
            }
        };
        let (taken, ()) = tokio::join!(queue.take(9, gather(3, HOUR)), more);
        assert_eq!(taken, Some(vec![Item(1, 0), Item(1, 1), Item(1, 2)]));
    }

    #[tokio::test]
    async fn when_the_time_is_over_one_is_enough() {
        let queue = queue(5, 5);
        queue.push(Item(1, 0)).unwrap();
        let soon = gather(3, Duration::from_millis(5));
        assert_eq!(queue.take(9, soon).await, Some(vec![Item(1, 0)]));
        assert!(Instant::now() >= soon.until);
        let push = async { queue.push(Item(1, 1)) };
        let (taken, pushed) = tokio::join!(queue.take(9, soon), push);
        assert_eq!((taken, pushed), (Some(vec![Item(1, 1)]), Ok(())));
    }

    #[tokio::test]
    async fn who_waits_for_enough_takes_what_there_is_when_it_is_closed() {
        let queue = queue(5, 5);
        queue.push(Item(1, 0)).unwrap();
        let close = async { queue.close() };
        let (taken, ()) = tokio::join!(queue.take(9, gather(3, HOUR)), close);
        assert_eq!(taken, Some(vec![Item(1, 0)]));
    }

    #[tokio::test]
    async fn who_waits_is_woken() {
        let queue = std::sync::Arc::new(queue(5, 3));
        let waits = tokio::spawn({
            let queue = std::sync::Arc::clone(&queue);
            async move { queue.take(9, at_once()).await }
        });
        yield_now().await;
        queue.push(Item(1, 0)).unwrap();
        assert_eq!(waits.await.unwrap(), Some(vec![Item(1, 0)]));
    }
}
