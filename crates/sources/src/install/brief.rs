//! The install brief: for whoever places the snippet and knows nothing else of Tiny.

use model::wire::sources::FrameworkHint;

use super::{Facts, escape::markdown, shell, snippets};

pub(super) fn brief(facts: &Facts<'_>) -> String {
    let how = How::of(facts);
    let Facts { base, debug_url, source, .. } = facts;
    format!(
        "# Install Tiny analytics: {name}

Tiny records page views and events of “{name}”. It sets no cookie and sends to `{base}` only.

## 1. {heading}

{place}

```{language}
{code}```

{then}

## 2. Allowed origins

{origins}

## 3. Check that it worked

{check} Then open

{debug_url}

Every request appears there within a second, refused ones with cause and fix. “Installation verified” means \
that events arrive.

## If it did not: the three usual mistakes

1. **Another origin.** The address in the browser's address bar must match the list above in scheme, host and \
port. `http://localhost:3000` and `http://127.0.0.1:3000` are two origins, and so are `https://example.com` \
and `https://www.example.com`.
2. **Pasted twice,** or in a layout and again in a page. Place it once; the browser's console warns about a \
second install.
3. **An old key.** When the key is rotated in Setup, the old one stops at once. The key is now `{key}`.

If the debug page shows no request at all, something stops the page from sending: an ad blocker (try without \
it), or the page's Content-Security-Policy, which must allow `{base}` in `connect-src` and, for the hosted \
script, in `script-src`{inline}.
",
        name = markdown(&source.name),
        heading = how.heading,
        place = how.place,
        language = how.language,
        code = how.code,
        then = how.then,
        origins = origins(facts),
        check = how.check,
        key = source.public_key,
        inline = how.inline,
    )
}

/// What differs by framework.
struct How {
    heading: &'static str,
    place: String,
    language: &'static str,
    code: String,
    then: &'static str,
    check: &'static str,
    inline: &'static str,
}

const BY_COMMAND: &str = "Page views are recorded by themselves, also on navigation inside the app. To record \
    something else, call `tinyAnalytics(\"track\", \"report_generated\", { reportType: \"weekly\" })`; when \
    somebody signs in, `tinyAnalytics(\"identify\", \"user_42\")`; when they sign out, \
    `tinyAnalytics(\"reset\")`.";
const BY_FUNCTION: &str = "Page views are recorded by themselves, also on navigation inside the app. To record \
    something else, import from the same module and call `track(\"report_generated\", { reportType: \
    \"weekly\" })`; when somebody signs in, `identify(\"user_42\")`; when they sign out, `reset()`.";
const BY_REQUEST: &str = "Send `page`, `track` and `identify` events in the same way, up to 500 in one request. \
    Give each event an id of its own: a repeated id is counted once, so a request may safely be sent again.";
const IN_A_BROWSER: &str = "Load a page of the site in a browser.";
const INLINE: &str = " (its short inline script needs a hash or nonce there, too)";

impl How {
    fn of(facts: &Facts<'_>) -> Self {
        match facts.source.framework_hint {
            None | Some(FrameworkHint::Browser) => Self {
                heading: "Paste this",
                place: "Once, in the layout that every page shares, before `</head>`:".into(),
                language: "html",
                code: snippets::browser(facts),
                then: BY_COMMAND,
                check: IN_A_BROWSER,
                inline: INLINE,
            },
            Some(FrameworkHint::React) => Self {
                heading: "Add this component",
                place: format!(
                    "The module is not on npm: save `{}/sdk/tiny-analytics.js` as \
                     `src/tiny-analytics.js`. Then add this file and render `<TinyAnalytics />` \
                     once, in the component that every page shares, usually `App`:",
                    facts.base
                ),
                language: "jsx",
                code: snippets::react(facts),
                then: BY_FUNCTION,
                check: IN_A_BROWSER,
                inline: "",
            },
            Some(FrameworkHint::Nextjs) => Self {
                heading: "Paste this",
                place:
                    "In the app router's root layout, `app/layout.tsx`. If there is one, take over \
                        the import and the two `<Script>` elements only:"
                        .into(),
                language: "tsx",
                code: snippets::nextjs(facts),
                then: BY_COMMAND,
                check: IN_A_BROWSER,
                inline: INLINE,
            },
            Some(FrameworkHint::Server) => Self {
                heading: "Send this",
                place: "Bootstrap once for a visitor, then send events with the session that it \
                        returns. In a shell:"
                    .into(),
                language: "sh",
                code: shell::curl(facts),
                then: BY_REQUEST,
                check: "Run the commands above; the second answers `\"accepted\":1`.",
                inline: "",
            },
        }
    }
}

fn origins(facts: &Facts<'_>) -> String {
    let Facts { source, setup_url, .. } = facts;
    let without = if source.require_origin {
        "Requests without an `Origin` header, from servers, are refused."
    } else {
        "Requests without an `Origin` header, from servers, are accepted."
    };
    if source.allowed_origins.is_empty() {
        return format!(
            "No origin is allowed yet, so no browser can send. Add the site's at {setup_url} first. \
             {without}"
        );
    }
    let list = format!("- `{}`", source.allowed_origins.join("`\n- `"));
    let star = if list.contains('*') { "A star stands for any subdomain. " } else { "" };
    format!(
        "Only pages at these origins may send:\n\n{list}\n\n{star}If the site runs anywhere else, such as a \
         preview or a local port, add that origin at {setup_url}. {without}"
    )
}
