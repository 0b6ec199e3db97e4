//! The log, a line an entry; what changed unfolds under it.

use leptos::prelude::*;
use model::{
    UnixMs,
    ids::UserId,
    wire::audit::{AuditEntry, Who},
};
use serde_json::Value;
use web::pages::query_safe;

use super::{
    AuditPage, Sought,
    words::{GROUPS, words},
};
use crate::{
    chrome::{self, Chrome, Place},
    format::short_id,
    ui::{
        badge::{Badge, Tone},
        button::{LinkButton, Submit, Weight},
        code::Copyable,
        empty::Empty,
        field::{Select, TextField},
        form::Form,
        table::Table,
        time::Time,
    },
};

/// Who acts on the command line.
const INSTANCE: &str = "whoever runs this instance";
/// Whose account was deleted.
const GONE: &str = "an account that is gone";

/// What is no person is called, and who is no more.
fn nobody(id: UserId) -> &'static str {
    match id {
        UserId::INSTANCE => INSTANCE,
        UserId::STRIPE => "Stripe",
        _ => GONE,
    }
}

/// `/{workspace}/access/audit`.
#[must_use]
pub fn page(chrome: &Chrome, page: AuditPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Audit, "Audit log", move || {
        let AuditPage { now, entries, actors, sought, form, next_cursor } = page;
        let log = format!("/{workspace}/access/audit");
        let query = query_of(&sought);
        let of_one = (!sought.request.is_empty()).then(|| {
            view! {
                <p class="lead">
                    "What was done in the exchange "<code>{sought.request.clone()}</code>". "
                    <a href=log.clone()>"Show everything"</a>
                </p>
            }
        });
        let export = format!("{log}.csv?{query}");
        let older = next_cursor.map(|cursor| {
            let href = format!("{log}?{query}&cursor={cursor}");
            view! { <p class="acts"><LinkButton weight=Weight::Plain href label="Older entries"/></p> }
        });
        let everything = log.clone();
        let list = if entries.is_empty() {
            view! {
                <Empty title="Nothing like this has happened">
                    <p><a href=everything>"Show everything"</a></p>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Entries entries now/> }.into_any()
        };
        view! {
            <div class="head">
                <h1>"Audit log"</h1>
                <span class="grow"></span>
                <LinkButton weight=Weight::Plain href=export label="Export as CSV"/>
            </div>
            {of_one}
            <section class="panel" aria-label="Entries">
                <Filters log actors sought form/>
                {list}
            </section>
            {older}
        }
    })
}

/// What is sought, as a query.
fn query_of(sought: &Sought) -> String {
    let Sought { action, actor, request, from, to } = sought;
    let fields =
        [("action", action), ("actor", actor), ("request", request), ("from", from), ("to", to)];
    fields.map(|(name, value)| format!("{name}={}", query_safe(value))).join("&")
}

#[component]
fn Filters(log: String, actors: Vec<Who>, sought: Sought, form: Form) -> impl IntoView {
    let Sought { action, actor, from, to, .. } = sought;
    let mut groups: Vec<_> = GROUPS.map(|(word, words)| (word.to_owned(), words.to_owned())).into();
    with_chosen(&mut groups, &action, words(&action));
    let mut people = people(actors);
    with_chosen(&mut people, &actor, &actor);
    // A field for days takes nothing else: a browser drops what is none, and complains.
    let day = |name, typed: String| if form.error(name).is_some() { String::new() } else { typed };
    let (from, to) = (day("from", from), day("to", to));
    view! {
        <form class="toolbar filters" action=log>
            <Select name="action" label="What" value=action options=groups form=form.clone()/>
            <Select name="actor" label="Who" value=actor options=people form=form.clone()/>
            <TextField name="from" label="From" kind="date" value=from form=form.clone()/>
            <TextField name="to" label="To" kind="date" value=to form/>
            <Submit weight=Weight::Plain label="Filter"/>
        </form>
    }
}

/// Everyone who has done something, and whoever runs the instance.
fn people(actors: Vec<Who>) -> Vec<(String, String)> {
    let instance = (UserId::INSTANCE.to_string(), INSTANCE.to_owned());
    let people = actors.into_iter().filter(|who| who.id != UserId::INSTANCE).map(|who| {
        let words = match (who.name, who.email) {
            (Some(name), Some(email)) => format!("{name} ({email})"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) if who.id == UserId::STRIPE => nobody(who.id).to_owned(),
            (None, None) => format!("{GONE} ({})", short_id(&who.id.to_string())),
        };
        (who.id.to_string(), words)
    });
    let mut people: Vec<_> = people.collect();
    people.sort_by_key(|(_, words)| words.to_lowercase());
    let everyone = (String::new(), "Everyone".to_owned());
    [everyone].into_iter().chain(people).chain([instance]).collect()
}

/// What was chosen stays so, also when it is none of the list.
fn with_chosen(options: &mut Vec<(String, String)>, value: &str, words: &str) {
    if options.iter().all(|(known, _)| known != value) {
        options.push((value.to_owned(), words.to_owned()));
    }
}

#[component]
fn Entries(entries: Vec<AuditEntry>, now: UnixMs) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| view! { <Line entry now/> }).collect_view();
    view! {
        <Table caption="Who did what, newest first" class="stacked">
            <thead>
                <tr>
                    <th scope="col">"When"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">"Details"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Line(entry: AuditEntry, now: UnixMs) -> impl IntoView {
    let AuditEntry { at, actor, action, subject, before, after, request_id, address, .. } = entry;
    let who = actor.name.or(actor.email).unwrap_or_else(|| nobody(actor.id).to_owned());
    let is_refused = action == "access.denied";
    let tone = if is_refused { Tone::Bad } else { Tone::Quiet };
    let about = about(before.as_ref(), after.as_ref());
    view! {
        <tr>
            <td data-label="When"><Time now at/></td>
            <td class="free" data-label="Who">{who}</td>
            <td class="free" data-label="What">
                <span><Badge tone text=action.clone()/>" "{words(&action).to_owned()}{about}</span>
            </td>
            <td class="free" data-label="Details">
                <details>
                    <summary>"Details"</summary>
                    <dl class="facts">
                        <div><dt>"Subject"</dt><dd><Copyable text=subject what="subject"/></dd></div>
                        {changed("Before", before)}
                        {changed("After", after)}
                        <div><dt>"Request"</dt><dd><Copyable text=request_id what="request id"/></dd></div>
                        {address.map(|address| view! {
                            <div><dt>"From the network of"</dt><dd><code>{address}</code></dd></div>
                        })}
                    </dl>
                </details>
            </td>
        </tr>
    }
}

/// Whom or what it is about, when the fields say so.
fn about(before: Option<&Value>, after: Option<&Value>) -> Option<String> {
    let said = |value: Option<&Value>| {
        let value = value?;
        let text = |key: &str| value.get(key)?.as_str();
        text("email").or_else(|| text("name")).or_else(|| text("path")).map(str::to_owned)
    };
    said(after).or_else(|| said(before)).map(|words| format!(": {words}"))
}

fn changed(name: &'static str, value: Option<Value>) -> Option<impl IntoView> {
    value.map(|value| view! { <div><dt>{name}</dt><dd><code>{value.to_string()}</code></dd></div> })
}
