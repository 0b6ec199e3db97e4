//! What is pasted into pages (docs/API.md, The SDK).

use super::{
    Facts,
    escape::{html_attribute, js, js_template, shell},
};

/// Two lines that queue what is called before the script has loaded, and the first of those calls.
fn queue(facts: &Facts<'_>) -> String {
    format!(
        r#"window.tinyAnalytics=window.tinyAnalytics||function(){{(tinyAnalytics.q=tinyAnalytics.q||[]).push(arguments)}};
tinyAnalytics("init",{{publicKey:{key},apiHost:{base}}})"#,
        key = js(&facts.source.public_key),
        base = js(facts.base),
    )
}

/// Where the hosted script is.
fn script_url(facts: &Facts<'_>) -> String {
    format!("{}/sdk.js", facts.base)
}

pub(super) fn browser(facts: &Facts<'_>) -> String {
    format!(
        "<script>{queue}</script>\n<script async src=\"{src}\"></script>\n",
        queue = queue(facts),
        src = html_attribute(&script_url(facts)),
    )
}

pub(super) fn react(facts: &Facts<'_>) -> String {
    let module = format!("{}/sdk/tiny-analytics.js", facts.base);
    format!(
        r#"// src/TinyAnalytics.jsx: render <TinyAnalytics /> once, in the component that every page shares.
// The module is not on npm. Your Tiny serves it; save it beside this file:
//   curl -o src/tiny-analytics.js {module}
import {{ useEffect }} from "react";
import {{ initTinyAnalytics }} from "./tiny-analytics.js";

let hasStarted = false;

export function TinyAnalytics() {{
  useEffect(() => {{
    if (hasStarted) return; // React's strict mode runs effects twice
    hasStarted = true;
    initTinyAnalytics({{ publicKey: {key}, apiHost: {base} }});
  }}, []);
  return null;
}}

// Anywhere else:
//   import {{ track, identify }} from "./tiny-analytics.js";
//   track("report_generated", {{ reportType: "weekly" }});
"#,
        module = shell(&module),
        key = js(&facts.source.public_key),
        base = js(facts.base),
    )
}

pub(super) fn nextjs(facts: &Facts<'_>) -> String {
    format!(
        r#"// app/layout.tsx
import type {{ ReactNode }} from "react";
import Script from "next/script";

export default function RootLayout({{ children }}: {{ children: ReactNode }}) {{
  return (
    <html lang="en">
      <body>
        {{children}}
        <Script id="tiny-analytics" strategy="afterInteractive">{{`
{queue}
`}}</Script>
        <Script src={{{src}}} strategy="afterInteractive" />
      </body>
    </html>
  );
}}
"#,
        queue = js_template(&queue(facts)),
        src = js(&script_url(facts)),
    )
}
