//! All that is needed to send to a source: snippets for pages, commands for a shell, and a brief that is
//! complete on its own.
//!
//! Every value is written in its place's own language: JSON in JavaScript, attributes in HTML, quotes in the
//! shell, code spans in Markdown.

mod brief;
mod escape;
mod shell;
mod snippets;

use model::wire::sources::{Install, Source};

/// What the texts are made of.
struct Facts<'a> {
    source: &'a Source,
    /// Where Tiny runs, without a slash at the end.
    base: &'a str,
    debug_url: String,
    setup_url: String,
}

/// Everything that a person copies to install `source`. `base_url` is where Tiny runs, such as
/// `https://tiny.example.com`; `workspace_slug` stands in the addresses of its pages.
#[must_use]
pub fn install(source: &Source, base_url: &str, workspace_slug: &str) -> Install {
    let base = base_url.trim_end_matches('/');
    let setup = format!("{base}/{workspace_slug}/analytics/setup");
    let facts = Facts {
        source,
        base,
        debug_url: format!("{setup}/debug?source={}", source.slug),
        setup_url: format!("{setup}?source={}", source.slug),
    };
    Install {
        public_key: source.public_key.clone(),
        browser_snippet: snippets::browser(&facts),
        react_example: snippets::react(&facts),
        nextjs_example: snippets::nextjs(&facts),
        curl_example: shell::curl(&facts),
        install_brief: brief::brief(&facts),
        debug_url: facts.debug_url,
    }
}

#[cfg(test)]
mod tests;
