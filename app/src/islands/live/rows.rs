//! The table of attempts.

use leptos::prelude::*;
use model::wire::attempts::{Kind, OriginVerdict};

use super::{
    Signals,
    data::{LiveData, Row, moment_ms},
};
use crate::{format, islands::Breakable};

#[component]
pub(super) fn Rows(data: LiveData, signals: Signals) -> impl IntoView {
    let base = format!("/{}/analytics/setup/debug", data.workspace);
    let reload = data.href(data.is_refused_only);
    let older = data.older_href.clone();
    let is_empty = Memo::new(move |_| signals.rows.with(Vec::is_empty));
    let is_gapped = signals.is_gapped;
    view! {
        <div class="table-frame">
            <table class="attempts stacked">
                <caption class="visually-hidden">"Requests to this source, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        <th scope="col" class="kind">"Kind"</th>
                        <th scope="col">"Answer"</th>
                        <th scope="col">"Origin"</th>
                        <th scope="col" class="num" title="stored · duplicate · rejected">"Events"</th>
                        <th scope="col" class="num size">"Size"</th>
                        <th scope="col">"Attempt"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || signals.rows.get() key=|row| row.id.clone() let:row>
                        <AttemptLine row base=base.clone() now_ms=signals.now_ms/>
                    </For>
                </tbody>
            </table>
        </div>
        {move || is_empty.get().then(|| view! { <Nothing data=data.clone()/> })}
        {move || match (is_gapped.get(), older.clone()) {
            (true, _) => Some(view! {
                <nav class="pagination" aria-label="More requests">
                    <span class="dim">"More came in than fit here; all of them are kept."</span>
                    <a class="btn" href=reload.clone()>"Reload to page through them"</a>
                </nav>
            }.into_any()),
            (false, Some(href)) => Some(view! {
                <nav class="pagination" aria-label="More requests">
                    <a class="btn" rel="next" href=href>"Older"</a>
                </nav>
            }.into_any()),
            (false, None) => None,
        }}
    }
}

#[component]
fn AttemptLine(row: Row, base: String, now_ms: RwSignal<i64>) -> impl IntoView {
    let at_ms = moment_ms(&row.at);
    let (tone, what) = row.outcome();
    let (tone, what) = (format!("badge {tone}"), what.to_owned());
    let exact = format::exact(&row.at);
    let href = format!("{base}/{}", row.id);
    let short = format::short_id(&row.id);
    view! {
        <tr class:fresh=row.is_fresh>
            <td class="when">
                <time datetime=row.at title=exact>{move || format::ago(now_ms.get(), at_ms)}</time>
            </td>
            <td class="kind">{row.kind.as_str()}</td>
            <td class="answer"><span class=tone>{row.status}</span>" "<span class="what"><Breakable code=what/></span></td>
            <td class="origin">{origin(row.origin, row.origin_verdict)}</td>
            <td class="num events">{events(row.kind, row.status, [row.accepted, row.duplicates, row.rejected])}</td>
            <td class="num size">{format::bytes(row.body_bytes)}</td>
            <td class="id"><a class="row-link" href=href title=row.id><code>{short}</code></a></td>
        </tr>
    }
}

fn origin(origin: Option<String>, verdict: OriginVerdict) -> impl IntoView {
    match origin {
        Some(origin) if verdict == OriginVerdict::NotAllowed => {
            view! { <span class="bad-text">{origin}</span> }.into_any()
        }
        Some(origin) => view! { <span>{origin}</span> }.into_any(),
        None => view! { <span class="dim">"no origin"</span> }.into_any(),
    }
}

/// Stored, duplicate and rejected events.
fn events(kind: Kind, status: u16, [accepted, duplicates, rejected]: [i64; 3]) -> impl IntoView {
    if kind != Kind::Events || status >= 400 {
        return view! { <span class="dim">"–"</span> }.into_any();
    }
    let said = format!("{accepted} stored, {duplicates} duplicate, {rejected} rejected");
    let rejected_class = if rejected > 0 { "bad-text" } else { "dim" };
    view! {
        <span title=said>
            <b>{format::thousands(accepted)}</b>
            <span class="dim">" · "{format::thousands(duplicates)}" · "</span>
            <span class=rejected_class>{format::thousands(rejected)}</span>
        </span>
    }
    .into_any()
}

#[component]
fn Nothing(data: LiveData) -> impl IntoView {
    if data.is_refused_only {
        view! {
            <div class="empty">
                <p class="empty-title">"No refused request is kept"</p>
                <p>"Every request of this source was taken. "<a href=data.href(false)>"Show all requests"</a></p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="empty">
                <p class="empty-title">"No request has arrived yet"</p>
                <p>
                    "Paste the snippet from "<a href=data.setup_href()>"Setup"</a>
                    " into a page and open it in a browser. Its first request appears here within a second, "
                    "whatever becomes of it."
                </p>
            </div>
        }
        .into_any()
    }
}
