//! An id that leads nowhere: what ids look like, and another try.

use leptos::prelude::*;

use super::UnknownIdPage;
use crate::{
    chrome::{self, Chrome, Place},
    format,
    ui::{
        button::{Submit, Weight},
        field::TextField,
        form::Form,
        table::Table,
    },
};

/// The ids that people meet, and where each is found.
const KINDS: [(&str, &str, &str); 8] = [
    (
        "attempt_…",
        "One request to an ingest endpoint",
        "In every ingest answer, and in the console line of the SDK",
    ),
    (
        "req_…",
        "One exchange with this server",
        "In the header X-Request-Id of every answer, and on error pages",
    ),
    ("src_…", "A source", "In the API, and in the audit log"),
    ("org_…", "A workspace", "In Settings, and in the API as organizationId"),
    ("member_…", "Someone's place in a workspace", "On their page, and in the audit log"),
    ("role_…", "A role", "In the API, and in the audit log"),
    ("invite_…", "An open invitation", "In the API, and in the audit log"),
    ("audit_…", "An entry of the audit log", "In the API, and in its export"),
];

/// `/id/{anything}` when nothing was found.
#[must_use]
pub fn page(chrome: &Chrome, page: UnknownIdPage) -> String {
    let UnknownIdPage { id, exchange_at, gone } = page;
    chrome::page(chrome, Place::Nowhere, "Find an id", move || {
        let form = Form::sent([("id".to_owned(), id.clone())]);
        let said = if id.is_empty() {
            view! { <p class="lead">"Paste an id and its page opens."</p> }.into_any()
        } else if let Some(at) = exchange_at {
            let at = format::exact(&at.to_string());
            view! {
                <p class="lead">
                    <code>{id}</code>" names an exchange that began at "{at}". Requests to ingest endpoints are kept \
                    as attempts and changes in the audit log, and none that you may see has this id: it changed nothing, \
                    it is older than the workspace keeps, or it belongs to a workspace you are not a member of."
                </p>
                <p>"Whoever runs this server finds the line of every exchange in its log: search it for the id."</p>
            }
            .into_any()
        } else {
            view! {
                <p class="lead">
                    "There is no "<code>{id}</code>" that you may see. It may be mistyped or cut off, older than "
                    "the workspace keeps attempts, or of a workspace you are not a member of."
                </p>
            }
            .into_any()
        };
        let rows = KINDS.map(|(shape, what, place)| {
            view! { <tr><td><code>{shape}</code></td><td data-label="Names">{what}</td><td data-label="Found">{place}</td></tr> }
        });
        view! {
            <div class="narrow">
                <h1>"Nothing found for this id"</h1>
                {said}
                {gone.map(|gone| view! { <p>{gone}</p> })}
                <form class="card form" action="/id" method="get">
                    <TextField name="id" label="Id" mono=true required=true
                        placeholder="attempt_01KNVTBMZSE3SA8C34PF9TS55F"
                        hint="The whole id with its prefix, as it stands in the answer." form/>
                    <Submit weight=Weight::Primary label="Find"/>
                </form>
                <h2>"Ids you may meet"</h2>
                <div class="panel"><Table caption="Kinds of ids" class="prose stacked">
                    <thead><tr><th scope="col">"Id"</th><th scope="col">"Names"</th><th scope="col">"Found"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table></div>
            </div>
        }
    })
}
