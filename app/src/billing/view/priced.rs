//! What another number of seats costs, and the button that does it.

use ::billing::Preview;
use leptos::prelude::*;
use model::{UnixMs, wire::team::Seats};

use super::{reach::Reach, words::day};
use crate::{
    format,
    ui::{
        button::{Submit, Weight},
        field::Hidden,
    },
};

#[component]
pub(super) fn Priced(
    preview: Preview,
    /// How many there are now.
    quantity: i64,
    interval: Option<String>,
    /// When the plan ends, if it was cancelled.
    ends_at: Option<UnixMs>,
    seats: Seats,
    reach: Reach,
) -> impl IntoView {
    let sentences = sentences(&preview, quantity, interval.as_deref(), ends_at);
    let Preview { seats: wanted, at, .. } = preview;
    let over = (wanted < seats.used).then(|| {
        let more = format::count(seats.used - wanted, "seat");
        view! {
            <p class="hint">
                "That is "{more}" fewer than are used. Nobody is removed; nobody can be added until enough come free."
            </p>
        }
    });
    view! {
        <div class="notice" role="status">
            <span class="sign" aria-hidden="true">"i"</span>
            <div>
                <p>{sentences}</p>
                {over}
                <form method="post" action=reach.form("seats")>
                    <Hidden name="quantity" value=wanted.to_string()/>
                    <Hidden name="at" value=at.0.to_string()/>
                    <div class="acts">
                        <Submit weight=Weight::Primary label=format!("Change to {}", format::count(wanted, "seat"))/>
                        <a class="btn quiet" href=reach.here()>"Leave it"</a>
                    </div>
                </form>
            </div>
        </div>
    }
}

/// What is charged today, and what from the next period on.
fn sentences(
    preview: &Preview,
    quantity: i64,
    interval: Option<&str>,
    ends_at: Option<UnixMs>,
) -> String {
    let Preview { seats, due_now, then, currency, period_end, .. } = preview;
    let until = period_end.map_or_else(String::new, |end| format!(" until {}", day(end)));
    let difference = format::count((seats - quantity).abs(), "seat");
    let today = match due_now {
        0 => "Nothing is charged today.".to_owned(),
        1.. => format!("Today {} for {difference}{until}.", format::money(*due_now, currency)),
        _ => format!(
            "{} for {difference}{until} is set off against the next invoice.",
            format::money(-due_now, currency)
        ),
    };
    let after = match (ends_at, then) {
        (Some(end), _) => format!(" The plan still ends on {}.", day(end)),
        (None, Some(amount)) => {
            let each = interval.map_or_else(String::new, |interval| format!(" each {interval}"));
            format!(" Then {}{each}, before tax and discounts.", format::money(*amount, currency))
        }
        (None, None) => String::new(),
    };
    format!("{today}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: UnixMs = UnixMs(1_796_083_200_000);

    fn told(seats: i64, due_now: i64, ends_at: Option<UnixMs>) -> String {
        let preview = Preview {
            seats,
            due_now,
            then: Some(seats * 900),
            currency: "eur".to_owned(),
            period_end: Some(END),
            at: UnixMs(0),
        };
        sentences(&preview, 5, Some("month"), ends_at)
    }

    #[test]
    fn what_is_charged_is_told_with_what_is_not_known_of_it() {
        assert_eq!(
            told(8, 810, None),
            "Today €8.10 for 3 seats until 1 December 2026. Then €72.00 each month, before tax and discounts."
        );
        assert_eq!(
            told(4, -300, None),
            "€3.00 for 1 seat until 1 December 2026 is set off against the next invoice. \
             Then €36.00 each month, before tax and discounts."
        );
    }

    #[test]
    fn within_a_trial_nothing_is_charged_and_after_the_end_nothing_either() {
        assert!(told(3, 0, None).starts_with("Nothing is charged today. Then €27.00"));
        let ending = told(8, 810, Some(END));
        assert!(ending.ends_with("The plan still ends on 1 December 2026."), "{ending}");
        assert!(!ending.contains("each month"), "{ending}");
    }
}
