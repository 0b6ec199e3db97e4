//! Events and the endpoints that hear of them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Metadata, Row, World};
use crate::API_VERSION;
use crate::api::RequestId;

/// A secret that signs, and until when.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub value: String,
    pub until: Option<i64>,
}

/// Where events are sent.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub id: String,
    pub created: i64,
    /// None: a test takes the deliveries itself.
    pub url: Option<String>,
    pub enabled_events: Vec<String>,
    pub description: Option<String>,
    pub is_enabled: bool,
    /// The newest first.
    pub secrets: Vec<Secret>,
    pub metadata: Metadata,
}

impl Endpoint {
    /// Whether it wants to hear of events of this type.
    pub(crate) fn hears(&self, kind: &str) -> bool {
        self.is_enabled && self.enabled_events.iter().any(|wanted| wanted == "*" || wanted == kind)
    }

    /// The secrets that sign at this moment.
    pub(crate) fn secrets_at(&self, at: i64) -> Vec<&str> {
        let holding = self.secrets.iter().filter(|secret| secret.until.is_none_or(|end| at < end));
        holding.map(|secret| secret.value.as_str()).collect()
    }
}

impl Row for Endpoint {
    const OBJECT: &'static str = "webhook_endpoint";
    const NAME: &'static str = "webhook endpoint";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, _: &World) -> Value {
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "api_version": null,
            "application": null,
            "created": self.created,
            "description": self.description,
            "enabled_events": self.enabled_events,
            "livemode": false,
            "metadata": self.metadata,
            "status": if self.is_enabled { "enabled" } else { "disabled" },
            "url": self.url,
        })
    }
}

/// Something that happened, with the object as it was right after.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub id: String,
    pub created: i64,
    pub kind: &'static str,
    pub object: Arc<Value>,
    /// What the changed fields were before.
    pub previous: Option<Value>,
    pub request: Option<RequestId>,
}

impl Row for Event {
    const OBJECT: &'static str = "event";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        let mut data = json!({ "object": *self.object });
        if let Some(previous) = &self.previous {
            data["previous_attributes"] = previous.clone();
        }
        let request = self.request.as_ref();
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "api_version": API_VERSION,
            "created": self.created,
            "data": data,
            "livemode": false,
            "pending_webhooks": world.post.waiting_for(&self.id),
            "request": {
                "id": request.map(|request| &request.id),
                "idempotency_key": request.and_then(|request| request.idempotency_key.as_ref()),
            },
            "type": self.kind,
        })
    }
}
