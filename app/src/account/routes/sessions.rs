//! Where the viewer is signed in.

use accounts::SignedIn;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{Code, ids::LoginId};
use web::{Fault, Services, pages::Viewer};

use super::{
    super::{Session, SessionsPage, browser_name, sessions_page},
    Done,
};
use crate::{
    serving::{html, viewer_chrome},
    ui::notice::Notice,
};

pub async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(query): Query<Done>,
) -> Result<Response, Fault> {
    let logins = services.accounts.list_logins(viewer.user.id).await?;
    let data = SessionsPage {
        now: services.db.now(),
        sessions: logins.into_iter().map(|login| told(login, viewer.login)).collect(),
        notice: notice_of(query.done.as_deref()),
    };
    let page = sessions_page(&viewer_chrome(&services, &viewer).await?, data);
    Ok(html(StatusCode::OK, page))
}

fn told(login: SignedIn, own: LoginId) -> Session {
    Session {
        id: login.id.to_string(),
        browser: browser_name(login.user_agent.as_deref()),
        network: login.address,
        created_at: login.created_at,
        last_seen_at: login.last_seen_at,
        is_this: login.id == own,
    }
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "ended" => "Signed out there. That browser has to sign in again.",
        "others" => "Signed out everywhere else.",
        _ => return None,
    };
    Some(Notice::good(text))
}

pub async fn end(
    State(services): State<Services>,
    Path(id): Path<String>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    let id: LoginId = id.parse().map_err(|_| Fault::of(Code::NotFound))?;
    match services.accounts.end_login(viewer.user.id, id).await {
        // Gone by itself a moment ago: what was asked for holds.
        Ok(()) | Err(accounts::Error::LoginNotFound) => {
            Ok(Redirect::to("/account/sessions?done=ended").into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn end_others(
    State(services): State<Services>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    services.accounts.end_other_logins(viewer.user.id, viewer.login).await?;
    Ok(Redirect::to("/account/sessions?done=others").into_response())
}
