//! The page `/` for whoever plays with this fake: who is there, what happens next, and what goes wrong.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::html::{self, Markup, button, text};
use super::{knobs, see};
use crate::API_VERSION;
use crate::calendar::{day, minute, months_later};
use crate::handle::FakeStripe;
use crate::post::{DeliveryState, Parcel};
use crate::state::World;
use crate::state::catalog::money;
use crate::state::checkout::State as Stand;

/// How many events the page shows.
const SHOWN: usize = 40;

pub(super) fn router() -> Router<FakeStripe> {
    Router::new()
        .route("/", get(show))
        .route("/control/time", post(time))
        .route("/control/send", post(send))
        .route("/control/reset", post(reset))
}

async fn show(State(fake): State<FakeStripe>) -> Response {
    let page = fake.with(|world| {
        let pieces = [
            clock(world),
            customers(world),
            sessions(world),
            knobs::form(&world.knobs),
            events(world),
        ];
        html::document("Fake Stripe", "wide", &pieces)
    });
    Html(page).into_response()
}

async fn time(
    State(fake): State<FakeStripe>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    fake.with(|world| {
        let now = world.now();
        let at = match form.get("by").map(String::as_str) {
            Some("hour") => now + 3600,
            Some("week") => now + 7 * 86_400,
            Some("month") => months_later(now, 1),
            Some("year") => months_later(now, 12),
            _ => now + 86_400,
        };
        world.play_to(at);
    });
    see("/")
}

async fn send(
    State(fake): State<FakeStripe>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let event = form.get("event").cloned().unwrap_or_default();
    fake.with(|world| {
        if world.events.has(&event) {
            world.post(&event, None);
        }
    });
    see("/#events")
}

async fn reset(State(fake): State<FakeStripe>) -> Response {
    fake.reset();
    see("/")
}

fn clock(world: &World) -> Markup {
    let steps = [("hour", "1 hour"), ("day", "1 day"), ("week", "1 week"), ("month", "1 month")];
    let step = |(by, label): (&str, &str)| {
        button("/control/time", &format!("Forward {label}"), &[("by", by)])
    };
    let steps: String = steps.into_iter().map(step).collect();
    Markup(format!(
        "<h1>Control</h1><section><h2>Time</h2><p>It is {now} here. API version {API_VERSION}.</p>\
         <div class=\"row\">{steps}{reset}</div></section>",
        now = minute(world.now()),
        reset = button("/control/reset", "Forget everything", &[]),
    ))
}

fn customers(world: &World) -> Markup {
    let row = |customer: &crate::state::customer::Customer| {
        let own = world.subscriptions.iter().filter(|row| row.customer == customer.id);
        let own: String = own.map(|row| subscription(world, row)).collect();
        let name = customer.email.as_deref().or(customer.name.as_deref()).unwrap_or("–");
        let gone = if customer.is_deleted { " (deleted)" } else { "" };
        format!(
            "<tr><td>{}{gone}<br><code class=\"dim\">{}</code></td><td>{own}</td></tr>",
            text(name),
            text(&customer.id)
        )
    };
    let rows: String = world.customers.iter().rev().map(row).collect();
    Markup(format!(
        "<section><h2>Customers</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Customer</th>\
         <th scope=\"col\">Subscriptions and invoices</th></tr></thead><tbody>{rows}</tbody></table></div></section>"
    ))
}

fn subscription(world: &World, row: &crate::state::subscription::Subscription) -> String {
    let item = &row.items[0];
    let price = world.prices.get(&item.price);
    let name = &world.products.get(&price.product).name;
    let end = row.ends_at().map_or_else(
        || format!("renews {}", day(row.period_end)),
        |at| format!("ends {}", day(at)),
    );
    let invoices = world.invoices.iter().filter(|invoice| invoice.subscription == row.id);
    let invoice = |invoice: &crate::state::invoice::Invoice| {
        format!(
            " <a href=\"/invoice/{}\">{} {}</a>",
            text(&invoice.id),
            money(invoice.amount_due(), &invoice.currency),
            invoice.state.name()
        )
    };
    let invoices: String = invoices.map(invoice).collect();
    format!(
        "<p><strong>{status}</strong> {quantity} × {name}, {end}<br><code class=\"dim\">{id}</code><br>{invoices}</p>",
        status = row.status.name(),
        quantity = item.quantity,
        name = text(name),
        id = text(&row.id),
    )
}

fn sessions(world: &World) -> Markup {
    let open = world.sessions.iter().filter(|row| row.state == Stand::Open);
    let link = |row: &crate::state::checkout::Session| {
        format!("<li><a href=\"/checkout/{id}\"><code>{id}</code></a></li>", id = text(&row.id))
    };
    let links: String = open.map(link).collect();
    let links = if links.is_empty() { "<li>None.</li>".to_owned() } else { links };
    Markup(format!("<section><h2>Open Checkout sessions</h2><ul>{links}</ul></section>"))
}

fn events(world: &World) -> Markup {
    let row = |event: &crate::state::hooks::Event| {
        let sent = world.post.parcels().filter(|parcel| parcel.event == event.id).map(delivery);
        let sent = sent.collect::<Vec<_>>().join("<br>");
        let again = button("/control/send", "Send again", &[("event", &event.id)]);
        format!(
            "<tr><td>{}</td><td>{}<br><code class=\"dim\">{}</code></td><td>{sent}</td><td>{again}</td></tr>",
            minute(event.created),
            event.kind,
            text(&event.id),
        )
    };
    let rows: String = world.events.iter().rev().take(SHOWN).map(row).collect();
    Markup(format!(
        "<section id=\"events\"><h2>Events</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">When</th>\
         <th scope=\"col\">What</th><th scope=\"col\">Webhook</th><th scope=\"col\">Again</th></tr></thead>\
         <tbody>{rows}</tbody></table></div></section>"
    ))
}

fn delivery(parcel: &Parcel) -> String {
    let (class, word) = match parcel.state {
        DeliveryState::Waiting => ("dim", "waiting"),
        DeliveryState::Sending => ("dim", "on its way"),
        DeliveryState::Delivered => ("good", "delivered"),
        DeliveryState::Taken => ("dim", "taken by a test"),
        DeliveryState::Failed => ("bad", "given up"),
        DeliveryState::Dropped => ("warn", "lost on purpose"),
    };
    let last = parcel.last.as_deref().map_or_else(String::new, |last| format!(" ({})", text(last)));
    format!("<span class=\"{class}\">{word}</span>{last}")
}
