//! Signing up, in and out.

use accounts::{Email, GivenPassword, LoginSecret, NewAccount, NotAName, Password, PersonName};
use axum::{
    Router,
    extract::{Form as Fields, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::Code;
use serde::Deserialize;
use web::{
    Fault, Services, SignedUp, cookies,
    pages::{Viewer, Visitor},
};

use super::{CheckMailPage, LoginPage, SignupPage, check_mail, login, signup};
use crate::{
    serving::{html, refused, safe_next},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/", get(start))
        .route("/login", get(show_login).post(sign_in))
        .route("/signup", get(show_signup).post(sign_up))
        .route("/logout", post(sign_out))
}

/// The start: one's oldest workspace, or the way to a first one.
async fn start(State(services): State<Services>, viewer: Viewer) -> Result<Redirect, Fault> {
    let memberships = services.workspaces.list_organizations(viewer.user.id).await?;
    Ok(match memberships.first() {
        Some(first) => Redirect::to(&format!("/{}", first.organization.slug)),
        None => Redirect::to("/workspaces/new"),
    })
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
    done: Option<String>,
}

async fn show_login(
    State(services): State<Services>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Result<Response, Fault> {
    if visitor.user.is_some() {
        return Ok(safe_next(query.next.as_deref(), "/").into_response());
    }
    let notice = notice_of(query.done.as_deref());
    // Whoever just deleted the last account still reads that it is gone.
    if notice.is_none() && !services.accounts.has_any().await? {
        return Ok(Redirect::to("/signup").into_response());
    }
    let request_id = visitor.exchange.request.to_string();
    let signup = services.signup().await?;
    let page = LoginPage { form: Form::default(), signup, next: query.next, notice, request_id };
    Ok(html(StatusCode::OK, login(page)))
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "reset" => "Your password is changed. Sign in with it.",
        "verified" => "Your address is verified. Sign in to go on.",
        "deleted" => "Your account is deleted. Nobody can sign in with it any more.",
        _ => return None,
    };
    Some(Notice::good(text))
}

#[derive(Deserialize)]
struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
}

async fn sign_in(
    State(services): State<Services>,
    visitor: Visitor,
    headers: HeaderMap,
    Fields(fields): Fields<SignIn>,
) -> Result<Response, Fault> {
    let password = GivenPassword::from(fields.password.as_str());
    let signed_in = match Email::parse(&fields.email) {
        Ok(email) => {
            services.accounts.sign_in(&email, password, visitor.device).await.map_err(Fault::from)
        }
        Err(_) => Err(Fault::of(Code::InvalidCredentials)),
    };
    match signed_in {
        Ok((_, secret)) => {
            let onward = safe_next(fields.next.as_deref(), "/");
            enter(&services, &headers, &secret, onward).await
        }
        Err(fault) => {
            let fault = for_the_form(fault)?;
            let form = Form::sent([("email".to_owned(), fields.email)]);
            let form = not_signed_in(form, fault.code, services.mailer.is_configured());
            let request_id = visitor.exchange.request.to_string();
            let signup = services.signup().await?;
            let page =
                login(LoginPage { form, signup, next: fields.next, notice: None, request_id });
            Ok(refused(&fault, page))
        }
    }
}

/// Signs the browser in, in place of whoever was signed in there.
pub async fn enter(
    services: &Services,
    headers: &HeaderMap,
    secret: &LoginSecret,
    onward: impl IntoResponse,
) -> Result<Response, Fault> {
    if let Some(old) = cookies::login(&services.instance, headers) {
        services.accounts.sign_out(&old).await?;
    }
    let cookie = cookies::set(&services.instance, secret);
    Ok(([(header::SET_COOKIE, cookie)], onward).into_response())
}

/// With mail an account is none until its link was followed, which is easily forgotten.
fn not_signed_in(form: Form, code: Code, has_mail: bool) -> Form {
    if has_mail && code == Code::InvalidCredentials {
        return form.with_problem(
            "That e-mail and password do not match.",
            "Check both and try again. Just signed up? Follow the link in our mail first.",
        );
    }
    form.with_code(code)
}

async fn show_signup(
    State(services): State<Services>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    if visitor.user.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    require_open(&services).await?;
    let is_first = !services.accounts.has_any().await?;
    let request_id = visitor.exchange.request.to_string();
    Ok(html(StatusCode::OK, signup(SignupPage { form: Form::default(), is_first, request_id })))
}

#[derive(Deserialize)]
struct SignUp {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

async fn sign_up(
    State(services): State<Services>,
    visitor: Visitor,
    headers: HeaderMap,
    Fields(fields): Fields<SignUp>,
) -> Result<Response, Fault> {
    require_open(&services).await?;
    let sent = Form::sent([
        ("name".to_owned(), fields.name.clone()),
        ("email".to_owned(), fields.email.clone()),
    ]);
    let request_id = visitor.exchange.request.to_string();
    let again = async |form| {
        let is_first = !services.accounts.has_any().await?;
        let request_id = request_id.clone();
        Ok::<_, Fault>(signup(SignupPage { form, is_first, request_id }))
    };
    let new = match read_sign_up(&fields) {
        Ok(new) => new,
        Err(faults) => {
            let form =
                faults.into_iter().fold(sent, |form, (field, said)| form.with_error(field, &said));
            return Ok(html(StatusCode::BAD_REQUEST, again(form).await?));
        }
    };
    let user = match services.sign_up(new, visitor.device.address).await {
        Ok(SignedUp::Account(user)) => user,
        Ok(SignedUp::ByMail(user)) => {
            let email = user.email.to_string();
            return Ok(html(StatusCode::OK, check_mail(CheckMailPage { email, request_id })));
        }
        Err(fault) => {
            let fault = for_the_form(fault)?;
            return Ok(refused(&fault, again(sent.with_code(fault.code)).await?));
        }
    };
    let secret = services.accounts.sign_in_new(&user, &visitor.device).await?;
    enter(&services, &headers, &secret, Redirect::to("/")).await
}

/// Every fault of the form at once, by field.
fn read_sign_up(fields: &SignUp) -> Result<NewAccount, Vec<(&'static str, String)>> {
    let email = Email::parse(&fields.email).map_err(|error| ("email", error.to_string()));
    let password =
        Password::parse(&fields.password).map_err(|error| ("password", error.to_string()));
    let name = read_name(&fields.name).map_err(|error| ("name", error.to_string()));
    match (email, password, name) {
        (Ok(email), Ok(password), Ok(name)) => Ok(NewAccount { email, password, name }),
        (email, password, name) => {
            Err([name.err(), email.err(), password.err()].into_iter().flatten().collect())
        }
    }
}

/// What a person is called; nothing typed is no name.
pub fn read_name(typed: &str) -> Result<Option<PersonName>, NotAName> {
    Some(typed).filter(|name| !name.trim().is_empty()).map(PersonName::parse).transpose()
}

async fn sign_out(State(services): State<Services>, headers: HeaderMap) -> Result<Response, Fault> {
    if let Some(secret) = cookies::login(&services.instance, &headers) {
        services.accounts.sign_out(&secret).await?;
    }
    let cookie = cookies::clear(&services.instance);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

async fn require_open(services: &Services) -> Result<(), Fault> {
    if services.may_sign_up().await? { Ok(()) } else { Err(Fault::of(Code::Forbidden)) }
}

/// What a person can mend is shown at the form; what they cannot is a page of its own.
pub fn for_the_form(fault: Fault) -> Result<Fault, Fault> {
    if fault.status().is_server_error() { Err(fault) } else { Ok(fault) }
}
