//! What is added to one operation.

use model::{Code, catalogue::Dialect};
use serde_json::{Map, Value, json};

use super::{ingest, refusals};

/// The handler's own codes, as it notes them for [`complete`].
const OWN_CODES: &str = "x-codes";

/// Adds what the handler did not say: the codes that come from the door, and the headers. `refusals` collects the
/// responses that operations share.
pub fn complete(
    method: &str,
    operation: &mut Map<String, Value>,
    schemas: &Value,
    refusals: &mut Map<String, Value>,
) {
    let name = operation.get("operationId").and_then(Value::as_str).map(camel_case);
    operation.insert("operationId".to_owned(), json!(name));
    let own = operation.remove(OWN_CODES).unwrap_or_default();
    let own =
        own.as_array().into_iter().flatten().filter_map(|code| Code::from_text(code.as_str()?));
    let call = Call::of(method, operation, schemas);
    let is_ingest = operation.get("tags").is_some_and(|tags| tags[0] == ingest::TAG);
    // Ingest has a door of its own, and says everything itself.
    let (dialect, codes): (_, Vec<Code>) = if is_ingest {
        (Dialect::Ingest, own.collect())
    } else {
        (Dialect::Workspace, own.chain(call.shared_codes()).collect())
    };
    if call.is_open {
        operation.insert("security".to_owned(), json!([]));
    }
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    parameters.into_iter().flatten().for_each(never_null);
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for response in responses.values_mut() {
        response["headers"] = refusals::carries(["X-Request-Id"]);
    }
    responses.extend(refusals::responses(dialect, &codes, &call.required, refusals));
}

/// What decides about the codes that an operation shares with others.
struct Call {
    /// Whether anyone may call.
    is_open: bool,
    is_read: bool,
    has_body: bool,
    /// The fields without which it is refused.
    required: Vec<String>,
}

impl Call {
    fn of(method: &str, operation: &Map<String, Value>, schemas: &Value) -> Self {
        let body = operation.get("requestBody");
        let content = body.map(|body| &body["content"]["application/json"]["schema"]);
        let name = content.and_then(|schema| schema["$ref"].as_str()).unwrap_or_default();
        let schema = &schemas[name.rsplit('/').next().unwrap_or_default()];
        let fields = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let in_query = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        let in_query = in_query.filter_map(|parameter| parameter["name"].as_str());
        Self {
            is_open: operation.contains_key("security"),
            is_read: method == "get",
            has_body: body.is_some(),
            required: in_query.chain(fields).map(str::to_owned).collect(),
        }
    }

    /// The codes of the door, in the order of their checks.
    fn shared_codes(&self) -> Vec<Code> {
        let is_asked_something = !self.is_open || self.has_body;
        let all = [
            (!self.is_open, Code::Unauthorized),
            (!self.required.is_empty(), Code::FieldRequired),
            (is_asked_something, Code::InvalidRequest),
            (!self.is_open, Code::Forbidden),
            (!self.is_read, Code::CsrfRejected),
            (self.has_body, Code::PayloadTooLarge),
            (self.has_body, Code::UnsupportedMediaType),
            (is_asked_something, Code::TooManyRequests),
            (true, Code::InternalError),
            (true, Code::ServiceUnavailable),
        ];
        all.into_iter().filter(|(is_possible, _)| *is_possible).map(|(_, code)| code).collect()
    }
}

/// A query has no null: what is not said is left out.
fn never_null(parameter: &mut Value) {
    let schema = &mut parameter["schema"];
    if let Some(types) = schema.get_mut("type").filter(|types| types.is_array()) {
        let word = types.as_array().into_iter().flatten().find(|word| *word != "null");
        *types = word.cloned().unwrap_or_default();
    }
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let link = choices.and_then(|all| all.iter().find(|choice| choice.get("$ref").is_some()));
    if let Some(link) = link.cloned() {
        *schema = link;
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |joined, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        joined + &head.to_ascii_uppercase() + tail
    })
}
