//! The texts themselves, whole.

use model::{
    UnixMs,
    ids::{OrganizationId, SourceId},
    wire::sources::FrameworkHint,
};
use uuid::Uuid;

use super::*;

fn source() -> Source {
    Source {
        id: SourceId::from(Uuid::from_u128(1)),
        organization_id: OrganizationId::from(Uuid::from_u128(2)),
        name: "Web app".into(),
        slug: "web-app".into(),
        public_key: "pk_7f3a19b0d4e8426cb15a90c2".into(),
        allowed_origins: vec!["https://*.acme.dev".into(), "http://localhost:3000".into()],
        framework_hint: None,
        is_active: true,
        max_payload_bytes: 65_536,
        rate_limit_per_minute: 6_000,
        require_origin: false,
        created_at: UnixMs(0),
        updated_at: UnixMs(0),
    }
}

fn texts(source: &Source) -> Install {
    install(source, "https://tiny.acme.dev/", "acme")
}

#[test]
fn the_snippet_is_a_queue_and_the_hosted_script() {
    insta::assert_snapshot!(texts(&source()).browser_snippet, @r#"
    <script>window.tinyAnalytics=window.tinyAnalytics||function(){(tinyAnalytics.q=tinyAnalytics.q||[]).push(arguments)};
    tinyAnalytics("init",{publicKey:"pk_7f3a19b0d4e8426cb15a90c2",apiHost:"https://tiny.acme.dev"})</script>
    <script async src="https://tiny.acme.dev/sdk.js"></script>
    "#);
}

#[test]
fn react_gets_a_component_that_starts_the_module_once() {
    insta::assert_snapshot!(texts(&source()).react_example, @r#"
    // src/TinyAnalytics.jsx: render <TinyAnalytics /> once, in the component that every page shares.
    // The module is not on npm. Your Tiny serves it; save it beside this file:
    //   curl -o src/tiny-analytics.js 'https://tiny.acme.dev/sdk/tiny-analytics.js'
    import { useEffect } from "react";
    import { initTinyAnalytics } from "./tiny-analytics.js";

    let hasStarted = false;

    export function TinyAnalytics() {
      useEffect(() => {
        if (hasStarted) return; // React's strict mode runs effects twice
        hasStarted = true;
        initTinyAnalytics({ publicKey: "pk_7f3a19b0d4e8426cb15a90c2", apiHost: "https://tiny.acme.dev" });
      }, []);
      return null;
    }

    // Anywhere else:
    //   import { track, identify } from "./tiny-analytics.js";
    //   track("report_generated", { reportType: "weekly" });
    "#);
}

#[test]
fn next_js_gets_a_layout() {
    insta::assert_snapshot!(texts(&source()).nextjs_example, @r#"
    // app/layout.tsx
    import type { ReactNode } from "react";
    import Script from "next/script";

    export default function RootLayout({ children }: { children: ReactNode }) {
      return (
        <html lang="en">
          <body>
            {children}
            <Script id="tiny-analytics" strategy="afterInteractive">{`
    window.tinyAnalytics=window.tinyAnalytics||function(){(tinyAnalytics.q=tinyAnalytics.q||[]).push(arguments)};
    tinyAnalytics("init",{publicKey:"pk_7f3a19b0d4e8426cb15a90c2",apiHost:"https://tiny.acme.dev"})
    `}</Script>
            <Script src={"https://tiny.acme.dev/sdk.js"} strategy="afterInteractive" />
          </body>
        </html>
      );
    }
    "#);
}

#[test]
fn a_shell_bootstraps_and_sends_with_that_session() {
    insta::assert_snapshot!(texts(&source()).curl_example, @r#"
    TINY='https://tiny.acme.dev/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2'
    ORIGIN='https://app.acme.dev'
    PAGE='https://app.acme.dev/pricing'
    NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    UNIQUE=$(date +%s)-$$

    # 1. Bootstrap: starts a session.
    REPLY=$(curl -sS "$TINY/bootstrap" -H "Origin: $ORIGIN" -H 'Content-Type: application/json' -d @- <<JSON
    {"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_curl", "page": {"url": "$PAGE"}}
    JSON
    )
    echo "$REPLY"
    SESSION=$(printf '%s' "$REPLY" | sed -n 's/.*"sessionId" *: *"\([^"]*\)".*/\1/p')

    # 2. Events: one page view in that session.
    curl -sS "$TINY/events" -H "Origin: $ORIGIN" -H 'Content-Type: application/json' -d @- <<JSON
    {"ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_$UNIQUE", "sentAt": "$NOW",
     "sessionId": "$SESSION", "anonymousId": "vis_curl",
     "events": [{"id": "evt_$UNIQUE", "type": "page", "timestamp": "$NOW", "page": {"url": "$PAGE"}}]}
    JSON

    # To check a body without storing anything, send it to "$TINY/validate".
    "#);
}

#[test]
fn a_source_without_origins_is_called_without_the_header() {
    let source = Source { allowed_origins: Vec::new(), ..source() };
    let text = texts(&source).curl_example;
    assert!(!text.to_lowercase().contains("origin"), "{text}");
}

#[test]
fn the_brief_is_complete_on_its_own() {
    insta::assert_snapshot!(texts(&source()).install_brief, @r#"
    # Install Tiny analytics: Web app

    Tiny records page views and events of “Web app”. It sets no cookie and sends to `https://tiny.acme.dev` only.

    ## 1. Paste this

    Once, in the layout that every page shares, before `</head>`:

    ```html
    <script>window.tinyAnalytics=window.tinyAnalytics||function(){(tinyAnalytics.q=tinyAnalytics.q||[]).push(arguments)};
    tinyAnalytics("init",{publicKey:"pk_7f3a19b0d4e8426cb15a90c2",apiHost:"https://tiny.acme.dev"})</script>
    <script async src="https://tiny.acme.dev/sdk.js"></script>
    ```

    Page views are recorded by themselves, also on navigation inside the app. To record something else, call `tinyAnalytics("track", "report_generated", { reportType: "weekly" })`; when somebody signs in, `tinyAnalytics("identify", "user_42")`; when they sign out, `tinyAnalytics("reset")`.

    ## 2. Allowed origins

    Only pages at these origins may send:

    - `https://*.acme.dev`
    - `http://localhost:3000`

    A star stands for any subdomain. If the site runs anywhere else, such as a preview or a local port, add that origin at https://tiny.acme.dev/acme/analytics/setup?source=web-app. Requests without an `Origin` header, from servers, are accepted.

    ## 3. Check that it worked

    Load a page of the site in a browser. Then open

    https://tiny.acme.dev/acme/analytics/setup/debug?source=web-app

    Every request appears there within a second, refused ones with cause and fix. “Installation verified” means that events arrive.

    ## If it did not: the three usual mistakes

    1. **Another origin.** The address in the browser's address bar must match the list above in scheme, host and port. `http://localhost:3000` and `http://127.0.0.1:3000` are two origins, and so are `https://example.com` and `https://www.example.com`.
    2. **Pasted twice,** or in a layout and again in a page. Place it once; the browser's console warns about a second install.
    3. **An old key.** When the key is rotated in Setup, the old one stops at once. The key is now `pk_7f3a19b0d4e8426cb15a90c2`.

    If the debug page shows no request at all, something stops the page from sending: an ad blocker (try without it), or the page's Content-Security-Policy, which must allow `https://tiny.acme.dev` in `connect-src` and, for the hosted script, in `script-src` (its short inline script needs a hash or nonce there, too).
    "#);
}

#[test]
fn the_brief_speaks_of_the_sources_framework() {
    for (hint, code) in [
        (FrameworkHint::Browser, texts(&source()).browser_snippet),
        (FrameworkHint::React, texts(&source()).react_example),
        (FrameworkHint::Nextjs, texts(&source()).nextjs_example),
        (FrameworkHint::Server, texts(&source()).curl_example),
    ] {
        let brief = texts(&Source { framework_hint: Some(hint), ..source() }).install_brief;
        assert!(brief.contains(&code), "{brief}");
    }
}

#[test]
fn the_brief_says_when_nobody_may_send() {
    let source = Source { allowed_origins: Vec::new(), require_origin: true, ..source() };
    let brief = texts(&source).install_brief;
    assert!(brief.contains("No origin is allowed yet"), "{brief}");
    assert!(brief.contains("https://tiny.acme.dev/acme/analytics/setup?source=web-app"), "{brief}");
    assert!(brief.contains("from servers, are refused"), "{brief}");
}

#[test]
fn the_debug_page_is_linked() {
    assert_eq!(
        texts(&source()).debug_url,
        "https://tiny.acme.dev/acme/analytics/setup/debug?source=web-app"
    );
}

#[test]
fn no_value_breaks_out_of_its_language() {
    let source = Source { public_key: r#"pk_"'`${x}</script>\"#.into(), ..source() };
    let texts = install(&source, r#"https://t.dev/"><b>"#, "acme");
    assert_eq!(texts.browser_snippet.matches("</script>").count(), 2, "{}", texts.browser_snippet);
    assert!(texts.browser_snippet.contains(r#"src="https://t.dev/&quot;>&lt;b>/sdk.js""#));
    let literal = r#"publicKey:"pk_\\"'\`\${x}\\u003c/script>\\\\""#;
    assert!(texts.nextjs_example.contains(literal), "{}", texts.nextjs_example);
    assert!(texts.curl_example.contains(r#"pk_"'\''`${x}</script>\'"#), "{}", texts.curl_example);
}
