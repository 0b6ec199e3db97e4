//! `/v1/customers/search`: `email:'a@b.c' AND metadata['workspace']:'…'`

use serde_json::json;

use super::Call;
use crate::error::{Answer, ApiError};
use crate::state::Row;
use crate::state::customer::Customer;

/// Finds customers by e-mail, name or metadata, each exactly; all on one page.
pub(crate) fn customers(call: &Call<'_>) -> Answer {
    let query = call.params.needed("query")?;
    let limit = call.params.natural("limit")?.unwrap_or(10);
    call.params.ignore(&["page"]);
    call.params.finish()?;
    let clauses = query.split(" AND ").map(clause).collect::<Answer<Vec<_>>>()?;
    let is_found = |row: &&Customer| {
        !row.is_deleted && clauses.iter().all(|(field, value)| holds(row, field, value))
    };
    let found: Vec<_> = call.world.customers.iter().rev().filter(is_found).collect();
    let most = usize::try_from(limit).unwrap_or_default();
    let data: Vec<_> = found.iter().take(most).map(|row| row.render(call.world)).collect();
    Ok(json!({
        "object": "search_result",
        "data": data,
        "has_more": found.len() > most,
        "next_page": null,
        "url": call.path,
    }))
}

fn clause(text: &str) -> Answer<(String, String)> {
    let invalid = || {
        let message = format!("We were unable to parse your search query: {text}");
        ApiError::invalid(message).param("query")
    };
    let (field, value) = text.trim().split_once(':').ok_or_else(invalid)?;
    let value = value.trim().trim_matches(['\'', '"']);
    Ok((field.replace('"', "'"), value.to_owned()))
}

fn holds(row: &Customer, field: &str, value: &str) -> bool {
    let own = match field {
        "email" => row.email.as_deref(),
        "name" => row.name.as_deref(),
        _ => {
            let key = field.strip_prefix("metadata['").and_then(|rest| rest.strip_suffix("']"));
            key.and_then(|key| row.metadata.get(key)).map(String::as_str)
        }
    };
    own == Some(value)
}
