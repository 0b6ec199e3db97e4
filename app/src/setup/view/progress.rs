//! How far an installation has come, and the next step.

use leptos::prelude::*;
use model::{
    UnixMs,
    wire::sources::{FrameworkHint, Source},
};

use super::Paths;
use crate::{setup::Progress, ui::time::Time};

#[component]
pub(super) fn ProgressCard(
    source: Source,
    progress: Progress,
    now: UnixMs,
    paths: Paths,
) -> impl IntoView {
    // A server has no origin, so there is none to allow.
    let is_server = source.framework_hint == Some(FrameworkHint::Server);
    let has_origin = !source.allowed_origins.is_empty();
    let seen = match progress.seen_at_origin.as_deref() {
        Some("") => "Connected, from outside of a browser".to_owned(),
        Some(origin) => format!("Snippet seen on {}", host(origin)),
        None if is_server => "Run the commands, or send from your server".to_owned(),
        None => "Paste the snippet and open the page".to_owned(),
    };
    let done = [
        true,
        has_origin || is_server,
        progress.seen_at_origin.is_some(),
        progress.last_accepted_at.is_some(),
    ];
    let current = done.iter().position(|is_done| !is_done);
    let class = |place: usize| match (done[place], current) {
        (true, _) => "done",
        (false, Some(current)) if current == place => "now",
        _ => "later",
    };
    let first_event = match progress.last_accepted_at {
        Some(at) => view! { <span>"Events arrive, the last "<Time now at/></span> }.into_any(),
        None => view! { "First event" }.into_any(),
    };
    let last_request = progress.last_request_at.map(|at| {
        view! { <p class="dim">"Last request "<Time now at/>", whatever became of it."</p> }
    });
    view! {
        <section class="card" aria-labelledby="progress">
            <h2 id="progress">"Get to the first event"</h2>
            <ol class="steps">
                <li class=class(0)>"Source created"</li>
                <li class=class(1)>
                    {match (has_origin, is_server) {
                        (true, _) => view! { "Origin allowed" }.into_any(),
                        (false, true) => view! { "No origin needed by a server" }.into_any(),
                        (false, false) => view! { <a href="#origins">"Allow an origin"</a> }.into_any(),
                    }}
                </li>
                <li class=class(2)>{seen}</li>
                <li class=class(3)>{first_event}</li>
            </ol>
            {progress.is_rejecting.then(|| view! {
                <p class="note bad">"Requests arrive but are refused. Debug says why."</p>
            })}
            {last_request}
            <p><a class="btn" href=paths.debug.clone()>"Open Debug"</a></p>
            {(current.is_some() && !is_server).then(|| view! { <NothingArrives/> })}
        </section>
    }
}

/// The usual reasons, for somebody who waits.
#[component]
fn NothingArrives() -> impl IntoView {
    view! {
        <details class="fold-out">
            <summary>"Nothing arrives?"</summary>
            <ol class="causes">
                <li>"Look at the page's source in the browser: is the snippet there, once?"</li>
                <li>"Look at the browser's console: an ad blocker or the page's content security policy may stop "<code>"sdk.js"</code>"."</li>
                <li>"Is the page open at an allowed origin? A refused request would appear in Debug and name its origin."</li>
            </ol>
        </details>
    }
}

/// The part of an origin that people read.
fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}
