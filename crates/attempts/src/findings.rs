//! What is worth a look in an attempt, whatever became of it.

use model::{UnixMs, wire::attempts::Finding};

use crate::Stored;

/// Everything that was found.
#[must_use]
pub fn findings(attempt: &Stored) -> Vec<Finding> {
    attempt
        .clock_correction_ms
        .map(|behind_ms| wrong_clock(attempt.row.at, behind_ms))
        .into_iter()
        .collect()
}

fn wrong_clock(arrived_at: UnixMs, behind_ms: i64) -> Finding {
    let direction = if behind_ms > 0 { "behind" } else { "ahead" };
    let by = in_words(behind_ms.unsigned_abs());
    let sent_at = arrived_at.plus_ms(behind_ms.saturating_neg());
    Finding {
        code: "clock_wrong".to_owned(),
        title: format!("This client's clock is {by} {direction}"),
        cause: format!(
            "The request says that it was sent at {sent_at}, and it arrived at {arrived_at}. The times of its events are corrected by the difference; what the client said is kept beside them."
        ),
        fix: "Set the clock of that device; a server keeps it right by NTP. A client that sends a stored request once more must write a new sentAt."
            .to_owned(),
    }
}

/// A time in its two largest units.
fn in_words(ms: u64) -> String {
    const UNITS: [(&str, u64); 4] =
        [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)];
    let largest = UNITS.iter().position(|(_, unit)| ms >= *unit).unwrap_or(UNITS.len() - 1);
    let mut rest = ms;
    let mut words = Vec::new();
    for (name, unit) in UNITS.iter().skip(largest).take(2) {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            words.push(format!("{count} {name}"));
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_two_largest_units() {
        for (ms, words) in [
            (60_001, "1 min"),
            (90_000, "1 min 30 s"),
            (10_920_000, "3 h 2 min"),
            (3 * 86_400_000, "3 d"),
            (3 * 86_400_000 + 60_000, "3 d"),
            (i64::MAX.unsigned_abs(), "106751991167 d 7 h"),
        ] {
            assert_eq!(in_words(ms), words);
        }
    }

    #[test]
    fn a_clock_is_behind_or_ahead_and_no_time_is_too_absurd() {
        let at = UnixMs(1_775_830_505_000);
        assert_eq!(wrong_clock(at, -120_000).title, "This client's clock is 2 min ahead");
        assert_eq!(wrong_clock(at, 120_000).title, "This client's clock is 2 min behind");
        for absurd in [i64::MIN, i64::MAX] {
            assert!(wrong_clock(at, absurd).title.contains("106751991167 d"));
        }
    }
}
