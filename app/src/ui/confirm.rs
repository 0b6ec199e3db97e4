//! Asks once before something that cannot be undone. Without JavaScript: what it does and the button that
//! does it are folded away until somebody opens them.

use leptos::prelude::*;

/// A button that opens what it asks; `children` say what will happen and hold the form.
#[component]
pub(crate) fn Confirm(
    /// The words on the closed button.
    label: &'static str,
    /// What they begin to do when they alone do not say it; begins with them.
    #[prop(optional, into)]
    what: Option<String>,
    /// Whether it is open at first: when what it asks was refused.
    #[prop(optional)]
    is_open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="confirm" open=is_open>
            <summary class="btn danger" aria-label=what>{label}</summary>
            <div class="confirm-body">{children()}</div>
        </details>
    }
}
