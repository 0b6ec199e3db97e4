//! Tokens for tools: which there are, and a new one.

use accounts::TokenName;
use leptos::prelude::*;
use model::{
    Permission, Permissions, UnixMs,
    wire::{accounts::NamedToken, workspaces::Organization},
};

use super::{
    super::{MadeToken, TokensPage},
    Part, part,
};
use crate::{
    chrome::Chrome,
    format,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        code::CopyLine,
        confirm::Confirm,
        empty::Empty,
        field::{Checkbox, Hidden, Select, TextField},
        form::Form,
        notice::NoticeBar,
        table::Table,
        time::{Time, TimeOr},
    },
};

/// `/account/tokens`.
#[must_use]
pub fn page(chrome: &Chrome, page: TokensPage) -> String {
    let workspaces = chrome.organizations.clone();
    part(chrome, Part::Tokens, move || {
        let TokensPage { now, tokens, made, form, notice } = page;
        view! {
            <NoticeBar notice/>
            {made.map(|made| view! { <Made made/> })}
            <p class="lead">
                "A token lets a tool call the API as you: "<code>"Authorization: Bearer tat_…"</code>
                ". It never permits more than you may do at that moment."
            </p>
            <section class="panel" aria-labelledby="tokens">
                <h2 class="panel-title" id="tokens">"Access tokens"</h2>
                <List tokens workspaces=workspaces.clone() now/>
            </section>
            <Create workspaces form/>
        }
    })
}

/// The text of a token, which is not to be had again.
#[component]
fn Made(made: MadeToken) -> impl IntoView {
    let MadeToken { name, secret } = made;
    view! {
        <section class="card sent" role="status" aria-labelledby="made-title">
            <h2 id="made-title">"Token ready: "{name}</h2>
            <p>"Copy it to where it is used. It is shown only now; who has it can do what it permits."</p>
            <CopyLine text=secret label="Copy token" what="Copy token" class="btn primary"/>
        </section>
    }
}

#[component]
fn List(tokens: Vec<NamedToken>, workspaces: Vec<Organization>, now: UnixMs) -> impl IntoView {
    if tokens.is_empty() {
        return view! {
            <Empty title="No tokens yet"><p>"Make one below for each tool that calls the API."</p></Empty>
        }
        .into_any();
    }
    let rows = tokens
        .into_iter()
        .map(|token| {
            let workspace = token.organization_id.map(|id| {
                let known = workspaces.iter().find(|one| one.id == id);
                known.map_or_else(|| "one that you left".to_owned(), |one| one.name.clone())
            });
            view! { <Line token workspace now/> }
        })
        .collect_view();
    view! {
        <Table caption="Access tokens" class="stacked">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Workspace"</th>
                    <th scope="col">"Permits"</th>
                    <th scope="col">"Expires"</th>
                    <th scope="col">"Last used"</th>
                    <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

#[component]
fn Line(token: NamedToken, workspace: Option<String>, now: UnixMs) -> impl IntoView {
    let NamedToken { id, name, permissions, created_at, expires_at, last_used_at, .. } = token;
    view! {
        <tr>
            <td class="free"><b>{name.clone()}</b>" "<span class="made dim">"made "<Time now at=created_at/></span></td>
            <td class="free" data-label="Workspace">{workspace.unwrap_or_else(|| "all".to_owned())}</td>
            <td data-label="Permits"><Permits permissions/></td>
            <td data-label="Expires"><Expiry now at=expires_at/></td>
            <td data-label="Last used"><TimeOr now at=last_used_at never="not yet"/></td>
            <td class="row-forms"><Revoke id=id.to_string() name/></td>
        </tr>
    }
}

#[component]
fn Permits(permissions: Option<Permissions>) -> impl IntoView {
    let Some(permissions) = permissions else {
        return view! { <span>"all that you may do"</span> }.into_any();
    };
    let keys = permissions.iter().map(|key| view! { <li><code>{key.key()}</code></li> });
    view! { <ul>{keys.collect_view()}</ul> }.into_any()
}

#[component]
fn Expiry(now: UnixMs, at: Option<UnixMs>) -> impl IntoView {
    let Some(at) = at else { return view! { <span class="dim">"never"</span> }.into_any() };
    if at <= now {
        return view! { <Badge tone=Tone::Bad text="expired"/> }.into_any();
    }
    let moment = at.to_string();
    let day: String = moment.chars().take(10).collect();
    view! { <time datetime=moment.clone() title=format::exact(&moment)>{day}</time> }.into_any()
}

#[component]
fn Revoke(id: String, name: String) -> impl IntoView {
    view! {
        <Confirm label="Revoke" what=format!("Revoke {name}")>
            <p>"Whatever uses it is refused from then on."</p>
            <form method="post" action=format!("/account/tokens/{id}/revoke")>
                <Hidden name="confirm" value="revoke"/>
                <Submit weight=Weight::Danger label="Revoke now" what=format!("Revoke now: {name}")/>
            </form>
        </Confirm>
    }
}

#[component]
fn Create(workspaces: Vec<Organization>, form: Form) -> impl IntoView {
    let all = (String::new(), "All my workspaces".to_owned());
    let each = workspaces.into_iter().map(|one| (one.id.to_string(), one.name));
    let workspaces = std::iter::once(all).chain(each).collect();
    let expiry = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "365 days")];
    let expiry = expiry.into_iter().chain([("never", "Never: until it is revoked")]);
    let expiry = expiry.map(|(value, words)| (value.to_owned(), words.to_owned())).collect();
    view! {
        <section class="card" aria-labelledby="create">
            <h2 id="create">"New token"</h2>
            <form class="form grid" method="post" action="/account/tokens">
                <TextField name="name" label="Name" required=true max_length=TokenName::MAX_CHARS form=form.clone()
                    hint="The tool that will have it."/>
                <Select name="organizationId" label="Workspace" value="" options=workspaces form=form.clone()/>
                <Select name="expires" label="Expires after" value="90" options=expiry form=form.clone()/>
                <Grants form/>
                <div class="form-end"><Submit weight=Weight::Primary label="Create token"/></div>
            </form>
        </section>
    }
}

#[component]
fn Grants(form: Form) -> impl IntoView {
    let boxes = Permission::ALL
        .iter()
        .map(|key| {
            view! { <Checkbox name=key.key() label=key.key() hint=key.what() checked=false form=form.clone()/> }
        })
        .collect_view();
    view! {
        <fieldset class="grants wide" aria-describedby="grants-hint">
            <legend>"Permissions"</legend>
            <p class="hint" id="grants-hint">"Tick what the tool needs. With none ticked it may do all that you may do."</p>
            <div class="grants-grid">{boxes}</div>
        </fieldset>
    }
}
