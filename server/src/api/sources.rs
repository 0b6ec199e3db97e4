//! Tracking sources.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, patch, post},
};
use model::{
    Code, Permission,
    ids::SourceId,
    wire::{
        attempts::{DebugReply, Limits},
        sources::{FrameworkHint, Install, SourceReply, SourcesReply},
    },
};
use sources::{Changes, NewSource};
use web::{
    Fault, Services,
    api::{Params, WorkspaceCall},
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/tracking-sources", get(list_sources).post(create_source))
        .route("/tracking-sources/{id}", patch(update_source))
        .route("/tracking-sources/{id}/regenerate-key", post(regenerate_key))
        .route("/tracking-sources/{id}/install", get(get_install))
        .route("/tracking-sources/{id}/debug", get(get_debug))
}

async fn list_sources(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<SourcesReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let sources = services.sources.list_sources(caller.organization_id()).await?;
    Ok(Json(SourcesReply { sources, next_cursor: None }))
}

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
        .update_source(call.actor(), caller.organization_id(), source_id(&id)?, changes)
        .await?;
    Ok(Json(SourceReply { source }))
}

async fn regenerate_key(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<SourceReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsManage).await?;
    let source = services
        .sources
        .regenerate_key(call.actor(), caller.organization_id(), source_id(&id)?)
        .await?;
    Ok(Json(SourceReply { source }))
}

async fn get_install(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<Install>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let source = services.sources.get_source(caller.organization_id(), source_id(&id)?).await?;
    let workspace = &caller.membership.organization.slug;
    Ok(Json(sources::install(&source, &services.instance.base_url, workspace)))
}

/// How many attempts the debug view shows.
const NEWEST: u16 = 50;

async fn get_debug(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<DebugReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let organization = caller.organization_id();
    let source = services.sources.get_source(organization, source_id(&id)?).await?;
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

/// An id that cannot be one is the id of nothing.
pub(super) fn source_id(text: &str) -> Result<SourceId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::TrackingSourceNotFound))
}
