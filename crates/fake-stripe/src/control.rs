//! The control API `/_fake`: what tests in other languages do to this fake, in JSON.

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::billing::change::Change;
use crate::calendar::months_later;
use crate::error::ApiError;
use crate::handle::FakeStripe;
use crate::knobs::{Knobs, Scripted};
use crate::post::Parcel;
use crate::state::World;
use crate::state::payment::Card;
use crate::state::subscription::Status;
use crate::view::{self, Event};

/// A refusal, told as `/v1` tells it.
struct Refused(ApiError);

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(json!({ "error": self.0.render() }))).into_response()
    }
}

type Told = Result<Json<Value>, Refused>;

pub(crate) fn router() -> Router<FakeStripe> {
    Router::new()
        .route("/state", get(state))
        .route("/reset", post(reset))
        .route("/advance", post(advance))
        .route("/knobs", get(knobs).post(set_knobs))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/requests", get(requests))
        .route("/events", get(events))
        .route("/events/{id}/send", post(send_again))
        .route("/deliveries", get(deliveries))
        .route("/deliveries/take", post(take_deliveries))
        .route("/webhook_endpoints/{id}/roll", post(roll_secret))
        .route("/customers", get(customers))
        .route("/customers/{id}", get(customer))
        .route("/customers/{id}/card", post(set_card))
        .route("/checkout/{id}/pay", post(pay_checkout))
        .route("/checkout/{id}/expire", post(expire_checkout))
        .route("/invoices/{id}/pay", post(pay_invoice))
        .route("/subscriptions/{id}", post(change_subscription))
}

fn json_of(value: impl serde::Serialize) -> Json<Value> {
    Json(serde_json::to_value(value).unwrap_or_default())
}

async fn state(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.with(|world| {
        let customers = view::customers(world).into_iter().map(|row| with_more(world, &row));
        json!({
            "now": world.now(),
            "url": world.base_url,
            "knobs": world.knobs,
            "customers": customers.collect::<Vec<_>>(),
            "checkout_sessions": world.sessions.iter().map(|row| row.id.clone()).collect::<Vec<_>>(),
        })
    }))
}

fn with_more(world: &World, row: &view::Customer) -> Value {
    json!({
        "customer": row,
        "subscriptions": view::subscriptions(world, &row.id),
        "invoices": view::invoices(world, &row.id),
    })
}

async fn reset(State(fake): State<FakeStripe>) -> Json<Value> {
    fake.reset();
    json_of(json!({ "now": fake.now() }))
}

/// How far: all parts are added up; or to a moment.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Advance {
    seconds: i64,
    days: i64,
    months: i64,
    /// Unix seconds.
    to: Option<i64>,
    /// Moves this clock instead of all others.
    test_clock: Option<String>,
}

async fn advance(State(fake): State<FakeStripe>, Json(by): Json<Advance>) -> Told {
    let result = fake.with(|world| {
        let clock = by.test_clock.as_deref();
        let start = match clock {
            None => world.now(),
            Some(id) => {
                let row = world.test_clocks.find(id);
                row.ok_or_else(|| ApiError::no_such("test clock", id, "test_clock"))?.frozen_at
            }
        };
        let sum = months_later(start, by.months) + by.days * 86_400 + by.seconds;
        let end = by.to.unwrap_or(sum);
        match clock {
            None => world.play_to(end),
            Some(id) => world.play_clock_to(id, end),
        }
        Ok::<_, ApiError>(end)
    });
    Ok(json_of(json!({ "now": result? })))
}

async fn knobs(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.knobs())
}

/// Writes the given knobs over those that are; the others stay.
async fn set_knobs(State(fake): State<FakeStripe>, Json(given): Json<Value>) -> Told {
    let merged = merged(serde_json::to_value(fake.knobs()).unwrap_or_default(), given);
    let knobs: Knobs = serde_json::from_value(merged)
        .map_err(|error| ApiError::invalid(format!("Not a knob: {error}")))?;
    fake.set_knobs(knobs.clone());
    Ok(json_of(knobs))
}

fn merged(old: Value, new: Value) -> Value {
    match (old, new) {
        (Value::Object(mut old), Value::Object(new)) => {
            for (key, value) in new {
                let before = old.get(&key).cloned().unwrap_or_default();
                old.insert(key, merged(before, value));
            }
            Value::Object(old)
        }
        (_, new) => new,
    }
}

async fn faults(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.with(|world| world.script.clone()))
}

async fn add_fault(State(fake): State<FakeStripe>, Json(scripted): Json<Scripted>) -> Json<Value> {
    fake.script(scripted);
    faults(State(fake)).await
}

async fn clear_faults(State(fake): State<FakeStripe>) -> Json<Value> {
    fake.with(|world| world.script.clear());
    faults(State(fake)).await
}

