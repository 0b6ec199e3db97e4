//! Code to copy, and values to copy.

use leptos::prelude::*;

use super::highlight::{self, Language};
use crate::islands::Copy;

/// A block of code with its title and a button that copies it.
#[component]
pub(crate) fn CodeBlock(
    #[prop(into)] code: String,
    /// What it is, over the block.
    #[prop(into)]
    title: String,
    /// A few more words, beside the title.
    #[prop(optional, into)]
    note: Option<String>,
    #[prop(default = Language::Plain)] language: Language,
    /// Whether copying it is the act of the view.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    let html = highlight::html(&code, language);
    let class = if primary { "btn primary small" } else { "btn quiet small" };
    let what = format!("Copy {}", title.to_lowercase());
    view! {
        <figure class="code">
            <figcaption>
                <b>{title.clone()}</b>
                {note.map(|note| view! { <span class="dim">{note}</span> })}
                <span class="grow"></span>
                <Copy text=code label="Copy" what class/>
            </figcaption>
            <pre tabindex="0" role="group" aria-label=title.clone()><code inner_html=html></code></pre>
        </figure>
    }
}

/// A link or a token that is shown once, with a button that copies it.
#[component]
pub(crate) fn CopyLine(
    #[prop(into)] text: String,
    label: &'static str,
    /// What it copies; begins with the label.
    #[prop(into)]
    what: String,
    class: &'static str,
) -> impl IntoView {
    view! {
        <div class="copyline">
            <code class="link">{text.clone()}</code>
            <Copy text label what class/>
        </div>
    }
}

/// An id, key or origin in the mono face, with a button that copies it.
#[component]
pub(crate) fn Copyable(
    #[prop(into)] text: String,
    /// What it is: `public key`.
    what: &'static str,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <code>{text.clone()}</code>
            <Copy text label="Copy" what=format!("Copy {what}") class="btn quiet small"/>
        </span>
    }
}
