//! Tracking sources.

use serde::{Deserialize, Serialize};

use crate::{
    UnixMs,
    ids::{OrganizationId, SourceId},
};

/// The least that a source's largest body can be set to, in bytes.
pub const MIN_PAYLOAD_BYTES: i64 = 1_024;
/// The most that a source's largest body can be set to, in bytes.
pub const MAX_PAYLOAD_BYTES: i64 = 4 * 1_024 * 1_024;

/// Most characters of a source's name.
pub const MAX_NAME_CHARS: usize = 80;
/// Most characters of a source's slug.
pub const MAX_SLUG_CHARS: usize = 48;
/// The most that a source's requests a minute can be limited to.
pub const MAX_RATE_PER_MINUTE: i64 = 1_000_000;

/// A website or app that sends events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Which.
    pub id: SourceId,
    /// Its workspace.
    pub organization_id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its place in page addresses; unique in the workspace.
    pub slug: String,
    /// The credential in the ingest path. It grants sending and nothing else.
    pub public_key: String,
    /// Browser origins that may send, in the URL standard's serialisation.
    pub allowed_origins: Vec<String>,
    /// Which snippet is shown first.
    pub framework_hint: Option<FrameworkHint>,
    /// Whether it takes requests.
    pub is_active: bool,
    /// Largest request body, in bytes.
    pub max_payload_bytes: i64,
    /// Requests a minute; 0 means no limit.
    pub rate_limit_per_minute: i64,
    /// Whether requests without an `Origin` header are refused.
    pub require_origin: bool,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it or its settings last changed.
    pub updated_at: UnixMs,
}

/// The framework of the pages that send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FrameworkHint {
    /// Plain pages.
    Browser,
    /// React.
    React,
    /// Next.js, app router.
    Nextjs,
    /// A server, by HTTP.
    Server,
}

impl FrameworkHint {
    /// Every hint, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::Browser, Self::React, Self::Nextjs, Self::Server];

    /// The hint, as the API and the database spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::React => "react",
            Self::Nextjs => "nextjs",
            Self::Server => "server",
        }
    }

    /// The hint with this spelling.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hint| hint.as_str() == text)
    }
}

/// `GET /api/tracking-sources`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourcesReply {
    /// The workspace's sources, oldest first.
    pub sources: Vec<Source>,
    /// Always null: one page holds them all.
    pub next_cursor: Option<String>,
}

/// One source, after it was made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceReply {
    /// The source.
    pub source: Source,
}

/// `GET /api/tracking-sources/{id}/install`: all that is needed to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Install {
    /// The source's key.
    pub public_key: String,
    /// For any page, before `</head>`.
    pub browser_snippet: String,
    /// A React component.
    pub react_example: String,
    /// A Next.js layout.
    pub nextjs_example: String,
    /// Bootstrap and one event from a shell.
    pub curl_example: String,
    /// Where the requests appear.
    pub debug_url: String,
    /// The whole of it as a text for whoever places the snippet.
    pub install_brief: String,
}
