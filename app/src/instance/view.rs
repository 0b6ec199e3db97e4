//! Stripe's messages, those that were given up first.

use ::billing::{Event, EventState, Overview};
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
        confirm::Confirm,
        empty::Empty,
        field::Hidden,
        notice::NoticeBar,
        table::Table,
        time::Time,
    },
};

/// `/instance/stripe`.
#[must_use]
pub fn page(chrome: &Chrome, page: StripePage) -> String {
    chrome::page(chrome, Place::Stripe, "Stripe's messages", move || {
        let StripePage { now, is_configured, overview, notice } = page;
        let Overview { waiting, given_up, dead, events } = overview;
        let waiting = (waiting > 0).then(|| {
            let messages = format::count(waiting, "message");
            view! { <p>{format!("{messages} waiting to be processed.")}</p> }
        });
        let is_empty = dead.is_empty() && events.is_empty();
        let none = is_empty.then(|| {
            let why = if is_configured {
                "Stripe has sent nothing yet. Send a test event from its dashboard: it appears here within a second."
            } else {
                "Stripe is not set up on this instance; OPERATIONS says how."
            };
            view! { <Empty title="No message"><p>{why}</p></Empty> }
        });
        let dead =
            (!dead.is_empty()).then(|| view! { <GivenUp events=dead given_up is_configured now/> });
        let events = (!events.is_empty()).then(|| view! { <Newest events now/> });
        let wanted = is_configured.then(|| {
            view! {
                <p class="hint">"Of use are "<EventList/>". Most others are of no use."</p>
            }
        });
        view! {
            <div class="head"><h1>"Stripe's messages"</h1></div>
            <NoticeBar notice/>
            <p class="lead">
                "Every message that Stripe signed is kept here for 30 days. What it says is not believed: it makes Tiny ask "
                "Stripe what the workspace has."
            </p>
            {waiting}
            {none}
            {dead}
            {events}
            {wanted}
        }
    })
}

#[component]
fn GivenUp(
    events: Vec<Event>,
    /// How many there are; not all are shown.
    given_up: i64,
    is_configured: bool,
    now: UnixMs,
) -> impl IntoView {
    let listed = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let more = (given_up > listed).then(|| {
        let all = format::thousands(given_up);
        format!("These are the oldest {listed} of {all}. ")
    });
    let can_retry = is_configured && (given_up > listed || events.iter().any(|one| one.can_retry));
    let all = can_retry.then(|| {
        view! {
            <form method="post" action="/instance/stripe/retry">
                <Submit weight=Weight::Plain label="Process all again"/>
            </form>
        }
    });
    let rows = events.into_iter().map(|event| view! { <DeadRow event is_configured now/> });
    let rows = rows.collect_view();
    view! {
        <section class="panel" aria-labelledby="given-up">
            <h2 class="panel-title" id="given-up">
                "Given up "<Badge tone=Tone::Bad text=format::thousands(given_up)/>
            </h2>
            <Table caption="Messages that were given up, the oldest first" class="stacked">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Message"</th>
                        <th scope="col">"Cause"</th>
                        <th scope="col"><span class="visually-hidden">"Acts"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
        {all}
        <p class="hint">
            {more}
            "Nothing is lost by them for long: every plan is compared with Stripe's once an hour. They stay until they are "
            "processed or dismissed, 90 days at most."
        </p>
    }
}

#[component]
fn DeadRow(event: Event, is_configured: bool, now: UnixMs) -> impl IntoView {
    let Event { id, kind, received_at, tries, fault, can_retry, .. } = event;
    let act = if can_retry {
        is_configured
            .then(|| {
                view! {
                    <form method="post" action=format!("/instance/stripe/{id}/retry")>
                        <Submit weight=Weight::Plain label="Process again" what=format!("Process again: {id}")/>
                    </form>
                }
            })
            .into_any()
    } else {
        view! { <Dismiss id=id.clone()/> }.into_any()
    };
    view! {
        <tr>
            <td data-label="When"><Time now at=received_at/></td>
            <td class="free" data-label="Message">{kind}" "<code class="dim">{id}</code></td>
            <td class="free" data-label="Cause">{cause(fault, tries)}</td>
            <td class="row-forms">{act}</td>
        </tr>
    }
}

/// For what cannot be processed.
#[component]
fn Dismiss(id: String) -> impl IntoView {
    view! {
        <Confirm label="Dismiss" what=format!("Dismiss {id}")>
            <p>"It cannot be processed. It is kept, and not shown as given up any more."</p>
            <form method="post" action=format!("/instance/stripe/{id}/dismiss")>
                <Hidden name="confirm" value="dismiss"/>
                <Submit weight=Weight::Danger label="Dismiss now" what=format!("Dismiss now: {id}")/>
            </form>
        </Confirm>
    }
}

#[component]
fn Newest(events: Vec<Event>, now: UnixMs) -> impl IntoView {
    let rows = events.into_iter().map(|event| view! { <Row event now/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="newest">
            <h2 class="panel-title" id="newest">"Newest"</h2>
            <Table caption="Messages, the newest first" class="stacked">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Message"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

#[component]
fn Row(event: Event, now: UnixMs) -> impl IntoView {
    let Event { id, kind, received_at, state, tries, fault, .. } = event;
    let (tone, word) = match state {
        EventState::Waiting => (Tone::Warn, "waiting"),
        EventState::Done => (Tone::Good, "processed"),
        EventState::Unused => (Tone::Quiet, "not used"),
        EventState::Dead => (Tone::Bad, "given up"),
        EventState::Dismissed => (Tone::Quiet, "dismissed"),
    };
    let why = fault.map(|fault| view! { <p class="hint">{cause(Some(fault), tries)}</p> });
    view! {
        <tr>
            <td data-label="When"><Time now at=received_at/></td>
            <td class="free" data-label="Message">{kind}" "<code class="dim">{id}</code></td>
            <td class="free" data-label="State"><Badge tone text=word/>{why}</td>
        </tr>
    }
}

fn cause(fault: Option<String>, tries: i64) -> String {
    let fault = fault.unwrap_or_default();
    let sentence = fault.trim_end_matches('.');
    if tries > 0 { format!("{sentence}. Tried {tries} times.") } else { format!("{sentence}.") }
}
