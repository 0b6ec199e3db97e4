//! Payment methods, payment intents, the payments of invoices, and the account they come in to.

use serde_json::{Value, json};

use super::customers::usable;
use super::list::{Created, Paging, customer, customer_of_path, known_customer, newest_first};
use super::{Call, Patch};
use crate::error::{Answer, ApiError};
use crate::state::payment::{Card, Intent, IntentState, Method};
use crate::state::{Row, World};

pub(crate) fn account(call: &Call<'_>) -> Answer {
    call.params.finish()?;
    Ok(json!({
        "id": "acct_fake",
        "object": "account",
        "business_profile": { "name": "Fake Stripe", "url": null },
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": "owner@example.com",
        "payouts_enabled": true,
        "type": "standard",
    }))
}

pub(crate) fn balance(call: &Call<'_>) -> Answer {
    call.params.finish()?;
    let is_in = |row: &&Intent| matches!(row.state, IntentState::Succeeded { .. });
    let amount: i64 = call.world.intents.iter().filter(is_in).map(|row| row.amount).sum();
    let sum = |amount: i64| json!([{ "amount": amount, "currency": "usd", "source_types": { "card": amount } }]);
    Ok(json!({
        "object": "balance",
        "available": sum(amount),
        "livemode": false,
        "pending": sum(0),
    }))
}

pub(crate) fn list_intents(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let customer = call.params.filled("customer")?;
    call.params.finish()?;
    known_customer(call.world, customer.as_deref())?;
    let is_wanted = |row: &Intent| {
        created.has(row.created) && customer.as_ref().is_none_or(|id| row.customer == *id)
    };
    paging.rows(call, &newest_first(call.world.intents.iter(), is_wanted))
}

pub(crate) fn list_invoice_payments(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let invoice = call.params.filled("invoice")?;
    let status = call.params.choice("status", &["canceled", "open", "paid"])?;
    let payment = call.params.group("payment")?;
    let intent = match payment {
        Some(payment) => {
            payment.choice("type", &["payment_intent"])?;
            payment.filled("payment_intent")?
        }
        None => None,
    };
    call.params.finish()?;
    let rows = newest_first(call.world.intents.iter(), |row| {
        invoice.as_ref().is_none_or(|id| row.invoice == *id)
            && intent.as_ref().is_none_or(|id| row.id == *id)
    });
    let values: Vec<Value> = rows.into_iter().map(Intent::invoice_payment).collect();
    let is_wanted = |value: &&Value| status.is_none_or(|status| value["status"] == status);
    let values: Vec<Value> = values.iter().filter(is_wanted).cloned().collect();
    paging.values(call, "invoice payment", &values)
}

pub(crate) fn invoice_payment(call: &Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    let payment = id.starts_with("inpay_").then(|| call.world.render(id)).flatten();
    payment.ok_or_else(|| ApiError::no_such("invoice payment", id, "invoice_payment"))
}

pub(crate) fn create_method(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    params.choice("type", &["card"])?.ok_or_else(|| ApiError::missing("type"))?;
    params.ignore(&["allow_redisplay", "billing_details"]);
    let metadata = Patch::fresh(params.metadata()?);
    let card = params.group("card")?.ok_or_else(|| ApiError::missing("card"))?;
    card.ignore(&["exp_month", "exp_year", "cvc", "networks"]);
    let (token, number) = (card.filled("token")?, card.filled("number")?);
    params.finish()?;
    let known = match (token.as_deref(), number) {
        (Some("tok_visa"), _) => Some(Card::Works),
        (Some("tok_chargeDeclined" | "tok_visa_chargeDeclined"), _) => Some(Card::Declined),
        (Some("tok_chargeCustomerFail"), _) => Some(Card::FailsAtRenewal),
        (Some("tok_authenticationRequired"), _) => Some(Card::LeavesIncomplete),
        (_, Some(number)) => Card::ALL.into_iter().find(|card| card.number() == number),
        _ => None,
    };
    let numbers = Card::ALL.map(Card::number).join(", ");
    let message = format!("Only these of Stripe's test cards are played here: {numbers}.");
    let error = || ApiError::invalid(message).code("parameter_missing").param("card");
    let id = world.create_card(known.ok_or_else(error)?);
    world.methods.get_mut(&id).metadata = metadata;
    Ok(world.methods.get(&id).render(world))
}

pub(crate) fn list_methods(call: &Call<'_>) -> Answer {
    let customer = call.params.filled("customer")?;
    methods(call, customer.as_deref())
}

pub(crate) fn of_customer(call: &Call<'_>, id: &str) -> Answer {
    customer_of_path(call.world, id, "customer")?;
    methods(call, Some(id))
}

fn methods(call: &Call<'_>, customer: Option<&str>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let kind = call.params.filled("type")?;
    call.params.ignore(&["allow_redisplay"]);
    call.params.finish()?;
    known_customer(call.world, customer)?;
    let is_card = kind.is_none_or(|kind| kind == "card");
    // Without a customer Stripe lists none.
    let is_wanted =
        |row: &Method| is_card && customer.is_some() && row.customer.as_deref() == customer;
    paging.rows(call, &newest_first(call.world.methods.iter(), is_wanted))
}

pub(crate) fn one_of_customer(call: &Call<'_>, id: &str, method: &str) -> Answer {
    call.params.finish()?;
    customer_of_path(call.world, id, "customer")?;
    let row = call.world.methods.find(method).filter(|row| row.customer.as_deref() == Some(id));
    let row = row.ok_or_else(|| ApiError::no_such(Method::NAME, method, "payment_method"))?;
    Ok(row.render(call.world))
}

pub(crate) fn attach(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let owner = params.needed("customer")?;
    params.finish()?;
    customer(world, &owner)?;
    if let Some(current) = world.methods.find(id).and_then(|row| row.customer.as_ref()) {
        if *current == owner {
            return Ok(world.methods.get(id).render(world));
        }
        let message = "The payment method you provided has already been attached to a customer.";
        return Err(ApiError::invalid(message).code("payment_method_unexpected_state"));
    }
    let method = usable(world, id, None, "payment_method")?;
    world.attach(&method, &owner);
    Ok(world.methods.get(&method).render(world))
}

pub(crate) fn detach(call: &mut Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    let world: &mut World = call.world;
    let row = world.methods.find(id);
    let row = row.ok_or_else(|| ApiError::no_such(Method::NAME, id, "payment_method"))?;
    if row.customer.is_none() {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(ApiError::invalid(message).code("payment_method_unexpected_state"));
    }
    world.detach(id);
    Ok(world.methods.get(id).render(world))
}
