//! What replies always hold.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Says of every field of a reply that it is there. A reply tells what is not known as null, so a field that can be
/// null is never absent; a field that may be absent is never null, and keeps its freedom.
pub fn require_what_is_always_there(document: &mut Value) {
    let mut names = BTreeSet::new();
    for (_, operation) in super::operations(document) {
        collect(&operation["responses"], &mut names);
    }
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let mut waiting: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = waiting.pop() {
        let Some(schema) = schemas.get_mut(&name) else { continue };
        require(schema);
        let mut inside = BTreeSet::new();
        collect(schema, &mut inside);
        waiting.extend(inside.into_iter().filter(|name| names.insert(name.clone())));
    }
}

/// The names of the schemas that `value` refers to.
fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str);
            names.extend(name.and_then(|name| name.strip_prefix(SCHEMAS)).map(str::to_owned));
            fields.values().for_each(|field| collect(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

fn require(schema: &mut Value) {
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    parts.into_iter().flatten().for_each(require);
    let Some(fields) = schema.get("properties").and_then(Value::as_object) else { return };
    let always = |name: &&String| is_required(schema, name) || can_be_null(&fields[*name]);
    let always: Vec<String> = fields.keys().filter(always).cloned().collect();
    schema["required"] = json!(always);
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|one| one == name))
}

fn can_be_null(schema: &Value) -> bool {
    let is_null = |word: &Value| word == "null";
    let types = schema.get("type").and_then(Value::as_array);
    let choices = schema.get("oneOf").and_then(Value::as_array);
    types.is_some_and(|types| types.iter().any(is_null))
        || choices.is_some_and(|all| all.iter().any(|one| one.get("type").is_some_and(is_null)))
        || schema.as_object().is_some_and(says_nothing_of_its_type)
}

/// Such a field holds any JSON, null among it.
fn says_nothing_of_its_type(schema: &Map<String, Value>) -> bool {
    !["type", "oneOf", "allOf", "$ref", "enum"].iter().any(|key| schema.contains_key(*key))
}
