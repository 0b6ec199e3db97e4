//! The two doors into Tiny: one column, one form, one button.

use accounts::{Email, PersonName};
use leptos::prelude::*;
use web::SignupMode;

use super::{CheckMailPage, LoginPage, SignupPage};
use crate::{
    chrome::Brand,
    document,
    ui::{
        button::{Submit, Weight},
        field::{FormProblem, Hidden, NewPassword, TextField},
        notice::NoticeBar,
    },
};

/// `/login`.
#[must_use]
pub fn login(page: LoginPage) -> String {
    let LoginPage { form, signup, next, notice, request_id } = page;
    let next = form.value("next").map(str::to_owned).or(next).unwrap_or_default();
    let is_returning = form.value("email").is_some();
    door("Sign in", request_id, move || {
        view! {
            <h1>"Sign in"</h1>
            <NoticeBar notice/>
            <form class="form" method="post" action="/login">
                <FormProblem form=form.clone() has_field=true/>
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true
                    max_length=Email::MAX_BYTES focused=!is_returning form=form.clone()/>
                <TextField name="password" label="Password" kind="password" autocomplete="current-password"
                    required=true focused=is_returning form/>
                <Hidden name="next" value=next/>
                <Submit weight=Weight::Primary label="Sign in"/>
            </form>
            <p class="door-other"><a href="/forgot">"Forgot your password?"</a></p>
            <p class="door-other"><NewHere signup/></p>
        }
    })
}

#[component]
fn NewHere(signup: SignupMode) -> impl IntoView {
    match closed_words(signup) {
        Some(words) => view! { {words} }.into_any(),
        None => view! { "New here? "<a href="/signup">"Create an account"</a> }.into_any(),
    }
}

/// How someone comes to an account where strangers do not make their own; none where they do.
pub(crate) const fn closed_words(signup: SignupMode) -> Option<&'static str> {
    match signup {
        SignupMode::Open => None,
        SignupMode::Invite => Some("New accounts are made by invitation."),
        SignupMode::Closed => Some("New accounts are made by whoever runs this instance."),
    }
}

/// `/signup`.
#[must_use]
pub fn signup(page: SignupPage) -> String {
    let SignupPage { form, is_first, request_id } = page;
    door("Create an account", request_id, move || {
        view! {
            <h1>"Create an account"</h1>
            {is_first.then(|| view! {
                <p class="dim">"This is the first account of this instance, so it will own it."</p>
            })}
            <form class="form" method="post" action="/signup">
                <FormProblem form=form.clone() has_field=true/>
                <TextField name="name" label="Your name (optional)" autocomplete="name" focused=true
                    max_length=PersonName::MAX_CHARS form=form.clone()/>
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true
                    max_length=Email::MAX_BYTES form=form.clone()/>
                <NewPassword name="password" label="Password" form/>
                <Submit weight=Weight::Primary label="Create account"/>
            </form>
            <p class="door-other">"Have an account? "<a href="/login">"Sign in"</a></p>
        }
    })
}

/// `/signup`, after a mail was sent that has to be followed.
#[must_use]
pub fn check_mail(page: CheckMailPage) -> String {
    let CheckMailPage { email, request_id } = page;
    door("Check your mail", request_id, move || {
        view! {
            <h1>"Check your mail"</h1>
            <p>"We have written to "<b>{email}</b>". Follow the link in the mail within 24 hours; then you are in."</p>
            <p class="dim">
                "Nothing there after a few minutes? Look among the unwanted mail, and whether the address above is "
                "right. You can "<a href="/signup">"sign up again"</a>" at any time."
            </p>
            <p class="door-other">"Have an account? "<a href="/login">"Sign in"</a></p>
        }
    })
}

/// The page of someone who is not inside yet: one column, one card.
pub(crate) fn door<V: IntoView + 'static>(
    title: &str,
    request_id: String,
    content: impl FnOnce() -> V,
) -> String {
    document::render(title, || {
        view! {
            <main class="door" id="main">
                <Brand/>
                <p class="door-say">"Events in, and an answer for every single one."</p>
                <div class="card">{content()}</div>
                <p class="door-foot"><code>{request_id}</code></p>
            </main>
        }
    })
}
