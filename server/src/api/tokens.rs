//! Access tokens with a name, for tools.

use accounts::{NewNamedToken, Scope, TokenName};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    Code, Permissions, UnixMs,
    ids::{OrganizationId, TokenId},
    wire::accounts::{NewTokenReply, TokensReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Services,
    api::{Call, Params},
};

use super::shapes::TokenTitle;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list_tokens, create_named_token))
        .routes(routes!(revoke_token))
}

/// Lists the named tokens that the caller has made.
///
/// A named token cannot ask this: 403.
#[utoipa::path(
    get, path = "/tokens", tag = "Accounts",
    responses((status = 200, description = "Their tokens, without their text.", body = TokensReply)),
    extensions(("x-codes" = json!([Code::Forbidden]))),
)]
async fn list_tokens(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<TokensReply>, Fault> {
    call.require_person()?;
    let tokens = services.accounts.list_tokens(call.user.id).await?;
    let tokens = tokens.into_iter().map(Into::into).collect();
    Ok(Json(TokensReply { tokens, next_cursor: None }))
}

/// A token to make.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateNamedToken {
    /// What it is called: the tool that will have it.
    pub name: TokenTitle,
    /// The most that it permits; whatever its person may do when absent.
    pub permissions: Option<Permissions>,
    /// The one workspace that it opens; all of its person's when absent.
    pub organization_id: Option<OrganizationId>,
    /// When it stops working; when it is revoked, when absent.
    pub expires_at: Option<UnixMs>,
}

/// Makes a named token for a tool.
///
/// Its text is told once, here. It never permits more than its person may do at the moment of use. A named token
/// cannot make another: 403.
#[utoipa::path(
    post, path = "/tokens", tag = "Accounts",
    request_body = CreateNamedToken,
    responses((status = 201, description = "The new token and its text.", body = NewTokenReply)),
    extensions(("x-codes" = json!([Code::Forbidden]))),
)]
async fn create_named_token(
    State(services): State<Services>,
    call: Call,
) -> Result<(StatusCode, Json<NewTokenReply>), Fault> {
    let new = read(&call.params, services.db.now())?;
    call.require_person()?;
    let (token, secret) = services.workspaces.create_token(call.actor(), &new).await?;
    let reply = NewTokenReply { token: token.into(), secret: secret.expose() };
    Ok((StatusCode::CREATED, Json(reply)))
}

/// Revokes a named token; it stops at once.
///
/// A named token cannot do this: 403.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "Accounts",
    params(("id" = TokenId, Path, description = "The token.")),
    responses((status = 204, description = "It has stopped.")),
    extensions(("x-codes" = json!([Code::Forbidden, Code::TokenNotFound]))),
)]
async fn revoke_token(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<StatusCode, Fault> {
    call.require_person()?;
    services.workspaces.revoke_token(call.actor(), TokenId::or_nothing(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(params: &Params, now: UnixMs) -> Result<NewNamedToken, Fault> {
    let name = TokenName::parse(params.required_text("name")?)
        .map_err(|error| Fault::invalid("name", error.to_string()))?;
    let organization = params.text("organizationId")?.map(str::parse).transpose();
    let scope = Scope {
        permissions: params.permissions("permissions")?,
        organization: organization.map_err(|_| {
            Fault::invalid("organizationId", "organizationId must be a workspace's id.")
        })?,
    };
    let expires_at = params.moment("expiresAt")?;
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Fault::invalid("expiresAt", "expiresAt must be a time to come."));
    }
    Ok(NewNamedToken { name, scope, expires_at })
}
