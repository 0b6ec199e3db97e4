//! Schemas of the description, in words and as values that fit.

use serde_json::{Value, json};

use super::{Field, Kind};
use crate::format::thousands;

/// The description, whose parts refer to each other.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a>(pub &'a Value);

/// How deep an example goes: an object may hold others of its own kind.
const MOST_LEVELS: u8 = 4;

static NOTHING: Value = Value::Null;

impl<'a> Document<'a> {
    /// What a value refers to; itself, when it refers to nothing.
    pub fn resolve(self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|link| link.strip_prefix('#'));
        pointer.map_or(value, |pointer| self.0.pointer(pointer).unwrap_or(&NOTHING))
    }

    /// What a field holds when it is not null.
    fn present(value: &'a Value) -> &'a Value {
        let mut choices = value["oneOf"].as_array().into_iter().flatten();
        choices.find(|choice| choice["type"] != "null").unwrap_or(value)
    }

    /// The fields of an object, those of its parts first.
    pub fn fields(self, schema: &'a Value, place: &'static str) -> Vec<Field> {
        let schema = self.resolve(schema);
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let of_parts = parts.flat_map(|part| self.fields(part, place));
        let own = schema["properties"].as_object().into_iter().flatten().map(|(name, field)| {
            let is_required =
                schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
            Field { is_required, ..self.field(name, field, place) }
        });
        of_parts.chain(own).chain(self.fields_of_choices(schema, place)).collect()
    }

    /// The fields of an object that is one of several, once each; those are required that all of them require.
    fn fields_of_choices(self, schema: &'a Value, place: &'static str) -> Vec<Field> {
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        let choices: Vec<_> = choices.map(|choice| self.fields(choice, place)).collect();
        let mut all: Vec<Field> = Vec::new();
        for field in choices.iter().flatten() {
            if all.iter().all(|known| known.name != field.name) {
                let requires = |choice: &Vec<Field>| {
                    choice.iter().any(|one| one.name == field.name && one.is_required)
                };
                all.push(Field { is_required: choices.iter().all(requires), ..field.clone() });
            }
        }
        all
    }

    /// One field, as far as its own schema tells.
    pub fn field(self, name: &str, schema: &'a Value, place: &'static str) -> Field {
        let inside = Self::present(schema);
        let says = [schema, inside, self.resolve(inside)].map(|one| one["description"].as_str());
        let types = schema["type"].as_array().into_iter().chain(schema["oneOf"].as_array());
        let is_null = |one: &Value| one == "null" || one["type"] == "null";
        Field {
            name: name.to_owned(),
            place,
            kind: Kind { is_nullable: types.flatten().any(is_null), ..self.kind(inside) },
            is_required: false,
            says: says.into_iter().flatten().next().unwrap_or_default().to_owned(),
        }
    }

    fn kind(self, schema: &'a Value) -> Kind {
        let name = schema["$ref"].as_str().and_then(|link| link.rsplit('/').next());
        let schema = self.resolve(schema);
        if let (Some(name), true) = (name, is_object(schema)) {
            return Kind {
                words: String::new(),
                object: Some(name.to_owned()),
                is_nullable: false,
            };
        }
        if type_of(schema) == "array" {
            let inside = self.kind(&schema["items"]);
            let words = ["list of", &inside.words].join(" ");
            return Kind { words: words.trim_end().to_owned(), ..inside };
        }
        Kind { words: words(schema), object: None, is_nullable: false }
    }

    /// A value that fits, for an example.
    pub fn sample(self, schema: &'a Value) -> Value {
        self.sample_within(schema, MOST_LEVELS)
    }

    fn sample_within(self, schema: &'a Value, levels: u8) -> Value {
        let schema = self.resolve(Self::present(schema));
        if let Some(value) = schema["examples"].get(0).or_else(|| schema["enum"].get(0)) {
            return value.clone();
        }
        let Some(levels) = levels.checked_sub(1) else { return Value::Null };
        match (type_of(schema), schema["format"].as_str()) {
            ("integer", _) => schema.get("default").unwrap_or(&schema["minimum"]).clone(),
            ("boolean", _) => json!(true),
            ("array", _) => json!([self.sample_within(&schema["items"], levels)]),
            ("object", _) => {
                let fields = schema["properties"].as_object().into_iter().flatten();
                let sample = |field| self.sample_within(field, levels);
                fields.map(|(name, field)| (name.clone(), sample(field))).collect()
            }
            (_, Some("password")) => json!("a calm summer of 2026"),
            _ => json!("…"),
        }
    }
}

/// Whether a schema is an object with fields to tell of.
pub fn is_object(schema: &Value) -> bool {
    let is_part = |part: &Value| part.get("$ref").is_some() || is_object(part);
    schema.get("properties").is_some()
        || schema.get("allOf").is_some()
        || schema["oneOf"].as_array().is_some_and(|choices| choices.iter().all(is_part))
}

fn type_of(schema: &Value) -> &str {
    let types = schema["type"].as_array();
    let present = types.and_then(|types| types.iter().find(|one| *one != "null"));
    present.unwrap_or(&schema["type"]).as_str().unwrap_or_default()
}

/// What a schema without fields holds.
fn words(schema: &Value) -> String {
    if let Some(choices) = schema["enum"].as_array() {
        let choices = choices.iter().filter_map(Value::as_str);
        return choices.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    if let Some(title) = schema["title"].as_str() {
        return title.to_owned();
    }
    let number = |key: &str| schema[key].as_i64().map(thousands);
    let prefix = schema["pattern"].as_str().and_then(|form| form.strip_prefix('^'));
    let prefix = prefix.and_then(|form| form.split_once("_[0-7]")).map(|(prefix, _)| prefix);
    match (type_of(schema), schema["format"].as_str(), prefix) {
        ("integer", ..) => match (number("minimum"), number("maximum")) {
            (Some(least), Some(most)) => format!("{least} to {most}"),
            _ => "whole number".to_owned(),
        },
        ("boolean", ..) => "true or false".to_owned(),
        ("object", ..) => "object".to_owned(),
        ("string", Some("date-time"), _) => "time".to_owned(),
        ("string", Some("email"), _) => "e-mail address".to_owned(),
        ("string", _, Some(prefix)) => format!("`{prefix}_…`"),
        ("string", ..) => match (number("minLength"), number("maxLength")) {
            (Some(least), Some(most)) => format!("text, {least} to {most} characters"),
            (None, Some(most)) => format!("text, at most {most} characters"),
            _ => "text".to_owned(),
        },
        _ => "anything".to_owned(),
    }
}
