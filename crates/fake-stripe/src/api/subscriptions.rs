//! `/v1/subscriptions`

use super::customers::usable;
use super::list::{Created, Paging, customer, known_customer, newest_first};
use super::{Call, Params, Patch};
use crate::billing::cancel::Cancellation;
use crate::billing::change::{Change, ItemChange, Proration, TrialEnd};
use crate::billing::subscribe::{Behavior, NewItem, NewSubscription};
use crate::error::{Answer, ApiError};
use crate::state::payment::Presence;
use crate::state::subscription::{Status, Subscription, WithoutCard};
use crate::state::{Edit, Metadata, Row, World};

/// What is taken but has no effect here.
const IGNORED: [&str; 7] = [
    "automatic_tax",
    "billing_mode",
    "currency",
    "invoice_settings",
    "off_session",
    "payment_settings",
    "enable_incomplete_payments",
];
const BEHAVIORS: [&str; 4] =
    ["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"];
/// What cannot wait for a payment, and is refused beside `pending_if_incomplete`.
const NEVER_PENDING: [&str; 12] = [
    "automatic_tax",
    "cancel_at",
    "cancel_at_period_end",
    "cancellation_details",
    "collection_method",
    "default_payment_method",
    "description",
    "invoice_settings",
    "metadata",
    "off_session",
    "payment_settings",
    "trial_settings",
];
const DAY_SECONDS: i64 = 86_400;

fn behavior(params: &Params) -> Answer<Behavior> {
    Ok(match params.choice("payment_behavior", &BEHAVIORS)? {
        Some("default_incomplete") => Behavior::Wait,
        Some("error_if_incomplete") => Behavior::Refuse,
        Some("pending_if_incomplete") => Behavior::Hold,
        _ => Behavior::Allow,
    })
}

/// Refuses what a pending update cannot hold, as Stripe words it.
fn only_pendable(params: &Params) -> Answer<()> {
    let Some(key) = NEVER_PENDING.into_iter().find(|key| params.has(key)) else { return Ok(()) };
    let message = format!(
        "When `payment_behavior` is set to `pending_if_incomplete`, you can only pass supported params. `{key}` is \
         not supported. See \
         https://stripe.com/docs/billing/subscriptions/pending-updates-reference#supported-attributes for more \
         details."
    );
    Err(ApiError::invalid(message).param(key))
}

/// How changes are prorated.
pub(crate) fn proration(params: &Params) -> Answer<Proration> {
    let words = ["always_invoice", "create_prorations", "none"];
    Ok(match params.choice("proration_behavior", &words)? {
        Some("always_invoice") => Proration::Invoice,
        Some("none") => Proration::Nothing,
        _ => Proration::Create,
    })
}

/// The moment from which changes are prorated, which must be in the period that `old` is in.
pub(crate) fn proration_date(params: &Params, old: Option<&Subscription>) -> Answer<Option<i64>> {
    let date = params.integer("proration_date")?;
    let Some((date, old)) = date.zip(old) else { return Ok(date) };
    let message = if date < old.period_start {
        "Cannot specify proration date before the current subscription period started."
    } else if date > old.period_end {
        "Cannot specify proration date after the current subscription period ended."
    } else {
        return Ok(Some(date));
    };
    Err(ApiError::invalid(message).param(params.name("proration_date")))
}

fn two_ends() -> ApiError {
    let message =
        "`cancel_at` and `cancel_at_period_end` are mutually exclusive; please pass in only one.";
    ApiError::invalid(message).code("parameters_exclusive")
}

/// What happens when a trial ends without a card.
pub(crate) fn without_card(params: &Params) -> Answer<WithoutCard> {
    let end = match params.group("trial_settings")? {
        Some(settings) => settings.group("end_behavior")?,
        None => None,
    };
    let words = ["cancel", "create_invoice", "pause"];
    let word = end.map(|end| end.choice("missing_payment_method", &words)).transpose()?.flatten();
    Ok(match word {
        Some("cancel") => WithoutCard::Cancel,
        Some("pause") => WithoutCard::Pause,
        _ => WithoutCard::CreateInvoice,
    })
}

