//! Asking for a link, and what is done with one.

use accounts::{Email, GivenPassword, LinkSecret, Password};
use axum::{
    Router,
    extract::{Form as Fields, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use model::Code;
use serde::Deserialize;
use web::{Fault, Services, pages::Visitor};

use super::{AskedPage, ForgotPage, LinkPage, asked, confirm, forgot, reset, taken, verify};
use crate::{
    auth::enter,
    serving::{html, refused},
    ui::form::Form,
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/forgot", get(show_forgot).post(ask))
        .route("/reset/{secret}", shown(Purpose::Reset).post(set_password))
        .route("/verify/{secret}", shown(Purpose::Verify).post(set_verified))
        .route("/confirm/{secret}", shown(Purpose::Confirm).post(make_account))
}

fn shown(purpose: Purpose) -> MethodRouter<Services> {
    get(move |services, secret, visitor| purpose.show(services, secret, visitor))
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Reset,
    Verify,
    Confirm,
}

impl Purpose {
    const fn path(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Verify => "verify",
            Self::Confirm => "confirm",
        }
    }

    /// The page of a link that works, with its secret and the address that it belongs to.
    async fn open(
        self,
        services: &Services,
        visitor: &Visitor,
        secret: &str,
    ) -> Result<(LinkSecret, Email, LinkPage), Fault> {
        let secret = LinkSecret::parse(secret).ok_or(Fault::of(Code::LinkNotFound))?;
        let email = match self {
            Self::Reset => services.accounts.find_reset(&secret).await?,
            Self::Verify => services.accounts.find_verification(&secret).await?,
            Self::Confirm => services.accounts.find_sign_up(&secret).await?,
        };
        let page = LinkPage {
            email: email.to_string(),
            path: format!("/{}/{}", self.path(), secret.expose()),
            form: Form::default(),
            request_id: visitor.exchange.request.to_string(),
        };
        Ok((secret, email, page))
    }

    async fn show(
        self,
        State(services): State<Services>,
        Path(secret): Path<String>,
        visitor: Visitor,
    ) -> Result<Response, Fault> {
        let (_, _, page) = self.open(&services, &visitor, &secret).await?;
        let page = match self {
            Self::Reset => reset(page),
            Self::Verify => verify(page),
            Self::Confirm => confirm(page),
        };
        Ok(html(StatusCode::OK, page))
    }
}

async fn show_forgot(visitor: Visitor) -> Response {
    let request_id = visitor.exchange.request.to_string();
    html(StatusCode::OK, forgot(ForgotPage { form: Form::default(), request_id }))
}

#[derive(Deserialize)]
struct Ask {
    #[serde(default)]
    email: String,
}

async fn ask(
    State(services): State<Services>,
    visitor: Visitor,
    Fields(fields): Fields<Ask>,
) -> Result<Response, Fault> {
    let request_id = visitor.exchange.request.to_string();
    let form = Form::sent([("email".to_owned(), fields.email.clone())]);
    let email = match Email::parse(&fields.email) {
        Ok(email) => email,
        Err(error) => {
            let form = form.with_error("email", &error.to_string());
            let page = forgot(ForgotPage { form, request_id });
            return Ok(html(StatusCode::BAD_REQUEST, page));
        }
    };
    match services.send_reset(&email, visitor.device.address).await {
        Ok(()) => {
            let has_mail = services.mailer.is_configured();
            let page = AskedPage { email: email.to_string(), has_mail, request_id };
            Ok(html(StatusCode::OK, asked(page)))
        }
        Err(fault) if fault.code == Code::TooManyRequests => {
            let form = form.with_code(fault.code);
            Ok(refused(&fault, forgot(ForgotPage { form, request_id })))
        }
        Err(fault) => Err(fault),
    }
}

#[derive(Deserialize)]
struct GivenFields {
    #[serde(default)]
    password: String,
}

async fn set_password(
    State(services): State<Services>,
    Path(secret): Path<String>,
    visitor: Visitor,
    Fields(fields): Fields<GivenFields>,
) -> Result<Response, Fault> {
    let (secret, _, page) = Purpose::Reset.open(&services, &visitor, &secret).await?;
    match Password::parse(&fields.password) {
        Ok(password) => {
            services.reset_password(&secret, password, &visitor.exchange).await?;
            Ok(Redirect::to("/login?done=reset").into_response())
        }
        Err(error) => {
            let form = Form::default().with_error("password", &error.to_string());
            Ok(html(StatusCode::BAD_REQUEST, reset(LinkPage { form, ..page })))
        }
    }
}

async fn set_verified(
    State(services): State<Services>,
    Path(secret): Path<String>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let (secret, email, _) = Purpose::Verify.open(&services, &visitor, &secret).await?;
    services.accounts.verify(&secret).await?;
    let is_own = visitor.user.is_some_and(|user| user.email == email);
    let onward = if is_own { "/account?done=verified" } else { "/login?done=verified" };
    Ok(Redirect::to(onward).into_response())
}

async fn make_account(
    State(services): State<Services>,
    Path(secret): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    Fields(fields): Fields<GivenFields>,
) -> Result<Response, Fault> {
    let (secret, _, page) = Purpose::Confirm.open(&services, &visitor, &secret).await?;
    let password = GivenPassword::from(fields.password.as_str());
    let user = match services.confirm_sign_up(&secret, password).await {
        Ok(user) => user,
        Err(fault) => return not_made(fault, page),
    };
    let login = services.accounts.sign_in_new(&user, &visitor.device).await?;
    enter(&services, &headers, &login, Redirect::to("/")).await
}

/// What a person can mend is told at the form.
fn not_made(fault: Fault, page: LinkPage) -> Result<Response, Fault> {
    const OTHER: &str = "This is not the password that was chosen when this mail was asked for. \
        If you signed up twice, follow the newer mail.";
    let form = match fault.code {
        Code::EmailTaken => return Ok(refused(&fault, taken(page))),
        Code::InvalidCredentials => Form::default().with_error("password", OTHER),
        Code::TooManyRequests => Form::default().with_code(fault.code),
        _ => return Err(fault),
    };
    Ok(refused(&fault, confirm(LinkPage { form, ..page })))
}
