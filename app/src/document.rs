//! The document around every page, and how a view becomes text.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

use crate::{assets, ui::html::escaped};

/// What stands in the body before every island; a page without it needs no script.
const ISLAND: &str = "<leptos-island ";

/// Renders `view` and puts the document around it; `title` stands before "Tiny" in the window's title.
///
/// Only islands are rendered with what hydration needs; all the rest is plain HTML. The view must not
/// suspend: pages are functions of data that is already there.
pub(crate) fn render<V: IntoView>(title: &str, view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let body = owner.with(|| view().into_view().to_html());
    let title = escaped(title);
    let style = assets::STYLE;
    let loader = if body.contains(ISLAND) { loader() } else { String::new() };
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>{title} · Tiny</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{style}">
{loader}</head>
<body>
{body}
</body>
</html>
"#
    )
}

/// The tag of the loader; empty in a build without the WebAssembly, whose pages work all the same.
fn loader() -> String {
    match assets::MODULE {
        Some((module, wasm)) => {
            let boot = assets::BOOT;
            format!(
                "<script type=\"module\" src=\"{boot}\" data-module=\"{module}\" data-wasm=\"{wasm}\"></script>\n"
            )
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::islands::Copy;

    #[test]
    fn a_title_cannot_break_out_of_its_element() {
        let html = render("</title><script>", || "");
        assert!(html.contains("<title>&lt;/title&gt;&lt;script&gt; · Tiny</title>"));
    }

    #[test]
    fn an_island_is_marked_for_the_browser_with_its_props() {
        let html = render("Test", || {
            view! { <p><Copy text="a \"quoted\" <text>" label="Copy" what="Copy the text" class="btn"/></p> }
        });
        let (_, island) = html.split_once("<p><leptos-island data-component=\"Copy_").unwrap();
        let (component, rest) = island.split_once("\" data-props=\"").unwrap();
        assert!(component.bytes().all(|digit| digit.is_ascii_digit()));
        let (props, rest) = rest.split_once("\">").unwrap();
        assert!(props.contains(r"a \&quot;quoted\&quot; &lt;text&gt;"), "{props}");
        assert!(rest.contains("</leptos-island></p>"));
        assert_eq!(html.contains("data-wasm="), assets::MODULE.is_some());
    }

    #[test]
    fn a_page_without_islands_loads_no_script() {
        let html = render("Test", || view! { <p>"Words"</p> });
        assert!(html.contains("<p>Words</p>"));
        assert!(!html.contains("<script"));
    }
}
