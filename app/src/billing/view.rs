//! The plan's page.

mod charges;
mod off;
mod offers;
mod plan;

use ::billing::Subscription;
use leptos::prelude::*;

use super::{BillingForm, BillingPage};
use crate::{
    chrome::{self, Chrome, Place},
    team::{MoreSeats, SeatsCard},
    ui::{
        button::{Submit, Weight},
        field::FormProblem,
        form::Form,
        notice::NoticeBar,
    },
};
use charges::ChargesCard;
use off::OffCard;
use offers::OffersCard;
use plan::{PlanCard, Problems};

/// `/{workspace}/billing`.
#[must_use]
pub fn page(chrome: &Chrome, page: BillingPage) -> String {
    chrome::page(chrome, Place::Billing, "Billing", move || {
        let path = format!("/{}/billing", page.slug);
        let problem = page.refused.as_ref().map(|(_, form)| form.clone()).unwrap_or_default();
        let (seats, slug, can_read_team) = (page.seats, page.slug.clone(), page.can_read_team);
        let team = can_read_team.then(|| {
            view! { <p><a href=format!("/{slug}/access/team")>"Members and invitations"</a></p> }
        });
        let was_bought =
            page.shop.as_ref().is_some_and(|shop| shop.standing.subscription.is_some());
        let portal = (page.can_manage && was_bought).then(|| {
            view! {
                <form method="post" action=format!("{path}/portal")>
                    <Submit weight=Weight::Plain label="Invoices and card"/>
                </form>
            }
        });
        let messages = page.is_instance_owner.then(|| {
            view! { <p><a href="/instance/stripe">"Stripe's messages to this instance"</a></p> }
        });
        let more = if page.shop.is_none() {
            MoreSeats::AskInstance
        } else if page.can_manage {
            MoreSeats::Here
        } else {
            MoreSeats::AskBuyer
        };
        view! {
            <div class="head"><h1>"Billing"</h1><span class="grow"></span>{portal}</div>
            <NoticeBar notice=page.notice.clone()/>
            <FormProblem form=problem/>
            <div class="columns">
                <div class="column">{content(&page, &path)}</div>
                <div class="column">
                    <SeatsCard seats more/>
                    {team}
                    {messages}
                </div>
            </div>
        }
    })
}

fn content(page: &BillingPage, path: &str) -> AnyView {
    let Some(shop) = page.shop.clone() else {
        let (is_instance_owner, webhook_url) = (page.is_instance_owner, page.webhook_url.clone());
        return view! { <OffCard is_instance_owner webhook_url/> }.into_any();
    };
    let live = shop.standing.subscription.clone().filter(|it| it.status.is_live());
    let subscription = shop.standing.subscription.clone();
    let (problems, can_manage) = (shop.standing.problems.clone(), page.can_manage);
    let charges = subscription.is_some().then(|| {
        let (charges, synced_at) = (shop.charges.clone(), synced_at(subscription.as_ref()));
        view! { <ChargesCard charges now=shop.now synced_at path=path.to_owned()/> }
    });
    let invoice_url = live.as_ref().and_then(|it| it.invoice_url.clone());
    let offers = live.is_none().then(|| {
        let (offers, form) = (shop.offers.clone(), form_of(page, BillingForm::Buy));
        view! { <OffersCard offers used=page.seats.used can_manage form path=path.to_owned()/> }
    });
    let form = form_of(page, BillingForm::Seats);
    let look_only = (!can_manage).then(|| view! {
        <p class="hint">"You can see the plan. Whoever has the permission "<code>"billing.manage"</code>" can change it."</p>
    });
    view! {
        <Problems problems invoice_url can_manage path=path.to_owned()/>
        <PlanCard shop seats=page.seats can_manage form path=path.to_owned()/>
        {offers}
        {look_only}
        {charges}
    }
    .into_any()
}

fn synced_at(subscription: Option<&Subscription>) -> Option<model::UnixMs> {
    subscription.map(|it| it.synced_at)
}

/// What was typed into one of the page's forms, when that was refused.
fn form_of(page: &BillingPage, which: BillingForm) -> Form {
    match &page.refused {
        Some((refused, form)) if *refused == which => form.clone(),
        _ => Form::default(),
    }
}
