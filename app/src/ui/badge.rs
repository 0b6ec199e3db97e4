//! A word about a state, with its colour and its sign.

use leptos::prelude::*;

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// Not as it should be.
    Bad,
    /// Neither.
    Quiet,
}

impl Tone {
    /// The class of elements in this tone.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
        }
    }
}

/// A short word in its tone.
#[component]
pub(crate) fn Badge(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{text}</span> }
}

/// A dot in its tone; the word it stands for is read out.
#[component]
pub(crate) fn Dot(tone: Tone, means: &'static str) -> impl IntoView {
    view! {
        <span class=format!("dot {}", tone.class()) title=means>
            <span class="visually-hidden">{means}": "</span>
        </span>
    }
}
