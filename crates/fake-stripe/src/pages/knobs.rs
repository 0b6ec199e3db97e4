//! The form of the knobs on the page `/`: a field for each of them.
//!
//! A field is known by the place of its knob in [`Knobs`] as JSON, and named by the end of that. So serde says which
//! values fit, and a knob without a field fails a test.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Form, State};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};

use super::html::{Markup, text};
use super::{refused, see};
use crate::error::{Answer, ApiError};
use crate::handle::FakeStripe;
use crate::knobs::Knobs;

/// How likely something is.
const CHANCES: [(&str, &str); 9] = [
    ("/duplicate", "Webhooks sent again"),
    ("/reorder", "Webhooks out of order"),
    ("/drop", "Webhooks lost"),
    ("/faults/rate_limit", "Calls answered 429"),
    ("/faults/server_error", "Calls answered 500"),
    ("/faults/server_error_kept", "Calls answered 500, and again with their key"),
    ("/faults/timeout_after", "Calls done, but answered too late"),
    ("/faults/reset_before", "Calls neither done nor answered"),
    ("/faults/reset_after", "Calls done, but not answered"),
];
const NUMBERS: [(&str, &str); 4] = [
    ("/duplicates", "How many times more a webhook is sent again"),
    ("/delay_seconds", "Webhooks are late by up to, seconds"),
    ("/timeout_ms", "What is answered too late takes, ms"),
    ("/draft_seconds", "Renewals are drafts for, seconds"),
];
const RETRY_DAYS: &str = "/retry_days";
type Words = [(&'static str, &'static str)];
const CHOICES: [(&str, &str, &Words); 2] = [
    ("/mode", "Webhooks", &[("automatic", "are sent"), ("manual", "wait")]),
    (
        "/after_retries",
        "Who never pays",
        &[("cancel", "is canceled"), ("unpaid", "is unpaid"), ("past_due", "stays past due")],
    ),
];

pub(super) fn router() -> Router<FakeStripe> {
    Router::new().route("/control/knobs", post(set))
}

async fn set(
    State(fake): State<FakeStripe>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    match read(&fake.knobs(), &form) {
        Ok(knobs) => {
            fake.set_knobs(knobs);
            see("/")
        }
        Err(error) => refused(&error, "/"),
    }
}

fn name(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or_default()
}

/// The knobs with what was sent written over them.
fn read(old: &Knobs, form: &HashMap<String, String>) -> Answer<Knobs> {
    let mut all = serde_json::to_value(old).unwrap_or_default();
    let chances = CHANCES.map(|(place, _)| (place, chance as Reader));
    let numbers = NUMBERS.map(|(place, _)| (place, number as Reader));
    let choices = CHOICES.map(|(place, ..)| (place, (|word| Ok(json!(word))) as Reader));
    let fields = chances.into_iter().chain(numbers).chain(choices).chain([(RETRY_DAYS, days as _)]);
    for (place, read) in fields {
        if let (Some(sent), Some(knob)) = (form.get(name(place)), all.pointer_mut(place)) {
            *knob = read(sent)?;
        }
    }
    serde_json::from_value(all).map_err(|error| ApiError::invalid(format!("Not a knob: {error}")))
}

type Reader = fn(&str) -> Answer<Value>;

fn chance(sent: &str) -> Answer<Value> {
    let percent = sent.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    let percent: f64 = percent.ok_or_else(|| ApiError::invalid("A percentage is 0 to 100."))?;
    Ok(json!(percent / 100.0))
}

fn number(sent: &str) -> Answer<Value> {
    let number: Option<u32> = sent.trim().parse().ok();
    Ok(json!(number.ok_or_else(|| ApiError::invalid(format!("Not a whole number: {sent}")))?))
}

/// `3, 5, 7`, or nothing.
fn days(sent: &str) -> Answer<Value> {
    sent.split(',').filter(|day| !day.trim().is_empty()).map(number).collect()
}

/// The form, as the knobs are set.
pub(super) fn form(knobs: &Knobs) -> Markup {
    let all = serde_json::to_value(knobs).unwrap_or_default();
    let knob = |place: &str| all.pointer(place).cloned().unwrap_or_default();
    let chances = CHANCES.map(|(place, label)| percent(place, label, &knob(place)));
    let numbers = NUMBERS.map(|(place, label)| {
        input(place, label, "type=\"number\" min=\"0\"", &knob(place).to_string())
    });
    let choices = CHOICES.map(|(place, label, words)| select(place, label, words, &knob(place)));
    let days = knob(RETRY_DAYS).as_array().cloned().unwrap_or_default();
    let days = days.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
    let days =
        input(RETRY_DAYS, "Failed payments are tried again after, days", "type=\"text\"", &days);
    Markup(format!(
        "<section><h2>Knobs</h2><form method=\"post\" action=\"/control/knobs\"><div class=\"row\">{}{}{days}{}\
         </div><p></p><button class=\"main\">Set</button></form></section>",
        chances.concat(),
        numbers.concat(),
        choices.concat(),
    ))
}

fn percent(place: &str, label: &str, knob: &Value) -> String {
    // 0.07 is 7 %, not 7.000000000000001 %.
    let percent = (knob.as_f64().unwrap_or_default() * 1e8).round() / 1e6;
    let kind = "type=\"number\" min=\"0\" max=\"100\" step=\"any\"";
    input(place, &format!("{label}, %"), kind, &percent.to_string())
}

fn input(place: &str, label: &str, kind: &str, value: &str) -> String {
    format!(
        "<label class=\"field\"><span>{label}</span><input {kind} name=\"{}\" value=\"{}\"></label>",
        name(place),
        text(value),
    )
}

fn select(place: &str, label: &str, words: &Words, knob: &Value) -> String {
    let option = |(word, label): &(&str, &str)| {
        let selected = if knob == word { " selected" } else { "" };
        format!("<option value=\"{word}\"{selected}>{label}</option>")
    };
    let options: String = words.iter().map(option).collect();
    format!(
        "<label class=\"field\"><span>{label}</span><select name=\"{}\">{options}</select></label>",
        name(place),
    )
}