/// The items of a new subscription.
pub(crate) fn new_items(params: &[Params]) -> Answer<Vec<NewItem>> {
    let item = |params: &Params| {
        Ok(NewItem {
            price: params.needed("price")?,
            quantity: params.natural("quantity")?.unwrap_or(1),
            metadata: Patch::fresh(params.metadata()?),
        })
    };
    params.iter().map(item).collect()
}

/// What is changed of the items, and their metadata as it will be.
pub(crate) fn item_changes(
    params: &[Params],
    old: Option<&Subscription>,
) -> Answer<Vec<ItemChange>> {
    let change = |params: &Params| {
        let id = params.filled("id")?;
        let item = old.and_then(|old| old.items.iter().find(|item| Some(&item.id) == id.as_ref()));
        let kept = item.map(|item| item.metadata.clone()).unwrap_or_default();
        params.ignore(&["clear_usage"]);
        Ok(ItemChange {
            price: params.filled("price")?,
            quantity: params.natural("quantity")?,
            metadata: params.metadata()?.map(|patch| patch.apply(&kept)),
            is_removed: params.boolean("deleted")?.unwrap_or(false),
            id,
        })
    };
    params.iter().map(change).collect()
}

/// A time, or `now`.
fn moment(params: &Params, key: &str) -> Answer<Option<TrialEnd>> {
    if params.text(key)?.as_deref() == Some("now") {
        return Ok(Some(TrialEnd::Now));
    }
    Ok(params.integer(key)?.map(TrialEnd::At))
}

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&IGNORED);
    params.choice("collection_method", &["charge_automatically"])?;
    proration(&params)?;
    if params.has("cancel_at") && params.has("cancel_at_period_end") {
        return Err(two_ends());
    }
    let who = params.needed("customer")?;
    let items = new_items(&params.list("items")?)?;
    let method = params.filled("default_payment_method")?;
    let trial_end = match moment(&params, "trial_end")? {
        Some(TrialEnd::At(at)) => Some(at),
        _ => None,
    };
    let trial_days = params.natural("trial_period_days")?;
    let mut new = NewSubscription {
        customer: who.clone(),
        items,
        metadata: Patch::fresh(params.metadata()?),
        description: params.nullable("description")?.value(),
        trial_end: None,
        default_method: None,
        without_card: without_card(&params)?,
        cancel_at_period_end: params.boolean("cancel_at_period_end")?.unwrap_or(false),
        cancel_at: params.integer("cancel_at")?,
        behavior: behavior(&params)?,
        presence: Presence::Absent,
    };
    params.finish()?;
    if new.behavior == Behavior::Hold {
        let message =
            "`pending_if_incomplete` is for updates; a subscription cannot begin like that.";
        return Err(ApiError::invalid(message).param("payment_behavior"));
    }
    customer(world, &who)?;
    if new.items.is_empty() {
        return Err(ApiError::missing("items"));
    }
    let now = world.time_of(&who);
    let days = trial_days.filter(|days| *days > 0).map(|days| now + days * DAY_SECONDS);
    new.trial_end = trial_end.or(days);
    let method = method.map(|method| usable(world, &method, Some(&who), "default_payment_method"));
    new.default_method = method.transpose()?;
    let id = world.subscribe(new)?;
    Ok(world.subscriptions.get(&id).render(world))
}

