//! Ids and dice, both from a seed: the same calls make the same ids and the same faults.

/// A series of random numbers that begins again with the same seed (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Chance {
    pub(crate) const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// True with this probability. Rolls only if there is something to roll for.
    pub(crate) fn hits(&mut self, probability: f64) -> bool {
        let half = u32::try_from(self.next() >> 32).unwrap_or_default();
        f64::from(half) / (f64::from(u32::MAX) + 1.0) < probability
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// An id as Stripe makes them: a prefix and letters.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        let letters = (0..24).map(|_| self.letter()).collect::<String>();
        format!("{prefix}_{letters}")
    }

    fn letter(&mut self) -> char {
        let place = usize::try_from(self.below(62)).unwrap_or_default();
        char::from(LETTERS[place])
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_same_seed_makes_the_same_ids() {
        let ids = |seed| {
            let mut chance = Chance::seeded(seed);
            [chance.id("cus"), chance.id("sub")]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
    }

    #[test]
    fn certainty_and_impossibility_are_exact() {
        let mut chance = Chance::seeded(1);
        assert!((0..1000).all(|_| chance.hits(1.0)));
        assert!(!(0..1000).any(|_| chance.hits(0.0)));
    }
}
