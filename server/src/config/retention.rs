//! How long what was sent is kept.

use model::Retention;

use super::{ConfigError, given::Given};

/// A hundred years.
const MOST_DAYS: u32 = 36_500;
/// PostgreSQL looks at every day that is kept, see `docs/decisions/0014-retention.md`.
const MOST_ATTEMPT_DAYS: u32 = 366;

pub(super) fn retention(given: &Given) -> Result<Retention, ConfigError> {
    let usual = Retention::default();
    let events = (given.retention_days, usual.events_days);
    let attempts = (given.attempt_retention_days, usual.attempts_days);
    Ok(Retention {
        events_days: days("TINY_RETENTION_DAYS", events, MOST_DAYS)?,
        attempts_days: days("TINY_ATTEMPT_RETENTION_DAYS", attempts, MOST_ATTEMPT_DAYS)?,
    })
}

fn days(
    key: &'static str,
    (given, usual): (Option<u32>, u32),
    most: u32,
) -> Result<u32, ConfigError> {
    let days = given.unwrap_or(usual);
    if (1..=most).contains(&days) { Ok(days) } else { Err(ConfigError::Days { key, days, most }) }
}

#[cfg(test)]
mod tests {
    use model::Retention;

    use crate::config::tests::of;

    #[test]
    fn events_are_kept_for_a_year_and_attempts_for_a_fortnight_unless_told() {
        assert_eq!(of("").unwrap().retention, Retention { events_days: 365, attempts_days: 14 });
        let config = of("retention_days = 30\nattempt_retention_days = 366").unwrap();
        assert_eq!(config.retention, Retention { events_days: 30, attempts_days: 366 });
    }

    #[test]
    fn days_that_cannot_be_are_named_with_what_would_be_right() {
        for (toml, told) in [
            (
                "retention_days = 0",
                "TINY_RETENTION_DAYS must be a number of days from 1 to 36500, not 0",
            ),
            (
                "attempt_retention_days = 367",
                "TINY_ATTEMPT_RETENTION_DAYS must be a number of days from 1 to 366, not 367",
            ),
        ] {
            assert_eq!(of(toml).unwrap_err().to_string(), told);
        }
        for toml in ["retention_days = -1", "attempt_retention_days = \"two\""] {
            let told = of(toml).unwrap_err().to_string();
            assert!(told.contains("retention_days"), "{told}");
        }
    }
}
