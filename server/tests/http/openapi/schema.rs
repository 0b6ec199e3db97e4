//! As much of JSON Schema as the document uses: values that fit a schema, values that do not, and a judge.

use serde_json::{Map, Value, json};
use tiny::openapi::DOCUMENT;

/// What a reference leads to.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(link) => {
            let pointer = link.strip_prefix('#').expect("a reference into the document");
            DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("{link} leads nowhere"))
        }
        None => value,
    }
}

/// A schema without null among its choices.
pub fn present(schema: &'static Value) -> &'static Value {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    resolved(choices.clone().find(|choice| choice["type"] != "null").unwrap_or(schema))
}

fn kind(schema: &'static Value) -> &'static str {
    let kinds = schema["type"].as_array();
    let first = kinds.and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
    first.unwrap_or(&schema["type"]).as_str().unwrap_or("string")
}

/// A value that fits.
pub fn sample(schema: &'static Value) -> Value {
    let schema = present(schema);
    if let Some(word) = schema["enum"].get(0).or_else(|| schema["examples"].get(0)) {
        return word.clone();
    }
    match (kind(schema), schema["format"].as_str()) {
        ("integer", _) => schema["minimum"].clone(),
        ("boolean", _) => json!(true),
        ("array", _) => json!([]),
        ("object", _) => json!({}),
        (_, Some("email")) => json!("nobody@acme.dev"),
        (_, Some("password")) => json!("a calm summer of 2026"),
        _ => json!("calm"),
    }
}

/// A value of another type than the schema's.
pub fn of_another_type(schema: &'static Value) -> Value {
    if kind(present(schema)) == "string" { json!(7) } else { json!("many") }
}

/// Values of the right type that do not fit.
pub fn misfits(schema: &'static Value) -> Vec<Value> {
    let schema = present(schema);
    let number = |key: &str, by: i64| schema[key].as_i64().map(|limit| json!(limit + by));
    let letters = |key: &str, by: i64| {
        let length = schema[key].as_i64().map(|limit| usize::try_from(limit + by).unwrap());
        length.map(|length| json!("a".repeat(length)))
    };
    let is_particular = ["enum", "pattern"].iter().any(|key| schema.get(*key).is_some())
        || schema["format"] == "date-time";
    let all = [
        number("minimum", -1),
        number("maximum", 1),
        letters("minLength", -1),
        letters("maxLength", 1),
        // One pattern only asks for anything but blanks.
        is_particular.then(|| json!(if schema["pattern"] == r"\S" { " " } else { "~\u{1}~" })),
    ];
    all.into_iter().flatten().collect()
}

/// Every fault of `value`, each with its place.
pub fn faults(schema: &'static Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let beside = schema.as_object().into_iter().flatten();
    for (key, rule) in beside {
        match key.as_str() {
            "$ref" => found.extend(faults(resolved(schema), value, place)),
            "allOf" => found.extend(items(rule).flat_map(|part| faults(part, value, place))),
            "oneOf" => {
                let fitting = items(rule).filter(|part| faults(part, value, place).is_empty());
                if fitting.count() != 1 {
                    found.push(format!("{place} fits not one of {rule}, but is {value}"));
                }
            }
            "type" if !is_of(rule, value) => found.push(format!("{place} is no {rule}: {value}")),
            "enum" if !items(rule).any(|word| word == value) && !value.is_null() => {
                found.push(format!("{place} is none of {rule}: {value}"));
            }
            "const" if rule != value => found.push(format!("{place} is not {rule}: {value}")),
            "required" => found.extend(absent(rule, value, place)),
            "properties" => found.extend(of_fields(rule, value, place)),
            "items" => {
                let elements = value.as_array().into_iter().flatten();
                found.extend(elements.flat_map(|one| faults(rule, one, &format!("{place}[]"))));
            }
            "minimum" if value.as_i64() < rule.as_i64() && value.is_i64() => {
                found.push(format!("{place} is below {rule}: {value}"));
            }
            "pattern" | "format" if !has_form(rule, value) => {
                found.push(format!("{place} has not the form {rule}: {value}"));
            }
            _ => {}
        }
    }
    found
}

fn items(rule: &'static Value) -> impl Iterator<Item = &'static Value> {
    rule.as_array().into_iter().flatten()
}

fn is_of(rule: &'static Value, value: &Value) -> bool {
    let one = |kind: &Value| match kind.as_str() {
        Some("null") => value.is_null(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => panic!("{kind} is a type that no schema had before"),
    };
    rule.as_array().map_or_else(|| one(rule), |kinds| kinds.iter().any(one))
}

fn absent(rule: &'static Value, value: &Value, place: &str) -> Vec<String> {
    let is_absent = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
    items(rule).filter(is_absent).map(|name| format!("{place} lacks {name}")).collect()
}

fn of_fields(rule: &'static Value, value: &Value, place: &str) -> Vec<String> {
    let empty = Map::new();
    let fields = value.as_object().unwrap_or(&empty).iter();
    let described = fields.filter_map(|(name, field)| Some((name, field, rule.get(name)?)));
    described
        .flat_map(|(name, field, schema)| faults(schema, field, &format!("{place}.{name}")))
        .collect()
}

/// Of the patterns only those of ids are read: a prefix and digits.
fn has_form(rule: &'static Value, value: &Value) -> bool {
    let (Some(form), Some(text)) = (rule.as_str(), value.as_str()) else { return true };
    if form == "date-time" {
        return model::UnixMs::parse_rfc3339(text).is_some();
    }
    let id = form.strip_prefix('^').and_then(|form| form.split_once("_["));
    id.is_none_or(|(prefix, _)| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_')))
}
