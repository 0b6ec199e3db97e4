//! The ingest endpoints. Their handlers stand in `ingest`, which reads bodies by hand so that every fault is told; these
//! types say the same to whoever writes a client, and `server/tests/http/openapi/ingest.rs` holds the two together.

use std::borrow::Cow;

use model::{
    Code, UnixMs,
    wire::ingest::{BootstrapReply, DryRunReply, EventsReply, Refusal},
};
use serde_json::{Map, Value};
use utoipa::OpenApi;

use crate::api::shapes::{EventTitle, Identifier, IngestKey, PageText};

/// What all three are listed under.
pub const TAG: &str = "Ingest";

/// The description of the endpoints.
#[derive(OpenApi)]
#[openapi(paths(bootstrap, send_events, validate), components(schemas(IngestKey, Refusal)))]
pub struct Endpoints;

/// The page that a visitor sees.
#[derive(utoipa::ToSchema)]
pub struct SentPage {
    /// Its address.
    pub url: Option<PageText>,
    /// The path, with the search string; taken from `url` when it is absent.
    pub path: Option<PageText>,
    /// Its title.
    pub title: Option<PageText>,
    /// Where the visitor came from.
    pub referrer: Option<PageText>,
}

/// The body of a bootstrap.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct BootstrapBody {
    /// The protocol's version.
    #[schema(minimum = 2, maximum = 2)]
    pub ingest_version: i64,
    /// The version of what sends.
    pub sdk_version: Identifier,
    /// The visitor.
    pub anonymous_id: Identifier,
    /// The session to go on with.
    pub session_id: Option<Identifier>,
    /// Checked, not stored.
    pub user_id: Option<Identifier>,
    /// The page that the visitor sees.
    pub page: SentPage,
    /// Checked, not stored.
    pub context: Option<Map<String, Value>>,
}

/// The body of events.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct EventsBody {
    /// The protocol's version.
    #[schema(minimum = 2, maximum = 2)]
    pub ingest_version: i64,
    /// The version of what sends.
    pub sdk_version: Identifier,
    /// The batch's own name for itself; shown, without effect.
    pub batch_id: Identifier,
    /// When this request is sent, anew at each try; it tells how the client's clock goes.
    pub sent_at: UnixMs,
    /// The session of a bootstrap.
    pub session_id: Identifier,
    /// The visitor of that session.
    pub anonymous_id: Identifier,
    /// The user of events that name none.
    pub user_id: Option<Identifier>,
    /// The context of every event.
    pub context: Option<Map<String, Value>>,
    /// Each is judged by itself.
    #[schema(min_items = 1, max_items = 500)]
    pub events: Vec<SentEvent>,
}

/// One event. Of what is here, one at fault costs no other.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SentEvent {
    /// Unique in the source: what duplicates are found by.
    pub id: Identifier,
    /// What kind of event it is.
    #[schema(rename = "type")]
    pub kind: SentType,
    /// When it happened, by the client's clock.
    pub timestamp: UnixMs,
    /// Required for `track`; others have the name of their type.
    pub name: Option<EventTitle>,
    /// Required for `page`.
    pub page: Option<SentPage>,
    /// Required for `identify`, here or beside the events.
    pub user_id: Option<Identifier>,
    /// Equal to that beside the events, when given.
    pub session_id: Option<Identifier>,
    /// Equal to that beside the events, when given.
    pub anonymous_id: Option<Identifier>,
    /// Whatever belongs to it.
    pub properties: Option<Map<String, Value>>,
    /// Laid over that beside the events.
    pub context: Option<Map<String, Value>>,
}

/// A type of event.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum SentType {
    /// A page was seen.
    Page,
    /// Something happened.
    Track,
    /// The visitor is somebody.
    Identify,
}

/// The body of a dry run.
pub struct DryRunBody;

impl utoipa::PartialSchema for DryRunBody {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let one = |name: Cow<'static, str>| utoipa::openapi::Ref::from_schema_name(name);
        utoipa::openapi::OneOfBuilder::new()
            .description(Some(
                "That of events, with a member `events` or `batchId`; any other is that of a bootstrap.",
            ))
            .item(one(<EventsBody as utoipa::ToSchema>::name()))
            .item(one(<BootstrapBody as utoipa::ToSchema>::name()))
            .into()
    }
}

impl utoipa::ToSchema for DryRunBody {}

/// The codes of an endpoint in the order of the checks: the gate's, the body's, then its own.
fn codes<const N: usize>(own: [Code; N]) -> Vec<Code> {
    let first = [
        Code::TrackingSourceNotFound,
        Code::SourceInactive,
        Code::OriginNotAllowed,
        Code::RateLimitExceeded,
        Code::PayloadTooLarge,
        Code::UnsupportedMediaType,
        Code::InvalidJson,
    ];
    let last = [Code::InternalError, Code::ServiceUnavailable];
    first.into_iter().chain(own).chain(last).collect()
}

/// Gives a visitor a session.
///
/// The one that is asked for goes on, if it is of this source and visitor and something came for it within 30 minutes;
/// otherwise there is a new one.
#[utoipa::path(
    post, path = "/api/ingest/v2/{key}/bootstrap", tag = "Ingest",
    params(("key" = IngestKey, Path, description = "The source's public key.")),
    request_body = BootstrapBody,
    responses((status = 200, description = "The session; the commit that holds it is on disk.", body = BootstrapReply)),
    security(()),
    extensions(("x-codes" = json!(codes([Code::InvalidBootstrapPayload])))),
)]
pub const fn bootstrap() {}

/// Stores events of a session.
///
/// Each is accepted, a duplicate of one that is stored, or rejected with its first fault. What was not acknowledged may be
/// sent again, always: nothing counts twice. The body may be packed, with `Content-Encoding: gzip`.
#[utoipa::path(
    post, path = "/api/ingest/v2/{key}/events", tag = "Ingest",
    params(("key" = IngestKey, Path, description = "The source's public key.")),
    request_body = EventsBody,
    responses((status = 200, description = "What became of each; the commit that holds it is on disk.", body = EventsReply)),
    security(()),
    extensions(("x-codes" = json!(codes([Code::InvalidEventsPayload, Code::InvalidSession])))),
)]
pub const fn send_events() {}

/// Tells what a bootstrap or events would be answered, and stores nothing.
///
/// It counts against the source's requests a minute, and its attempt is kept.
#[utoipa::path(
    post, path = "/api/ingest/v2/{key}/validate", tag = "Ingest",
    params(("key" = IngestKey, Path, description = "The source's public key.")),
    request_body = DryRunBody,
    responses((status = 200, description = "What the real endpoint would answer.", body = DryRunReply)),
    security(()),
    extensions(("x-codes" = json!(codes([Code::InvalidBootstrapPayload, Code::InvalidEventsPayload, Code::InvalidSession])))),
)]
pub const fn validate() {}
