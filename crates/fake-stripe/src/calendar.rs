//! Billing periods: every boundary is counted from the anchor, so that a short month does not move the later ones.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The unit of a price's period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    pub(crate) const NAMES: [&str; 4] = ["day", "week", "month", "year"];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let units = [Self::Day, Self::Week, Self::Month, Self::Year];
        units.into_iter().find(|unit| unit.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => Self::NAMES[0],
            Self::Week => Self::NAMES[1],
            Self::Month => Self::NAMES[2],
            Self::Year => Self::NAMES[3],
        }
    }

    fn times(self, count: i64) -> Span {
        let span = Span::new();
        match self {
            Self::Day => span.days(count),
            Self::Week => span.weeks(count),
            Self::Month => span.months(count),
            Self::Year => span.years(count),
        }
    }
}

/// Longer than any subscription: days over three centuries.
const MOST_PERIODS: i64 = 110_000;

/// How often a price is charged: every `count` units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub unit: Unit,
    pub count: i64,
}

impl Interval {
    /// The first boundary after `after`, counted from `anchor`: the 31st of January is followed by the 28th of
    /// February and that by the 31st of March.
    pub(crate) fn boundary_after(self, anchor: i64, after: i64) -> i64 {
        let start = civil(anchor);
        let boundary = |n| seconds(start.saturating_add(self.unit.times(n * self.count)));
        (1..MOST_PERIODS).map(boundary).find(|boundary| *boundary > after).unwrap_or(i64::MAX)
    }
}

/// `1 Feb 2027`, in UTC.
pub(crate) fn day(at: i64) -> String {
    civil(at).strftime("%-d %b %Y").to_string()
}

/// `1 Feb 2027, 09:30 UTC`.
pub(crate) fn minute(at: i64) -> String {
    civil(at).strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// The same time of day so many months later, on the month's last day if it is too short.
pub(crate) fn months_later(at: i64, months: i64) -> i64 {
    seconds(civil(at).saturating_add(Unit::Month.times(months)))
}

fn civil(at: i64) -> DateTime {
    TimeZone::UTC.to_datetime(Timestamp::from_second(at).unwrap_or(Timestamp::MAX))
}

fn seconds(at: DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(at).map_or(i64::MAX, Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Interval, Unit, civil, seconds};

    fn at(text: &str) -> i64 {
        seconds(text.parse().unwrap())
    }

    fn boundaries(unit: Unit, count: i64, anchor: &str, how_many: usize) -> Vec<String> {
        let interval = Interval { unit, count };
        let mut boundary = at(anchor);
        let next = |_| {
            boundary = interval.boundary_after(at(anchor), boundary);
            civil(boundary).to_string()
        };
        (0..how_many).map(next).collect()
    }

    #[test]
    fn a_short_month_does_not_move_the_months_after_it() {
        assert_eq!(
            boundaries(Unit::Month, 1, "2027-01-31T09:30:15", 4),
            [
                "2027-02-28T09:30:15",
                "2027-03-31T09:30:15",
                "2027-04-30T09:30:15",
                "2027-05-31T09:30:15",
            ]
        );
    }

    #[rstest]
    #[case::a_leap_day(Unit::Year, 1, "2028-02-29T00:00:00", "2029-02-28T00:00:00")]
    #[case::a_quarter(Unit::Month, 3, "2026-11-30T12:00:00", "2027-02-28T12:00:00")]
    #[case::two_weeks(Unit::Week, 2, "2026-12-25T00:00:01", "2027-01-08T00:00:01")]
    #[case::a_day(Unit::Day, 1, "2026-12-31T23:59:59", "2027-01-01T23:59:59")]
    fn an_interval_ends(
        #[case] unit: Unit,
        #[case] count: i64,
        #[case] anchor: &str,
        #[case] end: &str,
    ) {
        assert_eq!(boundaries(unit, count, anchor, 1), [end]);
    }

    #[test]
    fn after_a_leap_year_the_leap_day_comes_back() {
        let last = boundaries(Unit::Year, 1, "2028-02-29T00:00:00", 4).pop();
        assert_eq!(last.as_deref(), Some("2032-02-29T00:00:00"));
    }
}
