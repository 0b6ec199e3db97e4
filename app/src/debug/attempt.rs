//! One attempt, opened: why, how to repair it, what arrived and what became of it.

mod bodies;
mod facts;

use leptos::prelude::*;
use model::wire::{
    attempts::{Attempt, AttemptEvent, Check, Finding},
    ingest::{EventStatus, Issue},
    sources::Source,
};

use super::AttemptPage;
use crate::{
    chrome::{self, Chrome, Place},
    format,
    islands::{Breakable, Copy, Sentence, data::Row},
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        code::Copyable,
        field::Hidden,
        table::Table,
        time::Time,
    },
    unmatched,
};
use bodies::Bodies;
use facts::Facts;

/// `/{workspace}/analytics/setup/debug/{attemptId}`.
#[must_use]
pub fn page(chrome: &Chrome, page: AttemptPage) -> String {
    let workspace = chrome.slug();
    let name = format::short_id(&page.attempt.row.id.to_string());
    let place = if page.source.is_some() { Place::Debug } else { Place::Unmatched };
    chrome::page(chrome, place, &name, move || view! { <Opened page workspace/> })
}

#[component]
fn Opened(page: AttemptPage, workspace: String) -> impl IntoView {
    let AttemptPage { now, base_url, attempt, source, curl, can_manage } = page;
    // Without a source it is shown to whoever runs the instance, outside of any workspace.
    let (debug, list) = match &source {
        Some(source) => {
            let debug = format!("/{workspace}/analytics/setup/debug");
            let list = format!("{debug}?source={}", source.slug);
            (debug, list)
        }
        None => (unmatched::PATH.to_owned(), unmatched::PATH.to_owned()),
    };
    let all = if source.is_some() { "All requests" } else { "All unmatched requests" };
    let id = attempt.row.id.to_string();
    let link = format!("{base_url}/id/{id}");
    let at = attempt.row.at;
    let row = Row::from(attempt.row.clone());
    let (class, what) = row.outcome();
    let (class, what) = (format!("badge {class}"), what.to_owned());
    let source_name = source.as_ref().map(|source| source.name.clone());
    let (events, issues) = (attempt.events.clone(), attempt.issues.clone());
    view! {
        <p class="back"><a href=list>{all}</a>{source_name.map(|name| format!(" of {name}"))}</p>
        <div class="head">
            <h1><span class=class>{attempt.row.status}</span>" "<Breakable code=what/></h1>
            <span class="dim"><Time now at/></span>
            <span class="grow"></span>
            <Copy text=link label="Copy link" what="Copy link to this attempt" class="btn"/>
        </div>
        <p class="under-head"><Copyable text=id what="attempt id"/></p>
        <Reasons attempt=attempt.clone() source=source.clone() workspace=workspace.clone() can_manage/>
        <Findings findings=attempt.findings.clone()/>
        <Bodies attempt=attempt.clone() curl/>
        <Issues issues/>
        <Events events debug/>
        <Facts attempt now source workspace/>
    }
}

/// Why, fix and checks, side by side.
#[component]
fn Reasons(
    attempt: Attempt,
    source: Option<Source>,
    workspace: String,
    can_manage: bool,
) -> impl IntoView {
    let explanation = attempt.explanation;
    let is_refused = attempt.row.status >= 400;
    let (why, fix) = if is_refused { ("Why", "Fix") } else { ("What happened", "What to do") };
    let next = format!("/{workspace}/analytics/setup/debug/{}", attempt.row.id);
    let allow =
        source.zip(explanation.allow_origin).filter(|_| can_manage).map(|(source, origin)| {
            let action = format!("/{workspace}/analytics/setup/{}/origins/add", source.slug);
            view! {
                <form method="post" action=action>
                    <Hidden name="origin" value=origin.clone()/>
                    <Hidden name="next" value=next/>
                    <Submit weight=Weight::Primary label=format!("Allow {origin}")/>
                </form>
            }
        });
    let reference = attempt.row.code.map(|code| {
        let href = format!("/docs/errors#{}", anchor(&code));
        view! { <p><a href=href>{code}</a></p> }
    });
    view! {
        <section class=if is_refused { "reasons panel bad" } else { "reasons panel" } aria-label="Why, and what to do">
            <div>
                <h2>{why}</h2>
                <p class="reason-title">{explanation.title}</p>
                <p><Sentence text=explanation.cause/></p>
                {reference}
            </div>
            <div>
                <h2>{fix}</h2>
                <p><Sentence text=explanation.fix/></p>
                {allow}
            </div>
            <div>
                <h2>"Checks"</h2>
                <ol class="checks">{attempt.checks.into_iter().map(check).collect_view()}</ol>
            </div>
        </section>
    }
}

