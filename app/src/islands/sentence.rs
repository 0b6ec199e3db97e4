//! A sentence whose codes and origins stand in the mono face.

use leptos::prelude::*;

use crate::format::{Piece, pieces};

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
