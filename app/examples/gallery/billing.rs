//! The plan's page, in the states that a workspace goes through, and Stripe's messages.

use ::billing::{
    Charge, Event, EventState, Offer, Overview, Preview, Problem, Standing, Status, Subscription,
};
use app::{
    billing::{self as pages, Act, BillingForm, BillingPage, Refused, Said, Shop, Silent},
    chrome::{Chrome, LatePayment},
    instance::{self, StripePage},
    overview::{self, OverviewPage},
    ui::{form::Form, notice::Notice},
};
use model::{UnixMs, wire::team::Seats};

use crate::{data::NOW, pages::chrome};

const DAY_MS: i64 = 24 * 60 * 60_000;

pub fn all() -> Vec<(&'static str, String)> {
    let all = [free_states(), bought_states(), unpaid_states(), odd_states(), refused_states()];
    let each = all.into_iter().flatten().flat_map(|(name, page)| {
        let look_only = BillingPage { can_manage: false, can_read_team: false, ..page.clone() };
        [(name, page), (look_only_name(name), look_only)]
    });
    let shown = each.map(|(name, page)| (name, pages::page(&chrome(), page)));
    let banner = |late| {
        let page = OverviewPage {
            now: NOW,
            sources: Vec::new(),
            can_manage: true,
            offered_by: None,
            notice: None,
        };
        overview::page(&Chrome { late: Some(late), ..chrome() }, page)
    };
    shown
        .chain([
            ("overview-late", banner(LatePayment::Until(NOW.plus_ms(14 * DAY_MS)))),
            ("overview-too-late", banner(LatePayment::Over)),
            ("stripe-messages", instance::page(&chrome(), messages())),
        ])
        .collect()
}

/// A page of the gallery has a name for its file; each state is there a second time for who may only look.
fn look_only_name(name: &str) -> &'static str {
    Box::leak(format!("{name}-look-only").into_boxed_str())
}

