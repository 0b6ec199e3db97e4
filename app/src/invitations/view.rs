//! An invitation, as whoever follows its link sees it.

use accounts::PersonName;
use leptos::prelude::*;
use web::SignupMode;

use super::{InvitationPage, Reader};
use crate::{
    auth::{closed_words, door},
    format,
    ui::{
        button::{LinkButton, Submit, Weight},
        field::{FormProblem, NewPassword, TextField, Username},
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
            Reader::Nobody { signup } => {
                let sign_up = if signup == SignupMode::Closed {
                    view! { <Closed email=email.clone()/> }.into_any()
                } else {
                    let action = format!("{path}/signup");
                    view! { <SignUp email=email.clone() action form/> }.into_any()
                };
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
            <p class="dim">"Your account will have the address "<b>{email.clone()}</b>"."</p>
            <Username email/>
            <TextField name="name" label="Your name (optional)" autocomplete="name" max_length=PersonName::MAX_CHARS
                form=form.clone()/>
            <NewPassword name="password" label="Password" form/>
            <Submit weight=Weight::Primary label="Create account and join"/>
        </form>
    }
}

/// For someone without an account where none is made behind a link.
#[component]
fn Closed(email: String) -> impl IntoView {
    view! {
        <p>
            {closed_words(SignupMode::Closed)}" If you have none, ask them for one with the address "<b>{email}</b>
            ", and open this link again."
        </p>
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
