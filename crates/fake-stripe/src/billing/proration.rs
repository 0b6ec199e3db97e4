//! The price of a part of a period, by the second.

/// What `amount` for `[start, end)` is worth from `at` to the end, rounded half away from zero.
pub(crate) fn remaining(amount: i64, at: i64, start: i64, end: i64) -> i64 {
    let whole = i128::from(end - start).max(1);
    let rest = i128::from((end - at).clamp(0, end - start));
    let doubled = 2 * i128::from(amount) * rest;
    let rounded = (doubled + whole * doubled.signum()) / (2 * whole);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::remaining;

    #[rstest]
    #[case::all(900, 0, 900)]
    #[case::none(900, 1000, 0)]
    #[case::half(900, 500, 450)]
    #[case::rounded_up(5, 500, 3)]
    #[case::rounded_down(5, 501, 2)]
    #[case::a_credit_mirrors_the_charge(-5, 500, -3)]
    #[case::before_the_period(900, -10, 900)]
    #[case::after_the_period(900, 2000, 0)]
    fn of_a_thousand_seconds(#[case] amount: i64, #[case] at: i64, #[case] worth: i64) {
        assert_eq!(remaining(amount, at, 0, 1000), worth);
    }

    proptest! {
        #[test]
        fn credit_and_charge_of_the_same_are_even(amount in 0..10_000_000_i64, at in 0..2_678_400_i64) {
            let charge = remaining(amount, at, 0, 2_678_400);
            prop_assert_eq!(charge + remaining(-amount, at, 0, 2_678_400), 0);
            prop_assert!(charge <= amount);
        }
    }
}
