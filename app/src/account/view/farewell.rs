//! Before an account is deleted: what comes of it, and the two things that are asked.

use accounts::Email;
use leptos::prelude::*;

use super::super::{FarewellPage, OwnedAlone};
use crate::{
    chrome::{self, Chrome, Place},
    ui::{
        button::{Submit, Weight},
        field::{FormProblem, TextField},
        form::Form,
    },
};

/// `/account/delete`.
#[must_use]
pub fn page(chrome: &Chrome, page: FarewellPage) -> String {
    chrome::page(chrome, Place::Account, "Delete account", move || {
        let FarewellPage { email, leaves, owns_alone, form } = page;
        let act = if owns_alone.is_empty() {
            view! { <Act email leaves form=form.clone()/> }.into_any()
        } else {
            view! { <Blocked owns_alone/> }.into_any()
        };
        view! {
            <p class="back"><a href="/account">"Account"</a></p>
            <div class="head"><h1>"Delete account"</h1></div>
            <FormProblem form/>
            <div class="narrow">{act}</div>
        }
    })
}

/// A workspace always has an owner.
#[component]
fn Blocked(owns_alone: Vec<OwnedAlone>) -> impl IntoView {
    let lines = owns_alone
        .into_iter()
        .map(|one| {
            let what = format!("Hand over or delete {}", one.name);
            view! { <li><b>{one.name}</b><a class="place-link" href=one.settings aria-label=what>"Hand over or delete"</a></li> }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="blocked">
            <h2 id="blocked">"Not yet: these workspaces have no other owner"</h2>
            <p>"Hand each of them over to another member, or delete it. Then come back."</p>
            <ul class="lines">{lines}</ul>
        </section>
    }
}

#[component]
fn Act(email: String, leaves: Vec<String>, form: Form) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="comes">
            <h2 id="comes">"What comes of it"</h2>
            <Consequences leaves/>
        </section>
        <section class="card" aria-labelledby="sure">
            <h2 id="sure">"Are you sure?"</h2>
            <form class="form" method="post" action="/account/delete">
                <p>"To show that you mean this account, write its address: "<code>{email}</code></p>
                <TextField name="email" label="Your e-mail address" kind="email" autocomplete="off" required=true
                    max_length=Email::MAX_BYTES
                    form=form.clone()/>
                <TextField name="password" label="Your password" kind="password" autocomplete="current-password"
                    required=true form/>
                <div class="form-end"><Submit weight=Weight::Danger label="Delete my account for good"/></div>
            </form>
        </section>
    }
}

#[component]
fn Consequences(leaves: Vec<String>) -> impl IntoView {
    let workspaces = (!leaves.is_empty()).then(|| {
        let names = leaves.join(", ");
        view! {
            <li>"You leave "<b>{names}</b>". What you made there stays; your invitations stop."</li>
        }
    });
    view! {
        <ul class="bullets">
            <li>"Your name, your address and your password are removed. Nobody can sign in as you."</li>
            <li>"Every browser is signed out, and every access token stops at once."</li>
            {workspaces}
            <li>"Audit logs keep what you did, without your name."</li>
            <li>"It cannot be undone. You can sign up with the same address later, and begin anew."</li>
        </ul>
    }
}
