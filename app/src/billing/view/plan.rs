//! What the workspace has, what that costs, and how to change it.

use ::billing::{Charge, Offer, Preview, Problem, Status, Subscription};
use leptos::prelude::*;
use model::{UnixMs, wire::team::Seats};

use super::super::{Shop, Silent};
use crate::{
    format,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        confirm::Confirm,
        field::{Hidden, TextField},
        form::Form,
    },
};

/// What is not as it should be, each with the way to mend it.
#[component]
pub(super) fn Problems(
    problems: Vec<Problem>,
    invoice_url: Option<String>,
    can_manage: bool,
    path: String,
) -> impl IntoView {
    let shown = problems.into_iter().map(|problem| {
        let is_urgent =
            matches!(problem, Problem::PastDue(_) | Problem::GraceOver | Problem::Unpaid);
        let class = if is_urgent { "notice bad" } else { "notice warn" };
        let title = title_of(problem);
        let fix = fix_of(problem);
        let is_payment =
            is_urgent || matches!(problem, Problem::Incomplete | Problem::UpdatePending);
        let pay = invoice_url.clone().filter(|_| is_payment).map(|href| {
            view! { <a class="btn" href=href>"Pay the open invoice"</a> }
        });
        let card = (can_manage && is_urgent).then(|| {
            view! {
                <form method="post" action=format!("{path}/portal")>
                    <Submit weight=Weight::Plain label="Choose another card"/>
                </form>
            }
        });
        let doors = (pay.is_some() || card.is_some())
            .then(|| view! { <div class="acts">{pay}{card}</div> });
        view! {
            <div class=class role="status">
                <span class="sign" aria-hidden="true">"!"</span>
                <div><p><strong>{title}</strong>" "{fix}</p>{doors}</div>
            </div>
        }
    });
    shown.collect_view()
}

fn title_of(problem: Problem) -> String {
    match problem {
        Problem::PastDue(_) => "The last payment failed.".to_owned(),
        Problem::GraceOver => "A payment has failed for too long.".to_owned(),
        Problem::Incomplete => "The first payment is not through.".to_owned(),
        Problem::Unpaid => "Stripe has given up collecting.".to_owned(),
        Problem::Paused => "The plan is stopped at Stripe.".to_owned(),
        Problem::UpdatePending => "More seats wait for their payment.".to_owned(),
        Problem::SeveralSubscriptions(others) => {
            format!("Stripe has {} more for this workspace.", format::count(others, "subscription"))
        }
        Problem::UnknownPrice => "This price is not sold here any more.".to_owned(),
    }
}

fn fix_of(problem: Problem) -> String {
    match problem {
        Problem::PastDue(until) => format!(
            "Stripe goes on trying, and the seats stay until {}. Choose another card before.",
            day(until)
        ),
        Problem::GraceOver => {
            "The seats of the free plan count now. Nobody was removed; pay to have the others again.".to_owned()
        }
        Problem::Incomplete => "The seats are had once it is.".to_owned(),
        Problem::Unpaid => "Pay the open invoice to have the plan again.".to_owned(),
        Problem::Paused => "Whoever runs this instance can tell why.".to_owned(),
        Problem::UpdatePending => "They are added as soon as it is through.".to_owned(),
        Problem::SeveralSubscriptions(_) => {
            "They were made outside of Tiny. Cancel there what is too much.".to_owned()
        }
        Problem::UnknownPrice => "It stays as it is until you change it.".to_owned(),
    }
}

/// The plan.
#[component]
pub(super) fn PlanCard(
    shop: Shop,
    seats: Seats,
    can_manage: bool,
    form: Form,
    path: String,
) -> impl IntoView {
    let name = shop.standing.plan.clone();
    let live = shop.standing.subscription.clone().filter(|it| it.status.is_live());
    let badge = live.as_ref().map(|it| {
        let (tone, word) = status_of(it);
        view! { " "<Badge tone text=word/> }
    });
    let content = if let Some(it) = live {
        let offer = shop.offers.iter().find(|offer| offer.price == it.price).cloned();
        let costs = costs(&it, offer.as_ref());
        let next = next_charge(&it, &shop.next);
        let acts = can_manage.then(|| acts(&shop, &it, offer.as_ref(), seats, form, &path));
        view! { <p>{costs}" "{next}</p>{acts} }.into_any()
    } else {
        let granted = seats
            .limit
            .map_or("any number of seats".to_owned(), |limit| format::count(limit, "seat"));
        view! { <p>"It costs nothing and has "{granted}"."</p> }.into_any()
    };
    view! {
        <section class="card" id="plan" aria-labelledby="plan-title">
            <h2 id="plan-title">{format!("{name} plan")}{badge}</h2>
            {content}
        </section>
    }
}

fn status_of(it: &Subscription) -> (Tone, &'static str) {
    match it.status {
        Status::Active | Status::Trialing if it.cancels_at.is_some() => (Tone::Warn, "ends soon"),
        Status::Active => (Tone::Good, "active"),
        Status::Trialing => (Tone::Good, "trial"),
        Status::PastDue => (Tone::Bad, "payment late"),
        Status::Incomplete => (Tone::Warn, "not paid yet"),
        Status::Unpaid => (Tone::Bad, "unpaid"),
        Status::Paused => (Tone::Warn, "paused"),
        Status::Canceled | Status::IncompleteExpired => (Tone::Quiet, "over"),
    }
}

