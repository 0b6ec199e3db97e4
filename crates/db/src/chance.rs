//! The one place that rolls dice.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use model::UnixMs;
use uuid::Uuid;

/// Makes random bytes and ids: the system's, or a series that a test can repeat.
#[derive(Debug, Clone, Default)]
pub struct Chance {
    series: Option<Arc<AtomicU64>>,
    /// Time and counter of the newest id.
    newest: Arc<AtomicU64>,
}

impl Chance {
    /// The operating system's random numbers.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A series that begins again with the same `seed`. For tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { series: Some(Arc::new(AtomicU64::new(seed))), newest: Arc::default() }
    }

    /// `N` random bytes.
    ///
    /// # Panics
    ///
    /// When the operating system has no random numbers to give: nothing secret can be made then.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the chance that everyone else asks")]
    #[expect(clippy::expect_used, reason = "without randomness no id or secret is safe; stop")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.series {
            None => getrandom::fill(&mut bytes).expect("the operating system gives random bytes"),
            Some(state) => {
                for chunk in bytes.chunks_mut(8) {
                    let word = splitmix64(state.fetch_add(GOLDEN, Ordering::Relaxed));
                    chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// `N` random bytes as lower-case hexadecimal digits.
    #[must_use]
    pub fn hex<const N: usize>(&self) -> String {
        let mut digits = String::with_capacity(2 * N);
        for byte in self.bytes::<N>() {
            for digit in [byte >> 4, byte & 0xf] {
                digits.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        digits
    }

    /// A UUID version 7 of the moment `at`. Those that one process makes are in order, also within a millisecond: the
    /// 12 bits after the time count (RFC 9562, section 6.2, method 1).
    #[must_use]
    pub fn uuid_v7(&self, at: UnixMs) -> Uuid {
        let earliest = u64::try_from(at.0).unwrap_or_default() << COUNTER_BITS;
        let next = |newest: u64| Some(earliest.max(newest + 1));
        let newest = self.newest.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let number = earliest.max(newest.unwrap_or_default() + 1);
        let count = u16::try_from(number & COUNTER_MASK).unwrap_or_default();
        let mut after_time = self.bytes::<10>();
        after_time[..2].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(number >> COUNTER_BITS, &after_time).into_uuid()
    }
}

const COUNTER_BITS: u32 = 12;
const COUNTER_MASK: u64 = (1 << COUNTER_BITS) - 1;

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
const fn splitmix64(state: u64) -> u64 {
    let mut z = state.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The smallest UUIDv7 of a moment: its first 48 bits are the time (RFC 9562, section 5.7).
#[must_use]
pub fn lowest_id(at: UnixMs) -> Uuid {
    let millis = u128::try_from(at.0).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_series() {
        let (one, other) = (Chance::seeded(1), Chance::seeded(1));
        assert_eq!(one.bytes::<20>(), other.bytes::<20>());
        assert_ne!(one.bytes::<20>(), one.bytes::<20>());
    }

    #[test]
    fn ids_of_later_moments_sort_later() {
        let chance = Chance::system();
        assert!(chance.uuid_v7(UnixMs(1_000)) < chance.uuid_v7(UnixMs(1_001)));
        assert_eq!(chance.uuid_v7(UnixMs(1_000)).get_version_num(), 7);
    }

    #[test]
    fn ids_of_one_millisecond_are_in_the_order_they_were_made() {
        let chance = Chance::system();
        let ids: Vec<_> = (0..5_000).map(|_| chance.uuid_v7(UnixMs(1_000))).collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
    }
}
