//! One column, one form, one button each.

use accounts::Email;
use leptos::prelude::*;

use super::{AskedPage, ForgotPage, LinkPage};
use crate::{
    auth::door,
    ui::{
        button::{LinkButton, Submit, Weight},
        field::{FormProblem, NewPassword, TextField, Username},
    },
};

/// `/forgot`.
#[must_use]
pub fn forgot(page: ForgotPage) -> String {
    let ForgotPage { form, request_id } = page;
    door("Forgot your password?", request_id, move || {
        view! {
            <h1>"Forgot your password?"</h1>
            <p>"Say which address you sign in with. A link goes there, with which you choose another password."</p>
            <form class="form" method="post" action="/forgot">
                <FormProblem form=form.clone() has_field=true/>
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true focused=true
                    max_length=Email::MAX_BYTES
                    form/>
                <Submit weight=Weight::Primary label="Send the link"/>
            </form>
            <p class="door-other">"Remembered it? "<a href="/login">"Sign in"</a></p>
        }
    })
}

/// `/forgot`, once a link was asked for.
#[must_use]
pub fn asked(page: AskedPage) -> String {
    let AskedPage { email, has_mail, request_id } = page;
    door("Link asked for", request_id, move || {
        let said = if has_mail {
            view! {
                <p>
                    "If an account has the address "<b>{email}</b>", a link is on its way there. It works for an hour, "
                    "and once."
                </p>
                <p class="dim">
                    "Nothing there after a few minutes? Look among the unwanted mail, and whether the address above is "
                    "the one you sign in with. Then "<a href="/forgot">"ask again"</a>"."
                </p>
            }
            .into_any()
        } else {
            view! {
                <p>
                    "This instance sends no mail. Ask whoever runs it to set a new password for "<b>{email}</b>": the "
                    "command line of the server can do that."
                </p>
            }
            .into_any()
        };
        view! {
            <h1>"Link asked for"</h1>
            {said}
            <p class="door-other"><a href="/login">"Back to sign-in"</a></p>
        }
    })
}

/// `/reset/{secret}`.
#[must_use]
pub fn reset(page: LinkPage) -> String {
    let LinkPage { email, path, form, request_id } = page;
    door("Choose a new password", request_id, move || {
        view! {
            <h1>"Choose a new password"</h1>
            <p>
                "For "<b>{email.clone()}</b>". Every browser that is signed in with it is signed out, and its access tokens "
                "stop."
            </p>
            <form class="form" method="post" action=path>
                <Username email/>
                <NewPassword name="password" label="New password" focused=true form/>
                <Submit weight=Weight::Primary label="Set the password"/>
            </form>
        }
    })
}

/// `/verify/{secret}`.
#[must_use]
pub fn verify(page: LinkPage) -> String {
    let LinkPage { email, path, request_id, .. } = page;
    door("Verify your address", request_id, move || {
        view! {
            <h1>"Verify your address"</h1>
            <p>"This shows that mail to "<b>{email}</b>" reaches whoever has the account."</p>
            <form class="form" method="post" action=path>
                <Submit weight=Weight::Primary label="Verify"/>
            </form>
            <p class="dim">"If you have no account here, close this page: nothing happens."</p>
        }
    })
}

/// `/confirm/{secret}`.
#[must_use]
pub fn confirm(page: LinkPage) -> String {
    let LinkPage { email, path, form, request_id } = page;
    door("Confirm your account", request_id, move || {
        view! {
            <h1>"Confirm your account"</h1>
            <p>"One more step for "<b>{email.clone()}</b>": the password that you chose when you signed up."</p>
            <form class="form" method="post" action=path>
                <FormProblem form=form.clone() has_field=true/>
                <Username email/>
                <TextField name="password" label="Password" kind="password" autocomplete="current-password"
                    required=true focused=true form/>
                <Submit weight=Weight::Primary label="Confirm and sign in"/>
            </form>
            <p class="dim">"If it was not you who signed up, close this page: without the password nothing happens."</p>
        }
    })
}

/// `/confirm/{secret}` when an account with the address has come to be in another way.
#[must_use]
pub fn taken(page: LinkPage) -> String {
    door("You have an account already", page.request_id, move || {
        view! {
            <h1>"You have an account already"</h1>
            <p>"The address "<b>{page.email}</b>" has an account since you signed up. Nothing is left to confirm."</p>
            <LinkButton weight=Weight::Primary href="/login" label="Sign in"/>
            <p class="door-other"><a href="/forgot">"Forgot your password?"</a></p>
        }
    })
}
