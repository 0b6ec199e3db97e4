//! Every endpoint there is.

use super::{Call, catalog, checkout, clocks, customers, hooks, invoices, items, payments, portal};
use super::{preview, search, subscriptions};
use crate::error::{Answer, ApiError};
use crate::state::{Row, Table};

/// Answers a call of any endpoint.
pub(crate) fn dispatch(method: &str, mut call: Call<'_>) -> Answer {
    let path = call.path;
    let pieces: Vec<&str> = path.split('/').filter(|piece| !piece.is_empty()).collect();
    match (method, pieces.get(1..).unwrap_or_default()) {
        ("GET", ["account"]) => payments::account(&call),
        ("GET", ["balance"]) => payments::balance(&call),

        ("POST", ["customers"]) => customers::create(call),
        ("GET", ["customers"]) => customers::list(&call),
        ("GET", ["customers", "search"]) => search::customers(&call),
        ("GET", ["customers", id]) => one(&call, &call.world.customers, id, "id"),
        ("POST", ["customers", id]) => customers::update(call, id),
        ("DELETE", ["customers", id]) => customers::delete(&mut call, id),
        ("GET", ["customers", id, "payment_methods"]) => payments::of_customer(&call, id),
        ("GET", ["customers", id, "payment_methods", method]) => {
            payments::one_of_customer(&call, id, method)
        }

        ("POST", ["products"]) => catalog::create_product(call),
        ("GET", ["products"]) => catalog::list_products(&call),
        ("GET", ["products", id]) => one(&call, &call.world.products, id, "id"),
        ("POST", ["products", id]) => catalog::update_product(call, id),
        ("DELETE", ["products", id]) => catalog::delete_product(call, id),
        ("POST", ["prices"]) => catalog::create_price(call),
        ("GET", ["prices"]) => catalog::list_prices(&call),
        ("GET", ["prices", id]) => one(&call, &call.world.prices, id, "price"),
        ("POST", ["prices", id]) => catalog::update_price(call, id),

        ("POST", ["checkout", "sessions"]) => checkout::create(call),
        ("GET", ["checkout", "sessions"]) => checkout::list(&call),
        ("GET", ["checkout", "sessions", id]) => one(&call, &call.world.sessions, id, "session"),
        ("POST", ["checkout", "sessions", id]) => checkout::update(call, id),
        ("POST", ["checkout", "sessions", id, "expire"]) => checkout::expire(&mut call, id),
        ("GET", ["checkout", "sessions", id, "line_items"]) => checkout::line_items(&call, id),

        ("POST", ["billing_portal", "sessions"]) => portal::create_session(call),
        ("POST", ["billing_portal", "configurations"]) => portal::create_configuration(call),
        ("GET", ["billing_portal", "configurations"]) => portal::list_configurations(&call),
        ("GET", ["billing_portal", "configurations", id]) => {
            one(&call, &call.world.portal_configurations, id, "configuration")
        }
        ("POST", ["billing_portal", "configurations", id]) => {
            portal::update_configuration(call, id)
        }

        ("POST", ["subscriptions"]) => subscriptions::create(call),
        ("GET", ["subscriptions"]) => subscriptions::list(&call),
        ("GET", ["subscriptions", id]) => one(&call, &call.world.subscriptions, id, "id"),
        ("POST", ["subscriptions", id]) => subscriptions::update(call, id),
        ("DELETE", ["subscriptions", id]) => subscriptions::cancel(call, id),
        ("POST", ["subscriptions", id, "resume"]) => subscriptions::resume(call, id),
        ("GET", ["subscription_items"]) => items::list(&call),
        ("POST", ["subscription_items"]) => items::create(call),
        ("GET", ["subscription_items", id]) => items::retrieve(&call, id),
        ("POST", ["subscription_items", id]) => items::update(call, id),
        ("DELETE", ["subscription_items", id]) => items::delete(call, id),

        ("POST", ["invoices", "create_preview"]) => preview::create(call),
        ("GET", ["invoices"]) => invoices::list(&call),
        ("GET", ["invoices", id]) => one(&call, &call.world.invoices, id, "invoice"),
        ("POST", ["invoices", id]) => invoices::update(call, id),
        ("GET", ["invoices", id, "lines"]) => invoices::lines(&call, id),
        ("POST", ["invoices", id, "finalize"]) => invoices::finalize(call, id),
        ("POST", ["invoices", id, "pay"]) => invoices::pay(call, id),
        ("POST", ["invoices", id, "void"]) => invoices::void(&mut call, id),
        ("GET", ["invoiceitems"]) => invoices::list_items(&call),
        ("GET", ["invoiceitems", id]) => one(&call, &call.world.pending, id, "invoiceitem"),
        ("GET", ["invoice_payments"]) => payments::list_invoice_payments(&call),
        ("GET", ["invoice_payments", id]) => payments::invoice_payment(&call, id),

        ("GET", ["payment_intents"]) => payments::list_intents(&call),
        ("GET", ["payment_intents", id]) => one(&call, &call.world.intents, id, "intent"),
        ("POST", ["payment_methods"]) => payments::create_method(call),
        ("GET", ["payment_methods"]) => payments::list_methods(&call),
        ("GET", ["payment_methods", id]) => one(&call, &call.world.methods, id, "payment_method"),
        ("POST", ["payment_methods", id, "attach"]) => payments::attach(call, id),
        ("POST", ["payment_methods", id, "detach"]) => payments::detach(&mut call, id),

        ("GET", ["events"]) => hooks::list_events(&call),
        ("GET", ["events", id]) => one(&call, &call.world.events, id, "id"),
        ("POST", ["webhook_endpoints"]) => hooks::create(call),
        ("GET", ["webhook_endpoints"]) => hooks::list(&call),
        ("GET", ["webhook_endpoints", id]) => {
            one(&call, &call.world.endpoints, id, "webhook_endpoint")
        }
        ("POST", ["webhook_endpoints", id]) => hooks::update(call, id),
        ("DELETE", ["webhook_endpoints", id]) => hooks::delete(&mut call, id),

        ("POST", ["test_helpers", "test_clocks"]) => clocks::create(call),
        ("GET", ["test_helpers", "test_clocks"]) => clocks::list(&call),
        ("GET", ["test_helpers", "test_clocks", id]) => {
            one(&call, &call.world.test_clocks, id, "test_clock")
        }
        ("DELETE", ["test_helpers", "test_clocks", id]) => clocks::delete(call, id),
        ("POST", ["test_helpers", "test_clocks", id, "advance"]) => clocks::advance(call, id),

        _ => Err(ApiError::no_such_url(method, path)),
    }
}

/// The thing with this id. `param` is what Stripe calls the id in the path.
fn one<T: Row>(call: &Call<'_>, rows: &Table<T>, id: &str, param: &str) -> Answer {
    call.params.finish()?;
    let row = rows.find(id).ok_or_else(|| ApiError::no_such(T::NAME, id, param))?;
    Ok(row.render(call.world))
}
