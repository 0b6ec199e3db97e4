//! Labelled fields of a form, each with its hint and its error.

use accounts::Password;
use leptos::prelude::*;
use model::wire::team::Role;

use super::{form::Form, html::escaped};
use crate::{islands::Sentence, problem::Door};

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
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(optional)] min: Option<i64>,
    #[prop(optional)] max: Option<i64>,
    #[prop(optional)] min_length: Option<usize>,
    #[prop(optional)] max_length: Option<usize>,
    #[prop(optional)] required: bool,
    #[prop(optional)] focused: bool,
    /// Whether it holds what machines read.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let sent = form.value(name).map(str::to_owned).or(value);
    let focused = form.has_focus(name, focused);
    let error = form.error(name).map(str::to_owned);
    let problem = (focused && form.problem().is_some()).then_some(PROBLEM_ID);
    let described = described_by(name, problem, hint.is_some(), error.is_some());
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
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(default = 3)] rows: i64,
) -> impl IntoView {
    // Leptos writes what stands in a textarea as it is, as in a script.
    let sent = escaped(form.value(name).unwrap_or_default());
    let focused = form.has_focus(name, false);
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, None, hint.is_some(), error.is_some());
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
    #[prop(optional, into)] hint: Option<String>,
    /// Whether a choice without a value is none.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let sent = form.value(name).map_or(value, str::to_owned);
    let focused = form.has_focus(name, false);
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, None, hint.is_some(), error.is_some());
    let options = options.into_iter().map(move |(value, words)| {
        let selected = value == sent;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name required=required autofocus=focused aria-invalid=error.is_some().then_some("true")
                aria-describedby=described>{options.collect_view()}</select>
            <Notes name hint error/>
        </div>
    }
}

/// A role for someone: the viewers' at first, or the last that there is.
#[component]
pub(crate) fn RoleSelect(
    label: &'static str,
    roles: Vec<Role>,
    form: Form,
    #[prop(into)] hint: String,
) -> impl IntoView {
    let viewer = roles.iter().find(|role| role.kind.as_deref() == Some("viewer"));
    let value = viewer.or(roles.last()).map(|role| role.id.to_string()).unwrap_or_default();
    let options = roles.into_iter().map(|role| (role.id.to_string(), role.name)).collect();
    view! { <Select name="roleId" label value options form hint/> }
}

/// A password to be chosen.
#[component]
pub(crate) fn NewPassword(
    name: &'static str,
    label: &'static str,
    form: Form,
    #[prop(optional)] focused: bool,
) -> impl IntoView {
    let (min_length, max_length) = (Password::MIN_CHARS, Password::MAX_CHARS);
    let hint =
        format!("{min_length} to {max_length} characters. Any characters; longer is better.");
    view! {
        <TextField name label kind="password" autocomplete="new-password" required=true hint min_length max_length
            focused form/>
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
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let is_ticked = if form.was_sent() { form.value(name) == Some("true") } else { checked };
    let error = form.error(name).map(str::to_owned);
    let described = described_by(name, None, hint.is_some(), error.is_some());
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

/// The id of what is wrong with a form as a whole; a page answers one form at a time.
const PROBLEM_ID: &str = "form-problem";

/// What is wrong with the form as a whole. It has the cursor, so that it is in sight and read out first; where the form
/// begins with the cursor in a field, that field names it instead.
#[component]
pub(crate) fn FormProblem(
    form: Form,
    /// Whether a field of the form has the cursor.
    #[prop(optional)]
    has_field: bool,
    /// What helps, where that is no link.
    #[prop(default = None)]
    act: Option<AnyView>,
) -> impl IntoView {
    let act = act.map(|act| view! { <div class="acts">{act}</div> });
    form.problem().cloned().map(|problem| {
        let link = |Door { label, href }| view! { " "<a href=href>{label}</a> };
        let doors = (!problem.doors.is_empty()).then(|| {
            let links = problem.doors.into_iter().map(link).collect_view();
            view! { <span class="doors">{links}</span> }
        });
        view! {
            <div class="notice bad" role="alert" id=PROBLEM_ID tabindex="-1" autofocus=!has_field>
                <span class="sign" aria-hidden="true">"!"</span>
                <div><p><strong>{problem.title}</strong>" "<Sentence text=problem.fix/>{doors}</p>{act}</div>
            </div>
        }
    })
}

#[component]
fn Notes(name: &'static str, hint: Option<String>, error: Option<String>) -> impl IntoView {
    view! {
        {error.map(|sentence| view! { <FieldError name sentence/> })}
        {hint.map(|words| view! { <p class="hint" id=hint_id(name)>{words}</p> })}
    }
}

/// What is wrong with a field.
#[component]
pub(crate) fn FieldError(name: &'static str, sentence: String) -> impl IntoView {
    view! {
        <p class="field-error" id=error_id(name)><span aria-hidden="true">"! "</span>{sentence}</p>
    }
}

fn error_id(name: &str) -> String {
    format!("{name}-error")
}

fn hint_id(name: &str) -> String {
    format!("{name}-hint")
}

fn described_by(
    name: &str,
    problem: Option<&str>,
    has_hint: bool,
    has_error: bool,
) -> Option<String> {
    let notes = [
        problem.map(str::to_owned),
        has_error.then(|| error_id(name)),
        has_hint.then(|| hint_id(name)),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}
