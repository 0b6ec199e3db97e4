//! `/v1/checkout/sessions`

use super::list::{Created, Paging, customer, known_customer, newest_first};
use super::subscriptions::without_card;
use super::{Call, Params, Patch};
use crate::billing::subscribe::common_terms;
use crate::error::{Answer, ApiError};
use crate::state::checkout::{Adjustable, LineItem, Session, State, SubscriptionData};
use crate::state::subscription::WithoutCard;
use crate::state::{Row, World};

/// What is taken but has no effect here.
const IGNORED: [&str; 18] = [
    "adaptive_pricing",
    "automatic_tax",
    "billing_address_collection",
    "branding_settings",
    "consent_collection",
    "custom_text",
    "customer_creation",
    "customer_update",
    "integration_identifier",
    "name_collection",
    "payment_method_configuration",
    "payment_method_options",
    "payment_method_types",
    "phone_number_collection",
    "saved_payment_method_options",
    "submit_type",
    "tax_id_collection",
    "wallet_options",
];
const DAY_SECONDS: i64 = 86_400;
const SHORTEST_SECONDS: i64 = 30 * 60;
const MOST_SEATS: i64 = 999_999;

/// One thing in the basket, before it has an id.
struct NewLine {
    price: String,
    quantity: i64,
    adjustable: Option<Adjustable>,
}

fn line(params: &Params) -> Answer<NewLine> {
    let price = params.needed("price")?;
    let quantity = params.natural("quantity")?.unwrap_or(1);
    let range = params.group("adjustable_quantity")?;
    let adjustable = match range {
        None => None,
        Some(range) => {
            let is_on = range.boolean("enabled")?.unwrap_or(false);
            let minimum = range.natural("minimum")?.unwrap_or(0);
            let maximum = range.natural("maximum")?.unwrap_or(99).min(MOST_SEATS);
            is_on.then_some(Adjustable { minimum, maximum })
        }
    };
    Ok(NewLine { price, quantity, adjustable })
}

fn subscription_data(params: &Params) -> Answer<SubscriptionData> {
    let mut data = SubscriptionData {
        metadata: Patch::fresh(None),
        description: None,
        trial_end: None,
        trial_days: None,
        without_card: WithoutCard::CreateInvoice,
    };
    if let Some(group) = params.group("subscription_data")? {
        data.metadata = Patch::fresh(group.metadata()?);
        data.description = group.filled("description")?;
        data.trial_end = group.integer("trial_end")?;
        data.trial_days = group.natural("trial_period_days")?.filter(|days| *days > 0);
        data.without_card = without_card(&group)?;
        group.choice("proration_behavior", &["create_prorations", "none"])?;
        group.ignore(&["billing_mode", "invoice_settings"]);
    }
    Ok(data)
}

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&IGNORED);
    let mode = params.choice("mode", &["payment", "setup", "subscription"])?;
    params.choice("ui_mode", &["hosted_page"])?;
    let lines = params.list("line_items")?;
    let lines = lines.iter().map(line).collect::<Answer<Vec<_>>>()?;
    let who = params.filled("customer")?;
    let customer_email = params.filled("customer_email")?;
    let collection = params.choice("payment_method_collection", &["always", "if_required"])?;
    let expires_at = params.integer("expires_at")?;
    let mut session = Session {
        id: String::new(),
        created: world.now(),
        expires_at: world.now() + DAY_SECONDS,
        closes_at: world.now() + DAY_SECONDS,
        state: State::Open,
        customer: who,
        customer_email,
        client_reference_id: params.filled("client_reference_id")?,
        currency: String::new(),
        line_items: Vec::new(),
        data: subscription_data(&params)?,
        is_card_optional: collection == Some("if_required"),
        allows_promotion_codes: params.boolean("allow_promotion_codes")?,
        locale: params.filled("locale")?,
        success_url: params.needed("success_url")?,
        cancel_url: params.filled("cancel_url")?,
        metadata: Patch::fresh(params.metadata()?),
        subscription: None,
        invoice: None,
        attempt: None,
        refused: None,
    };
    params.finish()?;
    check(world, &session, mode, &lines)?;
    if let Some(at) = expires_at {
        session.expires_at = at;
        session.closes_at = closes_at(world, at)?;
    }
    let prices: Vec<String> = lines.iter().map(|line| line.price.clone()).collect();
    session.currency = common_terms(world, &prices)?.1;
    session.id = world.ids.id("cs_test");
    let item = |line: NewLine| LineItem {
        id: world.ids.id("li"),
        price: line.price,
        quantity: line.quantity,
        adjustable: line.adjustable,
    };
    session.line_items = lines.into_iter().map(item).collect();
    let id = session.id.clone();
    world.sessions.insert(session);
    Ok(world.sessions.get(&id).render(world))
}

