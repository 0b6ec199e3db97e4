//! Making a workspace: the page after the first sign-up.

use leptos::prelude::*;
use workspaces::{Slug, WorkspaceName};

use super::NewWorkspacePage;
use crate::{
    chrome::{self, Chrome, Place},
    ui::{
        button::{Submit, Weight},
        field::{FormProblem, TextField},
    },
};

/// `/workspaces/new`.
#[must_use]
pub fn page(chrome: &Chrome, page: NewWorkspacePage) -> String {
    let form = page.form;
    let is_first = chrome.organizations.is_empty();
    let title = if is_first { "Name your workspace" } else { "New workspace" };
    chrome::page(chrome, Place::NewWorkspace, "New workspace", move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lead">
                    "A workspace holds the sources of one product or company and the people who look after them. "
                    "Whoever makes it owns it; you can make more later."
                </p>
                <form class="card form" method="post" action="/workspaces/new">
                    <FormProblem form=form.clone() has_field=true/>
                    <TextField name="name" label="Name" placeholder="Acme" required=true focused=true
                        max_length=WorkspaceName::MAX_CHARS autocomplete="organization" form=form.clone()/>
                    <TextField name="slug" label="Address (optional)" placeholder="acme" mono=true
                        hint="Its place in page addresses: small letters, digits and hyphens. Left empty, it is made from the name."
                        max_length=Slug::MAX_CHARS form/>
                    <Submit weight=Weight::Primary label="Create workspace"/>
                </form>
            </div>
        }
    })
}
