//! Buttons and links that look like them.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The one act of a view.
    Primary,
    /// Any other.
    Plain,
    /// Beside something, without a border.
    Quiet,
    /// What cannot be undone.
    Danger,
}

impl Weight {
    /// The class of a button of this weight.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn primary",
            Self::Plain => "btn",
            Self::Quiet => "btn quiet",
            Self::Danger => "btn danger",
        }
    }
}

/// The button that sends its form.
#[component]
pub(crate) fn Submit(
    weight: Weight,
    #[prop(into)] label: String,
    /// What it does when the label alone does not say it; begins with the label.
    #[prop(optional, into)]
    what: Option<String>,
    /// Where it sends the form, when that is not the form's own action.
    #[prop(optional, into)]
    to: Option<String>,
) -> impl IntoView {
    view! { <button type="submit" class=weight.class() aria-label=what formaction=to>{label}</button> }
}

/// A link that looks like a button.
#[component]
pub(crate) fn LinkButton(
    weight: Weight,
    #[prop(into)] href: String,
    #[prop(into)] label: String,
) -> impl IntoView {
    view! { <a class=weight.class() href=href>{label}</a> }
}
