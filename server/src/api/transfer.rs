//! A workspace changes hands.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    Code, Permission,
    ids::{MemberId, OrganizationId},
    wire::workspaces::{OrganizationReply, TransferReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, api::Call};

use super::shapes::Nothing;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(offer_transfer, end_transfer))
        .routes(routes!(accept_transfer))
}

/// Whom to offer a workspace to.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct OfferTransfer {
    /// One of its members.
    pub member_id: MemberId,
}

/// Offers a workspace to one of its members.
///
/// The first of two steps: they have seven days to accept. An offer that was made before is replaced. Only an owner
/// may, and not by a named token: 403.
#[utoipa::path(
    post, path = "/organizations/{id}/transfer", tag = "Workspaces",
    params(("id" = OrganizationId, Path, description = "The workspace.")),
    request_body = OfferTransfer,
    responses((status = 201, description = "The offer.", body = TransferReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::MemberNotFound]))),
)]
async fn offer_transfer(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<(StatusCode, Json<TransferReply>), Fault> {
    let member = MemberId::or_nothing(call.params.required_text("memberId")?);
    let caller = call.member_of(&services, &id).await?;
    call.require_person_in(&caller, Permission::WorkspaceManage)?;
    caller.require(Permission::WorkspaceManage)?;
    let offer = services.offer_ownership(&caller, call.actor(), member).await?;
    Ok((StatusCode::CREATED, Json(TransferReply { transfer: offer.into() })))
}

/// Takes a workspace that was offered to the caller.
///
/// The second step: they become an owner, and who gave becomes an admin. A named token takes none: 403.
#[utoipa::path(
    post, path = "/organizations/{id}/transfer/accept", tag = "Workspaces",
    params(("id" = OrganizationId, Path, description = "The workspace.")),
    request_body = Nothing,
    responses((status = 200, description = "The workspace as the caller has it now.", body = OrganizationReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::TransferNotFound]))),
)]
async fn accept_transfer(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<OrganizationReply>, Fault> {
    let caller = call.member_of(&services, &id).await?;
    call.require_person_in(&caller, Permission::WorkspaceManage)?;
    let organization = caller.organization_id();
    let taken = services.workspaces.accept_ownership(call.actor(), organization).await?;
    Ok(Json(OrganizationReply { organization: taken.into() }))
}

/// Ends an offer.
///
/// An owner takes it back, or whom it was made to declines. A named token does neither: 403.
#[utoipa::path(
    delete, path = "/organizations/{id}/transfer", tag = "Workspaces",
    params(("id" = OrganizationId, Path, description = "The workspace.")),
    responses((status = 204, description = "There is no offer now.")),
    extensions(("x-codes" = json!([Code::Forbidden, Code::TransferNotFound]))),
)]
async fn end_transfer(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<StatusCode, Fault> {
    let caller = call.member_of(&services, &id).await?;
    call.require_person_in(&caller, Permission::WorkspaceManage)?;
    services.workspaces.end_ownership_offer(call.actor(), caller.organization_id()).await?;
    Ok(StatusCode::NO_CONTENT)
}
