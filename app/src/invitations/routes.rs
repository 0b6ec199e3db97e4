//! The link's page, and the two ways to accept.

use accounts::{Email, LinkSecret, NewAccount, Password, User};
use audit::Actor;
use axum::{
    Router,
    extract::{Form as Fields, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::Code;
use serde::Deserialize;
use web::{
    Fault, Services, SignupMode,
    pages::{Viewer, Visitor},
};
use workspaces::Invitation;

use super::{InvitationPage, Reader, page};
use crate::{
    auth::{enter, for_the_form, read_name},
    serving::{html, refused},
    ui::form::Form,
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/invitations/{secret}", get(show))
        .route("/invitations/{secret}/accept", post(accept))
        .route("/invitations/{secret}/signup", post(sign_up))
}

async fn show(
    State(services): State<Services>,
    Path(secret): Path<String>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let (_, invitation) = find(&services, &secret).await?;
    Ok(html(StatusCode::OK, render(&services, &visitor, invitation, &secret, Form::default())))
}

async fn find(services: &Services, secret: &str) -> Result<(LinkSecret, Invitation), Fault> {
    let secret = LinkSecret::parse(secret).ok_or(Fault::of(Code::InvitationNotFound))?;
    let invitation = services.workspaces.find_invitation(&secret).await?;
    Ok((secret, invitation))
}

fn render(
    services: &Services,
    visitor: &Visitor,
    invitation: Invitation,
    secret: &str,
    form: Form,
) -> String {
    let reader = match &visitor.user {
        None => Reader::Nobody { signup: services.instance.signup },
        Some(user) if user.email.as_str() == invitation.email => Reader::Invited,
        Some(user) => Reader::Other(user.email.to_string()),
    };
    page(InvitationPage {
        workspace: invitation.organization_name,
        role: invitation.role_name,
        inviter: invitation.inviter_name.unwrap_or(invitation.inviter_email),
        email: invitation.email,
        expires_at: invitation.expires_at.to_string(),
        reader,
        path: format!("/invitations/{secret}"),
        form,
        request_id: visitor.exchange.request.to_string(),
    })
}

async fn accept(
    State(services): State<Services>,
    Path(secret): Path<String>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    let secret = LinkSecret::parse(&secret).ok_or(Fault::of(Code::InvitationNotFound))?;
    Ok(join(&services, viewer.actor(), &viewer.user, &secret).await?.into_response())
}

async fn join(
    services: &Services,
    actor: Actor,
    user: &User,
    secret: &LinkSecret,
) -> Result<Redirect, Fault> {
    let joined = services.workspaces.accept_invitation(actor, user, secret).await?;
    Ok(Redirect::to(&format!("/{}", joined.organization.slug)))
}

#[derive(Deserialize)]
struct SignUp {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// The link makes an account even where strangers may not, unless nobody may.
fn may_sign_up(services: &Services) -> bool {
    services.instance.signup != SignupMode::Closed
}

async fn sign_up(
    State(services): State<Services>,
    Path(secret): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    Fields(fields): Fields<SignUp>,
) -> Result<Response, Fault> {
    let (link, invitation) = find(&services, &secret).await?;
    if !may_sign_up(&services) {
        return Err(Fault::of(Code::Forbidden));
    }
    let mut form = Form::sent([("name".to_owned(), fields.name.clone())]);
    let password = Password::parse(&fields.password);
    if let Err(error) = &password {
        form = form.with_error("password", &error.to_string());
    }
    let name = read_name(&fields.name);
    if let Err(error) = &name {
        form = form.with_error("name", &error.to_string());
    }
    let (Ok(password), Ok(name)) = (password, name) else {
        let page = render(&services, &visitor, invitation, &secret, form);
        return Ok(html(StatusCode::BAD_REQUEST, page));
    };
    let email = Email::parse(&invitation.email).map_err(|_| Fault::of(Code::InvitationNotFound))?;
    let new = NewAccount { email, password, name };
    let (is_mailed, address) = (invitation.is_mailed, visitor.device.address);
    let user = match services.sign_up_invited(new, is_mailed, address).await {
        Ok(user) => user,
        Err(fault) => {
            let fault = for_the_form(fault)?;
            let form = not_made(form, fault.code);
            return Ok(refused(&fault, render(&services, &visitor, invitation, &secret, form)));
        }
    };
    let login = services.accounts.sign_in_new(&user, &visitor.device).await?;
    let actor = Actor::person(user.id, &visitor.exchange);
    // They have an account now and are signed in, whatever has become of the invitation meanwhile.
    let joined = join(&services, actor, &user, &link).await;
    enter(&services, &headers, &login, joined).await
}

/// There is no field for the address, so what is wrong with it is told of the form.
fn not_made(form: Form, code: Code) -> Form {
    match code {
        Code::EmailTaken => form.with_problem(
            "There is an account with this address already.",
            "Sign in with it; the invitation waits for you.",
        ),
        code => form.with_code(code),
    }
}
