//! The plan's page, in the states that a workspace goes through, and Stripe's messages.

use ::billing::{
    Charge, Event, EventState, Offer, Overview, Preview, Problem, Standing, Status, Subscription,
};
use app::{
    billing::{self as pages, BillingForm, BillingPage, Shop, Silent},
    instance::{self, StripePage},
    ui::{form::Form, notice::Notice},
};
use model::{UnixMs, wire::team::Seats};

use crate::{data::NOW, pages::chrome};

const DAY_MS: i64 = 24 * 60 * 60_000;

pub fn all() -> Vec<(&'static str, String)> {
    let shown = states().into_iter().map(|(name, page)| (name, pages::page(&chrome(), page)));
    shown.chain([("stripe-messages", instance::page(&chrome(), messages()))]).collect()
}

fn states() -> Vec<(&'static str, BillingPage)> {
    let off = BillingPage {
        slug: "acme".to_owned(),
        seats: Seats { used: 3, limit: None, pending: 0 },
        can_manage: true,
        can_read_team: true,
        is_instance_owner: true,
        webhook_url: "https://tiny.example.com/api/stripe/webhook".to_owned(),
        shop: None,
        notice: None,
        refused: None,
    };
    let with = |shop: Shop| BillingPage {
        seats: Seats { used: 5, limit: Some(5), pending: 1 },
        is_instance_owner: false,
        shop: Some(shop),
        ..off.clone()
    };
    let free = BillingPage {
        seats: Seats { used: 3, limit: Some(3), pending: 1 },
        notice: Some(Notice::warn("Stripe has no payment yet. Nothing was bought so far.")),
        ..with(shop(None, Vec::new()))
    };
    let form = Form::sent([("quantity".to_owned(), "0".to_owned())])
        .with_error("quantity", "Type a whole number of seats.");
    let refused = BillingPage { refused: Some((BillingForm::Buy, form)), ..free.clone() };
    let preview = Preview {
        seats: 8,
        due_now: 810,
        then: Some(7_200),
        currency: "eur".to_owned(),
        period_end: Some(NOW.plus_ms(9 * DAY_MS)),
        at: NOW,
    };
    let active = Shop { preview: Some(preview), ..shop(Some(bought(Status::Active)), Vec::new()) };
    let ending =
        Subscription { cancels_at: Some(NOW.plus_ms(9 * DAY_MS)), ..bought(Status::Active) };
    let late = Subscription {
        past_due_since: Some(NOW),
        invoice_url: Some("https://invoice.stripe.com/i/1".to_owned()),
        ..bought(Status::PastDue)
    };
    let late = shop(Some(late), vec![Problem::PastDue(NOW.plus_ms(14 * DAY_MS))]);
    let silent = Shop { next: Err(Silent), charges: Err(Silent), ..late.clone() };
    vec![
        ("billing-off-for-others", BillingPage { is_instance_owner: false, ..off.clone() }),
        ("billing-off", off.clone()),
        ("billing-free", free.clone()),
        ("billing-free-look-only", BillingPage { can_manage: false, ..free }),
        ("billing-refused", refused),
        ("billing-active", with(active)),
        ("billing-ending", with(shop(Some(ending), Vec::new()))),
        ("billing-late", with(late)),
        ("billing-silent", BillingPage { can_manage: false, ..with(silent) }),
    ]
}

fn shop(subscription: Option<Subscription>, problems: Vec<Problem>) -> Shop {
    let is_bought = subscription.is_some();
    let charge = |number: &str, status: &str, days: i64| Charge {
        number: Some(number.to_owned()),
        status: Some(status.to_owned()),
        total: 4_500,
        currency: "eur".to_owned(),
        created_at: NOW.plus_ms(days * DAY_MS),
        url: Some("https://invoice.stripe.com/i/1".to_owned()),
    };
    Shop {
        now: NOW,
        standing: Standing {
            plan: if is_bought { "Team" } else { "Free" }.to_owned(),
            price: is_bought.then(|| "price_team".to_owned()),
            subscription,
            problems,
        },
        offers: vec![
            offer("Team", "price_team", true, 1, 900),
            offer("Company", "price_company", false, 100, 49_000),
        ],
        next: Ok(is_bought.then(|| charge("", "draft", 9))),
        charges: Ok(vec![charge("TINY-0003", "open", 0), charge("TINY-0002", "paid", -31)]),
        preview: None,
    }
}

fn offer(name: &str, price: &str, is_per_seat: bool, seats: i64, amount: i64) -> Offer {
    Offer {
        name: name.to_owned(),
        price: price.to_owned(),
        is_per_seat,
        seats,
        amount: Some(amount),
        currency: Some("eur".to_owned()),
        interval: Some(("month".to_owned(), 1)),
    }
}

fn bought(status: Status) -> Subscription {
    Subscription {
        id: "sub_1".to_owned(),
        item: "si_1".to_owned(),
        status,
        price: "price_team".to_owned(),
        quantity: 5,
        currency: "eur".to_owned(),
        unit_amount: Some(900),
        period_end: Some(NOW.plus_ms(9 * DAY_MS)),
        cancels_at: None,
        past_due_since: None,
        invoice_url: None,
        is_update_pending: false,
        others: 0,
        synced_at: NOW.plus_ms(-60_000),
    }
}

fn messages() -> StripePage {
    let event = |id: &str, kind: &str, state, fault: Option<&str>| Event {
        id: id.to_owned(),
        kind: kind.to_owned(),
        received_at: UnixMs(NOW.0 - 90_000),
        state,
        tries: if kind == "unreadable" { 0 } else { 20 },
        fault: fault.map(str::to_owned),
        can_retry: state == EventState::Dead && kind != "unreadable",
    };
    let away = "Stripe is away: no answer in time";
    let unread = "It is signed by Stripe, and no event that can be read.";
    let unreadable = "sha256_9f86d081884c7d659a2feaa0c55ad015";
    let dead = vec![
        event(
            "evt_1SbTn2LkdIwHu7ix0pCnmTzo",
            "invoice.payment_failed",
            EventState::Dead,
            Some(away),
        ),
        event(unreadable, "unreadable", EventState::Dead, Some(unread)),
    ];
    let events = vec![
        event("evt_2", "customer.subscription.updated", EventState::Waiting, Some(away)),
        event("evt_3", "checkout.session.completed", EventState::Done, None),
        event("evt_4", "payout.paid", EventState::Unused, None),
        event("sha256_60303ae2", "unreadable", EventState::Dismissed, Some(unread)),
    ];
    let notice = Some(Notice::good("It is processed again within a few seconds."));
    let overview = Overview { waiting: 1, given_up: 2, dead, events };
    StripePage { now: NOW, is_configured: true, overview, notice }
}
