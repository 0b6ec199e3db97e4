//! What was charged.

use ::billing::Charge;
use leptos::prelude::*;
use model::UnixMs;

use super::{super::Silent, plan::day};
use crate::{
    format,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        table::Table,
        time::TimeOr,
    },
};

/// The newest invoices, and when Stripe was heard last.
#[component]
pub(super) fn ChargesCard(
    charges: Result<Vec<Charge>, Silent>,
    now: UnixMs,
    synced_at: Option<UnixMs>,
    path: String,
) -> impl IntoView {
    let content = match charges {
        Err(Silent) => view! {
            <p class="dim">"Stripe does not answer at this moment. Invoices are shown here as soon as it does."</p>
        }
        .into_any(),
        Ok(charges) if charges.is_empty() => {
            view! { <p class="dim">"No invoice yet."</p> }.into_any()
        }
        Ok(charges) => {
            let rows = charges.into_iter().map(|charge| view! { <Row charge/> }).collect_view();
            view! {
                <Table caption="Invoices">
                    <thead><tr>
                        <th scope="col">"Day"</th><th scope="col">"Invoice"</th><th scope="col" class="num">"Amount"</th>
                        <th scope="col">"State"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
            .into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby="invoices-title">
            <h2 id="invoices-title">"Invoices"</h2>
            {content}
            <form class="acts" method="post" action=format!("{path}/refresh")>
                <span class="dim">"Compared with Stripe: "<TimeOr now at=synced_at never="not yet"/></span>
                <Submit weight=Weight::Quiet label="Ask Stripe now"/>
            </form>
        </section>
    }
}

#[component]
fn Row(charge: Charge) -> impl IntoView {
    let Charge { number, status, total, currency, created_at, url } = charge;
    let number = number.unwrap_or_else(|| "not made out yet".to_owned());
    let named = match url {
        Some(href) => view! { <a href=href>{number}</a> }.into_any(),
        None => view! { <span>{number}</span> }.into_any(),
    };
    let (tone, word) = match status.as_deref() {
        Some("paid") => (Tone::Good, "paid"),
        Some("open") => (Tone::Warn, "open"),
        Some("void") => (Tone::Quiet, "void"),
        Some("uncollectible") => (Tone::Bad, "uncollectible"),
        _ => (Tone::Quiet, "draft"),
    };
    view! {
        <tr>
            <td>{day(created_at)}</td>
            <td>{named}</td>
            <td class="num">{format::money(total, &currency)}</td>
            <td><Badge tone text=word/></td>
        </tr>
    }
}
