//! Tables: a caption for screen readers, and room to scroll inside their own frame.

use leptos::prelude::*;

/// A table of `children` (head and body).
#[component]
pub(crate) fn Table(
    /// What the table shows, read by screen readers.
    caption: &'static str,
    /// Its class; `stacked` turns rows into cards where there is no room.
    #[prop(default = "")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table class=class>
                <caption class="visually-hidden">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}
