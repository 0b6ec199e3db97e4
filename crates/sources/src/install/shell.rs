//! Bootstrap and one event from a shell, with nothing but curl and sed.

use model::wire::sources::Source;

use super::{Facts, escape::shell};
use crate::AllowedOrigin;

/// No listed origin can hold a character that JSON or a here-document would read as its own.
pub(super) fn curl(facts: &Facts<'_>) -> String {
    let endpoint = format!("{}/api/ingest/v2/{}", facts.base, facts.source.public_key);
    let origin = example_origin(facts.source);
    let page = format!("{}/pricing", origin.as_deref().unwrap_or("https://app.example.com"));
    let (origin_line, origin_header) = match &origin {
        Some(origin) => (format!("ORIGIN={}\n", shell(origin)), " -H \"Origin: $ORIGIN\""),
        None => (String::new(), ""),
    };
    format!(
        r#"TINY={endpoint}
{origin_line}PAGE={page}
NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
UNIQUE=$(date +%s)-$$

# 1. Bootstrap: starts a session.
REPLY=$(curl -sS "$TINY/bootstrap"{origin_header} -H 'Content-Type: application/json' -d @- <<JSON
{{"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_curl", "page": {{"url": "$PAGE"}}}}
JSON
)
echo "$REPLY"
SESSION=$(printf '%s' "$REPLY" | sed -n 's/.*"sessionId" *: *"\([^"]*\)".*/\1/p')

# 2. Events: one page view in that session.
curl -sS "$TINY/events"{origin_header} -H 'Content-Type: application/json' -d @- <<JSON
{{"ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_$UNIQUE", "sentAt": "$NOW",
 "sessionId": "$SESSION", "anonymousId": "vis_curl",
 "events": [{{"id": "evt_$UNIQUE", "type": "page", "timestamp": "$NOW", "page": {{"url": "$PAGE"}}}}]}}
JSON

# To check a body without storing anything, send it to "$TINY/validate".
"#,
        endpoint = shell(&endpoint),
        page = shell(&page),
    )
}

/// An origin that the source lets in, when it lists any.
fn example_origin(source: &Source) -> Option<String> {
    source.allowed_origins.iter().find_map(|text| match text.parse().ok()? {
        AllowedOrigin::Exact(origin) => Some(origin.to_string()),
        AllowedOrigin::Subdomains(base) => {
            let (scheme, host_and_port) = base.as_str().split_once("://")?;
            Some(format!("{scheme}://app.{host_and_port}"))
        }
    })
}
