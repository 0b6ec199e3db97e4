//! What stands there where nothing is sold.

use leptos::prelude::*;

use super::EventList;
use crate::ui::code::CodeBlock;

/// Says so, and to whoever can change it: how.
#[component]
pub(super) fn OffCard(is_instance_owner: bool, webhook_url: String) -> impl IntoView {
    let how = if is_instance_owner {
        view! { <How webhook_url/> }.into_any()
    } else {
        view! {
            <p class="dim">"Whoever runs this instance can set it up. They can also give the workspace more seats without it."</p>
        }
        .into_any()
    };
    view! {
        <section class="card" id="off" aria-labelledby="off-title">
            <h2 id="off-title">"Nothing is sold here"</h2>
            <div class="notice">
                <span class="sign" aria-hidden="true">"i"</span>
                <p><strong>"Billing is not configured on this instance."</strong>" Everything else works."</p>
            </div>
            {how}
        </section>
    }
}

#[component]
fn How(webhook_url: String) -> impl IntoView {
    const SETTINGS: &str = "TINY_STRIPE_SECRET_KEY=sk_…\nTINY_STRIPE_WEBHOOK_SECRETS=whsec_…\n\
        TINY_PLANS='[{name=\"Team\", price=\"price_…\", per_seat=true}]'";
    view! {
        <p>"You run this instance. To sell plans through Stripe:"</p>
        <ol class="steps">
            <li><span>"Make a product with a recurring price at Stripe; the price has an id that begins with "<code>"price_"</code>"."</span></li>
            <li>
                <span>"Make a webhook endpoint there that leads to "<code>{webhook_url}</code>", with the events "<EventList/>"."</span>
            </li>
            <li><span>"Save the settings of the Customer Portal there once; Stripe opens none before."</span></li>
            <li><span>"Start Tiny with these settings."</span></li>
        </ol>
        <CodeBlock code=SETTINGS title="Settings"/>
        <p class="hint">"OPERATIONS has it step by step, with how to try it. Until then the API answers "<code>"billing_not_configured"</code>"."</p>
    }
}
