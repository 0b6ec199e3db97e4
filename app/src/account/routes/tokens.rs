//! Access tokens with a name: made, shown once, revoked.

use accounts::{NewNamedToken, Scope, TokenName};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    Code, Permissions, UnixMs,
    ids::{OrganizationId, TokenId},
};
use web::{Fault, Services, pages::Viewer};
use workspaces::Membership;

use super::{
    super::{MadeToken, TokensPage, tokens_page},
    Done,
};
use crate::{
    posted::Posted,
    serving::{html, viewer_chrome},
    ui::{form::Form, notice::Notice},
};

/// A field, and what is wrong with it.
type FieldFault = (&'static str, String);

/// What the page shows beside the tokens themselves.
#[derive(Default)]
struct Shown {
    made: Option<MadeToken>,
    form: Form,
    notice: Option<Notice>,
}

pub async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(query): Query<Done>,
) -> Result<Response, Fault> {
    let is_revoked = query.done.as_deref() == Some("revoked");
    let notice = is_revoked.then(|| Notice::good("Token revoked. It stopped at once."));
    let shown = Shown { notice, ..Shown::default() };
    render(&services, &viewer, StatusCode::OK, shown).await
}

async fn render(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    shown: Shown,
) -> Result<Response, Fault> {
    let tokens = services.accounts.list_tokens(viewer.user.id).await?;
    let data = TokensPage {
        now: services.db.now(),
        tokens: tokens.into_iter().map(Into::into).collect(),
        made: shown.made,
        form: shown.form,
        notice: shown.notice,
    };
    Ok(html(status, tokens_page(&viewer_chrome(services, viewer).await?, data)))
}

/// The page itself and not a redirect: the text is shown once and must not stand in an address.
pub async fn create(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    let memberships = services.workspaces.list_organizations(viewer.user.id).await?;
    let (status, shown) = match read(&posted, &memberships, services.db.now()) {
        Ok(new) => {
            let (token, secret) = services.workspaces.create_token(viewer.actor(), &new).await?;
            let made = Some(MadeToken { name: token.name, secret: secret.expose() });
            (StatusCode::OK, Shown { made, ..Shown::default() })
        }
        Err(faults) => {
            let form = faults
                .into_iter()
                .fold(posted.form(), |form, (field, said)| form.with_error(field, &said));
            (StatusCode::BAD_REQUEST, Shown { form, ..Shown::default() })
        }
    };
    render(&services, &viewer, status, shown).await
}

/// Every fault of the form at once, by field.
fn read(
    posted: &Posted,
    memberships: &[Membership],
    now: UnixMs,
) -> Result<NewNamedToken, Vec<FieldFault>> {
    let name = TokenName::parse(posted.text("name")).map_err(|error| ("name", error.to_string()));
    let ticked = posted.permissions();
    let organization = read_workspace(posted.text("organizationId"), ticked, memberships);
    let expires_at = read_expiry(posted.text("expires"), now);
    match (name, organization, expires_at) {
        (Ok(name), Ok(organization), Ok(expires_at)) => {
            let permissions = Some(ticked).filter(|ticked| *ticked != Permissions::default());
            Ok(NewNamedToken { name, scope: Scope { permissions, organization }, expires_at })
        }
        (name, organization, expires_at) => {
            Err([name.err(), organization.err(), expires_at.err()].into_iter().flatten().collect())
        }
    }
}

/// One of the viewer's workspaces, where they hold what was ticked; none for all.
fn read_workspace(
    typed: &str,
    ticked: Permissions,
    memberships: &[Membership],
) -> Result<Option<OrganizationId>, FieldFault> {
    if typed.is_empty() {
        return Ok(None);
    }
    let fault = |said: String| ("organizationId", said);
    let chosen = memberships.iter().find(|one| one.organization.id.to_string() == typed);
    let chosen =
        chosen.ok_or_else(|| fault("Choose one of your workspaces, or all.".to_owned()))?;
    match ticked.iter().find(|key| !chosen.permissions.has(*key)) {
        Some(key) => {
            let name = &chosen.organization.name;
            Err(fault(format!(
                "You do not hold {key} in {name}, so no token can. Take its tick away."
            )))
        }
        None => Ok(Some(chosen.organization.id)),
    }
}

fn read_expiry(typed: &str, now: UnixMs) -> Result<Option<UnixMs>, FieldFault> {
    const DAY_MS: i64 = 24 * 60 * 60_000;
    let days = match typed {
        "never" => return Ok(None),
        "7" => 7,
        "30" => 30,
        "90" => 90,
        "365" => 365,
        _ => return Err(("expires", "Choose one of these.".to_owned())),
    };
    Ok(Some(now.plus_ms(days * DAY_MS)))
}

pub async fn revoke(
    State(services): State<Services>,
    Path(id): Path<String>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    posted.require_confirmed("revoke")?;
    let id: TokenId = id.parse().map_err(|_| Fault::of(Code::TokenNotFound))?;
    services.workspaces.revoke_token(viewer.actor(), id).await?;
    Ok(Redirect::to("/account/tokens?done=revoked").into_response())
}
