//! Tracking sources.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    Code, Permission,
    ids::{OrganizationId, SourceId},
    wire::{
        attempts::{DebugReply, Limits},
        sources::{FrameworkHint, Install, SourceReply, SourcesReply},
    },
};
use sources::{Changes, NewSource};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Services,
    api::{Params, WorkspaceCall},
};

use super::shapes::{InWorkspace, OfWorkspace, Origin, PathWord, Title};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list_sources, create_source))
        .routes(routes!(update_source))
        .routes(routes!(regenerate_key))
        .routes(routes!(get_install))
        .routes(routes!(get_debug))
}

/// Lists the workspace's tracking sources, oldest first.
///
/// Takes the permission `analytics.report`.
#[utoipa::path(
    get, path = "/tracking-sources", tag = "Sources", params(OfWorkspace),
    responses((status = 200, description = "Every source.", body = SourcesReply)),
)]
async fn list_sources(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<SourcesReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let sources = services.sources.list_sources(caller.organization_id()).await?;
    Ok(Json(SourcesReply { sources, next_cursor: None }))
}

/// A source to make.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateSource {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// What people call it.
    pub name: Title,
    /// The origins whose pages may send; may be empty.
    #[schema(max_items = 100)]
    pub allowed_origins: Vec<Origin>,
    /// Its place in page addresses, not `new`; made from the name when absent.
    pub slug: Option<PathWord>,
    /// Which snippet is shown first.
    pub framework_hint: Option<FrameworkHint>,
}

/// Makes a tracking source.
///
/// Takes the permission `analytics.manage`.
#[utoipa::path(
    post, path = "/tracking-sources", tag = "Sources",
    request_body = CreateSource,
    responses((status = 201, description = "The new source.", body = SourceReply)),
    extensions(("x-codes" = json!([Code::SlugTaken]))),
)]
async fn create_source(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<(StatusCode, Json<SourceReply>), Fault> {
    let params = call.params();
    let new = NewSource {
        name: params.required_text("name")?.to_owned(),
        allowed_origins: params.required_texts("allowedOrigins")?,
        slug: params.text("slug")?.map(str::to_owned),
        framework_hint: framework_hint(params)?,
    };
    let new = new.check()?;
    let caller = call.authorise(Permission::AnalyticsManage).await?;
    let source =
        services.sources.create_source(call.actor(), caller.organization_id(), new).await?;
    Ok((StatusCode::CREATED, Json(SourceReply { source })))
}

/// Changes to a source.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UpdateSource {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// What people call it.
    pub name: Option<Title>,
    /// Its place in page addresses, not `new`.
    pub slug: Option<PathWord>,
    /// The whole new list of origins whose pages may send.
    #[schema(max_items = 100)]
    pub allowed_origins: Option<Vec<Origin>>,
    /// Which snippet is shown first; null takes the hint away.
    pub framework_hint: Option<FrameworkHint>,
    /// Whether it takes requests.
    pub is_active: Option<bool>,
    /// Largest request body, in bytes.
    #[schema(minimum = 1_024, maximum = 4_194_304)]
    pub max_payload_bytes: Option<i64>,
    /// Requests in a calendar minute; 0 is no limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub rate_limit_per_minute: Option<i64>,
    /// Whether requests without an `Origin` header are refused.
    pub require_origin: Option<bool>,
}

