//! The ways out: leaving the workspace, and deleting it.

use leptos::prelude::*;

use super::super::WayOut;
use crate::ui::{
    button::{Submit, Weight},
    confirm::Confirm,
    field::{Hidden, TextField},
    form::Form,
};

/// The way out of a workspace; `path` is that of its settings.
#[component]
pub(crate) fn LeaveCard(way: WayOut, path: String) -> impl IntoView {
    let content = match way {
        WayOut::Alone => view! {
            <p class="dim">
                "You are its only owner, and a workspace always has one. You can "
                <a href=format!("{path}#delete")>"delete it"</a>" instead."
            </p>
        }
        .into_any(),
        WayOut::LastOwner => view! {
            <p class="dim">
                "You are its only owner, and a workspace always has one. "
                <a href=format!("{path}#ownership")>"Offer it to someone"</a>"; once they have accepted, you can leave."
            </p>
        }
        .into_any(),
        WayOut::Open => view! {
            <Confirm label="Leave this workspace">
                <p>
                    "You can no longer open this workspace; someone has to invite you again. What you made stays; "
                    "invitations that you sent stop."
                </p>
                <form method="post" action=format!("{path}/leave")>
                    <Hidden name="confirm" value="leave"/>
                    <Submit weight=Weight::Danger label="Leave"/>
                </form>
            </Confirm>
        }
        .into_any(),
    };
    view! {
        <section class="card" id="leave" aria-labelledby="leave-title">
            <h2 id="leave-title">"Leave"</h2>
            {content}
        </section>
    }
}

#[component]
pub(super) fn Delete(name: String, form: Form, path: String) -> impl IntoView {
    let is_open = form.error("confirm").is_some();
    view! {
        <section class="card" id="delete" aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete workspace"</h2>
            <p>
                "Its sources stop at once: whatever they send is refused. Seven days later all that it holds is "
                "removed for good; until then an owner can have it back, under "
                <a href="/workspaces">"All workspaces"</a>"."
            </p>
            <Confirm label="Delete this workspace" is_open>
                <p>"To be sure that this is the one: its name is "<b class="exact">{name}</b>"."</p>
                <form class="form" method="post" action=format!("{path}/delete")>
                    <TextField name="confirm" label="Type the workspace's name" required=true autocomplete="off" form/>
                    <Submit weight=Weight::Danger label="Delete workspace"/>
                </form>
            </Confirm>
        </section>
    }
}
