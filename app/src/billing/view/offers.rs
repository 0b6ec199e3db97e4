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

/// All plans, with the way to Stripe's Checkout.
#[component]
pub(super) fn OffersCard(
    offers: Vec<Offer>,
    /// Seats that are used now.
    used: i64,
    can_manage: bool,
    form: Form,
    path: String,
) -> impl IntoView {
    let fewest = offers.iter().filter(|offer| offer.is_per_seat).map(|offer| offer.seats).min();
    let chosen = form.value("priceId").map(str::to_owned);
    let chosen = chosen.or_else(|| offers.first().map(|offer| offer.price.clone()));
    let plans = offers.into_iter().map(|offer| {
        let is_chosen = chosen.as_ref() == Some(&offer.price);
        view! { <Plan offer is_chosen can_manage/> }
    });
    let plans = plans.collect_view();
    let content = if can_manage {
        let seats = match fewest {
            // One more than are used: who comes here wants to invite somebody.
            Some(fewest) => {
                let value = fewest.max(used + 1).to_string();
                view! {
                    <TextField name="quantity" label="Seats" kind="number" value min=fewest max=::billing::MOST_SEATS
                        hint="Members and open invitations take one each." required=true form/>
                }
                .into_any()
            }
            None => view! { <Hidden name="quantity" value="1"/> }.into_any(),
        };
        view! {
            <form class="form" method="post" action=format!("{path}/checkout")>
                <fieldset class="choices"><legend class="visually-hidden">"Plan"</legend>{plans}</fieldset>
                {seats}
                <Submit weight=Weight::Primary label="Go to payment"/>
                <p class="hint">"You pay at Stripe, which shows the whole amount before anything is charged."</p>
            </form>
        }
        .into_any()
    } else {
        view! { <ul class="choices">{plans}</ul> }.into_any()
    };
    view! {
        <section class="card" id="offers" aria-labelledby="offers-title">
            <h2 id="offers-title">"Plans with more seats"</h2>
            {content}
        </section>
    }
}

#[component]
fn Plan(offer: Offer, is_chosen: bool, can_manage: bool) -> impl IntoView {
    let price = price_of(&offer);
    let Offer { name, price: id, is_per_seat, seats, .. } = offer;
    let what = if is_per_seat {
        format!("as many as you like, from {} on", format::count(seats, "seat"))
    } else {
        format::count(seats, "seat")
    };
    let words = view! { <span><b>{name}</b>" "<span class="dim">{what}</span></span><span class="price">{price}</span> };
    if can_manage {
        view! {
            <label class="choice">
                <input type="radio" name="priceId" value=id checked=is_chosen required=true/>
                {words}
            </label>
        }
        .into_any()
    } else {
        view! { <li class="choice">{words}</li> }.into_any()
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
