//! What Stripe has to tell this instance of.

use leptos::prelude::*;

use super::super::EVENTS;

/// The events, as an enumeration within a sentence.
#[component]
pub(crate) fn EventList() -> impl IntoView {
    let last = EVENTS.len() - 1;
    let each = EVENTS.iter().enumerate().map(|(place, event)| {
        let before = match place {
            0 => "",
            place if place == last => " and ",
            _ => ", ",
        };
        view! { {before}<code>{*event}</code> }
    });
    each.collect_view()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::EVENTS;

    /// Whoever sets it up may read either.
    #[test]
    fn the_page_and_operations_name_the_same_events() {
        let guide = include_str!("../../../../docs/OPERATIONS.md");
        let is_event = |code: &&str| {
            ["checkout.", "customer.", "invoice."].iter().any(|start| code.starts_with(start))
        };
        let in_guide: BTreeSet<&str> =
            guide.split('`').skip(1).step_by(2).filter(is_event).collect();
        assert_eq!(in_guide, EVENTS.into_iter().collect());
    }
}