/// What else was seen, each with its cause and its fix.
#[component]
fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let found = findings.into_iter().map(|finding| {
        view! {
            <div class="notice warn">
                <span class="sign" aria-hidden="true">"!"</span>
                <div>
                    <h2>{finding.title}</h2>
                    <p><Sentence text=finding.cause/></p>
                    <p><Sentence text=finding.fix/></p>
                </div>
            </div>
        }
    });
    found.collect_view()
}

fn check(check: Check) -> impl IntoView {
    let (class, said) = match check.passed {
        Some(true) => ("ok", "passed: "),
        Some(false) => ("no", "failed: "),
        None => ("skipped", "not reached: "),
    };
    view! { <li class=class><span class="visually-hidden">{said}</span>{check.name}</li> }
}

/// The place of a code in the error reference.
fn anchor(code: &str) -> String {
    model::catalogue::anchor(code)
}

#[component]
fn Issues(issues: Vec<Issue>) -> impl IntoView {
    let rows = issues.iter().map(|issue| {
        let code = issue.code.as_str();
        view! {
            <tr>
                <td><a href=format!("/docs/errors#issue-{code}")><code>{code}</code></a></td>
                <td data-label="Field"><code>{issue.field.clone()}</code></td>
                <td class="free" data-label="Message">{issue.message.clone()}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let title = format::count(i64::try_from(issues.len()).unwrap_or(i64::MAX), "issue");
    (!issues.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="issues">
                <h2 class="panel-title" id="issues">{title}</h2>
                <Table caption="What is wrong with this request" class="stacked prose">
                    <thead>
                        <tr><th scope="col">"Code"</th><th scope="col">"Field"</th><th scope="col">"Message"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
        }
    })
}

#[component]
fn Events(events: Vec<AttemptEvent>, debug: String) -> impl IntoView {
    let title = format::count(i64::try_from(events.len()).unwrap_or(i64::MAX), "event");
    let is_empty = events.is_empty();
    let rows = events.into_iter().map(|event| view! { <EventLine event debug=debug.clone()/> });
    let rows = rows.collect_view();
    (!is_empty).then(|| {
        view! {
            <section class="panel" aria-labelledby="events">
                <h2 class="panel-title" id="events">{title}</h2>
                <Table caption="What became of each event, in the order sent" class="stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Event"</th>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Type"</th>
                            <th scope="col">"Outcome"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
        }
    })
}

#[component]
fn EventLine(event: AttemptEvent, debug: String) -> impl IntoView {
    let tone = match event.status {
        EventStatus::Accepted => Tone::Good,
        EventStatus::Duplicate => Tone::Warn,
        EventStatus::Rejected => Tone::Bad,
    };
    let reason = event.code.map(|code| {
        view! { " "<a href=format!("/docs/errors#issue-{code}")><code>{code.clone()}</code></a> }
    });
    let first = event.first_attempt_id.map(|first| {
        let short = format::short_id(&first.to_string());
        view! { " stored by "<a href=format!("{debug}/{first}")><code>{short}</code></a> }
    });
    view! {
        <tr>
            <td class="free"><code>{event.id.unwrap_or_else(|| "no id".to_owned())}</code></td>
            <td class="free" data-label="Name">{event.name.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="free" data-label="Type">{event.event_type.unwrap_or_else(|| "–".to_owned())}</td>
            <td><Badge tone text=event.status.as_str()/>{reason}{first}</td>
        </tr>
    }
}
