//! What the workspace is called and where it stands.

use leptos::prelude::*;
use model::wire::workspaces::Organization;
use workspaces::{Slug, WorkspaceName};

use super::super::SettingsPage;
use crate::{
    format,
    ui::{
        button::{Submit, Weight},
        code::Copyable,
        field::TextField,
        form::Form,
    },
};

#[component]
pub(super) fn NameCard(page: SettingsPage, form: Form, path: String) -> impl IntoView {
    let SettingsPage { organization, can_manage, offer, .. } = page;
    let id = organization.id.to_string();
    // One act stands out, and an offer that waits for the viewer is more than a name.
    let weight =
        if offer.is_some_and(|offer| offer.is_yours) { Weight::Plain } else { Weight::Primary };
    let content = if can_manage {
        view! {
            <form class="form" method="post" action=path>
                <TextField name="name" label="Name" required=true max_length=WorkspaceName::MAX_CHARS value=organization.name
                    autocomplete="organization" form=form.clone()/>
                <TextField name="slug" label="Address" required=true max_length=Slug::MAX_CHARS mono=true value=organization.slug
                    hint="Its place in page addresses: small letters, digits and hyphens. Links with the old address stop when you change it; keys and snippets go on."
                    form/>
                <div class="form-end"><Submit weight label="Save"/></div>
            </form>
        }
        .into_any()
    } else {
        view! { <Values organization/> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="name-title">
            <h2 id="name-title">"Name and address"</h2>
            {content}
            <dl class="facts">
                <div><dt>"Workspace id"</dt><dd><Copyable text=id what="workspace id"/></dd></div>
            </dl>
        </section>
    }
}

/// The same for those who may not change it.
#[component]
fn Values(organization: Organization) -> impl IntoView {
    let since = format::to_the_minute(&organization.created_at.to_string());
    view! {
        <dl class="facts">
            <div><dt>"Name"</dt><dd>{organization.name}</dd></div>
            <div><dt>"Address"</dt><dd><code>{organization.slug}</code></dd></div>
            <div><dt>"Your role"</dt><dd>{organization.role_name}</dd></div>
            <div><dt>"Made"</dt><dd>{since}</dd></div>
        </dl>
        <p class="hint">"Changing these takes the permission "<code>"workspace.manage"</code>"."</p>
    }
}
