//! Chance that can be had again: everything that is drawn in a run follows from its seed.

use rig::payload::scattered;

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A row of numbers that look random (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Those of `seed`, for the part of the run that `path` names.
    pub fn of(seed: u64, path: &[u64]) -> Self {
        Self(path.iter().fold(scattered(seed), |state, step| scattered(state ^ scattered(*step))))
    }

    /// Any number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        scattered(self.0)
    }

    /// Less than `limit`, which is not 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit
    }

    /// From `low` to `high`.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let count = of.len() as u64;
        if count == 0 {
            return None;
        }
        of.get(usize::try_from(self.below(count)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_path_does_not() {
        let row = |path: &[u64]| {
            let mut dice = Dice::of(7, path);
            (0..8).map(|_| dice.between(50, 1_500)).collect::<Vec<_>>()
        };
        assert_eq!(row(&[1, 2]), row(&[1, 2]));
        assert_ne!(row(&[1, 2]), row(&[2, 1]));
        assert!(row(&[3]).iter().all(|n| (50..=1_500).contains(n)));
    }
}
