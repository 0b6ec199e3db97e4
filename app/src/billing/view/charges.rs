//! What was charged.

use ::billing::Charge;
use leptos::prelude::*;
use model::UnixMs;

use super::{super::Silent, reach::Reach, words::day};
use crate::{
    format,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        table::Table,
        time::Time,
    },
};

/// The newest invoices, and when Stripe was heard last.
#[component]
pub(super) fn ChargesCard(
    charges: Result<Vec<Charge>, Silent>,
    now: UnixMs,
    /// When Stripe said what was bought; none: nothing is known to be.
    synced_at: Option<UnixMs>,
    reach: Reach,
) -> impl IntoView {
    let is_instance_owner = reach.is_instance_owner;
    let content = match charges {
        Err(why) => view! {
            <p><Silence why lacks="no invoice can be shown" is_instance_owner/></p>
        }
        .into_any(),
        Ok(charges) if charges.is_empty() => {
            view! { <p class="dim">"No invoice yet."</p> }.into_any()
        }
        Ok(charges) => {
            let rows = charges.into_iter().map(|charge| view! { <Row charge/> }).collect_view();
            view! {
                <Table caption="Invoices" class="stacked slim">
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
    let compared = synced_at.map(|at| {
        view! { <span class="dim">"Compared with Stripe: "<Time now at/></span> }
    });
    view! {
        <section class="card" aria-labelledby="invoices-title">
            <h2 id="invoices-title">"Invoices"</h2>
            {content}
            <form class="acts" method="post" action=reach.form("refresh")>
                {compared}
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
            <td data-label="Day">{day(created_at)}</td>
            <td class="free" data-label="Invoice">{named}</td>
            <td class="num" data-label="Amount">{format::money(total, &currency)}</td>
            <td data-label="State"><span><Badge tone text=word/></span></td>
        </tr>
    }
}

/// That Stripe did not say something, and why.
#[component]
pub(super) fn Silence(why: Silent, lacks: &'static str, is_instance_owner: bool) -> impl IntoView {
    match (why, is_instance_owner) {
        (Silent::Away, _) => {
            view! { <span class="dim">"Stripe does not answer at this moment, so "{lacks}"."</span> }
                .into_any()
        }
        (Silent::Refused, true) => view! {
            <span>
                "Stripe refuses this instance's call, so "{lacks}". The log says why; see "
                <a href="/instance/stripe">"Stripe's messages"</a>"."
            </span>
        }
        .into_any(),
        (Silent::Refused, false) => view! {
            <span class="dim">
                "Stripe refuses this instance's call, so "{lacks}". Whoever runs the instance can mend that."
            </span>
        }
        .into_any(),
    }
}
