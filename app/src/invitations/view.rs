//! An invitation, as whoever follows its link sees it.

use leptos::prelude::*;

use super::{InvitationPage, Reader};
use crate::{
    auth::door,
    format,
    ui::{
        button::{LinkButton, Submit, Weight},
        field::{FormProblem, TextField},
        form::Form,
    },
};

/// `/invitations/{secret}`.
#[must_use]
pub fn page(page: InvitationPage) -> String {
    let InvitationPage { workspace, role, inviter, email, expires_at, reader, path, form, .. } =
        page;
    door("Invitation", page.request_id, move || {
        let until = format::to_the_minute(&expires_at);
        let act = match reader {
            Reader::Nobody { can_sign_up } => {
                let sign_up = can_sign_up.then(|| {
                    let action = format!("{path}/signup");
                    view! { <SignUp email=email.clone() action form/> }
                });
                let login = format!("/login?next={path}");
                view! {
                    {sign_up}
                    <p class="door-other">"Have an account? "<a href=login>"Sign in and join"</a></p>
                }
                .into_any()
            }
            Reader::Invited => view! {
                <form class="form" method="post" action=format!("{path}/accept")>
                    <Submit weight=Weight::Primary label="Join"/>
                </form>
            }
            .into_any(),
            Reader::Other(own) => view! { <Other own email=email.clone()/> }.into_any(),
        };
        view! {
            <h1>"Join "{workspace.clone()}</h1>
            <p>
                <b>{inviter}</b>" invites "<b>{email.clone()}</b>" to the workspace "<b>{workspace.clone()}</b>
                " as "<b>{role}</b>"."
            </p>
            <p class="dim">"Open until "{until}"."</p>
            {act}
        }
    })
}

/// Makes an account for the invited address.
#[component]
fn SignUp(email: String, action: String, form: Form) -> impl IntoView {
    view! {
        <form class="form" method="post" action=action>
            <FormProblem form=form.clone()/>
            <p class="dim">"Your account will have the address "<b>{email}</b>"."</p>
            <TextField name="name" label="Your name (optional)" autocomplete="name" max_length=100
                form=form.clone()/>
            <TextField name="password" label="Password" kind="password" autocomplete="new-password"
                hint="8 to 256 characters. Any characters; longer is better." min_length=8 max_length=256
                required=true form/>
            <Submit weight=Weight::Primary label="Create account and join"/>
        </form>
    }
}

#[component]
fn Other(own: String, email: String) -> impl IntoView {
    view! {
        <p>
            "You are signed in as "<b>{own}</b>", and this invitation is for "<b>{email}</b>". Sign out and open the "
            "link again, or ask for an invitation to your own address."
        </p>
        <p class="acts"><LinkButton weight=Weight::Plain href="/" label="Go on as you are"/></p>
        <form method="post" action="/logout"><Submit weight=Weight::Quiet label="Sign out"/></form>
    }
}
