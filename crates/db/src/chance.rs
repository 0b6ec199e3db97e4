//! The one place that rolls dice.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use model::UnixMs;
use uuid::Uuid;

/// Makes random bytes and ids: the system's, or a series that a test can repeat.
#[derive(Debug, Clone, Default)]
pub struct Chance(Option<Arc<AtomicU64>>);

impl Chance {
    /// The operating system's random numbers.
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// A series that begins again with the same `seed`. For tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(AtomicU64::new(seed))))
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
        match &self.0 {
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

    /// A UUID version 7 (RFC 9562, section 5.7) of the moment `at`.
    #[must_use]
    pub fn uuid_v7(&self, at: UnixMs) -> Uuid {
        let millis = u64::try_from(at.0).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

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
}
