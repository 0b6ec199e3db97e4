//! A page that failed: what happened, why, what to do, and a door.

use leptos::prelude::*;

use super::ProblemPage;
use crate::{
    chrome::{self, Chrome, Place},
    islands::Sentence,
};

/// Stands where a page could not; works signed out.
#[must_use]
pub fn page(chrome: Option<&Chrome>, page: ProblemPage) -> String {
    let title = page.title.clone();
    let content = move || view! { <Problem page/> };
    match chrome {
        Some(chrome) => chrome::page(chrome, Place::Nowhere, &title, content),
        None => chrome::open_page(&title, content),
    }
}

#[component]
fn Problem(page: ProblemPage) -> impl IntoView {
    let ProblemPage { status, title, cause, fix, door, request_id } = page;
    view! {
        <div class="problem">
            <p class="problem-status">{status}</p>
            <h1>{title}</h1>
            <p class="lead"><Sentence text=cause/></p>
            <p><Sentence text=fix/></p>
            <p class="acts"><a class="btn primary" href=door.href>{door.label}</a></p>
            <p class="dim">"Request id: "<code>{request_id}</code></p>
        </div>
    }
}
