//! The Customer Portal: plan, quantity, cancellation, card, invoices.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::html::{self, Markup, button, text};
use super::{cards, not_found, refused, see};
use crate::billing::change::{Change, ItemChange, Proration};
use crate::calendar::day;
use crate::error::{Answer, ApiError};
use crate::handle::FakeStripe;
use crate::state::World;
use crate::state::catalog::money;
use crate::state::invoice::Invoice;
use crate::state::payment::Card;
use crate::state::portal::{Configuration, Visit};
use crate::state::subscription::{Status, Subscription};

pub(super) fn router() -> Router<FakeStripe> {
    Router::new()
        .route("/portal/{id}", get(show))
        .route("/portal/{id}/card", post(card))
        .route("/portal/{id}/subscriptions/{subscription}", post(act))
}

async fn show(State(fake): State<FakeStripe>, Path(id): Path<String>) -> Response {
    let page = fake.with(|world| world.portal_sessions.find(&id).map(|visit| page(world, visit)));
    page.map_or_else(|| not_found("visit to the portal"), |page| Html(page).into_response())
}

async fn card(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let here = format!("/portal/{id}");
    let done = fake.with(|world| {
        let (visit, allowed) = visit(world, &id)?;
        let card = form.get("card").and_then(|name| Card::parse(name));
        let card = card.filter(|_| allowed.can_change_card);
        let card = card.ok_or_else(|| ApiError::invalid("The card cannot be changed here."))?;
        world.give_card(&visit.customer, card);
        Ok::<_, ApiError>(())
    });
    done.map_or_else(|error| refused(&error, &here), |()| see(&here))
}

fn visit(world: &World, id: &str) -> Answer<(Visit, Configuration)> {
    let visit = world.portal_sessions.find(id);
    let visit = visit.ok_or_else(|| ApiError::no_such("portal session", id, "session"))?;
    Ok((visit.clone(), world.portal_configurations.get(&visit.configuration).clone()))
}

async fn act(
    State(fake): State<FakeStripe>,
    Path((id, subscription)): Path<(String, String)>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let here = format!("/portal/{id}");
    let done = fake.with(|world| do_act(world, &id, &subscription, &form));
    done.map_or_else(|error| refused(&error, &here), |()| see(&here))
}

fn do_act(
    world: &mut World,
    id: &str,
    subscription: &str,
    form: &HashMap<String, String>,
) -> Answer<()> {
    let (visit, allowed) = visit(world, id)?;
    let own = world.subscriptions.find(subscription).filter(|row| row.customer == visit.customer);
    let row = own.ok_or_else(|| ApiError::no_such("subscription", subscription, "id"))?;
    let item = row.items[0].id.clone();
    let not_here = || ApiError::invalid("This cannot be done here.");
    let wish = form.get("act").map(String::as_str).unwrap_or_default();
    let change = ItemChange { id: Some(item), ..ItemChange::default() };
    match wish {
        "cancel" if allowed.can_cancel => {
            world.cancel_from_page(subscription, !allowed.cancels_now)
        }
        "uncancel" if allowed.can_cancel => world.change(subscription, &Change::uncancel()),
        "resume" => world.resume(subscription, false),
        "quantity" if allowed.can_change_quantity => {
            let wanted = form.get("quantity").and_then(|text| text.parse().ok());
            let wanted = wanted.filter(|quantity| *quantity > 0);
            let quantity = wanted.ok_or_else(|| ApiError::invalid("How many? 1 or more."))?;
            let item = ItemChange { quantity: Some(quantity), ..change };
            world.change(subscription, &prorated(&allowed, item))
        }
        "price" if allowed.can_change_price => {
            let price = form.get("price").cloned().ok_or_else(not_here)?;
            let item = ItemChange { price: Some(price), ..change };
            world.change(subscription, &prorated(&allowed, item))
        }
        _ => Err(not_here()),
    }
}

fn prorated(allowed: &Configuration, item: ItemChange) -> Change {
    let proration = match allowed.proration.as_str() {
        "always_invoice" => Proration::Invoice,
        "none" => Proration::Nothing,
        _ => Proration::Create,
    };
    Change { items: vec![item], proration, ..Change::default() }
}

fn page(world: &World, visit: &Visit) -> String {
    let allowed = world.portal_configurations.get(&visit.configuration);
    let own = world.subscriptions.iter().rev().filter(|row| row.customer == visit.customer);
    let subscriptions: String = own.map(|row| subscription(world, visit, allowed, row)).collect();
    let subscriptions = if subscriptions.is_empty() {
        "<section><p>There is no subscription.</p></section>".to_owned()
    } else {
        subscriptions
    };
    let back = visit
        .return_url
        .as_ref()
        .map_or_else(String::new, |url| format!("<p><a href=\"{}\">Return</a></p>", text(url)));
    let headline = allowed.headline.as_deref().unwrap_or("Billing");
    let body = Markup(format!(
        "{back}<h1>{}</h1>{subscriptions}{}{}",
        text(headline),
        card_section(world, visit, allowed),
        invoices(world, visit, allowed),
    ));
    html::document("Billing", "", &[body])
}

