//! A day in 24 bars, with the same numbers in a table for those who cannot see them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use model::UnixMs;

use crate::format;

const HOUR_MS: i64 = 3_600_000;
const HOURS: i64 = 24;
/// In units of the drawing: one bar with its gap, and the drawing's height.
const STEP: i64 = 6;
const BAR: i64 = 4;
const HEIGHT: i64 = 28;

/// What came within one hour: accepted, refused.
pub(crate) type Counts = (u64, u64);

/// Bars of accepted and refused by hour, up to the hour of `now`.
#[component]
pub(crate) fn Sparkline(
    now: UnixMs,
    /// The counts by the hour's beginning; absent hours are zero.
    hours: Vec<(UnixMs, Counts)>,
    /// What is counted, for screen readers.
    #[prop(into)]
    caption: String,
) -> impl IntoView {
    let hours = filled(now, &hours);
    let most = hours.iter().map(|(_, (accepted, refused))| accepted + refused).max().unwrap_or(0);
    let bars = (0..).zip(&hours).map(|(place, (at, counts))| bar(place, *at, *counts, most));
    let bars = bars.collect_view();
    let rows = hours.iter().map(|(at, (accepted, refused))| {
        view! { <tr><th scope="row">{hour(*at)}</th><td>{*accepted}</td><td>{*refused}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class="spark">
            <svg viewBox=format!("0 0 {} {HEIGHT}", STEP * HOURS) preserveAspectRatio="none" aria-hidden="true">
                {bars}
            </svg>
            <div class="visually-hidden">
                <table>
                    <caption>{caption}</caption>
                    <thead>
                        <tr><th scope="col">"Hour"</th><th scope="col">"Accepted"</th><th scope="col">"Refused"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

/// Every one of the last 24 hours, oldest first.
fn filled(now: UnixMs, hours: &[(UnixMs, Counts)]) -> Vec<(UnixMs, Counts)> {
    let known: BTreeMap<i64, Counts> =
        hours.iter().map(|(at, counts)| (at.0.div_euclid(HOUR_MS), *counts)).collect();
    let last = now.0.div_euclid(HOUR_MS);
    (last - HOURS + 1..=last)
        .map(|hour| (UnixMs(hour * HOUR_MS), known.get(&hour).copied().unwrap_or_default()))
        .collect()
}

fn bar(place: i64, at: UnixMs, (accepted, refused): Counts, most: u64) -> impl IntoView {
    let (good, bad) = (height(accepted, most), height(refused, most));
    let x = place * STEP + (STEP - BAR) / 2;
    let base = i64::from(good + bad == 0);
    let said = format!("{}: {accepted} accepted, {refused} refused", hour(at));
    view! {
        <g>
            <title>{said}</title>
            <rect class="bar-none" x=x y=HEIGHT - base width=BAR height=base></rect>
            <rect class="bar-good" x=x y=HEIGHT - good width=BAR height=good></rect>
            <rect class="bar-bad" x=x y=HEIGHT - good - bad width=BAR height=bad></rect>
        </g>
    }
}

/// The height of a count; anything at all is seen.
fn height(count: u64, most: u64) -> i64 {
    // Room for the two parts of a bar, of which each may be rounded up.
    let room = u64::try_from(HEIGHT - 2).unwrap_or_default();
    if count == 0 || most == 0 {
        return 0;
    }
    i64::try_from((count * room).div_ceil(most)).unwrap_or(HEIGHT).max(1)
}

fn hour(at: UnixMs) -> String {
    format::exact(&at.to_string()).get(11..16).unwrap_or_default().to_owned() + " UTC"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_hours_are_drawn_as_nothing() {
        let now = UnixMs(1_775_830_505_000);
        let hours = filled(now, &[(UnixMs(1_775_829_600_000), (3, 1))]);
        assert_eq!(hours.len(), 24);
        assert_eq!(hours[23], (UnixMs(1_775_829_600_000), (3, 1)));
        assert_eq!(hours[0].1, (0, 0));
        assert_eq!(hour(hours[23].0), "14:00 UTC");
    }

    #[test]
    fn a_single_request_among_many_is_still_seen_and_nothing_leaves_the_drawing() {
        assert_eq!(height(0, 10_000), 0);
        assert_eq!(height(1, 10_000), 1);
        assert!(height(9_999, 10_000) + height(1, 10_000) <= HEIGHT);
    }
}