type States = Vec<(&'static str, BillingPage)>;

fn off() -> BillingPage {
    BillingPage {
        slug: "acme".to_owned(),
        seats: Seats { used: 3, limit: None, pending: 0 },
        can_manage: true,
        can_read_team: true,
        is_instance_owner: true,
        webhook_url: "https://tiny.example.com/api/stripe/webhook".to_owned(),
        shop: None,
        said: None,
        refused: None,
    }
}

fn with(shop: Shop) -> BillingPage {
    BillingPage {
        seats: Seats { used: 5, limit: Some(5), pending: 1 },
        is_instance_owner: false,
        shop: Some(shop),
        ..off()
    }
}

/// The seats of the free plan are what counts.
fn without_seats(shop: Shop) -> BillingPage {
    let standing = Standing { plan: "Free".to_owned(), price: None, ..shop.standing };
    let shop = Shop { standing, next: Ok(None), ..shop };
    BillingPage { seats: Seats { used: 5, limit: Some(3), pending: 0 }, ..with(shop) }
}

const fn said(notice: Notice, act: Option<Act>) -> Said {
    Said { notice, act }
}

fn free() -> BillingPage {
    let seats = Seats { used: 3, limit: Some(3), pending: 1 };
    let mut shop = shop(None, Vec::new());
    shop.standing.has_customer = false;
    BillingPage { seats, ..with(shop) }
}

fn free_states() -> States {
    let soon = Notice::warn("Stripe could not be asked at this moment. Ask again in a moment.");
    // Its message was lost: Stripe knows the workspace, and here is no row.
    let lost = BillingPage {
        said: Some(said(soon, Some(Act::AskStripe))),
        ..with(shop(None, Vec::new()))
    };
    let flat_only = Shop {
        offers: vec![offer("Company", "price_company", false, 100, 49_000)],
        ..shop(None, Vec::new())
    };
    vec![
        ("billing-off-for-others", BillingPage { is_instance_owner: false, ..off() }),
        ("billing-off", off()),
        ("billing-free", free()),
        ("billing-free-flat-only", with(flat_only)),
        ("billing-lost", lost),
    ]
}

fn bought_states() -> States {
    let preview = Preview {
        seats: 8,
        due_now: 810,
        then: Some(7_200),
        currency: "eur".to_owned(),
        period_end: Some(NOW.plus_ms(9 * DAY_MS)),
        at: NOW,
    };
    let priced = Shop { preview: Some(preview), ..shop(Some(bought(Status::Active)), Vec::new()) };
    let ending =
        Subscription { cancels_at: Some(NOW.plus_ms(9 * DAY_MS)), ..bought(Status::Active) };
    let flat = Subscription {
        price: "price_company".to_owned(),
        quantity: 1,
        unit_amount: Some(49_000),
        ..bought(Status::Active)
    };
    let mut alone = shop(Some(bought(Status::Active)), Vec::new());
    alone.offers.truncate(1);
    let paid = BillingPage {
        said: Some(said(Notice::good("Paid. The seats are yours."), Some(Act::Team))),
        ..with(alone)
    };
    vec![
        ("billing-active", paid),
        ("billing-preview", with(priced)),
        ("billing-ending", with(shop(Some(ending), Vec::new()))),
        ("billing-flat", with(shop(Some(flat), Vec::new()))),
        ("billing-trial", with(shop(Some(bought(Status::Trialing)), Vec::new()))),
    ]
}

fn unpaid(status: Status) -> Subscription {
    Subscription {
        past_due_since: Some(NOW),
        invoice_url: Some("https://invoice.stripe.com/i/1".to_owned()),
        ..bought(status)
    }
}

fn unpaid_states() -> States {
    let late =
        || shop(Some(unpaid(Status::PastDue)), vec![Problem::PastDue(NOW.plus_ms(14 * DAY_MS))]);
    let silent = Shop { next: Err(Silent::Away), charges: Err(Silent::Away), ..late() };
    let refused = Shop { next: Err(Silent::Refused), charges: Err(Silent::Refused), ..late() };
    let of = |status, problem| without_seats(shop(Some(unpaid(status)), vec![problem]));
    let waits = Notice::warn("Stripe has your order, and the payment is not through yet.");
    vec![
        ("billing-late", with(late())),
        ("billing-silent", with(silent)),
        ("billing-stripe-refuses", with(refused.clone())),
        ("billing-stripe-refuses-owner", BillingPage { is_instance_owner: true, ..with(refused) }),
        ("billing-grace-over", of(Status::PastDue, Problem::GraceOver)),
        (
            "billing-incomplete",
            BillingPage {
                said: Some(said(waits, None)),
                ..of(Status::Incomplete, Problem::Incomplete)
            },
        ),
        ("billing-unpaid", of(Status::Unpaid, Problem::Unpaid)),
        ("billing-paused", of(Status::Paused, Problem::Paused)),
    ]
}

fn odd_states() -> States {
    let pending = Subscription {
        is_update_pending: true,
        invoice_url: Some("https://invoice.stripe.com/i/1".to_owned()),
        ..bought(Status::Active)
    };
    let several = Subscription { others: 2, ..bought(Status::Active) };
    let earlier = Subscription { price: "price_old".to_owned(), ..bought(Status::Active) };
    let mut earlier = shop(Some(earlier), vec![Problem::UnknownPrice]);
    earlier.standing = Standing {
        plan: "price_old".to_owned(),
        price: Some("price_old".to_owned()),
        ..earlier.standing
    };
    vec![
        ("billing-update-pending", with(shop(Some(pending), vec![Problem::UpdatePending]))),
        ("billing-several", with(shop(Some(several), vec![Problem::SeveralSubscriptions(2)]))),
        ("billing-earlier-price", with(earlier)),
    ]
}

fn refused_states() -> States {
    let refused = |which, form, act, page| BillingPage {
        refused: Some(Refused { which, form, act }),
        ..page
    };
    let active = || with(shop(Some(bought(Status::Active)), Vec::new()));
    let number = Form::sent([("quantity".to_owned(), "0".to_owned())])
        .with_error("quantity", "Type a whole number of seats.");
    let plan = Form::sent([
        ("priceId".to_owned(), "price_<test>".to_owned()),
        ("quantity".to_owned(), "5".to_owned()),
    ])
    .with_error("priceId", "This plan is not sold here any more. Choose another.");
    let old = Form::sent([("quantity".to_owned(), "8".to_owned())]).with_error(
        "quantity",
        "The price that was shown is too old. See once more what it costs.",
    );
    let unpaid = Form::default().with_problem(
        "The payment is not through, so nothing has changed yet.",
        "Pay the open invoice or choose another card.",
    );
    let away = Form::default()
        .with_problem("Stripe does not answer at this moment.", "Try again in a moment.")
        .with_door("Stripe's status", "https://status.stripe.com");
    vec![
        ("billing-refused", refused(BillingForm::Buy, number.clone(), None, free())),
        ("billing-plan-refused", refused(BillingForm::Buy, plan.clone(), None, free())),
        // Somebody else has bought one meanwhile: the form is not there any more.
        ("billing-hidden-refused", refused(BillingForm::Buy, plan, None, active())),
        ("billing-old-refused", refused(BillingForm::Seats, old, None, active())),
        (
            "billing-payment-refused",
            refused(BillingForm::Seats, unpaid, Some(Act::Portal), active()),
        ),
        ("billing-away-refused", refused(BillingForm::Plain, away, Some(Act::AskStripe), active())),
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
            has_customer: true,
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
        period_start: Some(NOW.plus_ms(-21 * DAY_MS)),
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