/// What was bought, and at which price.
fn costs(it: &Subscription, offer: Option<&Offer>) -> String {
    let is_per_seat = offer.is_none_or(|offer| offer.is_per_seat);
    let interval = interval_of(offer);
    let price = it.unit_amount.map(|amount| format::money(amount, &it.currency));
    match (is_per_seat, price) {
        (true, Some(price)) => {
            let each = interval.map_or_else(String::new, |interval| format!(" and {interval}"));
            format!("{} at {price} per seat{each}.", format::count(it.quantity, "seat"))
        }
        (true, None) => format!("{}.", format::count(it.quantity, "seat")),
        (false, Some(price)) => {
            let each = interval.map_or_else(String::new, |interval| format!(" per {interval}"));
            format!("{price}{each}.")
        }
        (false, None) => String::new(),
    }
}

/// `month`, `3 months`.
pub(super) fn interval_of(offer: Option<&Offer>) -> Option<String> {
    let (unit, count) = offer?.interval.as_ref()?;
    Some(if *count == 1 { unit.clone() } else { format::count(*count, unit) })
}

fn next_charge(it: &Subscription, next: &Result<Option<Charge>, Silent>) -> AnyView {
    if let Some(end) = it.cancels_at {
        return view! { "It ends on "<b>{day(end)}</b>"; nothing is charged any more." }.into_any();
    }
    match next {
        Ok(Some(charge)) => {
            let amount = format::money(charge.total, &charge.currency);
            let when = day(charge.created_at);
            view! { "Next charge "<b>{amount}</b>" on "{when}"." }.into_any()
        }
        Ok(None) => ().into_any(),
        Err(Silent) => view! {
            <span class="dim">"Stripe does not answer at this moment, so the next charge is not known."</span>
        }
        .into_any(),
    }
}

/// Other seats, the end, and going on after all.
fn acts(
    shop: &Shop,
    it: &Subscription,
    offer: Option<&Offer>,
    seats: Seats,
    form: Form,
    path: &str,
) -> AnyView {
    let is_per_seat = offer.is_none_or(|offer| offer.is_per_seat);
    let can_change = is_per_seat && it.is_granting();
    let path = path.to_owned();
    let preview = shop.preview.clone();
    let change = can_change.then(|| {
        let value = preview.as_ref().map_or(it.quantity, |preview| preview.seats).to_string();
        let fewest = offer.map_or(1, |offer| offer.seats);
        view! {
            <form class="form inline" method="get" action=path.clone()>
                <TextField name="quantity" label="Seats" kind="number" value min=fewest max=::billing::MOST_SEATS required=true form/>
                <Submit weight=Weight::Plain label="See what it costs"/>
            </form>
        }
    });
    let priced = preview.filter(|_| can_change).map(|preview| {
        let (quantity, interval) = (it.quantity, interval_of(offer));
        view! { <Priced preview quantity interval seats path=path.clone()/> }
    });
    let end = if it.cancels_at.is_some() {
        view! {
            <form method="post" action=format!("{path}/resume")>
                <Submit weight=Weight::Primary label="Resume the plan"/>
            </form>
        }
        .into_any()
    } else {
        let until = it.period_end.map(day);
        view! {
            <Confirm label="Cancel the plan">
                <p>
                    {until.map_or_else(
                        || "It stays until the period that is paid for ends.".to_owned(),
                        |until| format!("It stays until {until}, which is paid for."),
                    )}
                    " Then the free plan counts: nobody is removed, and nobody can be added while more are in than it has seats."
                </p>
                <form method="post" action=format!("{path}/cancel")>
                    <Hidden name="confirm" value="cancel"/>
                    <Submit weight=Weight::Danger label="Cancel at the end of the period"/>
                </form>
            </Confirm>
        }
        .into_any()
    };
    view! { {change}{priced}{end} }.into_any()
}

/// What another number of seats costs, and the button that does it.
#[component]
fn Priced(
    preview: Preview,
    quantity: i64,
    interval: Option<String>,
    seats: Seats,
    path: String,
) -> impl IntoView {
    let action = format!("{path}/seats");
    let Preview { seats: wanted, due_now, then, currency, period_end, at } = preview;
    let until = period_end.map_or_else(String::new, |end| format!(" until {}", day(end)));
    let difference = format::count((wanted - quantity).abs(), "seat");
    let today = if due_now >= 0 {
        format!("Today {} for {difference}{until}", format::money(due_now, &currency))
    } else {
        format!(
            "{} for {difference}{until} is set off against the next invoice",
            format::money(-due_now, &currency)
        )
    };
    let then = then.map(|amount| {
        let each = interval.map_or_else(String::new, |interval| format!(" each {interval}"));
        format!(", then {}{each}", format::money(amount, &currency))
    });
    let over = (wanted < seats.used).then(|| {
        let more = format::count(seats.used - wanted, "seat");
        view! {
            <p class="hint">
                "That is "{more}" fewer than are used. Nobody is removed; nobody can be added until enough come free."
            </p>
        }
    });
    view! {
        <div class="notice" role="status">
            <span class="sign" aria-hidden="true">"i"</span>
            <div>
                <p>{today}{then}"."</p>
                {over}
                <form method="post" action=action>
                    <Hidden name="quantity" value=wanted.to_string()/>
                    <Hidden name="at" value=at.0.to_string()/>
                    <div class="acts">
                        <Submit weight=Weight::Primary label=format!("Change to {}", format::count(wanted, "seat"))/>
                        <a class="btn quiet" href=path>"Leave it"</a>
                    </div>
                </form>
            </div>
        </div>
    }
}

pub(super) fn day(at: UnixMs) -> String {
    format::day(&at.to_string())
}
