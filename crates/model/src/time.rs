//! A moment, in Unix milliseconds.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00:00Z. In JSON it is RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// The first moment that can be written: in the year -9999.
    pub const EARLIEST: Self = Self(-377_705_023_201_000);
    /// The last moment that can be written: in the year 9999.
    pub const LATEST: Self = Self(253_402_207_200_000);

    /// The moment `ms` milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 with any offset; `None` when the text is something else or has no zone.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let moment = Self(text.parse::<jiff::Timestamp>().ok()?.as_millisecond());
        Some(moment.clamp(Self::EARLIEST, Self::LATEST))
    }
}

impl From<i64> for UnixMs {
    fn from(ms: i64) -> Self {
        Self(ms)
    }
}

impl fmt::Display for UnixMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl Serialize for UnixMs {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnixMs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_with_milliseconds() {
        assert_eq!(UnixMs(1_775_830_505_000).to_string(), "2026-04-10T14:15:05.000Z");
    }

    #[test]
    fn the_first_and_the_last_moment_can_be_written_and_read() {
        let (first, last) = (UnixMs::EARLIEST, UnixMs::LATEST);
        for moment in [first, last] {
            assert_eq!(UnixMs::parse_rfc3339(&moment.to_string()), Some(moment));
        }
        assert!(first.plus_ms(-1).to_string().ends_with(" ms"));
        assert!(last.plus_ms(1).to_string().ends_with(" ms"));
    }

    #[test]
    fn a_time_without_a_zone_is_not_a_moment() {
        assert_eq!(UnixMs::parse_rfc3339("2026-04-10T14:15:05"), None);
        assert_eq!(
            UnixMs::parse_rfc3339("2026-04-10T16:15:05+02:00"),
            Some(UnixMs(1_775_830_505_000))
        );
    }
}
