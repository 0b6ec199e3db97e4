//! A button that copies a text.

use leptos::prelude::*;

/// Copies `text` to the clipboard and says so for two seconds. Hidden where scripts are off.
#[island]
pub fn Copy(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// The words on the button.
    #[prop(into)]
    label: String,
    /// What it does, for screen readers; begins with the label.
    #[prop(into)]
    what: String,
    /// The button's class.
    #[prop(into)]
    class: String,
) -> impl IntoView {
    let state = RwSignal::new(CopyState::Ready);
    view! {
        <button type="button" class=format!("{class} copy js-only") aria-label=what data-state=move || state.get().name()
            on:click=move |_| copy(&text, state)>
            <span class="copy-before">{label}</span>
            <span class="copy-after" aria-hidden="true">{move || state.get().words()}</span>
        </button>
        <span class="visually-hidden" role="status">{move || state.get().words()}</span>
    }
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CopyState {
    Ready,
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "happens in the browser"))]
    Done,
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "happens in the browser"))]
    Failed,
}

impl CopyState {
    const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Ready => "",
            Self::Done => "Copied",
            Self::Failed => "Not copied",
        }
    }
}

#[cfg(feature = "hydrate")]
fn copy(text: &str, state: RwSignal<CopyState>) {
    let text = text.to_owned();
    leptos::task::spawn_local(async move {
        let is_copied = super::browser::copy(&text).await;
        state.set(if is_copied { CopyState::Done } else { CopyState::Failed });
        let later = std::time::Duration::from_secs(2);
        set_timeout(move || state.set(CopyState::Ready), later);
    });
}

#[cfg(not(feature = "hydrate"))]
const fn copy(_: &str, _: RwSignal<CopyState>) {}
