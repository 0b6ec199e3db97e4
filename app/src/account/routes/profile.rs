//! Name, address and password.

use accounts::{GivenPassword, Password, PasswordChange};
use axum::{
    extract::{Form as Fields, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use model::Code;
use serde::Deserialize;
use web::{Fault, Services, cookies, pages::Viewer};

use super::{
    super::{AccountPage, account_page},
    Done,
};
use crate::{
    auth::read_name,
    serving::{html, refused, viewer_chrome},
    ui::{form::Form, notice::Notice},
};

/// What the page shows beside the account itself.
#[derive(Default)]
struct Shown {
    profile: Form,
    password: Form,
    notice: Option<Notice>,
}

pub async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(query): Query<Done>,
) -> Result<Response, Fault> {
    let has_mail = services.mailer.is_configured();
    let notice = notice_of(query.done.as_deref(), has_mail);
    let page = render(&services, &viewer, Shown { notice, ..Shown::default() }).await?;
    Ok(html(StatusCode::OK, page))
}

async fn render(services: &Services, viewer: &Viewer, shown: Shown) -> Result<String, Fault> {
    let data = AccountPage {
        user: (&viewer.user).into(),
        has_mail: services.mailer.is_configured(),
        profile: shown.profile,
        password: shown.password,
        notice: shown.notice,
    };
    Ok(account_page(&viewer_chrome(services, viewer).await?, data))
}

fn notice_of(done: Option<&str>, has_mail: bool) -> Option<Notice> {
    let text = match done? {
        "name" => "Name saved.",
        "sent" if has_mail => "Mail sent. Follow its link within 24 hours.",
        "sent" => "Link made. It stands in the server's log and works for 24 hours.",
        "sent-before" => {
            return Some(Notice::warn(
                "No mail was sent: this address got several within the hour. Follow the link in the newest, or try again in an hour.",
            ));
        }
        "verified" => "Your address is verified.",
        "password" => "Password changed. Every other browser was signed out.",
        "password-and-tokens" => {
            "Password changed. Every other browser was signed out, and your access tokens have stopped."
        }
        _ => return None,
    };
    Some(Notice::good(text))
}

fn done(what: &str) -> Response {
    Redirect::to(&format!("/account?done={what}")).into_response()
}

#[derive(Deserialize)]
pub struct Rename {
    #[serde(default)]
    name: String,
}

pub async fn rename(
    State(services): State<Services>,
    viewer: Viewer,
    Fields(fields): Fields<Rename>,
) -> Result<Response, Fault> {
    match read_name(&fields.name) {
        Ok(name) => {
            services.accounts.rename(viewer.user.id, name).await?;
            Ok(done("name"))
        }
        Err(error) => {
            let profile = Form::sent([("name".to_owned(), fields.name)])
                .with_error("name", &error.to_string());
            let page = render(&services, &viewer, Shown { profile, ..Shown::default() }).await?;
            Ok(html(StatusCode::BAD_REQUEST, page))
        }
    }
}

pub async fn send_verification(
    State(services): State<Services>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    if viewer.user.verified_at.is_some() {
        return Ok(done("verified"));
    }
    let is_sent = services.send_verification(&viewer.user.email).await?;
    Ok(done(if is_sent { "sent" } else { "sent-before" }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangePassword {
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    new_password: String,
    with_tokens: Option<String>,
}

pub async fn change_password(
    State(services): State<Services>,
    viewer: Viewer,
    Fields(fields): Fields<ChangePassword>,
) -> Result<Response, Fault> {
    let with_tokens = fields.with_tokens.is_some();
    let form = Form::sent(fields.with_tokens.map(|ticked| ("withTokens".to_owned(), ticked)));
    let new = match Password::parse(&fields.new_password) {
        Ok(new) => new,
        Err(error) => {
            let password = form.with_error("newPassword", &error.to_string());
            let page = render(&services, &viewer, Shown { password, ..Shown::default() }).await?;
            return Ok(html(StatusCode::BAD_REQUEST, page));
        }
    };
    let current = GivenPassword::from(fields.current_password.as_str());
    let change = PasswordChange { email: viewer.user.email.clone(), current, new, with_tokens };
    match services.change_password(viewer.actor(), change, &viewer.device).await {
        Ok(secret) => {
            let cookie = cookies::set(&services.instance, &secret);
            let what = if with_tokens { "password-and-tokens" } else { "password" };
            Ok(([(header::SET_COOKIE, cookie)], done(what)).into_response())
        }
        Err(fault) => {
            let password = not_proved(form, "currentPassword", fault.code).ok_or(fault.clone())?;
            let page = render(&services, &viewer, Shown { password, ..Shown::default() }).await?;
            Ok(refused(&fault, page))
        }
    }
}

/// What a person is told who had to say their password; none when it is a page of its own.
pub fn not_proved(form: Form, field: &str, code: Code) -> Option<Form> {
    match code {
        Code::InvalidCredentials => {
            Some(form.with_error(field, "This is not your password. Capital letters count."))
        }
        Code::TooManyRequests => Some(form.with_code(code)),
        _ => None,
    }
}
