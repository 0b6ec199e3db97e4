//! The log, a line an entry; what changed unfolds under it.

use leptos::prelude::*;
use model::{
    UnixMs,
    wire::{audit::AuditEntry, team::Member},
};
use serde_json::Value;

use super::{
    AuditPage,
    words::{GROUPS, words},
};
use crate::{
    chrome::{self, Chrome, Place},
    ui::{
        badge::{Badge, Tone},
        button::{LinkButton, Submit, Weight},
        empty::Empty,
        field::Select,
        form::Form,
        table::Table,
        time::Time,
    },
};

/// `/{workspace}/access/audit`.
#[must_use]
pub fn page(chrome: &Chrome, page: AuditPage) -> String {
    let workspace = chrome.current.as_ref().map(|one| one.slug.clone()).unwrap_or_default();
    chrome::page(chrome, Place::Audit, "Audit log", move || {
        let AuditPage { now, entries, members, action, actor, next_cursor } = page;
        let log = format!("/{workspace}/access/audit");
        let query = format!("action={action}&actor={actor}");
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
            <section class="panel" aria-label="Entries">
                <Filters log members action actor/>
                {list}
            </section>
            {older}
        }
    })
}

#[component]
fn Filters(log: String, members: Vec<Member>, action: String, actor: String) -> impl IntoView {
    let groups = GROUPS.map(|(word, words)| (word.to_owned(), words.to_owned())).into();
    let everyone = (String::new(), "Everyone".to_owned());
    let person = |member: Member| (member.user_id.to_string(), member.name.unwrap_or(member.email));
    let people = std::iter::once(everyone).chain(members.into_iter().map(person)).collect();
    view! {
        <form class="toolbar filters" action=log>
            <Select name="action" label="What" value=action options=groups form=Form::default()/>
            <Select name="actor" label="Who" value=actor options=people form=Form::default()/>
            <Submit weight=Weight::Plain label="Filter"/>
        </form>
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
    let nobody = if actor.id.uuid().is_nil() {
        "whoever runs this instance"
    } else {
        "an account that is gone"
    };
    let who = actor.name.or(actor.email).unwrap_or_else(|| nobody.to_owned());
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
                        <div><dt>"Subject"</dt><dd><code>{subject}</code></dd></div>
                        {changed("Before", before)}
                        {changed("After", after)}
                        <div><dt>"Request"</dt><dd><code>{request_id}</code></dd></div>
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