/// The change that a form asks for.
pub(crate) fn change(world: &World, params: &Params, id: &str) -> Answer<Change> {
    let old = world.subscriptions.find(id);
    if params.has("cancel_at") && params.has("cancel_at_period_end") {
        return Err(two_ends());
    }
    let metadata = params.metadata()?;
    let kept = old.map(|old| &old.metadata);
    let details = params.group("cancellation_details")?;
    let detail = |key: &str| details.as_ref().map(|group| group.nullable(key)).transpose();
    let anchor = params.choice("billing_cycle_anchor", &["now", "unchanged"])?;
    let cancel_at = match params.nullable("cancel_at")? {
        Edit::Set(name) if name == "min_period_end" || name == "max_period_end" => {
            old.map_or(Edit::Keep, |old| Edit::Set(old.period_end))
        }
        Edit::Set(_) => params.integer("cancel_at")?.map_or(Edit::Keep, Edit::Set),
        Edit::Clear => Edit::Clear,
        Edit::Keep => Edit::Keep,
    };
    Ok(Change {
        items: item_changes(&params.list("items")?, old)?,
        proration: proration(params)?,
        proration_date: proration_date(params, old)?,
        behavior: behavior(params)?,
        restarts_period: anchor == Some("now"),
        trial_end: moment(params, "trial_end")?,
        cancel_at_period_end: params.boolean("cancel_at_period_end")?,
        cancel_at,
        default_method: params.nullable("default_payment_method")?,
        description: params.nullable("description")?,
        metadata: metadata.map(|patch| patch.apply(kept.unwrap_or(&Metadata::new()))),
        comment: detail("comment")?.unwrap_or_default(),
        feedback: detail("feedback")?.unwrap_or_default(),
    })
}

pub(crate) fn update(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&IGNORED);
    params.choice("collection_method", &["charge_automatically"])?;
    let mut change = change(world, &params, id)?;
    if change.behavior == Behavior::Hold {
        only_pendable(&params)?;
    }
    let sets_end = params.group("trial_settings")?.is_some();
    let end = without_card(&params)?;
    params.finish()?;
    let row = world.subscriptions.find(id);
    let row = row.ok_or_else(|| ApiError::no_such("subscription", id, "id"))?;
    if sets_end && row.status == Status::Incomplete {
        return Err(ApiError::incomplete());
    }
    let who = row.customer.clone();
    if let Edit::Set(method) = &change.default_method {
        let method = usable(world, method, Some(&who), "default_payment_method")?;
        change.default_method = Edit::Set(method);
    }
    world.change(id, &change)?;
    if sets_end {
        world.subscriptions.get_mut(id).without_card = end;
    }
    Ok(world.subscriptions.get(id).render(world))
}

pub(crate) fn cancel(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let details = params.group("cancellation_details")?;
    let detail = |key: &str| details.as_ref().map(|group| group.filled(key)).transpose();
    let how = Cancellation {
        prorates: params.boolean("prorate")?.unwrap_or(false),
        invoices_now: params.boolean("invoice_now")?.unwrap_or(false),
        comment: detail("comment")?.flatten(),
        feedback: detail("feedback")?.flatten(),
    };
    params.finish()?;
    world.cancel(id, how)?;
    Ok(world.subscriptions.get(id).render(world))
}

pub(crate) fn resume(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let anchor = params.choice("billing_cycle_anchor", &["now", "unchanged"])?;
    proration(&params)?;
    params.ignore(&["proration_date"]);
    params.finish()?;
    world.resume(id, anchor == Some("unchanged"))?;
    Ok(world.subscriptions.get(id).render(world))
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let customer = call.params.filled("customer")?;
    let price = call.params.filled("price")?;
    let clock = call.params.filled("test_clock")?;
    let names: Vec<&'static str> =
        Status::ALL.into_iter().map(Status::name).chain(["all", "ended"]).collect();
    let status = call.params.choice("status", &names)?;
    call.params.choice("collection_method", &["charge_automatically"])?;
    call.params.finish()?;
    known_customer(call.world, customer.as_deref())?;
    let has_status = |row: &Subscription| match status {
        None => row.status != Status::Canceled,
        Some("all") => true,
        Some("ended") => row.status.is_over(),
        Some(name) => row.status.name() == name,
    };
    let clock_of = |row: &Subscription| call.world.customers.get(&row.customer).test_clock.as_ref();
    let is_wanted = |row: &Subscription| {
        has_status(row)
            && created.has(row.created)
            && customer.as_ref().is_none_or(|id| row.customer == *id)
            && price.as_ref().is_none_or(|id| row.items.iter().any(|item| item.price == *id))
            && clock.as_ref().is_none_or(|id| clock_of(row) == Some(id))
    };
    paging.rows(call, &newest_first(call.world.subscriptions.iter(), is_wanted))
}
