//! Which attempts are listed, and whether the list goes on by itself.

use leptos::prelude::*;

use super::{Line, Signals, data::LiveData};

#[component]
pub(super) fn Toolbar(data: LiveData, signals: Signals) -> impl IntoView {
    let chip = |is_refused_only: bool, label: &'static str| {
        let current = (data.is_refused_only == is_refused_only).then_some("true");
        view! { <li><a class="chip" href=data.href(is_refused_only) aria-current=current>{label}</a></li> }
    };
    let chips = (chip(false, "All"), chip(true, "Refused"));
    let refresh = data.href(data.is_refused_only);
    view! {
        <div class="toolbar">
            <ul class="chips" aria-label="Filter">{chips}</ul>
            {if data.is_live {
                view! {
                    <p class="live" data-line=move || name(signals.line.get())>
                        <span class="pulse js-only" aria-hidden="true"></span>
                        <span class="js-only" role="status">{move || words(signals.line.get())}</span>
                        <a class="no-js" href=refresh.clone()>"Refresh"</a>
                    </p>
                    <PauseButton signals/>
                }.into_any()
            } else {
                view! { <p class="live">"Older requests. "<a href=refresh>"Back to the newest"</a></p> }.into_any()
            }}
        </div>
    }
}

#[component]
fn PauseButton(signals: Signals) -> impl IntoView {
    let is_paused = move || signals.line.get() == Line::Paused;
    view! {
        <button type="button" class="btn quiet small js-only" aria-keyshortcuts="."
            on:click=move |_| signals.toggle_pause()>
            {move || if is_paused() { "Resume" } else { "Pause" }}
            <kbd aria-hidden="true">"."</kbd>
        </button>
    }
}

const fn name(line: Line) -> &'static str {
    match line {
        Line::Off => "off",
        Line::Live => "live",
        Line::Paused => "paused",
        Line::Lost => "lost",
        Line::Refused => "refused",
    }
}

const fn words(line: Line) -> &'static str {
    match line {
        Line::Off => "",
        Line::Live => "Live",
        Line::Paused => "Paused",
        Line::Lost => "Connection lost, retrying",
        Line::Refused => "You may no longer read this. Reload the page.",
    }
}
