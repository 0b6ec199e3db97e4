//! What the workspace has, what that costs, and how to change it.

use ::billing::{Charge, Offer, Status, Subscription};
use leptos::prelude::*;
use model::wire::team::Seats;

use super::{
    super::{Shop, Silent},
    charges::Silence,
    priced::Priced,
    reach::Reach,
    words::{costs, day, end_of, interval_of, seats_of, status_of},
};
use crate::{
    format,
    ui::{
        badge::Badge,
        button::{Submit, Weight},
        confirm::Confirm,
        field::{Hidden, TextField},
        form::Form,
    },
};

/// The plan.
#[component]
pub(super) fn PlanCard(shop: Shop, seats: Seats, form: Form, reach: Reach) -> impl IntoView {
    let now = shop.standing.plan.clone();
    let limit = seats_of(seats.limit);
    let (name, badge, content) = match shop.live().cloned() {
        None => {
            let content = view! { <p>"It costs nothing and has "{limit}"."</p> }.into_any();
            (format!("{now} plan"), None, content)
        }
        Some(it) => {
            let offer = shop.offer_of(&it).cloned();
            let name =
                offer.as_ref().map_or("Earlier plan".to_owned(), |it| format!("{} plan", it.name));
            let (tone, word) = status_of(&it);
            // What was bought and what is had are not the same while it is not paid.
            let counts = shop.standing.price.is_none().then(|| {
                view! { <p>{format!("The {now} plan counts now: {limit}.")}</p> }
            });
            let next = next_charge(&it, &shop.next, reach.is_instance_owner);
            let costs = costs(&it, offer.as_ref());
            let acts =
                reach.can_manage.then(|| acts(&shop, &it, offer.as_ref(), seats, form, &reach));
            let content = view! { <p>{costs}" "{next}</p>{counts}{acts} }.into_any();
            (name, Some(view! { " "<Badge tone text=word/> }), content)
        }
    };
    view! {
        <section class="card" id="plan" aria-labelledby="plan-title">
            <h2 id="plan-title">{name}{badge}</h2>
            {content}
        </section>
    }
}

fn next_charge(
    it: &Subscription,
    next: &Result<Option<Charge>, Silent>,
    is_instance_owner: bool,
) -> AnyView {
    if let Some(end) = it.cancels_at {
        return view! { "It ends on "<b>{day(end)}</b>" and is not renewed." }.into_any();
    }
    match next {
        Ok(Some(charge)) => {
            let amount = format::money(charge.total, &charge.currency);
            let when = day(charge.created_at);
            view! { "Next charge "<b>{amount}</b>" on "{when}"." }.into_any()
        }
        Ok(None) => ().into_any(),
        Err(why) => {
            let lacks = "the next charge is not known";
            view! { <Silence why=*why lacks is_instance_owner/> }.into_any()
        }
    }
}

/// Other seats, another plan, the end, and going on after all.
fn acts(
    shop: &Shop,
    it: &Subscription,
    offer: Option<&Offer>,
    seats: Seats,
    form: Form,
    reach: &Reach,
) -> AnyView {
    // Stripe lets it be paid or given up, and nothing else.
    if it.status == Status::Incomplete {
        return view! { <GiveUp action=reach.form("cancel")/> }.into_any();
    }
    let preview = shop.preview.clone();
    let change = shop.sells_seats().then(|| {
        let value = preview.as_ref().map_or(it.quantity, |preview| preview.seats).to_string();
        let fewest = offer.map_or(1, |offer| offer.seats);
        let priced = preview.map(|preview| {
            let (quantity, interval, ends_at) = (it.quantity, interval_of(offer), it.cancels_at);
            view! { <Priced preview quantity interval ends_at seats reach=reach.clone()/> }
        });
        view! {
            <form class="form inline" method="get" action=reach.here()>
                <TextField name="quantity" label="Seats" kind="number" value min=fewest max=::billing::MOST_SEATS required=true form/>
                <Submit weight=Weight::Plain label="See what it costs"/>
            </form>
            {priced}
        }
    });
    let others = shop.offers.iter().filter(|other| other.price != it.price);
    let others: Vec<String> = others.map(|other| other.name.clone()).collect();
    // An earlier plan has this door beside what is wrong with it.
    let another = (it.is_granting() && offer.is_some() && !others.is_empty())
        .then(|| reach.portal(Weight::Plain, "Change to another plan at Stripe"))
        .flatten()
        .map(|portal| view! { <AnotherPlan others portal/> });
    let end = if it.cancels_at.is_some() {
        view! {
            <form method="post" action=reach.form("resume")>
                <Submit weight=Weight::Primary label="Resume the plan"/>
            </form>
        }
        .into_any()
    } else {
        let is_had = shop.standing.price.is_some();
        view! { <Cancel sentence=end_of(it) is_had action=reach.form("cancel")/> }.into_any()
    };
    view! { {change}{another}{end} }.into_any()
}

#[component]
fn AnotherPlan(others: Vec<String>, portal: AnyView) -> impl IntoView {
    view! {
        <div class="other-plan">
            <p>"Sold here, too: "{others.join(", ")}"."</p>
            {portal}
            <p class="hint">
                "Where Stripe's page offers no other plan, cancel this one and buy the other when it has ended."
            </p>
        </div>
    }
}

#[component]
fn Cancel(
    /// When it ends, and what about the money.
    sentence: String,
    /// Whether its seats are had now.
    is_had: bool,
    action: String,
) -> impl IntoView {
    let after = is_had.then_some(
        " Then the free plan counts: nobody is removed, and nobody can be added while more are in than it has seats.",
    );
    view! {
        <Confirm label="Cancel the plan">
            <p>{sentence}{after}</p>
            <form method="post" action=action>
                <Hidden name="confirm" value="cancel"/>
                <Submit weight=Weight::Danger label="Cancel at the end of the period"/>
            </form>
        </Confirm>
    }
}

#[component]
fn GiveUp(action: String) -> impl IntoView {
    view! {
        <Confirm label="Give it up">
            <p>"The order ends at once, and its payment is not asked for any more. A plan can be bought anew."</p>
            <form method="post" action=action>
                <Hidden name="confirm" value="cancel"/>
                <Submit weight=Weight::Danger label="Give it up now"/>
            </form>
        </Confirm>
    }
}
