//! The Checkout page: what is bought, how many, with which card.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::html::{self, Markup, text};
use super::{cards, not_found, refused, see};
use crate::error::{Answer, ApiError};
use crate::handle::FakeStripe;
use crate::state::World;
use crate::state::catalog::money;
use crate::state::checkout::State as Stand;
use crate::state::checkout::{LineItem, Session};
use crate::state::payment::Card;

pub(super) fn router() -> Router<FakeStripe> {
    Router::new().route("/checkout/{id}", get(show).post(pay))
}

async fn show(State(fake): State<FakeStripe>, Path(id): Path<String>) -> Response {
    let page = fake.with(|world| world.sessions.find(&id).map(|session| page(world, session)));
    page.map_or_else(|| not_found("Checkout session"), |page| Html(page).into_response())
}

async fn pay(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let here = format!("/checkout/{id}");
    let result = fake.with(|world| {
        if !world.sessions.has(&id) {
            return Err(ApiError::no_such("checkout.session", &id, "session"));
        }
        take_quantities(world, &id, &form)?;
        if form.contains_key("update") {
            return Ok(None);
        }
        let card = form.get("card").and_then(|name| Card::parse(name)).unwrap_or(Card::Works);
        world.complete_checkout(&id, Some(card))?;
        let session = world.sessions.get(&id);
        Ok(Some(session.success_url.replace("{CHECKOUT_SESSION_ID}", &id)))
    });
    match result {
        Ok(Some(success)) => see(&success),
        Ok(None) => see(&here),
        // The page says so itself.
        Err(error) if error.is_declined() => see(&here),
        Err(error) => refused(&error, &here),
    }
}

/// Sets what the customer chose, within what may be chosen.
fn take_quantities(world: &mut World, id: &str, form: &HashMap<String, String>) -> Answer<()> {
    let is_open = world.sessions.get(id).state == Stand::Open;
    let session = world.sessions.get_mut(id);
    for item in session.line_items.iter_mut().filter(|_| is_open) {
        let Some(range) = item.adjustable else { continue };
        let Some(wanted) = form.get(&format!("quantity-{}", item.id)) else { continue };
        let quantity: i64 =
            wanted.parse().map_err(|_| ApiError::invalid(format!("Not a number: {wanted}")))?;
        if !(range.minimum.max(1)..=range.maximum).contains(&quantity) {
            let message = format!(
                "The quantity must be between {} and {}.",
                range.minimum.max(1),
                range.maximum
            );
            return Err(ApiError::invalid(message));
        }
        item.quantity = quantity;
    }
    Ok(())
}

fn page(world: &World, session: &Session) -> String {
    let body = match session.state {
        Stand::Open => open(world, session),
        Stand::Complete => over(session, "Paid", "This is paid already."),
        Stand::Expired => over(session, "Expired", "This Checkout session has expired."),
    };
    html::document("Checkout", "", &[body])
}

fn over(session: &Session, title: &str, sentence: &str) -> Markup {
    let back = session
        .cancel_url
        .as_ref()
        .map_or_else(String::new, |url| format!("<p><a href=\"{}\">Back</a></p>", text(url)));
    Markup(format!("<h1>{title}</h1><section><p>{sentence}</p>{back}</section>"))
}

fn open(world: &World, session: &Session) -> Markup {
    let items: String = session.line_items.iter().map(|item| row(world, session, item)).collect();
    let due = money(session.due_now(world), &session.currency);
    let later = session.has_trial().then(|| {
        let days =
            session.data.trial_days.map_or_else(String::new, |days| format!(" of {days} days"));
        let amount = money(session.total(world), &session.currency);
        format!("<p>Nothing is due today. After the trial{days}: {amount}.</p>")
    });
    let customer = session.customer.as_deref().and_then(|id| world.customers.find(id));
    let email = customer.and_then(|row| row.email.as_ref()).or(session.customer_email.as_ref());
    let email =
        email.map_or_else(String::new, |email| format!("<p class=\"dim\">For {}</p>", text(email)));
    let declined = match session.refused {
        None => "",
        Some(Card::LeavesIncomplete) => {
            "<p class=\"notice bad\" role=\"alert\">Your payment was not confirmed. Try again or use another card.</p>"
        }
        Some(_) => {
            "<p class=\"notice bad\" role=\"alert\">Your card was declined. Try another one.</p>"
        }
    };
    let update = if session.line_items.iter().any(|item| item.adjustable.is_some()) {
        "<p><button name=\"update\" value=\"1\">Update the total</button></p>"
    } else {
        ""
    };
    let back = session
        .cancel_url
        .as_ref()
        .map_or_else(String::new, |url| format!("<p><a href=\"{}\">Back</a></p>", text(url)));
    let label = if session.has_trial() { "Start trial" } else { "Pay" };
    Markup(format!(
        "<h1>Subscribe</h1>{declined}<form method=\"post\" action=\"/checkout/{id}\"><section><h2>Order</h2>{email}\
         <div class=\"scroll\"><table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Quantity</th>\
         <th scope=\"col\" class=\"num\">Amount</th></tr></thead><tbody>{items}</tbody></table></div>{update}\
         <p>Due today</p><p class=\"amount\" data-testid=\"total\">{due}</p>{later}</section>\
         <section>{cards}<button class=\"main wide\">{label}</button></section></form>{back}",
        id = text(&session.id),
        later = later.unwrap_or_default(),
        cards = cards(Card::Works),
    ))
}

fn row(world: &World, session: &Session, item: &LineItem) -> String {
    let price = world.prices.get(&item.price);
    let name = text(&world.products.get(&price.product).name);
    let quantity = match item.adjustable {
        None => item.quantity.to_string(),
        Some(range) => format!(
            "<input type=\"number\" name=\"quantity-{id}\" aria-label=\"Quantity of {name}\" value=\"{value}\" \
             min=\"{min}\" max=\"{max}\" required>",
            id = text(&item.id),
            value = item.quantity,
            min = range.minimum.max(1),
            max = range.maximum,
        ),
    };
    let amount = money(price.unit_amount * item.quantity, &session.currency);
    format!(
        "<tr><td>{name}<br><span class=\"dim\">{label}</span></td><td>{quantity}</td>\
         <td class=\"num\">{amount}</td></tr>",
        label = text(&price.label()),
    )
}
