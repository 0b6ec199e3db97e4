//! Which source a page shows, and the way to another one.

use leptos::prelude::*;
use model::wire::sources::Source;

use super::badge::{Dot, Tone};

/// A list of links that opens under the current source.
#[component]
pub(crate) fn SourcePicker(
    /// Every source of the workspace.
    sources: Vec<Source>,
    /// The slug of the one that is shown.
    current: String,
    /// The page's path, without a query.
    path: String,
) -> impl IntoView {
    let shown = sources.iter().find(|source| source.slug == current).cloned();
    let links = sources.into_iter().map(move |source| {
        let is_current = source.slug == current;
        let href = format!("{path}?source={}", source.slug);
        view! {
            <li><a href=href aria-current=is_current.then_some("true")><SourceName source/></a></li>
        }
    });
    view! {
        <details class="picker" name="float">
            <summary>
                <span class="visually-hidden">"Source: "</span>
                {shown.map(|source| view! { <SourceName source/> })}
                <span class="chev" aria-hidden="true"></span>
            </summary>
            <ul class="float">{links.collect_view()}</ul>
        </details>
    }
}

/// A source's name, with a dot that says whether it takes requests.
#[component]
fn SourceName(source: Source) -> impl IntoView {
    let (tone, means) =
        if source.is_active { (Tone::Good, "Active") } else { (Tone::Quiet, "Switched off") };
    view! { <Dot tone means/><span class="name">{source.name}</span> }
}
