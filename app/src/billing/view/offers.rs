//! What can be bought.

use ::billing::Offer;
use leptos::prelude::*;

use super::{reach::Reach, words::interval_of};
use crate::{
    format,
    ui::{
        button::{Submit, Weight},
        field::{FieldError, Hidden, TextField},
        form::Form,
    },
};

/// All plans, with the way to Stripe's Checkout.
#[component]
pub(super) fn OffersCard(
    offers: Vec<Offer>,
    /// Seats that are used now.
    used: i64,
    form: Form,
    reach: Reach,
) -> impl IntoView {
    let can_manage = reach.can_manage;
    let is_sold = |price: &&str| offers.iter().any(|offer| offer.price == *price);
    let sent = form.value("priceId").filter(is_sold);
    let chosen = offers.iter().find(|offer| Some(offer.price.as_str()) == sent).or(offers.first());
    let fewest = offers.iter().filter(|offer| offer.is_per_seat).map(|offer| offer.seats).min();
    // One more than are used: who comes here wants to invite somebody.
    let value =
        chosen.map_or(1, |offer| if offer.is_per_seat { offer.seats } else { 1 }).max(used + 1);
    let (label, hint) = seats_words(&offers);
    let chosen = chosen.map(|offer| offer.price.clone());
    let error = form.error("priceId").map(str::to_owned);
    let plans = offers.into_iter().map(|offer| {
        let is_chosen = chosen.as_ref() == Some(&offer.price);
        let has_focus = is_chosen && error.is_some();
        view! { <Plan offer is_chosen has_focus can_manage/> }
    });
    let plans = plans.collect_view();
    let described = error.is_some().then_some("priceId-error");
    let fault = error.map(|sentence| view! { <FieldError name="priceId" sentence/> });
    let content = if can_manage {
        let seats = match fewest {
            Some(fewest) => view! {
                <TextField name="quantity" label kind="number" value=value.max(fewest).to_string() min=fewest
                    max=::billing::MOST_SEATS hint required=true form/>
            }
            .into_any(),
            None => view! { <Hidden name="quantity" value="1"/> }.into_any(),
        };
        view! {
            <form class="form" method="post" action=reach.form("checkout")>
                <fieldset class="choices" aria-describedby=described>
                    <legend class="visually-hidden">"Plan"</legend>
                    {plans}
                    {fault}
                </fieldset>
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

/// What the number of seats is called, and what it counts for.
fn seats_words(offers: &[Offer]) -> (&'static str, String) {
    let counted = "Members and open invitations take one each.";
    if offers.iter().all(|offer| offer.is_per_seat) {
        return ("Seats", counted.to_owned());
    }
    let per_seat = offers.iter().filter(|offer| offer.is_per_seat);
    let names: Vec<&str> = per_seat.map(|offer| offer.name.as_str()).collect();
    let names = names.join(", ");
    ("Seats, where a plan is per seat", format!("For {names} only. {counted}"))
}

#[component]
fn Plan(offer: Offer, is_chosen: bool, has_focus: bool, can_manage: bool) -> impl IntoView {
    let price = price_of(&offer);
    let Offer { name, price: id, is_per_seat, seats, .. } = offer;
    let what = if is_per_seat {
        format!("per seat, {} or more", format::count(seats, "seat"))
    } else {
        format!("{} in all", format::count(seats, "seat"))
    };
    let words = view! { <span><b>{name}</b>" "<span class="dim">{what}</span></span><span class="price">{price}</span> };
    if can_manage {
        view! {
            <label class="choice">
                <input type="radio" name="priceId" value=id checked=is_chosen required=true
                    autofocus=has_focus/>
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
