//! The WebAssembly entry: wakes the islands of [`app`] in pages the server has rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's loader, before any island is hydrated.
#[wasm_bindgen]
pub fn hydrate() {
    app::islands::keep();
    leptos::mount::hydrate_islands();
}
