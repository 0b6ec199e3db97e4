//! The plan's page.

mod charges;
mod events;
mod off;
mod offers;
mod plan;
mod priced;
mod problems;
mod reach;
mod words;

use leptos::prelude::*;

use super::{BillingForm, BillingPage, Refused, Shop};
use crate::{
    chrome::{self, Chrome, Place},
    team::{MoreSeats, SeatsCard, Way},
    ui::{button::Weight, field::FormProblem, form::Form, notice::NoticeBar},
};
use charges::ChargesCard;
pub(crate) use events::EventList;
use off::OffCard;
use offers::OffersCard;
use plan::PlanCard;
use problems::Problems;
use reach::Reach;

/// `/{workspace}/billing`.
#[must_use]
pub fn page(chrome: &Chrome, page: BillingPage) -> String {
    chrome::page(chrome, Place::Billing, "Billing", move || {
        let reach = Reach::of(&page);
        let said = page.said.clone();
        let act = said.as_ref().and_then(|said| said.act).and_then(|act| reach.act(act));
        let (problem, helps) = problem(&page, &reach);
        let team = reach.team.clone().map(|href| {
            view! { <p><a href=href>"Members and invitations"</a></p> }
        });
        let messages = page.is_instance_owner.then(|| {
            view! { <p><a href="/instance/stripe">"Stripe's messages to this instance"</a></p> }
        });
        let (seats, more) = (page.seats, more_seats(&page));
        view! {
            <div class="head">
                <h1>"Billing"</h1>
                <span class="grow"></span>
                {reach.portal(Weight::Plain, "Invoices and card")}
            </div>
            <NoticeBar notice=said.map(|said| said.notice) act/>
            <FormProblem form=problem act=helps/>
            <div class="columns">
                <div class="column">{content(&page, &reach)}</div>
                <div class="column">
                    <SeatsCard seats more/>
                    {team}
                    {messages}
                </div>
            </div>
        }
    })
}

fn content(page: &BillingPage, reach: &Reach) -> AnyView {
    let Some(shop) = page.shop.clone() else {
        let (is_instance_owner, webhook_url) = (page.is_instance_owner, page.webhook_url.clone());
        return view! { <OffCard is_instance_owner webhook_url/> }.into_any();
    };
    let standing = &shop.standing;
    let live = shop.live();
    let invoice_url = live.and_then(|it| it.invoice_url.clone());
    let problems = standing.problems.clone();
    let charges = standing.has_customer.then(|| {
        let synced_at = standing.subscription.as_ref().map(|it| it.synced_at);
        let (charges, now, reach) = (shop.charges.clone(), shop.now, reach.clone());
        view! { <ChargesCard charges now synced_at reach/> }
    });
    let offers = live.is_none().then(|| {
        let (offers, form) = (shop.offers.clone(), form_of(page, BillingForm::Buy));
        view! { <OffersCard offers used=page.seats.used form reach=reach.clone()/> }
    });
    let form = form_of(page, BillingForm::Seats);
    let look_only = (!reach.can_manage).then(|| view! {
        <p class="hint">"You can see the plan. Whoever has the permission "<code>"billing.manage"</code>" can change it."</p>
    });
    view! {
        <Problems problems invoice_url reach=reach.clone()/>
        <PlanCard shop seats=page.seats form reach=reach.clone()/>
        {offers}
        {look_only}
        {charges}
    }
    .into_any()
}

/// What is wrong with a form as a whole, and what helps. What is wrong with a field of a form that is not to be seen now
/// belongs there, too.
fn problem(page: &BillingPage, reach: &Reach) -> (Form, Option<AnyView>) {
    let Some(Refused { which, form, act }) = page.refused.clone() else {
        return (Form::default(), None);
    };
    let live = page.shop.as_ref().and_then(|shop| shop.live());
    let is_shown = reach.can_manage
        && match which {
            BillingForm::Buy => page.shop.is_some() && live.is_none(),
            BillingForm::Seats => page.shop.as_ref().is_some_and(Shop::sells_seats),
            BillingForm::Plain => false,
        };
    let form = if is_shown { form } else { form.without_fields() };
    (form, act.and_then(|act| reach.act(act)))
}

fn more_seats(page: &BillingPage) -> MoreSeats {
    let Some(shop) = &page.shop else { return MoreSeats::AskInstance };
    if !page.can_manage {
        return MoreSeats::AskBuyer;
    }
    let live = shop.live();
    let is_per_seat = match live {
        Some(it) => shop.offer_of(it).is_some_and(|offer| offer.is_per_seat),
        None => shop.offers.iter().any(|offer| offer.is_per_seat),
    };
    MoreSeats::Yours(Way::of(live, is_per_seat), None)
}

/// What was typed into one of the page's forms, when that was refused.
fn form_of(page: &BillingPage, which: BillingForm) -> Form {
    match &page.refused {
        Some(refused) if refused.which == which => refused.form.clone(),
        _ => Form::default(),
    }
}
