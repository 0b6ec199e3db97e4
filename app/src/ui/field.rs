//! Labelled fields of a form, each with its hint and its error.

use leptos::prelude::*;

use super::{form::Form, html::escaped};
use crate::problem::Door;

/// A one-line field.
#[component]
pub(crate) fn TextField(
    /// Its name in the form.
    name: &'static str,
    label: &'static str,
    /// What was sent, and what was wrong with it.
    form: Form,
    /// The value at first.
    #[prop(optional, into)]
    value: Option<String>,
    /// `text`, `email`, `password`, `number`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(optional)] min: Option<i64>,
    #[prop(optional)] max: Option<i64>,
    #[prop(optional)] min_length: Option<i64>,
    #[prop(optional)] max_length: Option<i64>,
    #[prop(optional)] required: bool,
    #[prop(optional)] focused: bool,
    /// Whether it holds what machines read.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let sent = form.value(name).map(str::to_owned).or(value);
    let focused = form.has_focus(name, focused);
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, hint.is_some(), error.is_some());
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type=kind value=sent autocomplete=autocomplete placeholder=placeholder
                min=min max=max minlength=min_length maxlength=max_length required=required autofocus=focused
                class=mono.then_some("mono") spellcheck=mono.then_some("false")
                autocapitalize=mono.then_some("none")
                aria-invalid=error.is_some().then_some("true") aria-describedby=described/>
            <Notes name hint error/>
        </div>
    }
}

/// A field of several lines.
#[component]
pub(crate) fn TextArea(
    name: &'static str,
    label: &'static str,
    form: Form,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(default = 3)] rows: i64,
) -> impl IntoView {
    // Leptos writes what stands in a textarea as it is, as in a script.
    let sent = escaped(form.value(name).unwrap_or_default());
    let focused = form.has_focus(name, false);
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, hint.is_some(), error.is_some());
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea id=name name=name rows=rows autofocus=focused class="mono" spellcheck="false" autocapitalize="none"
                placeholder=placeholder aria-invalid=error.is_some().then_some("true")
                aria-describedby=described>{sent}</textarea>
            <Notes name hint error/>
        </div>
    }
}

/// A choice among a few.
#[component]
pub(crate) fn Select(
    name: &'static str,
    label: &'static str,
    form: Form,
    /// The choice at first.
    #[prop(into)]
    value: String,
    /// Values and their words.
    options: Vec<(String, String)>,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let sent = form.value(name).map_or(value, str::to_owned);
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, hint.is_some(), error.is_some());
    let options = options.into_iter().map(move |(value, words)| {
        let selected = value == sent;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name aria-invalid=error.is_some().then_some("true")
                aria-describedby=described>{options.collect_view()}</select>
            <Notes name hint error/>
        </div>
    }
}

/// A box to tick; it sends `true` or nothing.
#[component]
pub(crate) fn Checkbox(
    name: &'static str,
    label: &'static str,
    form: Form,
    /// Whether it is ticked at first.
    checked: bool,
    /// Whether it can be ticked no more than it is.
    #[prop(optional)]
    disabled: bool,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let is_ticked = if form.was_sent() { form.value(name) == Some("true") } else { checked };
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, hint.is_some(), error.is_some());
    view! {
        <div class="field check">
            <input id=name name=name type="checkbox" value="true" checked=is_ticked disabled=disabled
                aria-describedby=described/>
            <label for=name>{label}</label>
            <Notes name hint error/>
        </div>
    }
}

/// A value that travels with the form unseen.
#[component]
pub(crate) fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// Whose password a form asks for. Unseen and not sent: for what keeps passwords in the browser.
#[component]
pub(crate) fn Username(#[prop(into)] email: String) -> impl IntoView {
    view! { <input type="text" autocomplete="username" value=email readonly=true hidden=true/> }
}

/// What is wrong with the form as a whole.
#[component]
pub(crate) fn FormProblem(form: Form) -> impl IntoView {
    form.problem().cloned().map(|problem| {
        let link = |Door { label, href }| view! { " "<a href=href>{label}</a> };
        let doors = (!problem.doors.is_empty()).then(|| {
            let links = problem.doors.into_iter().map(link).collect_view();
            view! { <span class="doors">{links}</span> }
        });
        view! {
            <div class="notice bad" role="alert">
                <span class="sign" aria-hidden="true">"!"</span>
                <p><strong>{problem.title}</strong>" "{problem.fix}{doors}</p>
            </div>
        }
    })
}

#[component]
fn Notes(name: &'static str, hint: Option<&'static str>, error: Option<String>) -> impl IntoView {
    view! {
        {error.map(|sentence| view! {
            <p class="field-error" id=error_id(name)><span aria-hidden="true">"! "</span>{sentence}</p>
        })}
        {hint.map(|words| view! { <p class="hint" id=hint_id(name)>{words}</p> })}
    }
}

fn error_id(name: &str) -> String {
    format!("{name}-error")
}

fn hint_id(name: &str) -> String {
    format!("{name}-hint")
}

fn described_by(name: &str, has_hint: bool, has_error: bool) -> Option<String> {
    match (has_error, has_hint) {
        (true, true) => Some(format!("{} {}", error_id(name), hint_id(name))),
        (true, false) => Some(error_id(name)),
        (false, true) => Some(hint_id(name)),
        (false, false) => None,
    }
}
