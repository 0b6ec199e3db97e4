//! Requests that were counted and not kept, beside the lists that lack them.

use leptos::prelude::*;
use model::{UnixMs, wire::attempts::CountedRow};

use crate::{format, ui::time::Time};

/// What the list lacks, and why.
#[component]
pub fn Counted(now: UnixMs, rows: Vec<CountedRow>) -> impl IntoView {
    let requests: i64 = rows.iter().map(|row| row.requests).sum();
    let row = |row: CountedRow| {
        view! {
            <tr>
                <td>{row.code.unwrap_or_else(|| "accepted".to_owned())}</td>
                <td class="num">{format::thousands(row.requests)}</td>
                <td><Time now at=row.first_minute/></td>
                <td><Time now at=row.last_minute/></td>
            </tr>
        }
    };
    (requests > 0).then(|| {
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
                <div class="scroll">
                    <table>
                        <thead><tr>
                            <th>"Outcome"</th><th class="num">"Requests"</th><th>"First minute"</th><th>"Last minute"</th>
                        </tr></thead>
                        <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </details>
        }
    })
}
