//! Tabs as links: each is a page of its own address.

use leptos::prelude::*;

/// One tab.
#[derive(Debug, Clone)]
pub(crate) struct TabLink {
    /// Its words.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) href: String,
    /// Whether its page is the one that is shown.
    pub(crate) is_current: bool,
}

/// A row of tabs.
#[component]
pub(crate) fn Tabs(label: &'static str, tabs: Vec<TabLink>) -> impl IntoView {
    let links = tabs.into_iter().map(|tab| {
        let current = tab.is_current.then_some("page");
        view! { <li><a href=tab.href aria-current=current>{tab.label}</a></li> }
    });
    view! { <nav aria-label=label><ul class="tabs">{links.collect_view()}</ul></nav> }
}
