//! A sentence whose codes and origins stand in the mono face.

use leptos::prelude::*;

use crate::format::{Piece, pieces};

/// A code that may be broken after its underscores, where a line is too short for it.
#[component]
pub fn Breakable(
    /// The code, such as `tracking_source_origin_not_allowed`.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    let parts: Vec<_> = code.split_inclusive('_').map(str::to_owned).collect();
    parts.into_iter().map(|part| view! { {part}<wbr/> }).collect_view()
}

/// Shows `text` as [`pieces`] cuts it.
#[component]
pub fn Sentence(
    /// Plain text; nothing in it is read as markup.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    pieces(&text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.into_any(),
            Piece::Code(code) => view! { <code>{code}</code> }.into_any(),
        })
        .collect_view()
}
