//! Name, address, framework and limits.

use leptos::prelude::*;
use model::wire::sources::{
    FrameworkHint, MAX_NAME_CHARS, MAX_PAYLOAD_BYTES, MAX_RATE_PER_MINUTE, MAX_SLUG_CHARS,
    MIN_PAYLOAD_BYTES, Source,
};

use super::Paths;
use crate::{
    format,
    ui::{
        button::{Submit, Weight},
        field::{Checkbox, FormProblem, Select, TextField},
        form::Form,
    },
};

#[component]
pub(super) fn SettingsCard(
    source: Source,
    form: Form,
    paths: Paths,
    can_manage: bool,
) -> impl IntoView {
    let content = if can_manage {
        view! { <SettingsForm source form paths/> }.into_any()
    } else {
        view! { <Values source/> }.into_any()
    };
    view! {
        <section class="card" id="settings" aria-labelledby="settings-title">
            <h2 id="settings-title">"Name and limits"</h2>
            {content}
        </section>
    }
}

#[component]
fn SettingsForm(source: Source, form: Form, paths: Paths) -> impl IntoView {
    let (least, most) =
        (format::thousands(MIN_PAYLOAD_BYTES), format::thousands(MAX_PAYLOAD_BYTES));
    let largest = format!(
        "{least} to {most} ({}). A larger body is refused with payload_too_large.",
        format::bytes(MAX_PAYLOAD_BYTES)
    );
    let most = format::thousands(MAX_RATE_PER_MINUTE);
    let rate = format!(
        "At most {most}; 0 means no limit. What is above is refused with rate_limit_exceeded."
    );
    view! {
        <form class="form grid" method="post" action=format!("{}/settings", paths.forms)>
            <FormProblem form=form.clone()/>
            <TextField name="name" label="Name" required=true max_length=MAX_NAME_CHARS value=source.name form=form.clone()/>
            <TextField name="slug" label="Address" required=true max_length=MAX_SLUG_CHARS mono=true value=source.slug
                hint="In page addresses. Links to the old one stop working." form=form.clone()/>
            <TextField name="maxPayloadBytes" label="Largest body, in bytes" kind="number" required=true
                min=MIN_PAYLOAD_BYTES max=MAX_PAYLOAD_BYTES value=source.max_payload_bytes.to_string()
                hint=largest form=form.clone()/>
            <TextField name="rateLimitPerMinute" label="Requests a minute" kind="number" required=true min=0
                max=MAX_RATE_PER_MINUTE
                value=source.rate_limit_per_minute.to_string()
                hint=rate form=form.clone()/>
            <FrameworkSelect value=source.framework_hint form=form.clone()/>
            <Checkbox name="requireOrigin" label="Require an origin" checked=source.require_origin
                hint="Refuses requests without an Origin header, as servers and curl send them. It is no authentication: any program can set the header."
                form/>
            <div class="form-end"><Submit weight=Weight::Plain label="Save"/></div>
        </form>
    }
}

fn words<const N: usize>(options: [(&str, &str); N]) -> Vec<(String, String)> {
    options.map(|(value, words)| (value.to_owned(), words.to_owned())).into()
}

/// Which framework the pages use; decides which snippet is shown first.
#[component]
pub(super) fn FrameworkSelect(value: Option<FrameworkHint>, form: Form) -> impl IntoView {
    let options = words([
        ("", "Not said"),
        ("browser", "Plain pages"),
        ("react", "React"),
        ("nextjs", "Next.js"),
        ("server", "A server or script"),
    ]);
    view! {
        <Select name="frameworkHint" label="Framework" value=value.map_or("", FrameworkHint::as_str)
            options hint="Decides which snippet is shown first." form/>
    }
}

/// The same for those who may not change it.
#[component]
fn Values(source: Source) -> impl IntoView {
    let origin = if source.require_origin { "required" } else { "not required" };
    view! {
        <dl class="facts">
            <div><dt>"Name"</dt><dd>{source.name}</dd></div>
            <div><dt>"Address"</dt><dd><code>{source.slug}</code></dd></div>
            <div><dt>"Largest body"</dt><dd>{format::bytes(source.max_payload_bytes)}</dd></div>
            <div><dt>"Requests a minute"</dt><dd>{format::per_minute(source.rate_limit_per_minute)}</dd></div>
            <div><dt>"Origin header"</dt><dd>{origin}</dd></div>
        </dl>
    }
}
