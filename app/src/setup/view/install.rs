//! The snippet, for the framework at hand.

use leptos::prelude::*;
use model::wire::sources::Install;

use super::Paths;
use crate::{
    format,
    setup::Tab,
    ui::{
        code::CodeBlock,
        highlight::Language,
        tabs::{TabLink, Tabs},
    },
};

#[component]
pub(super) fn InstallCard(install: Install, tab: Tab, paths: Paths) -> impl IntoView {
    let tabs = Tab::ALL.map(|one| TabLink {
        label: label(one),
        href: format!("{}&tab={}", paths.shown, one.as_str()),
        is_current: one == tab,
    });
    let note = format!("for {}", format::short_id(&install.public_key));
    let (where_to, title, code, language) = match tab {
        Tab::Browser => (
            view! { "Paste this once, in the layout that every page shares, before "<code>"</head>"</code>"." }.into_any(),
            "Snippet",
            install.browser_snippet,
            Language::Web,
        ),
        Tab::React => (
            view! { "Render this component once, at the root of the app. Mounting it twice does no harm." }.into_any(),
            "React component",
            install.react_example,
            Language::Web,
        ),
        Tab::Nextjs => (
            view! { "Put this into the root layout of the app router. It runs in the browser only." }.into_any(),
            "Next.js layout",
            install.nextjs_example,
            Language::Web,
        ),
        Tab::Curl => (
            view! { "Run this in a shell: it opens a session and sends one event. No origin is needed outside of browsers." }.into_any(),
            "Shell commands",
            install.curl_example,
            Language::Shell,
        ),
    };
    view! {
        <section class="card" aria-labelledby="install">
            <h2 id="install">"Install"</h2>
            <Tabs label="Snippet for" tabs=tabs.into()/>
            <p>{where_to}</p>
            <CodeBlock code title note language primary=true/>
            <details class="fold-out">
                <summary>"Read the install brief"</summary>
                <p class="dim">
                    "Everything somebody needs who places the snippet for you: what to paste, where, and how to check it."
                </p>
                <pre class="text" tabindex="0" role="group" aria-label="Install brief">{install.install_brief}</pre>
            </details>
        </section>
    }
}

const fn label(tab: Tab) -> &'static str {
    match tab {
        Tab::Browser => "Browser",
        Tab::React => "React",
        Tab::Nextjs => "Next.js",
        Tab::Curl => "curl",
    }
}