/// Changes a tracking source.
///
/// What is absent or null stays; only `frameworkHint` as null takes the hint away. `allowedOrigins` is the whole new
/// list. Takes the permission `analytics.manage`.
#[utoipa::path(
    patch, path = "/tracking-sources/{id}", tag = "Sources",
    params(("id" = SourceId, Path, description = "The source.")),
    request_body = UpdateSource,
    responses((status = 200, description = "The source as it is now.", body = SourceReply)),
    extensions(("x-codes" = json!([Code::TrackingSourceNotFound, Code::SlugTaken]))),
)]
async fn update_source(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<SourceReply>, Fault> {
    let params = call.params();
    let changes = Changes {
        name: params.text("name")?.map(str::to_owned),
        slug: params.text("slug")?.map(str::to_owned),
        allowed_origins: params.texts("allowedOrigins")?,
        framework_hint: match framework_hint(params)? {
            None if params.has("frameworkHint") => Some(None),
            hint => hint.map(Some),
        },
        is_active: params.flag("isActive")?,
        max_payload_bytes: params.integer("maxPayloadBytes")?,
        rate_limit_per_minute: params.integer("rateLimitPerMinute")?,
        require_origin: params.flag("requireOrigin")?,
    };
    let changes = changes.check()?;
    let caller = call.authorise(Permission::AnalyticsManage).await?;
    let source = services
        .sources
        .update_source(call.actor(), caller.organization_id(), SourceId::or_nothing(&id), changes)
        .await?;
    Ok(Json(SourceReply { source }))
}

/// Gives a tracking source a new public key.
///
/// The former one stops at once; visitors' sessions go on under the new one. Takes the permission `analytics.manage`.
#[utoipa::path(
    post, path = "/tracking-sources/{id}/regenerate-key", tag = "Sources",
    params(("id" = SourceId, Path, description = "The source.")),
    request_body = InWorkspace,
    responses((status = 200, description = "The source with its new key.", body = SourceReply)),
    extensions(("x-codes" = json!([Code::TrackingSourceNotFound]))),
)]
async fn regenerate_key(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<SourceReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsManage).await?;
    let source = services
        .sources
        .regenerate_key(call.actor(), caller.organization_id(), SourceId::or_nothing(&id))
        .await?;
    Ok(Json(SourceReply { source }))
}

/// Tells what to paste where: snippets and the install brief.
///
/// Takes the permission `analytics.report`.
#[utoipa::path(
    get, path = "/tracking-sources/{id}/install", tag = "Sources",
    params(("id" = SourceId, Path, description = "The source."), OfWorkspace),
    responses((status = 200, description = "Texts filled with key and address.", body = Install)),
    extensions(("x-codes" = json!([Code::TrackingSourceNotFound]))),
)]
async fn get_install(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<Install>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let source =
        services.sources.get_source(caller.organization_id(), SourceId::or_nothing(&id)).await?;
    let workspace = &caller.membership.organization.slug;
    Ok(Json(sources::install(&source, &services.instance.base_url, workspace)))
}

/// How many attempts the debug view shows.
const NEWEST: u16 = 50;

/// Tells whether a tracking source works, with its newest 50 attempts.
///
/// Takes the permission `analytics.report`.
#[utoipa::path(
    get, path = "/tracking-sources/{id}/debug", tag = "Sources",
    params(("id" = SourceId, Path, description = "The source."), OfWorkspace),
    responses((status = 200, description = "The verdict and what it rests on.", body = DebugReply)),
    extensions(("x-codes" = json!([Code::TrackingSourceNotFound]))),
)]
async fn get_debug(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<DebugReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let organization = caller.organization_id();
    let source = services.sources.get_source(organization, SourceId::or_nothing(&id)).await?;
    let db = &services.db;
    let filter = attempts::Filter::newest(NEWEST);
    let workspace = &caller.membership.organization.slug;
    Ok(Json(DebugReply {
        verdict: attempts::verdict(db, &source).await?,
        limits: Limits {
            max_payload_bytes: source.max_payload_bytes,
            rate_limit_per_minute: source.rate_limit_per_minute,
        },
        last_accepted_at: attempts::last_accepted_at(db, source.id).await?,
        snippet: sources::install(&source, &services.instance.base_url, workspace).browser_snippet,
        attempts: attempts::list(db, organization, source.id, &filter).await?,
        source,
    }))
}

fn framework_hint(params: &Params) -> Result<Option<FrameworkHint>, Fault> {
    params.word("frameworkHint", FrameworkHint::from_text, "browser, react, nextjs, server")
}
