//! How many bytes of bodies are in hand: those that are being read, and those that wait for the writer. Bounded in all,
//! and for each source to a part of that, so that one cannot take it all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::ids::SourceId;

/// Most bytes in hand, and most of one source.
#[derive(Debug, Clone, Copy)]
pub struct HoldLimits {
    /// Of all.
    pub all_bytes: usize,
    /// Of one source.
    pub source_bytes: usize,
}

impl Default for HoldLimits {
    fn default() -> Self {
        Self { all_bytes: 64 << 20, source_bytes: 32 << 20 }
    }
}

/// What is in hand.
#[derive(Debug, Clone)]
pub struct Hold {
    limits: HoldLimits,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    by_source: HashMap<Option<SourceId>, usize>,
}

/// One request's part. Dropped, it is free for others.
#[derive(Debug)]
pub struct Share {
    held: Arc<Mutex<Held>>,
    limits: HoldLimits,
    source: Option<SourceId>,
    bytes: usize,
}

/// There is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Hold {
    /// An empty one.
    pub fn new(limits: HoldLimits) -> Self {
        Self { limits, held: Arc::default() }
    }

    /// A part for a request of `source`, of no bytes yet.
    pub fn share(&self, source: Option<SourceId>) -> Share {
        Share { held: Arc::clone(&self.held), limits: self.limits, source, bytes: 0 }
    }
}

impl Share {
    /// Takes so many bytes instead of those it has.
    pub fn resize(&mut self, bytes: usize) -> Result<(), Full> {
        if bytes > self.bytes {
            return self.grow(bytes - self.bytes);
        }
        self.give_back(self.bytes - bytes);
        Ok(())
    }

    /// Takes so many bytes more.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let mut held = lock(&self.held);
        let of_source = held.by_source.get(&self.source).copied().unwrap_or_default() + bytes;
        if held.all + bytes > self.limits.all_bytes || of_source > self.limits.source_bytes {
            return Err(Full);
        }
        held.all += bytes;
        held.by_source.insert(self.source, of_source);
        self.bytes += bytes;
        Ok(())
    }

    /// Gives all of it back.
    pub fn clear(&mut self) {
        self.give_back(self.bytes);
    }

    fn give_back(&mut self, bytes: usize) {
        self.bytes -= bytes;
        let mut held = lock(&self.held);
        held.all -= bytes;
        if let Some(of_source) = held.by_source.get_mut(&self.source) {
            *of_source -= bytes;
            if *of_source == 0 {
                held.by_source.remove(&self.source);
            }
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.clear();
    }
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_source_takes_its_part_and_leaves_the_rest_to_others() {
        let hold = Hold::new(HoldLimits { all_bytes: 10, source_bytes: 6 });
        let source = |number| Some(SourceId::from(Uuid::from_u128(number)));
        let (mut one, mut other, mut third) =
            (hold.share(source(1)), hold.share(source(2)), hold.share(source(1)));
        assert_eq!(one.grow(5), Ok(()));
        assert_eq!(third.grow(2), Err(Full));
        assert_eq!(third.grow(1), Ok(()));
        assert_eq!(other.grow(5), Err(Full));
        assert_eq!(other.grow(4), Ok(()));
        drop(one);
        assert_eq!(third.resize(7), Err(Full));
        assert_eq!(third.resize(6), Ok(()));
        assert_eq!(third.resize(2), Ok(()));
        assert_eq!(lock(&hold.held).all, 6);
        drop((third, other));
        let left = lock(&hold.held);
        assert!(left.all == 0 && left.by_source.is_empty(), "{left:?}");
    }
}
