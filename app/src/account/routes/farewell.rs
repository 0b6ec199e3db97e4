//! The end of an account.

use accounts::{Email, GivenPassword};
use axum::{
    extract::{Form as Fields, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use model::Code;
use serde::Deserialize;
use web::{Fault, Services, cookies, pages::Viewer};
use workspaces::Organization;

use super::{
    super::{FarewellPage, OwnedAlone, farewell_page},
    profile::not_proved,
};
use crate::{
    serving::{html, refused, viewer_chrome},
    ui::form::Form,
};

pub async fn show(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    Ok(html(StatusCode::OK, render(&services, &viewer, Form::default()).await?))
}

async fn render(services: &Services, viewer: &Viewer, form: Form) -> Result<String, Fault> {
    let farewell = services.workspaces.farewell(viewer.actor()).await?;
    let data = FarewellPage {
        email: viewer.user.email.to_string(),
        leaves: farewell.leaves.into_iter().map(|one| one.name).collect(),
        owns_alone: farewell.owns_alone.into_iter().map(owned).collect(),
        form,
    };
    Ok(farewell_page(&viewer_chrome(services, viewer).await?, data))
}

fn owned(workspace: Organization) -> OwnedAlone {
    OwnedAlone { settings: format!("/{}/settings", workspace.slug), name: workspace.name }
}

#[derive(Deserialize)]
pub struct Delete {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

pub async fn delete(
    State(services): State<Services>,
    viewer: Viewer,
    Fields(fields): Fields<Delete>,
) -> Result<Response, Fault> {
    let is_meant = Email::parse(&fields.email).is_ok_and(|typed| typed == viewer.user.email);
    let form = Form::sent([("email".to_owned(), fields.email)]);
    if !is_meant {
        let said = format!("This is not your address. Write {}.", viewer.user.email);
        let page = render(&services, &viewer, form.with_error("email", &said)).await?;
        return Ok(html(StatusCode::BAD_REQUEST, page));
    }
    let password = GivenPassword::from(fields.password.as_str());
    match end(&services, &viewer, password).await {
        Ok(()) => {
            let cookie = cookies::clear(&services.instance);
            let onward = Redirect::to("/login?done=deleted");
            Ok(([(header::SET_COOKIE, cookie)], onward).into_response())
        }
        Err(fault) => {
            let form = match fault.code {
                Code::LastOwner => form.with_code(fault.code),
                code => not_proved(form, "password", code).ok_or(fault.clone())?,
            };
            let page = render(&services, &viewer, form).await?;
            Ok(refused(&fault, page))
        }
    }
}

async fn end(services: &Services, viewer: &Viewer, password: GivenPassword) -> Result<(), Fault> {
    let (email, address) = (&viewer.user.email, viewer.device.address);
    let user = services.accounts.prove(email, password, address).await?;
    services.delete_account(viewer.actor(), &user).await
}
