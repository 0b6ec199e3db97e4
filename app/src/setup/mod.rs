//! Setting up a source: snippet, allowed origins, key, limits.

mod routes;
mod view;

pub(crate) use routes::{find_shown, notice_of, routes};
pub use view::{new_page, page};

use model::{
    UnixMs,
    wire::sources::{Install, Source},
};

use crate::ui::{form::Form, notice::Notice};

/// What `/{workspace}/analytics/setup?source={slug}&tab={tab}` shows.
#[derive(Debug, Clone)]
pub struct SetupPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Every source of the workspace, oldest first.
    pub sources: Vec<Source>,
    /// The one that is shown.
    pub source: Source,
    /// Its snippets.
    pub install: Install,
    /// Which snippet is shown.
    pub tab: Tab,
    /// How far the installation has come.
    pub progress: Progress,
    /// Whether the viewer holds `analytics.manage`.
    pub can_manage: bool,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
    /// The form that was refused, when this page answers one.
    pub refused: Option<(SetupForm, Form)>,
}

/// How far an installation has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// When the newest request arrived, whatever became of it.
    pub last_request_at: Option<UnixMs>,
    /// An origin whose bootstrap succeeded: where the snippet was seen. Empty text for a caller without one.
    pub seen_at_origin: Option<String>,
    /// When an event was last stored.
    pub last_accepted_at: Option<UnixMs>,
    /// Whether the source's verdict is "Requests are being rejected".
    pub is_rejecting: bool,
}

/// Which snippet is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// For any page.
    #[default]
    Browser,
    /// A React component.
    React,
    /// A Next.js layout.
    Nextjs,
    /// From a shell.
    Curl,
}

impl Tab {
    /// Every tab, in their order.
    pub const ALL: [Self; 4] = [Self::Browser, Self::React, Self::Nextjs, Self::Curl];

    /// The tab's name in the query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::React => "react",
            Self::Nextjs => "nextjs",
            Self::Curl => "curl",
        }
    }

    /// The tab with this name in the query.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.as_str() == text)
    }

    /// The tab to show when the query names none.
    #[must_use]
    pub const fn of(source: &Source) -> Self {
        use model::wire::sources::FrameworkHint as Hint;
        match source.framework_hint {
            None | Some(Hint::Browser) => Self::Browser,
            Some(Hint::React) => Self::React,
            Some(Hint::Nextjs) => Self::Nextjs,
            Some(Hint::Server) => Self::Curl,
        }
    }
}

/// The forms of the page that can be refused for what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupForm {
    /// `{slug}/origins/add` {origin}.
    AddOrigin,
    /// `{slug}/settings` {name, slug, frameworkHint, maxPayloadBytes, rateLimitPerMinute, requireOrigin}.
    Settings,
}

/// What `/{workspace}/analytics/setup/new` shows, and Setup itself while there is no source.
#[derive(Debug, Clone, Default)]
pub struct NewSourcePage {
    /// `name`, `allowedOrigins` and `frameworkHint` as they were sent, and what was wrong with them.
    pub form: Form,
    /// Whether the workspace has no source yet.
    pub is_first: bool,
    /// Whether the viewer holds `analytics.manage`.
    pub can_manage: bool,
}
