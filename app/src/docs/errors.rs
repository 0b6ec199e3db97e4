//! Every error code and issue code: what it means, why it happens, what to do, and a real example.

use leptos::prelude::*;
use model::catalogue::{Dialect, Entry, IssueEntry, anchor, entries, issue_entries};

use crate::{
    chrome::{self, Chrome, Place},
    islands::Sentence,
    ui::{
        badge::{Badge, Tone},
        code::CodeBlock,
        highlight::Language,
    },
};

/// `/docs/errors`; works signed out.
#[must_use]
pub fn page(chrome: Option<&Chrome>) -> String {
    let content = || view! { <Reference/> };
    match chrome {
        Some(chrome) => chrome::page(chrome, Place::Errors, "Error reference", content),
        None => chrome::open_page("Error reference", content),
    }
}

#[component]
fn Reference() -> impl IntoView {
    let ingest: Vec<_> = entries().filter(|entry| entry.dialect == Dialect::Ingest).collect();
    let workspace: Vec<_> = entries().filter(|entry| entry.dialect != Dialect::Ingest).collect();
    let issues: Vec<_> = issue_entries().collect();
    view! {
        <h1>"Error reference"</h1>
        <p class="lead reading">
            "Every refusal carries a status, a stable code and an id. Decide by status and code; the sentence "
            "beside them may change. Paste the id into the search of your workspace to see what happened."
        </p>
        <div class="reference">
            <Contents ingest=ingest.clone() workspace=workspace.clone() issues=issues.clone()/>
            <div class="reference-body">
                <Group id="ingest" title="Sending events"
                    says="Answers of /api/ingest/v2, to SDKs and servers that send. An event whose id is stored already is never counted twice, so sending again is always safe.">
                    {ingest.into_iter().map(|entry| view! { <CodeEntry entry/> }).collect_view()}
                </Group>
                <Group id="workspace" title="Workspace API"
                    says="Answers of /api, to people and tools. Some are told to senders too.">
                    {workspace.into_iter().map(|entry| view! { <CodeEntry entry/> }).collect_view()}
                </Group>
                <Group id="issues" title="Issues"
                    says="The single faults of a request whose validation failed. The field is a path into the body: events[3].page is the page of the fourth event.">
                    {issues.into_iter().map(|entry| view! { <Issue entry/> }).collect_view()}
                </Group>
            </div>
        </div>
    }
}

#[component]
fn Contents(
    ingest: Vec<&'static Entry>,
    workspace: Vec<&'static Entry>,
    issues: Vec<&'static IssueEntry>,
) -> impl IntoView {
    let codes = |codes: Vec<&'static Entry>| {
        let links = codes.into_iter().map(|entry| {
            let href = format!("#{}", anchor(entry.text));
            view! { <li><a href=href><span class="dim">{entry.status}</span>" "{entry.text}</a></li> }
        });
        links.collect_view()
    };
    let issues = issues.into_iter().map(|entry| {
        view! { <li><a href=format!("#issue-{}", entry.text)>{entry.text}</a></li> }
    });
    view! {
        <nav class="contents" aria-label="Codes">
            <p class="contents-title"><a href="#ingest">"Sending events"</a></p>
            <ul>{codes(ingest)}</ul>
            <p class="contents-title"><a href="#workspace">"Workspace API"</a></p>
            <ul>{codes(workspace)}</ul>
            <p class="contents-title"><a href="#issues">"Issues"</a></p>
            <ul>{issues.collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Group(
    id: &'static str,
    title: &'static str,
    says: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="reference-group" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <p class="dim">{says}</p>
            {children()}
        </section>
    }
}

#[component]
fn CodeEntry(entry: &'static Entry) -> impl IntoView {
    let id = anchor(entry.text);
    let href = format!("#{id}");
    let tone = if entry.status >= 500 { Tone::Bad } else { Tone::Warn };
    let (retry_tone, retry) = if entry.is_retryable {
        (Tone::Good, "retry later")
    } else {
        (Tone::Quiet, "do not retry")
    };
    let causes = entry.causes.iter().map(|cause| view! { <li><Sentence text=*cause/></li> });
    view! {
        <article class="entry" id=id>
            <h3>
                <a href=href><code>{entry.text}</code></a>
                <Badge tone text=entry.status.to_string()/>
                <Badge tone=retry_tone text=retry/>
            </h3>
            <p><Sentence text=entry.means/></p>
            <h4>"Usual causes"</h4>
            <ol class="causes">{causes.collect_view()}</ol>
            <h4>"Fix"</h4>
            <p><Sentence text=entry.fix/></p>
            <div class="pair">
                <CodeBlock title="Request" language=Language::Shell code=entry.example.request/>
                <CodeBlock title="Answer" language=Language::Web code=entry.example.response/>
            </div>
        </article>
    }
}

#[component]
fn Issue(entry: &'static IssueEntry) -> impl IntoView {
    let id = format!("issue-{}", entry.text);
    let href = format!("#{id}");
    view! {
        <article class="entry issue" id=id>
            <h3><a href=href><code>{entry.text}</code></a></h3>
            <p><Sentence text=entry.means/></p>
            <p><Sentence text=entry.fix/></p>
            <p class="dim">
                "Seen as "<code>{entry.example_field}</code>": “"{entry.example_message}"”"
            </p>
        </article>
    }
}
