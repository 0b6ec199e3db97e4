//! What can be bought.

use ::billing::Offer;
use leptos::prelude::*;

use super::plan::interval_of;
use crate::{
    format,
    ui::{
        button::{Submit, Weight},
        field::{Hidden, TextField},
        form::Form,
    },
};

/// One plan, with the way to Stripe's Checkout.
#[component]
pub(super) fn OfferCard(
    offer: Offer,
    /// Seats that are used now.
    used: i64,
    can_manage: bool,
    form: Form,
    path: String,
) -> impl IntoView {
    let price = price_of(&offer);
    let Offer { name, price: price_id, is_per_seat, seats, .. } = offer;
    let id = format!("offer-{price_id}");
    let what = if is_per_seat {
        format!("A seat for everyone who is a member or invited; {} or more.", format::count(seats, "seat"))
    } else {
        format!("{} for one price.", format::count(seats, "seat"))
    };
    let buy = can_manage.then(|| {
        let label = format!("Buy {name}");
        let field = if is_per_seat {
            // One more than are used: who comes here wants to invite somebody.
            let value = seats.max(used + 1).to_string();
            view! {
                <TextField name="seats" label="Seats" kind="number" value min=seats max=::billing::MOST_SEATS required=true form/>
            }
            .into_any()
        } else {
            view! { <Hidden name="seats" value=seats.to_string()/> }.into_any()
        };
        view! {
            <form class="form inline" method="post" action=format!("{path}/checkout")>
                <Hidden name="priceId" value=price_id/>
                {field}
                <Submit weight=Weight::Primary label/>
            </form>
            <p class="hint">"Paid at Stripe. The amount is shown there before anything is charged."</p>
        }
    });
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id>{name.clone()}" "<span class="dim">{price}</span></h2>
            <p>{what}</p>
            {buy}
        </section>
    }
}

fn price_of(offer: &Offer) -> String {
    let Some((amount, currency)) = offer.amount.zip(offer.currency.as_deref()) else {
        return "price at Stripe".to_owned();
    };
    let amount = format::money(amount, currency);
    match (offer.is_per_seat, interval_of(Some(offer))) {
        (true, Some(interval)) => format!("{amount} per seat and {interval}"),
        (true, None) => format!("{amount} per seat"),
        (false, Some(interval)) => format!("{amount} per {interval}"),
        (false, None) => amount,
    }
}
