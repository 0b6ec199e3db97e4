//! The page of an invoice, where it can be paid.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::html::{self, Markup, text};
use super::{cards, not_found, refused, see};
use crate::calendar::day;
use crate::handle::FakeStripe;
use crate::state::World;
use crate::state::catalog::money;
use crate::state::invoice::{Invoice, Line};
use crate::state::payment::Card;

pub(super) fn router() -> Router<FakeStripe> {
    Router::new().route("/invoice/{id}", get(show).post(pay)).route("/invoice/{id}/pdf", get(show))
}

async fn show(State(fake): State<FakeStripe>, Path(id): Path<String>) -> Response {
    let page = fake.with(|world| world.invoices.find(&id).map(|invoice| page(world, invoice)));
    page.map_or_else(|| not_found("invoice"), |page| Html(page).into_response())
}

async fn pay(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let here = format!("/invoice/{id}");
    let card = form.get("card").and_then(|name| Card::parse(name));
    match fake.with(|world| world.pay_on_page(&id, card)) {
        Ok(()) => see(&here),
        Err(error) => refused(&error, &here),
    }
}

fn line(invoice: &Invoice, line: &Line) -> String {
    format!(
        "<tr><td>{}<br><span class=\"dim\">{} – {}</span></td><td class=\"num\">{}</td></tr>",
        text(&line.description),
        day(line.period_start),
        day(line.period_end),
        money(line.amount, &invoice.currency),
    )
}

fn page(world: &World, invoice: &Invoice) -> String {
    let lines: String = invoice.lines.iter().map(|one| line(invoice, one)).collect();
    let number = invoice.number.as_deref().unwrap_or("Draft");
    let email = world.customers.get(&invoice.customer).email.clone().unwrap_or_default();
    let pay = if invoice.is_open() {
        format!(
            "<section><form method=\"post\" action=\"/invoice/{}\">{}<button class=\"main wide\">Pay {}</button>\
             </form></section>",
            text(&invoice.id),
            cards(Card::Works),
            money(invoice.amount_remaining(), &invoice.currency),
        )
    } else {
        String::new()
    };
    let credit = invoice.amount_due() - invoice.total();
    let credit = if credit == 0 {
        String::new()
    } else {
        let amount = money(credit, &invoice.currency);
        format!("<tr><td>Customer's balance</td><td class=\"num\">{amount}</td></tr>")
    };
    let body = Markup(format!(
        "<h1>Invoice {number}</h1><section><dl><dt>Status</dt><dd>{status}</dd><dt>For</dt><dd>{email}</dd>\
         <dt>Date</dt><dd>{date}</dd></dl><div class=\"scroll\"><table><thead><tr><th scope=\"col\">What</th>\
         <th scope=\"col\" class=\"num\">Amount</th></tr></thead><tbody>{lines}{credit}</tbody></table></div>\
         <p>Amount due</p><p class=\"amount\">{due}</p></section>{pay}",
        number = text(number),
        status = invoice.state.name(),
        email = text(&email),
        date = day(invoice.created),
        due = money(invoice.amount_due(), &invoice.currency),
    ));
    html::document(&format!("Invoice {number}"), "", &[body])
}
