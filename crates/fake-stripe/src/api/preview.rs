//! `/v1/invoices/create_preview`

use super::Call;
use super::list::customer;
use super::subscriptions::{change, new_items, without_card};
use crate::billing::preview::Preview;
use crate::billing::subscribe::NewSubscription;
use crate::error::{Answer, ApiError};
use crate::state::World;

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&["automatic_tax", "currency", "customer_details", "preview_mode"]);
    let who = params.filled("customer")?;
    let subscription = params.filled("subscription")?;
    let subscription = subscription.or_else(|| only_one(world, who.as_deref()));
    let details = params.group("subscription_details")?;
    let preview = match (subscription, details) {
        (Some(id), None) => Preview::Changed { subscription: id, change: Box::default() },
        (Some(id), Some(details)) => {
            details.ignore(&["billing_mode"]);
            let change = change(world, &details, &id)?;
            if details.boolean("cancel_now")?.unwrap_or(false) {
                let prorates = change.proration != crate::billing::change::Proration::Nothing;
                Preview::Canceled { subscription: id, prorates }
            } else {
                Preview::Changed { subscription: id, change: Box::new(change) }
            }
        }
        (None, Some(details)) => {
            let who = who.clone().ok_or_else(|| ApiError::missing("customer"))?;
            details.ignore(&["billing_mode", "proration_behavior"]);
            let items = new_items(&details.list("items")?)?;
            let trial_end = details.integer("trial_end")?;
            let without_card = without_card(&details)?;
            let simple = NewSubscription::simple(&who, "", 1);
            Preview::New(NewSubscription { items, trial_end, without_card, ..simple })
        }
        (None, None) => {
            params.finish()?;
            let who = who.ok_or_else(|| ApiError::missing("customer"))?;
            customer(world, &who)?;
            return Err(ApiError::nothing_upcoming(&who));
        }
    };
    params.finish()?;
    who.map_or(Ok(()), |who| customer(world, &who))?;
    if let Preview::Changed { subscription, .. } | Preview::Canceled { subscription, .. } = &preview
        && !world.subscriptions.has(subscription)
    {
        return Err(ApiError::no_such("subscription", subscription, "subscription"));
    }
    world.preview(preview)
}

/// The subscription that is meant when only its customer is named.
fn only_one(world: &World, customer: Option<&str>) -> Option<String> {
    let own = world.subscriptions.iter().filter(|row| Some(row.customer.as_str()) == customer);
    own.filter(|row| !row.status.is_over()).map(|row| row.id.clone()).next_back()
}
