//! `expand[]`: an id in an answer is replaced by the thing itself.

use serde_json::Value;

use crate::error::{Answer, ApiError};
use crate::state::{World, list};

const DEEPEST: usize = 4;

/// Expands every path, such as `latest_invoice.customer` or `data.customer`.
pub(crate) fn expand(value: &mut Value, paths: &[String], world: &World) -> Answer<()> {
    for path in paths {
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > DEEPEST {
            let message =
                format!("You cannot expand more than {DEEPEST} levels of a property: {path}");
            return Err(ApiError::invalid(message).param("expand"));
        }
        if !follow(value, &steps, world) {
            let message = format!(
                "This property cannot be expanded ({path}). You may want to try expanding another property."
            );
            return Err(ApiError::invalid(message).param("expand"));
        }
    }
    Ok(())
}

/// False when the property is none that can be expanded.
fn follow(value: &mut Value, steps: &[&str], world: &World) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    match value {
        Value::Array(elements) => elements.iter_mut().all(|element| follow(element, steps, world)),
        Value::Object(_) => {
            let Some(property) = property(value, step, world) else { return false };
            match property {
                Value::Null => true,
                Value::String(id) => {
                    let Some(thing) = world.render(id) else { return false };
                    *property = thing;
                    follow(property, rest, world)
                }
                Value::Object(_) | Value::Array(_) => follow(property, rest, world),
                Value::Bool(_) | Value::Number(_) => false,
            }
        }
        // There is nothing behind what is not there.
        _ => value.is_null(),
    }
}

/// The property, made if it is one that is there only when it is asked for.
fn property<'a>(value: &'a mut Value, step: &str, world: &World) -> Option<&'a mut Value> {
    if value.get(step).is_none() {
        let included = included(value, step, world)?;
        value[step] = included;
    }
    value.get_mut(step)
}

fn included(value: &Value, step: &str, world: &World) -> Option<Value> {
    let id = value["id"].as_str()?;
    match (value["object"].as_str()?, step) {
        ("checkout.session", "line_items") => {
            let items = world.sessions.find(id)?.render_line_items(world);
            Some(list(&format!("/v1/checkout/sessions/{id}/line_items"), items))
        }
        ("invoice", "payments") => Some(world.invoices.find(id)?.render_payments(world)),
        ("customer", "subscriptions") => {
            let own = world.subscriptions.iter().rev();
            let live = own.filter(|row| row.customer == id && !row.status.is_over());
            let data = live.map(|row| crate::state::Row::render(row, world)).collect();
            Some(list(&format!("/v1/customers/{id}/subscriptions"), data))
        }
        _ => None,
    }
}
