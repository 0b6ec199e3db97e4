//! Requests that were counted and not kept, beside the lists that lack them.

use leptos::prelude::*;
use model::{UnixMs, wire::attempts::CountedRow};

use crate::{
    format,
    ui::{table::Table, time::Time},
};

/// What the list lacks, and why.
#[component]
pub fn Counted(now: UnixMs, rows: Vec<CountedRow>) -> impl IntoView {
    let requests: i64 = rows.iter().map(|row| row.requests).sum();
    let row = move |row: CountedRow| {
        view! {
            <tr>
                <td data-label="Outcome">{row.code.unwrap_or_else(|| "accepted".to_owned())}</td>
                <td class="num" data-label="Requests">{format::thousands(row.requests)}</td>
                <td data-label="First minute"><Time now at=row.first_minute/></td>
                <td data-label="Last minute"><Time now at=row.last_minute/></td>
            </tr>
        }
    };
    (requests > 0).then(|| {
        let rows = rows.into_iter().map(row).collect_view();
        view! {
            <details class="card fold-out">
                <summary>
                    {format!(
                        "Counted only: {} of the last 24 hours, too many of a kind within a minute",
                        format::count(requests, "request"),
                    )}
                </summary>
                <p>
                    "Their answers name no attempt. Events among them are stored all the same. How many attempts of a kind are
                    kept of each minute is for whoever runs this instance to set (TINY_ATTEMPTS_PER_MINUTE)."
                </p>
                <Table caption="Requests of which no attempt is kept, by outcome" class="stacked">
                    <thead><tr>
                        <th scope="col">"Outcome"</th>
                        <th scope="col" class="num">"Requests"</th>
                        <th scope="col">"First minute"</th>
                        <th scope="col">"Last minute"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            </details>
        }
    })
}
