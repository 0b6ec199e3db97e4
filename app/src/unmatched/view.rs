//! The list of requests that belong to nobody.

use leptos::prelude::*;
use model::{UnixMs, wire::attempts::UnmatchedAttempt};

use super::{PATH, UnmatchedPage, Which};
use crate::{
    chrome::{self, Chrome, Place},
    counted::Counted,
    format,
    islands::{Breakable, data::Row},
    ui::{empty::Empty, table::Table, time::Time},
};

/// `/instance/attempts`.
#[must_use]
pub fn page(chrome: &Chrome, page: UnmatchedPage) -> String {
    chrome::page(chrome, Place::Unmatched, "Unmatched requests", move || {
        let UnmatchedPage { now, which, counted, attempts, is_older, next_cursor } = page;
        let is_empty = attempts.is_empty();
        let rows = attempts.into_iter().map(|attempt| view! { <Line attempt now/> }).collect_view();
        let older = next_cursor.map(|cursor| {
            let href = format!("{}&cursor={cursor}", href(which));
            view! {
                <nav class="pagination" aria-label="More requests">
                    <a class="btn" rel="next" href=href>"Older"</a>
                </nav>
            }
        });
        view! {
            <div class="head"><h1>"Unmatched requests"</h1></div>
            <p class="lead">
                "Requests to ingest endpoints whose key is no source's, or that have none. They belong to no workspace, so \
                 nobody sees them but whoever runs this instance. A request with a key that was rotated away is not \
                 here: it stands in Debug, under its source."
            </p>
            <Counted now rows=counted/>
            <section class="panel" aria-label="Requests">
                <Toolbar which is_older/>
                {if is_empty {
                    view! { <Nothing which/> }.into_any()
                } else {
                    view! {
                        <Table caption="Requests that belong to no source, newest first" class="attempts unmatched stacked">
                            <thead>
                                <tr>
                                    <th scope="col">"Time"</th>
                                    <th scope="col" class="kind">"Kind"</th>
                                    <th scope="col">"Answer"</th>
                                    <th scope="col">"Key"</th>
                                    <th scope="col">"Origin"</th>
                                    <th scope="col" class="num size">"Size"</th>
                                    <th scope="col">"Attempt"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </Table>
                    }.into_any()
                }}
                {older}
            </section>
            <p class="hint">"They are kept as long as the attempts of a source are. The search field finds one by its id."</p>
        }
    })
}

fn href(which: Which) -> String {
    format!("{PATH}?key={}", which.as_str())
}

#[component]
fn Toolbar(which: Which, is_older: bool) -> impl IntoView {
    let chips = Which::ALL.map(|own| {
        let label = match own {
            Which::All => "All",
            Which::Unknown => "Unknown key",
            Which::Missing => "No key",
        };
        let current = (own == which).then_some("true");
        view! { <li><a class="chip" href=href(own) aria-current=current>{label}</a></li> }
    });
    let back = is_older.then(|| {
        view! { <p class="live">"Older requests. "<a href=href(which)>"Back to the newest"</a></p> }
    });
    view! {
        <div class="toolbar">
            <ul class="chips" aria-label="Filter">{chips.to_vec()}</ul>
            {back}
        </div>
    }
}

#[component]
fn Line(attempt: UnmatchedAttempt, now: UnixMs) -> impl IntoView {
    let UnmatchedAttempt { row, public_key } = attempt;
    let (at, id, kind) = (row.at, row.id.to_string(), row.kind.as_str());
    let shown = Row::from(row);
    let (tone, what) = shown.outcome();
    let (tone, what) = (format!("badge {tone}"), what.to_owned());
    let key = match public_key {
        Some(key) => view! { <code>{key}</code> }.into_any(),
        None => view! { <span class="dim">"no key"</span> }.into_any(),
    };
    let origin = match shown.origin {
        Some(origin) => view! { <span>{origin}</span> }.into_any(),
        None => view! { <span class="dim">"no origin"</span> }.into_any(),
    };
    let short = format::short_id(&id);
    view! {
        <tr>
            <td class="when"><Time now at/></td>
            <td class="kind">{kind}</td>
            <td class="answer"><span class=tone>{shown.status}</span>" "<span class="what"><Breakable code=what/></span></td>
            <td class="free key">{key}</td>
            <td class="origin">{origin}</td>
            <td class="num size">{format::bytes(shown.body_bytes)}</td>
            <td class="id"><a class="row-link" href=format!("{PATH}/{id}") title=id.clone()><code>{short}</code></a></td>
        </tr>
    }
}

#[component]
fn Nothing(which: Which) -> impl IntoView {
    let (title, words) = match which {
        Which::All => (
            "No unmatched request",
            "Every request named a source by its key. One that does not appears here at once.",
        ),
        Which::Unknown => (
            "No request with an unknown key",
            "One appears here at once when the key in a snippet was cut off or mistyped.",
        ),
        Which::Missing => (
            "No request without a key",
            "One appears here at once when the key that a page or a server is to send was not set.",
        ),
    };
    view! { <Empty title><p>{words}</p></Empty> }
}
