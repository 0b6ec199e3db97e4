//! Stripe's messages, those that were given up first.

use ::billing::{Event, EventState};
use leptos::prelude::*;
use model::UnixMs;

use super::StripePage;
use crate::{
    billing::EventList,
    chrome::{self, Chrome, Place},
    format,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        empty::Empty,
        notice::NoticeBar,
        table::Table,
        time::Time,
    },
};

/// `/instance/stripe`.
#[must_use]
pub fn page(chrome: &Chrome, page: StripePage) -> String {
    chrome::page(chrome, Place::Nowhere, "Stripe's messages", move || {
        let StripePage { now, is_configured, overview, notice } = page;
        let waiting = (overview.waiting > 0).then(|| {
            let messages = format::count(overview.waiting, "message");
            view! { <p>{format!("{messages} waiting to be processed.")}</p> }
        });
        let events = overview.events;
        let list = if events.is_empty() {
            let why = if is_configured {
                "Stripe has sent nothing yet. Send a test event from its dashboard: it appears here within a second."
            } else {
                "Stripe is not set up on this instance; OPERATIONS says how."
            };
            view! { <Empty title="No message"><p>{why}</p></Empty> }.into_any()
        } else {
            view! { <Events events now/> }.into_any()
        };
        let wanted = is_configured.then(|| {
            view! {
                <p class="hint">"Of use are "<EventList/>". Any other is kept and of no use."</p>
            }
        });
        view! {
            <div class="head"><h1>"Stripe's messages"</h1></div>
            <NoticeBar notice/>
            <p class="lead">
                "Every message that Stripe signed is kept here. What it says is not believed: it makes Tiny ask Stripe what the "
                "workspace has."
            </p>
            {waiting}
            {list}
            {wanted}
        }
    })
}

#[component]
fn Events(events: Vec<Event>, now: UnixMs) -> impl IntoView {
    let rows = events.into_iter().map(|event| view! { <Row event now/> }).collect_view();
    view! {
        <Table caption="Messages, those that were given up first, then the newest" class="stacked">
            <thead>
                <tr>
                    <th scope="col">"When"</th>
                    <th scope="col">"Message"</th>
                    <th scope="col">"State"</th>
                    <th scope="col"><span class="visually-hidden">"Acts"</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Row(event: Event, now: UnixMs) -> impl IntoView {
    let Event { id, kind, received_at, state, tries, fault, can_retry } = event;
    let (tone, word) = match state {
        EventState::Waiting => (Tone::Warn, "waiting"),
        EventState::Done => (Tone::Good, "processed"),
        EventState::Unused => (Tone::Quiet, "not used"),
        EventState::Dead => (Tone::Bad, "given up"),
    };
    let cause = fault.filter(|_| state != EventState::Done).map(|fault| {
        let times = (tries > 0).then(|| format!(" Tried {tries} times."));
        view! { <p class="hint">{fault}{times}</p> }
    });
    let retry = can_retry.then(|| view! {
        <form method="post" action=format!("/instance/stripe/{id}/retry")>
            <Submit weight=Weight::Plain label="Process again" what=format!("Process again: {id}")/>
        </form>
    });
    view! {
        <tr>
            <td data-label="When"><Time now at=received_at/></td>
            <td class="free" data-label="Message">{kind}" "<code class="dim">{id.clone()}</code></td>
            <td class="free" data-label="State"><Badge tone text=word/>{cause}</td>
            <td>{retry}</td>
        </tr>
    }
}
