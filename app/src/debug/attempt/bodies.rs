//! What arrived, beside what Tiny made of it.

use leptos::prelude::*;
use model::wire::attempts::{Attempt, Kind};
use serde_json::{Map, Value};

use crate::{
    format,
    islands::Copy,
    ui::{
        diff::{Differences, differences},
        json::Json,
    },
};

/// The order in which an event's keys are read; others stand behind them.
const KEY_ORDER: [&str; 16] = [
    "id",
    "type",
    "name",
    "timestamp",
    "clientTimestamp",
    "receivedAt",
    "anonymousId",
    "userId",
    "sessionId",
    "page",
    "properties",
    "context",
    "url",
    "path",
    "title",
    "referrer",
];

#[component]
pub(super) fn Bodies(attempt: Attempt, curl: String) -> impl IntoView {
    let raw = attempt.raw;
    let found = match (serde_json::from_str::<Value>(&raw), &attempt.normalised) {
        (Ok(raw), Some(normalised)) => differences(&raw, normalised),
        _ => Differences::default(),
    };
    let bytes = format::thousands(attempt.row.body_bytes);
    let size = match attempt.gzip_bytes {
        Some(gzip) => format!("{bytes} bytes, from {} of gzip", format::thousands(gzip)),
        None => format!("{bytes} bytes, as received"),
    };
    let is_refused = attempt.row.status >= 400;
    let why_nothing = why_nothing(attempt.issues.is_empty());
    let normalised = attempt.normalised.map(|value| written(&value));
    let (dropped, changed) = (found.dropped, found.changed);
    let has_marks = !(dropped.is_empty() && changed.is_empty());
    let becomes = normalised.is_some().then_some(match (is_refused, attempt.row.kind) {
        (true, _) | (false, Kind::Validate) => "what it would have become",
        (false, Kind::Bootstrap) => "the session it was given",
        (false, Kind::Events) => "what was stored",
    });
    view! {
        <div class="pair">
            <figure class="code">
                <figcaption>
                    <b>"Raw"</b>
                    <span class="dim">{size}</span>
                    <span class="grow"></span>
                    <span>
                        <Copy text=raw.clone() label="Copy" what="Copy raw body" class="btn quiet small"/>
                        <Copy text=curl label="Copy as curl" what="Copy as curl command" class="btn quiet small"/>
                    </span>
                </figcaption>
                <RawBody raw is_cut=attempt.is_raw_cut marks=dropped/>
            </figure>
            <figure class="code">
                <figcaption><b>"Normalised"</b>{becomes.map(|words| view! { <span class="dim">{words}</span> })}</figcaption>
                {match normalised {
                    Some(text) => view! { <Json text marks=changed label="Normalised"/> }.into_any(),
                    None => view! {
                        <p class="note">{why_nothing}</p>
                    }.into_any(),
                }}
            </figure>
        </div>
        {has_marks.then(|| view! {
            <p class="legend">
                <mark>"Marked"</mark>" is what differs: dropped from the raw body, added or changed in the "
                "normalised one. Both are laid out for reading; Copy takes the raw body as it arrived."
            </p>
        })}
    }
}

const fn why_nothing(is_without_issues: bool) -> &'static str {
    if is_without_issues {
        "Nothing: the body is not a JSON object, or it came in a form that is not read."
    } else {
        "Nothing: the issues below leave nothing that could be stored."
    }
}

#[component]
fn RawBody(raw: String, is_cut: bool, marks: std::collections::BTreeSet<String>) -> impl IntoView {
    if raw.is_empty() {
        return view! { <p class="note">"The body was empty."</p> }.into_any();
    }
    let cut = is_cut.then(|| {
        view! { <p class="note">"The body was larger than this source takes; only its first bytes were kept."</p> }
    });
    let replaced = raw.contains('\u{fffd}').then(|| {
        view! {
            <p class="note">
                "Bytes that are not UTF-8 are shown as \u{fffd}. The API gives them as they are, as rawBase64."
            </p>
        }
    });
    view! { {cut}{replaced}<Json text=raw marks label="Raw body"/> }.into_any()
}

/// The normalised events as text, with keys in the order people look for them.
fn written(value: &Value) -> String {
    ordered(value).to_string()
}

/// A JSON text whose objects keep the order they are given.
enum Ordered {
    Leaf(String),
    List(Vec<Ordered>),
    Map(Vec<(String, Ordered)>),
}

impl std::fmt::Display for Ordered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Leaf(text) => f.write_str(text),
            Self::List(items) => {
                f.write_str("[")?;
                for (place, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if place > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (place, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key}:{value}", if place > 0 { "," } else { "" })?;
                }
                f.write_str("}")
            }
        }
    }
}

fn ordered(value: &Value) -> Ordered {
    match value {
        Value::Array(items) => Ordered::List(items.iter().map(ordered).collect()),
        Value::Object(object) => Ordered::Map(ordered_entries(object)),
        leaf => Ordered::Leaf(leaf.to_string()),
    }
}

fn ordered_entries(object: &Map<String, Value>) -> Vec<(String, Ordered)> {
    let rank =
        |key: &str| KEY_ORDER.iter().position(|known| *known == key).unwrap_or(KEY_ORDER.len());
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| rank(key));
    entries
        .into_iter()
        .map(|(key, value)| (Value::from(key.as_str()).to_string(), ordered(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::written;

    #[test]
    fn keys_stand_where_people_look_for_them_and_nothing_is_lost() {
        let value =
            json!([{"zeta": "<\"", "name": "n", "id": "a", "page": {"b": 1.5, "a": null}}, []]);
        let text = written(&value);
        assert!(text.starts_with(r#"[{"id":"a","name":"n","page":{"#), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
