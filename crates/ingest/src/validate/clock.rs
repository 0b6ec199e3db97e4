//! The client's clock, measured by the only moment that both sides know: the request was sent when it arrived, but for
//! the way.

use model::UnixMs;

/// A clock is believed up to this difference: the way here takes some time, too.
const TOLERANCE_MS: u64 = 60_000;

/// How far the clock is behind that showed `sent_at` when ours showed `received_at`; none where it is believed.
pub fn correction_ms(sent_at: UnixMs, received_at: UnixMs) -> Option<i64> {
    let behind = received_at.since(sent_at);
    (behind.unsigned_abs() > TOLERANCE_MS).then_some(behind)
}

/// What our clock showed when the client's showed `moment`. It stays a moment that can be written.
pub fn corrected(moment: UnixMs, correction_ms: i64) -> UnixMs {
    moment.plus_ms(correction_ms).clamp(UnixMs::EARLIEST, UnixMs::LATEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clock_is_believed_for_a_minute_either_way() {
        let at = UnixMs(1_775_830_505_000);
        for (sent_at, correction) in [
            (at, None),
            (at.plus_ms(-60_000), None),
            (at.plus_ms(60_000), None),
            (at.plus_ms(-60_001), Some(60_001)),
            (at.plus_ms(60_001), Some(-60_001)),
        ] {
            assert_eq!(correction_ms(sent_at, at), correction);
        }
    }

    proptest! {
        #[test]
        fn whatever_the_clock_shows_the_corrected_moment_can_be_written(
            moment in any::<i64>(), sent_at in any::<i64>(), received_at in any::<i64>()
        ) {
            let correction = correction_ms(UnixMs(sent_at), UnixMs(received_at));
            let moment = corrected(UnixMs(moment), correction.unwrap_or_default());
            prop_assert_eq!(UnixMs::parse_rfc3339(&moment.to_string()), Some(moment));
        }

        #[test]
        fn a_clock_that_goes_right_but_for_its_hands_tells_the_right_time(
            ago in 0_i64..1_000_000, behind in -1_000_000_000_i64..1_000_000_000
        ) {
            let received_at = UnixMs(1_775_830_505_000);
            let sent_at = received_at.plus_ms(-behind);
            let event = corrected(sent_at.plus_ms(-ago), correction_ms(sent_at, received_at).unwrap_or(behind));
            prop_assert_eq!(event, received_at.plus_ms(-ago));
        }
    }
}
