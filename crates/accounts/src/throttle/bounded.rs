//! A map that forgets what was written longest ago rather than grow without end.

use std::{collections::HashMap, hash::Hash, mem};

/// Two generations of at most half the keys each: when the young one is full, the old one is dropped and the
/// young one becomes the old. Writing makes a key young again.
#[derive(Debug)]
pub(super) struct Bounded<K, V> {
    half: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V: Copy> Bounded<K, V> {
    /// For at most `max` keys.
    pub(super) fn new(max: usize) -> Self {
        Self { half: max / 2, young: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_keys_go_and_those_written_since_stay() {
        let mut map = Bounded::new(20);
        for key in 0..1_000 {
            map.insert(key, key);
            map.insert(-1, key);
            assert!(map.young.len() + map.old.len() <= 20);
            assert_eq!(map.get(&-1), Some(key));
            assert_eq!(map.get(&key), Some(key));
        }
        assert_eq!(map.get(&0), None);
        assert_eq!(map.get(&998), Some(998));
    }
}