/// When a session that is to expire `at` does so by the clock here.
///
/// `at` may be right by either clock: by the one here, or by the one outside, since whoever buys after time was moved
/// here may not know of it. The session is then open here for as long as it was meant to be outside.
fn closes_at(world: &World, at: i64) -> Answer<i64> {
    let lives = SHORTEST_SECONDS..=DAY_SECONDS;
    let clocks = [world.now(), world.clock.unmoved()];
    let life = clocks.iter().map(|now| at.saturating_sub(*now)).find(|life| lives.contains(life));
    let message = "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout \
                   Session creation.";
    let error = || ApiError::invalid(message).param("expires_at");
    Ok(world.now() + life.ok_or_else(error)?)
}

fn check(world: &World, session: &Session, mode: Option<&str>, lines: &[NewLine]) -> Answer<()> {
    match mode {
        Some("subscription") => {}
        None => return Err(ApiError::missing("mode")),
        Some(_) => {
            let message = "Only sessions for a subscription are played here.";
            return Err(ApiError::invalid(message).param("mode"));
        }
    }
    if lines.is_empty() {
        return Err(ApiError::missing("line_items"));
    }
    if let Some(place) = lines.iter().position(|line| line.quantity == 0) {
        let message = "This value must be greater than or equal to 1.";
        let error = ApiError::invalid(message).code("parameter_invalid_integer");
        return Err(error.param(format!("line_items[{place}][quantity]")));
    }
    if session.customer.is_some() && session.customer_email.is_some() {
        let message = "You may only specify one of these parameters: customer, customer_email.";
        return Err(ApiError::invalid(message).code("parameters_exclusive"));
    }
    session.customer.as_deref().map_or(Ok(()), |id| customer(world, id))
}

pub(crate) fn update(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let metadata = params.metadata()?;
    params.finish()?;
    found(world, id)?;
    if let Some(patch) = metadata {
        let row = world.sessions.get_mut(id);
        row.metadata = patch.apply(&row.metadata);
    }
    Ok(world.sessions.get(id).render(world))
}

fn found<'a>(world: &'a World, id: &str) -> Answer<&'a Session> {
    let row = world.sessions.find(id);
    row.ok_or_else(|| ApiError::no_such(Session::OBJECT, id, "session"))
}

pub(crate) fn expire(call: &mut Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    call.world.expire_session(id)?;
    Ok(call.world.sessions.get(id).render(call.world))
}

pub(crate) fn line_items(call: &Call<'_>, id: &str) -> Answer {
    let paging = Paging::read(&call.params)?;
    call.params.finish()?;
    let items = found(call.world, id)?.render_line_items(call.world);
    paging.values(call, "line item", &items)
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let customer = call.params.filled("customer")?;
    let subscription = call.params.filled("subscription")?;
    let status = call.params.choice("status", &["complete", "expired", "open"])?;
    call.params.finish()?;
    known_customer(call.world, customer.as_deref())?;
    let is_wanted = |row: &Session| {
        created.has(row.created)
            && customer.as_ref().is_none_or(|id| row.customer.as_ref() == Some(id))
            && subscription.as_ref().is_none_or(|id| row.subscription.as_ref() == Some(id))
            && status.is_none_or(|status| row.state.name() == status)
    };
    paging.rows(call, &newest_first(call.world.sessions.iter(), is_wanted))
}
