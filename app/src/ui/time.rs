//! A moment, relative, with the exact time on hover.

use leptos::prelude::*;
use model::UnixMs;

use crate::format;

/// When `at` was, counted from `now`.
#[component]
pub(crate) fn Time(now: UnixMs, at: UnixMs) -> impl IntoView {
    let moment = at.to_string();
    let exact = format::exact(&moment);
    view! { <time datetime=moment title=exact>{format::ago(now.0, at.0)}</time> }
}

/// When `at` was, or a word for "never".
#[component]
pub(crate) fn TimeOr(now: UnixMs, at: Option<UnixMs>, never: &'static str) -> impl IntoView {
    match at {
        Some(at) => view! { <Time now at/> }.into_any(),
        None => view! { <span class="dim">{never}</span> }.into_any(),
    }
}
