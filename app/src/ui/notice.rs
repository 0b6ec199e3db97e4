//! A sentence about what just happened.

use leptos::prelude::*;

use crate::islands::Sentence;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// It worked.
    Good,
    /// It worked, but.
    Warn,
    /// It did not work.
    Bad,
}

impl NoticeKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "notice good",
            Self::Warn => "notice warn",
            Self::Bad => "notice bad",
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Warn | Self::Bad => "!",
        }
    }
}

/// A sentence about what just happened, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it went.
    pub kind: NoticeKind,
    /// The sentence.
    pub text: String,
}

impl Notice {
    /// It worked.
    #[must_use]
    pub fn good(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Good, text: text.into() }
    }

    /// It worked, but.
    #[must_use]
    pub fn warn(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Warn, text: text.into() }
    }

    /// It did not work.
    #[must_use]
    pub fn bad(text: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Bad, text: text.into() }
    }
}

/// Shows a notice where it is read first.
#[component]
pub(crate) fn NoticeBar(
    notice: Option<Notice>,
    /// Where it leads on to.
    #[prop(default = None)]
    act: Option<AnyView>,
) -> impl IntoView {
    let act = act.map(|act| view! { <div class="acts">{act}</div> });
    notice.map(|Notice { kind, text }| {
        view! {
            <div class=kind.class() role="status">
                <span class="sign" aria-hidden="true">{kind.sign()}</span>
                <div><p><Sentence text/></p>{act}</div>
            </div>
        }
    })
}
