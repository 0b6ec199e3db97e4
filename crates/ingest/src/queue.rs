//! The bounded line before the writer. Sources take turns: one that sends a lot waits behind itself and not before others.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use model::ids::SourceId;
use tokio::sync::Notify;

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
    is_closed: bool,
}

impl<T: Waiting> Queue<T> {
    /// An empty one.
    pub fn new(limits: QueueLimits) -> Self {
        let lines = Lines {
            by_source: HashMap::new(),
            turns: VecDeque::new(),
            waiting: 0,
            is_closed: false,
        };
        Self { limits, lines: Mutex::new(lines), wake: Notify::new() }
    }

    /// Puts `item` at the end of its source's line, unless that or all of them together are full, or closed.
    pub fn push(&self, item: T) -> Result<(), T> {
        {
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
        }
        self.wake.notify_one();
        Ok(())
    }

    /// Waits for the first item, then takes one of each source in turn until there are `most_rows` or none is left. None,
    /// once it is closed and empty.
    pub async fn take(&self, most_rows: usize) -> Option<Vec<T>> {
        loop {
            let woken = self.wake.notified();
            {
                let mut lines = self.lock();
                if lines.waiting > 0 {
                    let taken = lines.take(most_rows);
                    if lines.waiting > 0 {
                        self.wake.notify_one();
                    }
                    return Some(taken);
                }
                if lines.is_closed {
                    // Who else waits here is to end, too.
                    self.wake.notify_one();
                    return None;
                }
            }
            woken.await;
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
    use uuid::Uuid;

    use super::*;

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

    #[tokio::test]
    async fn sources_take_turns_and_each_keeps_its_order() {
        let queue = queue(10, 10);
        for item in [Item(1, 1), Item(1, 2), Item(1, 3), Item(2, 1), Item(3, 1), Item(2, 2)] {
            queue.push(item).unwrap();
        }
        let first = queue.take(4).await.unwrap();
        assert_eq!(first, [Item(1, 1), Item(2, 1), Item(3, 1), Item(1, 2)]);
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.take(4).await.unwrap(), [Item(2, 2), Item(1, 3)]);
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
        assert_eq!(queue.take(9).await, Some(vec![Item(1, 0)]));
        assert_eq!(queue.take(9).await, None);
        assert_eq!(queue.take(9).await, None);
    }

    #[tokio::test]
    async fn who_waits_is_woken() {
        let queue = std::sync::Arc::new(queue(5, 3));
        let waits = tokio::spawn({
            let queue = std::sync::Arc::clone(&queue);
            async move { queue.take(9).await }
        });
        tokio::task::yield_now().await;
        queue.push(Item(1, 0)).unwrap();
        assert_eq!(waits.await.unwrap(), Some(vec![Item(1, 0)]));
    }
}
