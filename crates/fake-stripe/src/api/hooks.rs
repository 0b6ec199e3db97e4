//! `/v1/events` and `/v1/webhook_endpoints`

use serde_json::json;

use super::list::{Created, Paging, newest_first};
use super::{Call, Patch};
use crate::error::{Answer, ApiError};
use crate::state::Row;
use crate::state::customer::deleted;
use crate::state::hooks::{Endpoint, Event, Secret};

pub(crate) fn list_events(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let kind = call.params.filled("type")?;
    let kinds = call.params.texts("types")?;
    call.params.ignore(&["delivery_success"]);
    call.params.finish()?;
    let fits = |wanted: &str, kind: &str| match wanted.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => kind == wanted,
    };
    let is_wanted = |row: &Event| {
        created.has(row.created)
            && kind.as_ref().is_none_or(|kind| fits(kind, row.kind))
            && kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| fits(kind, row.kind)))
    };
    paging.rows(call, &newest_first(call.world.events.iter(), is_wanted))
}

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&["api_version", "connect"]);
    let url = params.needed("url")?;
    let enabled_events = params.texts("enabled_events")?;
    let enabled_events = enabled_events.ok_or_else(|| ApiError::missing("enabled_events"))?;
    let description = params.nullable("description")?.value();
    let metadata = Patch::fresh(params.metadata()?);
    params.finish()?;
    checked_url(&url)?;
    let secret = world.ids.id("whsec");
    let id = world.ids.id("we");
    world.endpoints.insert(Endpoint {
        id: id.clone(),
        created: world.now(),
        url: Some(url),
        enabled_events,
        description,
        is_enabled: true,
        secrets: vec![Secret { value: secret.clone(), until: None }],
        metadata,
    });
    let mut value = world.endpoints.get(&id).render(world);
    // It is told this once.
    value["secret"] = json!(secret);
    Ok(value)
}

fn checked_url(url: &str) -> Answer<()> {
    if url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Ok(());
    }
    let message = "Invalid URL: An explicit scheme (such as https) must be provided.";
    Err(ApiError::invalid(message).code("url_invalid").param("url"))
}

pub(crate) fn update(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let url = params.filled("url")?;
    let enabled_events = params.texts("enabled_events")?;
    let description = params.nullable("description")?;
    let is_disabled = params.boolean("disabled")?;
    let metadata = params.metadata()?;
    params.finish()?;
    if !world.endpoints.has(id) {
        return Err(ApiError::no_such(Endpoint::NAME, id, "webhook_endpoint"));
    }
    url.as_deref().map_or(Ok(()), checked_url)?;
    let row = world.endpoints.get_mut(id);
    row.url = url.or_else(|| row.url.clone());
    row.enabled_events = enabled_events.unwrap_or_else(|| row.enabled_events.clone());
    description.write(&mut row.description);
    row.is_enabled = is_disabled.map_or(row.is_enabled, |is_disabled| !is_disabled);
    if let Some(patch) = metadata {
        row.metadata = patch.apply(&row.metadata);
    }
    Ok(world.endpoints.get(id).render(world))
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    let removed = call.world.endpoints.remove(id);
    removed.ok_or_else(|| ApiError::no_such(Endpoint::NAME, id, "webhook_endpoint"))?;
    Ok(deleted(Endpoint::OBJECT, id))
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    call.params.finish()?;
    paging.rows(call, &newest_first(call.world.endpoints.iter(), |_| true))
}
