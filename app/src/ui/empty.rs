//! What stands where nothing is yet: why, and how to fill it.

use leptos::prelude::*;

/// Says that nothing is here; `children` say how to fill it.
#[component]
pub(crate) fn Empty(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}
