//! Attempts: the list and one of them, whole.

use ::attempts::Filter;
use axum::{
    Json,
    extract::{Path, State},
};
use model::{
    Code, Permission, UnixMs,
    ids::{AttemptId, OrganizationId, SourceId},
    wire::attempts::{AttemptReply, AttemptsReply, Kind, OriginVerdict},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Services,
    api::{Params, WorkspaceCall},
};

use super::{paging::Paging, shapes::OfWorkspace};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(list_attempts)).routes(routes!(get_attempt))
}

/// Which attempts.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct AttemptsQuery {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// The source they were for.
    pub source_id: Option<SourceId>,
    /// Which endpoint.
    pub kind: Option<Kind>,
    /// The status of the answer, such as `200`, or a class, `1xx` to `5xx`.
    #[param(pattern = "^([1-5]xx|[1-5][0-9]{2})$")]
    pub status: Option<String>,
    /// The error code of the answer.
    pub code: Option<String>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// What the origin check said.
    pub origin_verdict: Option<OriginVerdict>,
    /// The SDK's version, as sent.
    pub sdk_version: Option<String>,
    /// The session.
    pub session_id: Option<String>,
    /// The visitor.
    pub anonymous_id: Option<String>,
    /// Not before this moment.
    pub from: Option<UnixMs>,
    /// Before this moment.
    pub to: Option<UnixMs>,
    /// How many attempts at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<AttemptId>,
}

/// Lists attempts, newest first.
///
/// An attempt is one request to an ingest endpoint, whatever became of it. Each filter must match exactly; without a source
/// it is about all of the workspace. `counted` tells of requests of which no attempt is kept, since there were too many of
/// the kind within a minute: of the time that is asked for, without a `from` of the last 24 hours, whatever the other
/// filters say. Takes the permission `analytics.report`.
#[utoipa::path(
    get, path = "/attempts", tag = "Attempts", params(AttemptsQuery),
    responses((status = 200, description = "One page of attempts.", body = AttemptsReply)),
    extensions(("x-codes" = json!([Code::TrackingSourceNotFound]))),
)]
async fn list_attempts(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<AttemptsReply>, Fault> {
    let wanted = Wanted::read(call.params())?;
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let organization = caller.organization_id();
    let sources = match &wanted.source {
        Some(id) => vec![services.sources.get_source(organization, *id).await?],
        None => services.sources.list_sources(organization).await?,
    };
    let Filter { from, to, before, .. } = wanted.filter;
    let lately = ::attempts::lately(services.db.now());
    let span = (from.unwrap_or(lately.0), to.unwrap_or(lately.1));
    let (mut attempts, mut counted) = (Vec::new(), Vec::new());
    for source in sources {
        let rows = ::attempts::list(&services.db, organization, source.id, &wanted.filter).await?;
        attempts.extend(rows);
        if before.is_none() {
            counted.extend(::attempts::counted(&services.db, Some(source.id), span).await?);
        }
    }
    attempts.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    let next_cursor = wanted.paging.cut(&mut attempts, |last| last.id.to_string());
    Ok(Json(AttemptsReply { attempts, next_cursor, counted }))
}

/// Opens one attempt: its body, every check, cause and fix.
///
/// Takes the permission `analytics.report`.
#[utoipa::path(
    get, path = "/attempts/{id}", tag = "Attempts",
    params(("id" = AttemptId, Path, description = "The attempt."), OfWorkspace),
    responses((status = 200, description = "The attempt.", body = AttemptReply)),
    extensions(("x-codes" = json!([Code::AttemptNotFound]))),
)]
async fn get_attempt(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<AttemptReply>, Fault> {
    let caller = call.authorise(Permission::AnalyticsReport).await?;
    let (organization, id) = (caller.organization_id(), AttemptId::or_nothing(&id));
    let attempt = ingest::open_attempt(&services.db, organization, id)
        .await?
        .ok_or_else(|| services.no_attempt(id))?;
    Ok(Json(AttemptReply { attempt }))
}

/// What the query asks for.
struct Wanted {
    source: Option<SourceId>,
    filter: Filter,
    paging: Paging<AttemptId>,
}

impl Wanted {
    fn read(params: &Params) -> Result<Self, Fault> {
        let own = |field| Ok::<_, Fault>(params.text(field)?.map(str::to_owned));
        let paging = Paging::read(params)?;
        let filter = Filter {
            kind: params.word("kind", Kind::from_text, "bootstrap, events, validate")?,
            status: params
                .word("status", status_range, "200, 4xx and their like")?
                .unwrap_or(Filter::ANY_STATUS),
            code: own("code")?,
            origin: own("origin")?,
            origin_verdict: params.word(
                "originVerdict",
                OriginVerdict::from_text,
                "allowed, not_allowed, missing, not_checked",
            )?,
            sdk_version: own("sdkVersion")?,
            session_id: own("sessionId")?,
            anonymous_id: own("anonymousId")?,
            from: params.moment("from")?,
            to: params.moment("to")?,
            before: paging.before,
            ..Filter::newest(paging.wanted())
        };
        let source = params.text("sourceId")?.map(SourceId::or_nothing);
        Ok(Self { source, filter, paging })
    }
}

/// `200` is that status, `4xx` the whole class.
fn status_range(text: &str) -> Option<(u16, u16)> {
    if let Some(class) = text.strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some((class * 100, class * 100 + 99));
    }
    let status: u16 = text.parse().ok().filter(|status| (100..=599).contains(status))?;
    Some((status, status))
}