async fn requests(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.requests())
}

async fn events(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.events())
}

async fn send_again(State(fake): State<FakeStripe>, Path(id): Path<String>) -> Told {
    let event = fake
        .with(|world| world.events.find(&id).map(Event::from).inspect(|_| world.post(&id, None)));
    Ok(json_of(event.ok_or_else(|| ApiError::no_such("event", &id, "id"))?))
}

async fn deliveries(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.with(|world| world.post.parcels().cloned().collect::<Vec<Parcel>>()))
}

async fn take_deliveries(State(fake): State<FakeStripe>) -> Json<Value> {
    let taken = fake.take_deliveries().into_iter().map(|delivery| {
        json!({
            "id": delivery.id,
            "event": delivery.event_id,
            "type": delivery.event_type,
            "url": delivery.url,
            "payload": String::from_utf8_lossy(&delivery.payload),
            "signature": delivery.signature,
        })
    });
    json_of(taken.collect::<Vec<_>>())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Roll {
    secret: String,
    /// How long the old ones sign too; a day unless said otherwise.
    #[serde(default = "day")]
    keep_seconds: i64,
}

fn day() -> i64 {
    World::KEEP_SECRET_SECONDS
}

async fn roll_secret(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Json(roll): Json<Roll>,
) -> Told {
    let is_known = fake.with(|world| {
        let is_known = world.endpoints.has(&id);
        if is_known {
            world.roll_secret(&id, roll.secret, roll.keep_seconds);
        }
        is_known
    });
    if !is_known {
        return Err(ApiError::no_such("webhook endpoint", &id, "id").into());
    }
    Ok(json_of(json!({ "id": id })))
}

async fn customers(State(fake): State<FakeStripe>) -> Json<Value> {
    json_of(fake.customers())
}

async fn customer(State(fake): State<FakeStripe>, Path(id): Path<String>) -> Told {
    let found = fake.with(|world| {
        let row = world.customers.find(&id).map(view::Customer::from);
        row.map(|row| with_more(world, &row))
    });
    Ok(json_of(found.ok_or_else(|| ApiError::no_such("customer", &id, "id"))?))
}

/// The card that is used; the one that works unless said otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct With {
    card: Option<Card>,
}

async fn set_card(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Json(with): Json<With>,
) -> Told {
    let method = fake.with(|world| {
        let is_there = world.customers.find(&id).is_some_and(|row| !row.is_deleted);
        is_there.then(|| world.give_card(&id, with.card.unwrap_or(Card::Works)))
    });
    let method = method.ok_or_else(|| ApiError::no_such("customer", &id, "id"))?;
    Ok(json_of(json!({ "payment_method": method })))
}

async fn pay_checkout(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Json(with): Json<With>,
) -> Told {
    let card = with.card.unwrap_or(Card::Works);
    let subscription = fake.with(|world| world.complete_checkout(&id, Some(card)))?;
    Ok(json_of(json!({ "subscription": subscription })))
}

async fn expire_checkout(State(fake): State<FakeStripe>, Path(id): Path<String>) -> Told {
    fake.with(|world| world.expire_session(&id))?;
    Ok(json_of(json!({ "id": id })))
}

async fn pay_invoice(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Json(with): Json<With>,
) -> Told {
    fake.with(|world| world.pay_on_page(&id, with.card))?;
    Ok(json_of(fake.with(|world| world.invoices.find(&id).map(view::Invoice::from))))
}

/// What a customer or the bank does to a subscription; several at once are done in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SubscriptionAct {
    quantity: Option<i64>,
    cancel_at_period_end: Option<bool>,
    cancel_now: bool,
    /// Whatever led there or did not.
    status: Option<Status>,
}

async fn change_subscription(
    State(fake): State<FakeStripe>,
    Path(id): Path<String>,
    Json(act): Json<SubscriptionAct>,
) -> Told {
    fake.with(|world| {
        if !world.subscriptions.has(&id) {
            return Err(ApiError::no_such("subscription", &id, "id"));
        }
        if let Some(quantity) = act.quantity {
            world.change(&id, &Change::quantity(world, &id, quantity))?;
        }
        match act.cancel_at_period_end {
            Some(true) => world.change(&id, &Change::cancel_at_period_end(true))?,
            Some(false) => world.change(&id, &Change::uncancel())?,
            None => {}
        }
        if act.cancel_now {
            world.cancel_from_page(&id, false)?;
        }
        if let Some(status) = act.status {
            world.set_status(&id, status);
        }
        Ok(())
    })?;
    Ok(json_of(fake.with(|world| world.subscriptions.find(&id).map(view::Subscription::from))))
}