fn subscription(
    world: &World,
    visit: &Visit,
    allowed: &Configuration,
    row: &Subscription,
) -> String {
    let item = &row.items[0];
    let price = world.prices.get(&item.price);
    let name = &world.products.get(&price.product).name;
    let until = match (row.status.is_over(), row.ends_at()) {
        (true, _) => String::new(),
        (false, Some(at)) => format!("<p class=\"notice warn\">Ends on {}.</p>", day(at)),
        (false, None) => format!("<p>Renews on {}.</p>", day(row.period_end)),
    };
    // What has not begun can be paid, but not changed.
    let is_fixed = row.status.is_over() || row.status == Status::Incomplete;
    let acts = if is_fixed { String::new() } else { acts(world, visit, allowed, row) };
    format!(
        "<section><h2>{name}</h2><dl><dt>Status</dt><dd>{status}</dd><dt>Quantity</dt><dd>{quantity}</dd>\
         <dt>Price</dt><dd>{label}</dd></dl>{until}{acts}</section>",
        name = text(name),
        status = row.status.name(),
        quantity = item.quantity,
        label = text(&price.label()),
    )
}

fn acts(world: &World, visit: &Visit, allowed: &Configuration, row: &Subscription) -> String {
    let action = format!("/portal/{}/subscriptions/{}", visit.id, row.id);
    let item = &row.items[0];
    let mut forms = Vec::new();
    if allowed.can_change_quantity {
        forms.push(format!(
            "<form method=\"post\" action=\"{action}\" class=\"row\"><input type=\"hidden\" name=\"act\" \
             value=\"quantity\"><label class=\"field\"><span>Quantity</span><input type=\"number\" name=\"quantity\" \
             min=\"1\" value=\"{}\" required></label><button>Change quantity</button></form>",
            item.quantity
        ));
    }
    if allowed.can_change_price {
        forms.push(format!(
            "<form method=\"post\" action=\"{action}\" class=\"row\"><input type=\"hidden\" name=\"act\" \
             value=\"price\"><label class=\"field\"><span>Plan</span><select name=\"price\">{}</select></label>\
             <button>Change plan</button></form>",
            prices(world, &item.price)
        ));
    }
    if row.status == Status::Paused {
        forms.push(button(&action, "Resume", &[("act", "resume")]));
    } else if row.ends_at().is_some() && allowed.can_cancel {
        forms.push(button(&action, "Don't cancel", &[("act", "uncancel")]));
    } else if allowed.can_cancel {
        forms.push(button(&action, "Cancel subscription", &[("act", "cancel")]));
    }
    let forms = forms.concat();
    format!("<div class=\"row\">{forms}</div>")
}

fn prices(world: &World, current: &str) -> String {
    let recurring = world.prices.iter().filter(|price| price.is_active && price.interval.is_some());
    let option = |price: &crate::state::catalog::Price| {
        let selected = if price.id == current { " selected" } else { "" };
        let name = &world.products.get(&price.product).name;
        format!(
            "<option value=\"{}\"{selected}>{} – {}</option>",
            text(&price.id),
            text(name),
            text(&price.label())
        )
    };
    recurring.map(option).collect()
}

fn card_section(world: &World, visit: &Visit, allowed: &Configuration) -> String {
    let method = world.customers.get(&visit.customer).default_method.as_deref();
    let mut own = world.subscriptions.iter().rev().filter(|row| row.customer == visit.customer);
    let method = method.or_else(|| own.find_map(|row| row.default_method.as_deref()));
    let card = method.and_then(|id| world.methods.find(id)).map(|method| method.card);
    let current = card.map_or_else(
        || "<p>No card is known.</p>".to_owned(),
        |card| format!("<p>Visa ending in {}</p>", card.last4()),
    );
    if !allowed.can_change_card {
        return format!("<section><h2>Payment method</h2>{current}</section>");
    }
    format!(
        "<section><h2>Payment method</h2>{current}<details><summary>Change card</summary>\
         <form method=\"post\" action=\"/portal/{}/card\">{}<button class=\"main\">Use this card</button></form>\
         </details></section>",
        visit.id,
        cards(card.unwrap_or(Card::Works)),
    )
}

fn invoices(world: &World, visit: &Visit, allowed: &Configuration) -> String {
    if !allowed.shows_invoices {
        return String::new();
    }
    let own = world.invoices.iter().rev().filter(|row| row.customer == visit.customer);
    let row = |invoice: &Invoice| {
        let number = invoice.number.as_deref().unwrap_or("Draft");
        let act = if invoice.is_open() { "View and pay" } else { "View" };
        format!(
            "<tr><td>{date}</td><td>{number}</td><td>{status}</td><td class=\"num\">{amount}</td>\
             <td><a href=\"/invoice/{id}\" aria-label=\"{act} invoice {number}\">{act}</a></td></tr>",
            date = day(invoice.created),
            number = text(number),
            status = invoice.state.name(),
            amount = money(invoice.amount_due(), &invoice.currency),
            id = text(&invoice.id),
        )
    };
    let rows: String = own.map(row).collect();
    format!(
        "<section><h2>Invoices</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Date</th>\
         <th scope=\"col\">Number</th><th scope=\"col\">Status</th><th scope=\"col\" class=\"num\">Amount</th>\
         <th scope=\"col\">Page</th></tr></thead><tbody>{rows}</tbody></table></div></section>"
    )
}
