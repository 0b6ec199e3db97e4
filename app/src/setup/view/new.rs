//! Making a source.

use leptos::prelude::*;
use model::wire::sources::MAX_NAME_CHARS;

use super::settings::FrameworkSelect;
use crate::{
    chrome::{self, Chrome, Place},
    setup::NewSourcePage,
    ui::{
        button::{Submit, Weight},
        empty::Empty,
        field::{FormProblem, TextArea, TextField},
    },
};

/// `/{workspace}/analytics/setup/new`, and Setup itself while there is no source.
#[must_use]
pub fn new_page(chrome: &Chrome, page: NewSourcePage) -> String {
    let workspace = chrome.slug();
    let title = if page.is_first { "Set up your first source" } else { "New source" };
    chrome::page(chrome, Place::Setup, "New source", move || {
        let content = if page.can_manage {
            let action = format!("/{workspace}/analytics/setup/new");
            view! { <NewForm page action/> }.into_any()
        } else {
            view! {
                <section class="panel">
                    <Empty title="You cannot create a source here">
                        <p>"It takes the permission "<code>"analytics.manage"</code>". Ask an owner of this workspace for it."</p>
                    </Empty>
                </section>
            }
            .into_any()
        };
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lead">
                    "A source is one website or app that sends events. It gets a public key, a snippet to paste and a "
                    "debug view that shows every request."
                </p>
                {content}
            </div>
        }
    })
}

#[component]
fn NewForm(page: NewSourcePage, action: String) -> impl IntoView {
    let form = page.form;
    view! {
        <form class="card form" method="post" action=action>
            <FormProblem form=form.clone() has_field=true/>
            <TextField name="name" label="Name" placeholder="Web app" required=true focused=true max_length=MAX_NAME_CHARS
                autocomplete="off" form=form.clone()/>
            <TextArea name="allowedOrigins" label="Allowed origins, one a line"
                placeholder="https://app.example.com\nhttp://localhost:3000"
                hint="Where your pages run: scheme, host and port. You can add more later; servers and curl need none."
                form=form.clone()/>
            <FrameworkSelect value=None form/>
            <Submit weight=Weight::Primary label="Create source"/>
        </form>
    }
}
