//! Refusals, as the catalogue of errors has them: one response for each status.

use std::collections::BTreeMap;

use model::{Code, catalogue::Dialect};
use serde_json::{Map, Value, json};

/// The headers that answers carry.
pub fn headers() -> Value {
    json!({
        "X-Request-Id": {
            "description": "The id of this exchange; log lines carry the same.",
            "required": true,
            "schema": { "type": "string", "pattern": "^req_[0-9a-z]{24}$" },
        },
        "WWW-Authenticate": {
            "description": "The scheme to come back with.",
            "required": true,
            "schema": { "type": "string", "const": "Bearer" },
        },
        "Retry-After": {
            "description": "Seconds after which it may be tried again.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}

/// The headers of an answer, as references to [`headers`].
pub fn carries<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    let link = |name| json!({ "$ref": format!("#/components/headers/{name}") });
    names.into_iter().map(|name| (name.to_owned(), link(name))).collect::<Map<_, _>>().into()
}

/// One response for each status among `codes`. `required` are the fields whose absence is a code of its own; what
/// does not depend on them is kept once, in `shared`.
pub fn responses(
    dialect: Dialect,
    codes: &[Code],
    required: &[String],
    shared: &mut Map<String, Value>,
) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        let of_status = by_status.entry(code.entry().status).or_default();
        if !of_status.contains(code) {
            of_status.push(*code);
        }
    }
    let mut responses = Map::new();
    for (status, codes) in by_status {
        let mut response = response(dialect, status, &codes, required);
        if !codes.contains(&Code::FieldRequired) {
            let name = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(".");
            let name = if dialect == Dialect::Ingest { format!("ingest.{name}") } else { name };
            let link = json!({ "$ref": format!("#/components/responses/{name}") });
            shared.insert(name, std::mem::replace(&mut response, link));
        }
        responses.insert(status.to_string(), response);
    }
    responses
}

fn response(dialect: Dialect, status: u16, codes: &[Code], required: &[String]) -> Value {
    let lines = codes.iter().map(|code| format!("- `{code}`: {}", code.entry().message));
    let lines: Vec<String> = lines.collect();
    let texts = codes.iter().flat_map(|code| match code {
        Code::FieldRequired => {
            required.iter().map(|field| format!("{field} is required")).collect()
        }
        code => vec![code.to_string()],
    });
    let texts: Vec<String> = texts.collect();
    let mut own = json!({ "properties": { "error": { "enum": texts } } });
    if codes.contains(&Code::SeatLimitReached) {
        own["required"] = json!(["seats", "upgradeUrl"]);
    }
    let shape = if dialect == Dialect::Ingest { "Refusal" } else { "Error" };
    let schema = json!({ "allOf": [{ "$ref": format!("#/components/schemas/{shape}") }, own] });
    let also = match status {
        401 if codes.contains(&Code::Unauthorized) => Some("WWW-Authenticate"),
        429 | 503 if codes.iter().all(|code| code.entry().is_retryable) => Some("Retry-After"),
        _ => None,
    };
    json!({
        "description": lines.join("\n"),
        "headers": carries(["X-Request-Id"].into_iter().chain(also)),
        "content": { "application/json": { "schema": schema } },
        "x-codes": codes,
    })
}
