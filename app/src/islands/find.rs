//! The keys that lead to the search field.

use leptos::prelude::*;

/// Focuses the search field on Ctrl K (or ⌘ K) and on `/`, and shows the first of them.
#[island]
pub fn FindShortcut(
    /// The id of the search field.
    #[prop(into)]
    field: String,
) -> impl IntoView {
    listen(field);
    view! { <kbd class="js-only" aria-hidden="true">"Ctrl K"</kbd> }
}

#[cfg(feature = "hydrate")]
fn listen(field: String) {
    use super::browser;
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let is_command = (event.ctrl_key() || event.meta_key())
            && !event.alt_key()
            && event.key().eq_ignore_ascii_case("k");
        let is_slash = event.key() == "/" && browser::is_plain_key(&event);
        if (is_command || is_slash) && browser::focus(&field) {
            event.prevent_default();
        }
    });
    // The field stays as long as the page does.
    std::mem::forget(handle);
}

#[cfg(not(feature = "hydrate"))]
fn listen(_: String) {}
