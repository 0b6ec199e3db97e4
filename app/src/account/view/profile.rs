//! Who one is: name, address, password, workspaces, and the way out.

use accounts::PersonName;
use leptos::prelude::*;
use model::wire::{accounts::User, workspaces::Organization};

use super::{super::AccountPage, Part, part};
use crate::{
    chrome::Chrome,
    ui::{
        badge::{Badge, Tone},
        button::{LinkButton, Submit, Weight},
        field::{Checkbox, FormProblem, NewPassword, TextField, Username},
        form::Form,
        notice::NoticeBar,
    },
};

/// `/account`.
#[must_use]
pub fn page(chrome: &Chrome, page: AccountPage) -> String {
    let workspaces = chrome.organizations.clone();
    part(chrome, Part::Profile, move || {
        let AccountPage { user, has_mail, profile, password, notice } = page;
        view! {
            <NoticeBar notice/>
            <FormProblem form=password.clone()/>
            <div class="columns">
                <div class="column">
                    <Name name=user.name.clone() form=profile/>
                    <Address user=user.clone() has_mail/>
                    <Password email=user.email form=password/>
                </div>
                <div class="column">
                    <Workspaces workspaces/>
                    <Delete/>
                </div>
            </div>
        }
    })
}

#[component]
fn Name(name: Option<String>, form: Form) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="name-title">
            <h2 id="name-title">"Name"</h2>
            <form class="form reading" method="post" action="/account/name">
                <TextField name="name" label="Your name (optional)" value=name.unwrap_or_default() autocomplete="name"
                    max_length=PersonName::MAX_CHARS form hint="Members of your workspaces see it beside your address."/>
                <div class="form-end"><Submit weight=Weight::Primary label="Save"/></div>
            </form>
        </section>
    }
}

#[component]
fn Address(user: User, has_mail: bool) -> impl IntoView {
    let (tone, word) = match user.verified_at {
        Some(_) => (Tone::Good, "verified"),
        None => (Tone::Warn, "not verified yet"),
    };
    let open = user.verified_at.is_none().then(|| view! { <Unverified has_mail/> });
    view! {
        <section class="card" aria-labelledby="address-title">
            <h2 id="address-title">"E-mail"</h2>
            <p><b>{user.email}</b>" "<Badge tone text=word/></p>
            {open}
        </section>
    }
}

#[component]
fn Unverified(has_mail: bool) -> impl IntoView {
    let said = if has_mail {
        "Follow the link in the mail that was sent there. It works for 24 hours."
    } else {
        "This instance sends no mail: the link that verifies the address stands in the server's log. Whoever runs it \
         can hand it to you."
    };
    view! {
        <p class="dim reading">{said}</p>
        <form method="post" action="/account/verification">
            <Submit weight=Weight::Plain label=if has_mail { "Send the link again" } else { "Make a new link" }/>
        </form>
    }
}

#[component]
fn Password(email: String, form: Form) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <form class="form reading" method="post" action="/account/password">
                <Username email/>
                <TextField name="currentPassword" label="Current password" kind="password"
                    autocomplete="current-password" required=true form=form.clone()/>
                <NewPassword name="newPassword" label="New password" form=form.clone()/>
                <Checkbox name="withTokens" label="Also revoke my access tokens" checked=false form
                    hint="Tick it when somebody else may know the password."/>
                <p class="hint">"Every other browser is signed out."</p>
                <div class="form-end"><Submit weight=Weight::Plain label="Change password"/></div>
            </form>
        </section>
    }
}

#[component]
fn Workspaces(workspaces: Vec<Organization>) -> impl IntoView {
    if workspaces.is_empty() {
        return view! {
            <section class="card" aria-labelledby="workspaces">
                <h2 id="workspaces">"Workspaces"</h2>
                <p class="dim">"You belong to none yet. "<a href="/workspaces/new">"Make one"</a>", or follow an invitation."</p>
            </section>
        }
        .into_any();
    }
    let lines = workspaces
        .into_iter()
        .map(|one| {
            let own = format!("/{}/access/team/{}", one.slug, one.member_id);
            let what = format!("My place in {}", one.name);
            view! {
                <li>
                    <span><a href=format!("/{}", one.slug)>{one.name}</a>" "<span class="dim">{one.role_name}</span></span>
                    <a class="place-link" href=own aria-label=what>"My place"</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="workspaces">
            <h2 id="workspaces">"Workspaces"</h2>
            <ul class="lines">{lines}</ul>
            <p class="hint">"Your place is what you may do in a workspace, and where you leave it."</p>
        </section>
    }
    .into_any()
}

#[component]
fn Delete() -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="delete">
            <h2 id="delete">"Delete account"</h2>
            <p class="dim">"You are told what comes of it before anything happens."</p>
            <p><LinkButton weight=Weight::Danger href="/account/delete" label="Delete my account"/></p>
        </section>
    }
}
