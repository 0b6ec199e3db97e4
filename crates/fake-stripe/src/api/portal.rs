//! `/v1/billing_portal`

use super::list::{Paging, customer, newest_first};
use super::{Call, Params};
use crate::error::{Answer, ApiError};
use crate::state::portal::{Configuration, Visit};
use crate::state::{Metadata, Row, World};

/// The configuration that a fresh fake has.
const DEFAULT: &str = "bpc_default";

impl World {
    /// The portal as it is in the beginning: everything is allowed.
    pub(crate) fn seed_portal(&mut self) {
        let now = self.now();
        self.portal_configurations.insert(fresh(DEFAULT.to_owned(), now, true));
    }
}

fn fresh(id: String, now: i64, is_default: bool) -> Configuration {
    Configuration {
        id,
        created: now,
        updated: now,
        name: None,
        is_default,
        is_active: true,
        headline: None,
        return_url: None,
        can_cancel: is_default,
        cancels_now: false,
        can_change_quantity: is_default,
        can_change_price: is_default,
        proration: "create_prorations".to_owned(),
        can_change_card: is_default,
        shows_invoices: is_default,
        metadata: Metadata::new(),
    }
}

pub(crate) fn create_session(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let who = params.needed("customer")?;
    let configuration = params.filled("configuration")?;
    let return_url = params.filled("return_url")?;
    let locale = params.filled("locale")?;
    params.finish()?;
    customer(world, &who)?;
    let configuration = configuration.unwrap_or_else(|| DEFAULT.to_owned());
    let row = world.portal_configurations.find(&configuration);
    let row =
        row.ok_or_else(|| ApiError::no_such(Configuration::NAME, &configuration, "configuration"))?;
    let return_url = return_url.or_else(|| row.return_url.clone());
    let id = world.ids.id("bps");
    world.portal_sessions.insert(Visit {
        id: id.clone(),
        created: world.now(),
        customer: who,
        configuration,
        return_url,
        locale,
    });
    world.emit("billing_portal.session.created", &id);
    Ok(world.portal_sessions.get(&id).render(world))
}

/// Writes what a client sent over what there is.
fn write(params: &Params, row: &mut Configuration) -> Answer<()> {
    params.nullable("name")?.write(&mut row.name);
    row.is_active = params.boolean("active")?.unwrap_or(row.is_active);
    params.nullable("default_return_url")?.write(&mut row.return_url);
    params.ignore(&["login_page"]);
    if let Some(profile) = params.group("business_profile")? {
        profile.ignore(&["privacy_policy_url", "terms_of_service_url"]);
        profile.nullable("headline")?.write(&mut row.headline);
    }
    if let Some(patch) = params.metadata()? {
        row.metadata = patch.apply(&row.metadata);
    }
    params.group("features")?.map_or(Ok(()), |features| write_features(&features, row))
}

fn write_features(features: &Params, row: &mut Configuration) -> Answer<()> {
    features.ignore(&["customer_update"]);
    if let Some(history) = features.group("invoice_history")? {
        row.shows_invoices = history.boolean("enabled")?.unwrap_or(row.shows_invoices);
    }
    if let Some(card) = features.group("payment_method_update")? {
        card.ignore(&["payment_method_configuration"]);
        row.can_change_card = card.boolean("enabled")?.unwrap_or(row.can_change_card);
    }
    if let Some(cancel) = features.group("subscription_cancel")? {
        cancel.ignore(&["cancellation_reason", "proration_behavior"]);
        row.can_cancel = cancel.boolean("enabled")?.unwrap_or(row.can_cancel);
        let mode = cancel.choice("mode", &["at_period_end", "immediately"])?;
        row.cancels_now = mode.map_or(row.cancels_now, |mode| mode == "immediately");
    }
    if let Some(update) = features.group("subscription_update")? {
        update.ignore(&["products", "schedule_at_period_end", "trial_update_behavior"]);
        let behaviors = ["always_invoice", "create_prorations", "none"];
        if let Some(behavior) = update.choice("proration_behavior", &behaviors)? {
            behavior.clone_into(&mut row.proration);
        }
        let is_on = update.boolean("enabled")?;
        if let Some(allowed) = update.texts("default_allowed_updates")? {
            row.can_change_quantity = allowed.iter().any(|name| name == "quantity");
            row.can_change_price = allowed.iter().any(|name| name == "price");
        }
        row.can_change_quantity &= is_on != Some(false);
        row.can_change_price &= is_on != Some(false);
    }
    Ok(())
}

pub(crate) fn create_configuration(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let mut row = fresh(String::new(), world.now(), false);
    write(&params, &mut row)?;
    params.finish()?;
    row.id = world.ids.id("bpc");
    let id = row.id.clone();
    world.portal_configurations.insert(row);
    world.emit("billing_portal.configuration.created", &id);
    Ok(world.portal_configurations.get(&id).render(world))
}

pub(crate) fn update_configuration(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let row = world.portal_configurations.find(id);
    let mut row =
        row.ok_or_else(|| ApiError::no_such(Configuration::NAME, id, "configuration"))?.clone();
    let before = row.render(world);
    write(&params, &mut row)?;
    params.finish()?;
    row.updated = world.now();
    world.portal_configurations.replace(row);
    world.emit_change("billing_portal.configuration.updated", id, &before);
    Ok(world.portal_configurations.get(id).render(world))
}

pub(crate) fn list_configurations(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let active = call.params.boolean("active")?;
    let is_default = call.params.boolean("is_default")?;
    call.params.finish()?;
    let is_wanted = |row: &Configuration| {
        active.is_none_or(|active| row.is_active == active)
            && is_default.is_none_or(|is_default| row.is_default == is_default)
    };
    paging.rows(call, &newest_first(call.world.portal_configurations.iter(), is_wanted))
}
