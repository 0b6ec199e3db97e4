//! What the demo's visitors send.

use db::Chance;
use model::UnixMs;
use serde_json::{Value, json};

use super::below;

const PAGES: [(&str, &str); 8] = [
    ("/", "Acme: planning that keeps its promises"),
    ("/pricing", "Pricing"),
    ("/pricing?plan=team", "Pricing"),
    ("/dashboard", "Dashboard"),
    ("/reports/weekly", "Weekly report"),
    ("/settings/members", "Members"),
    ("/docs/getting-started", "Getting started"),
    ("/changelog", "Changelog"),
];

const ACTIONS: [&str; 6] = [
    "report_generated",
    "project_created",
    "invite_sent",
    "export_downloaded",
    "checkout_started",
    "search_used",
];

/// An id as the SDK makes them.
pub fn id(chance: &Chance, prefix: &str) -> String {
    format!("{prefix}_{}", chance.hex::<8>())
}

pub fn bootstrap(origin: &str, visitor: &str) -> Value {
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": visitor,
        "sessionId": null, "userId": null,
        "page": { "url": format!("{origin}/"), "path": "/", "title": PAGES[0].1, "referrer": null },
        "context": { "locale": "en-GB", "timezone": "Europe/London", "userAgent": super::play::BROWSER }
    })
}

pub fn events(chance: &Chance, origin: &str, visitor: &str, session: &str, at: UnixMs) -> Value {
    let count = 1 + below(chance, 4);
    let events: Vec<Value> = (0..count).map(|_| event(chance, origin, at)).collect();
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": id(chance, "batch"), "sentAt": at,
        "sessionId": session, "anonymousId": visitor, "context": { "locale": "en-GB" },
        "events": events
    })
}

fn event(chance: &Chance, origin: &str, at: UnixMs) -> Value {
    let (path, title) = PAGES[pick(chance, PAGES.len())];
    let page =
        json!({ "url": format!("{origin}{path}"), "path": path, "title": title, "referrer": null });
    match below(chance, 10) {
        0 => json!({ "id": id(chance, "evt"), "type": "identify", "timestamp": at,
                     "userId": format!("user_{}", below(chance, 400)), "properties": { "plan": "team" } }),
        1..=3 => json!({ "id": id(chance, "evt"), "type": "track", "timestamp": at, "page": page,
                         "name": ACTIONS[pick(chance, ACTIONS.len())],
                         "properties": { "source": "toolbar", "items": below(chance, 12) } }),
        _ => json!({ "id": id(chance, "evt"), "type": "page", "timestamp": at, "page": page }),
    }
}

fn pick(chance: &Chance, length: usize) -> usize {
    let bound = u64::try_from(length).unwrap_or(1);
    usize::try_from(below(chance, bound)).unwrap_or_default()
}
