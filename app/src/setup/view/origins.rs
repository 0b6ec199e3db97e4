//! Which pages may send.

use leptos::prelude::*;
use model::wire::sources::Source;
use sources::AllowedOrigin;

use super::Paths;
use crate::ui::{
    button::{Submit, Weight},
    field::{FormProblem, Hidden, TextField},
    form::Form,
};

#[component]
pub(super) fn OriginsCard(
    source: Source,
    form: Form,
    paths: Paths,
    can_manage: bool,
) -> impl IntoView {
    let is_empty = source.allowed_origins.is_empty();
    let remove = format!("{}/origins/remove", paths.forms);
    let lines = source.allowed_origins.into_iter().map(|origin| {
        let button = can_manage.then(|| {
            let what = format!("Remove {origin}");
            view! {
                <form method="post" action=remove.clone()>
                    <Hidden name="origin" value=origin.clone()/>
                    <Submit weight=Weight::Quiet label="Remove" what/>
                </form>
            }
        });
        view! { <li><code>{origin}</code>{button}</li> }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" id="origins" aria-labelledby="origins-title">
            <h2 id="origins-title">"Allowed origins"</h2>
            <p class="dim">
                "Browsers may send from these. Scheme, host and port must match, so "
                <code>"http://localhost:3000"</code>" and "<code>"http://127.0.0.1:3000"</code>" are two origins. "
                <code>"https://*.example.com"</code>" allows every subdomain."
            </p>
            {if is_empty {
                view! { <p class="note">"None yet: every browser is refused. Servers and curl may send."</p> }.into_any()
            } else {
                view! { <ul class="lines">{lines}</ul> }.into_any()
            }}
            {can_manage.then(|| view! {
                <form class="form inline" method="post" action=format!("{}/origins/add", paths.forms)>
                    <FormProblem form=form.clone()/>
                    <TextField name="origin" label="Add an origin" placeholder="https://app.example.com"
                        mono=true required=true autocomplete="off" max_length=AllowedOrigin::MAX_BYTES
                        hint="Scheme, host and port, without a path."
                        form/>
                    <Submit weight=Weight::Plain label="Add"/>
                </form>
            })}
        </section>
    }
}
