//! `/v1/subscription_items`

use serde_json::Value;

use super::list::Paging;
use super::subscriptions::{item_changes, proration, proration_date};
use super::{Call, Params};
use crate::billing::change::{Change, ItemChange};
use crate::error::{Answer, ApiError};
use crate::state::World;
use crate::state::customer::deleted;
use crate::state::subscription::{Subscription, owner, render_item};

fn owner_of(world: &World, item: &str) -> Answer<String> {
    let owner = owner(item, world).map(|subscription| subscription.id.clone());
    owner.ok_or_else(|| ApiError::no_such("subscription item", item, "item"))
}

fn shown(world: &World, item: &str) -> Value {
    render_item(item, world).unwrap_or_default()
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let id = call.params.needed("subscription")?;
    call.params.finish()?;
    let subscription = call.world.subscriptions.find(&id);
    let subscription =
        subscription.ok_or_else(|| ApiError::no_such("subscription", &id, "subscription"))?;
    paging.values(call, "subscription item", &subscription.render_items(call.world))
}

pub(crate) fn retrieve(call: &Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    owner_of(call.world, id)?;
    Ok(shown(call.world, id))
}

/// What is common to all changes of one item.
fn terms(params: &Params, old: Option<&Subscription>, items: Vec<ItemChange>) -> Answer<Change> {
    params.ignore(&["payment_behavior", "off_session"]);
    Ok(Change {
        items,
        proration: proration(params)?,
        proration_date: proration_date(params, old)?,
        ..Change::default()
    })
}

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let subscription = params.needed("subscription")?;
    let items = item_changes(std::slice::from_ref(&params), None)?;
    let change = terms(&params, world.subscriptions.find(&subscription), items)?;
    params.finish()?;
    world.change(&subscription, &change)?;
    let newest = world.subscriptions.get(&subscription).items.last().map(|item| item.id.clone());
    Ok(shown(world, &newest.unwrap_or_default()))
}

pub(crate) fn update(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let subscription = owner_of(world, id)?;
    let old = world.subscriptions.find(&subscription);
    let item = old.and_then(|old| old.items.iter().find(|item| item.id == id)).cloned();
    let kept = item.map(|item| item.metadata).unwrap_or_default();
    let change = ItemChange {
        id: Some(id.to_owned()),
        price: params.filled("price")?,
        quantity: params.natural("quantity")?,
        metadata: params.metadata()?.map(|patch| patch.apply(&kept)),
        is_removed: false,
    };
    let change = terms(&params, old, vec![change])?;
    params.finish()?;
    world.change(&subscription, &change)?;
    Ok(shown(world, id))
}

pub(crate) fn delete(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let subscription = owner_of(world, id)?;
    params.ignore(&["clear_usage"]);
    let gone = ItemChange { id: Some(id.to_owned()), is_removed: true, ..ItemChange::default() };
    let change = terms(&params, world.subscriptions.find(&subscription), vec![gone])?;
    params.finish()?;
    world.change(&subscription, &change)?;
    Ok(deleted("subscription_item", id))
}
