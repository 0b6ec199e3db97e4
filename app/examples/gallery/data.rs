//! Made-up data, such as a busy afternoon leaves behind.

use app::docs::Reference;
use model::{
    IssueCode, UnixMs,
    ids::{AttemptId, MemberId, OrganizationId, RoleId, SourceId},
    wire::{
        attempts::{
            Attempt, AttemptEvent, AttemptRow, Check, DebugReply, Explanation, Finding, Kind,
            Limits, OriginVerdict, Verdict, VerdictCode,
        },
        ingest::{EventStatus, Issue},
        sources::{FrameworkHint, Install, Source},
        workspaces::Organization,
    },
};
use serde_json::json;

/// 2026-11-21 19:42:12 UTC.
pub const NOW: UnixMs = UnixMs(1_795_290_132_000);
pub const BASE_URL: &str = "https://tiny.acme.dev";

/// An id made of a moment and a number, as the real ones are.
pub fn uuid<T: From<uuid::Uuid>>(at: UnixMs, number: u16) -> T {
    let milliseconds = u128::from(at.0.unsigned_abs());
    let bits =
        (milliseconds << 80) | (0x7 << 76) | (0b10 << 62) | (u128::from(number) * 0x1357_9bdf_0f1e);
    T::from(uuid::Uuid::from_u128(bits))
}

pub fn organization(name: &str, slug: &str, number: u16) -> Organization {
    Organization {
        id: uuid::<OrganizationId>(UnixMs(1_790_000_000_000), number),
        name: name.to_owned(),
        slug: slug.to_owned(),
        member_id: uuid::<MemberId>(UnixMs(1_790_000_000_000), number),
        role_id: uuid::<RoleId>(UnixMs(1_790_000_000_000), number),
        role_name: "Owner".to_owned(),
        created_at: UnixMs(1_790_000_000_000),
    }
}

pub fn source(name: &str, slug: &str, number: u16) -> Source {
    Source {
        id: uuid::<SourceId>(UnixMs(1_791_000_000_000), number),
        organization_id: organization("Acme", "acme", 1).id,
        name: name.to_owned(),
        slug: slug.to_owned(),
        public_key: "pk_7f3a19b0d4e8426cb15a90c2".to_owned(),
        allowed_origins: vec![
            "http://localhost:3000".to_owned(),
            "https://app.acme.dev".to_owned(),
        ],
        framework_hint: Some(FrameworkHint::Browser),
        is_active: true,
        max_payload_bytes: 65_536,
        rate_limit_per_minute: 6_000,
        require_origin: false,
        created_at: UnixMs(1_791_000_000_000),
        updated_at: NOW.plus_ms(-7_200_000),
    }
}

pub fn sources() -> Vec<Source> {
    let mut docs = source("Documentation", "docs", 3);
    docs.is_active = false;
    vec![
        source("Web app", "web-app", 1),
        source("Marketing site", "site", 2),
        docs,
        source("Billing server", "billing", 4),
    ]
}

pub fn verdict(code: VerdictCode) -> Verdict {
    let (reason, fix) = match code {
        VerdictCode::Waiting => (
            "Nothing has arrived with this source's key since it was made.",
            "Paste the snippet from Setup into a page and open it.",
        ),
        VerdictCode::Connected => (
            "A page at https://app.acme.dev opened a session 12 s ago, but no event has followed.",
            "Open a second page, or call tinyAnalytics(\"track\", …) once.",
        ),
        VerdictCode::Rejecting => (
            "12 of the last 20 requests came from http://127.0.0.1:3000, which is not an allowed origin of this \
             source. http://localhost:3000 is allowed, but browsers treat the two as different.",
            "Allow the origin if it is yours, or open the page at one that is allowed.",
        ),
        VerdictCode::Verified => {
            ("Events arrive from https://app.acme.dev and are stored.", "Nothing to do.")
        }
    };
    let is_rejecting = code == VerdictCode::Rejecting;
    Verdict {
        code,
        label: code.label().to_owned(),
        reason: reason.to_owned(),
        fix: fix.to_owned(),
        error: is_rejecting.then(|| "tracking_source_origin_not_allowed".to_owned()),
        allow_origin: is_rejecting.then(|| "http://127.0.0.1:3000".to_owned()),
    }
}

pub fn row(number: u16, ago_ms: i64, kind: Kind, status: u16, code: Option<&str>) -> AttemptRow {
    let at = NOW.plus_ms(-ago_ms);
    let id = uuid::<AttemptId>(at, number);
    AttemptRow {
        id,
        at,
        source_id: Some(source("Web app", "web-app", 1).id),
        kind,
        status,
        code: code.map(str::to_owned),
        origin: Some("https://app.acme.dev".to_owned()),
        origin_verdict: OriginVerdict::Allowed,
        remote_address: Some("84.17.32.0".to_owned()),
        user_agent: Some(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
                .to_owned(),
        ),
        sdk_version: Some("0.2.0".to_owned()),
        ingest_version: Some(2),
        batch_id: Some("batch_8f21".to_owned()),
        session_id: Some("sess_01KNVTEW1YE2ZBDW95PA7835SY".to_owned()),
        anonymous_id: Some("vis_77e1c09a".to_owned()),
        body_bytes: 412 + i64::from(number) * 317,
        duration_us: 412,
        accepted: 0,
        duplicates: 0,
        rejected: 0,
        request_id: id.request().to_string(),
    }
}

pub fn rows() -> Vec<AttemptRow> {
    let refused = |number, ago_ms, kind| AttemptRow {
        origin: Some("http://127.0.0.1:3000".to_owned()),
        origin_verdict: OriginVerdict::NotAllowed,
        ..row(number, ago_ms, kind, 403, Some("tracking_source_origin_not_allowed"))
    };
    let events = |number, ago_ms, [accepted, duplicates, rejected]: [i64; 3]| AttemptRow {
        accepted,
        duplicates,
        rejected,
        ..row(number, ago_ms, Kind::Events, 200, None)
    };
    let mut rows = vec![
        AttemptRow {
            origin: Some("http://localhost:3000".to_owned()),
            ..events(3, 2_100, [3, 0, 0])
        },
        refused(2, 5_300, Kind::Events),
        refused(1, 9_800, Kind::Bootstrap),
        events(6, 31_000, [4, 1, 1]),
        row(4, 62_000, Kind::Events, 422, Some("invalid_events_payload")),
        AttemptRow {
            origin: None,
            origin_verdict: OriginVerdict::Missing,
            ..events(5, 95_000, [120, 0, 0])
        },
        row(1, 140_000, Kind::Bootstrap, 200, None),
        events(2, 190_000, [0, 2, 0]),
        row(9, 420_000, Kind::Events, 413, Some("payload_too_large")),
        row(1, 450_000, Kind::Events, 429, Some("rate_limit_exceeded")),
    ];
    rows.extend(
        (0..14).map(|number| events(number, 600_000 + i64::from(number) * 233_000, [1, 0, 0])),
    );
    rows
}

pub fn debug_reply(code: VerdictCode) -> DebugReply {
    DebugReply {
        source: source("Web app", "web-app", 1),
        verdict: verdict(code),
        limits: Limits { max_payload_bytes: 65_536, rate_limit_per_minute: 6_000 },
        last_accepted_at: (code != VerdictCode::Waiting).then(|| NOW.plus_ms(-242_000)),
        snippet: install().browser_snippet,
        attempts: Vec::new(),
    }
}

pub fn install() -> Install {
    let key = "pk_7f3a19b0d4e8426cb15a90c2";
    Install {
        public_key: key.to_owned(),
        browser_snippet: format!(
            "<script>\nwindow.tinyAnalytics = window.tinyAnalytics || function () {{\n  (tinyAnalytics.q = \
             tinyAnalytics.q || []).push(arguments)\n}};\ntinyAnalytics(\"init\", {{ publicKey: \"{key}\", apiHost: \
             \"{BASE_URL}\" }});\n</script>\n<script async src=\"{BASE_URL}/sdk.js\"></script>\n"
        ),
        react_example: format!(
            "import {{ useEffect }} from \"react\";\nimport {{ initTinyAnalytics }} from \"./tiny-analytics\";\n\n\
             export function Analytics() {{\n  useEffect(() => {{\n    initTinyAnalytics({{ publicKey: \"{key}\", \
             apiHost: \"{BASE_URL}\" }});\n  }}, []);\n  return null;\n}}\n"
        ),
        nextjs_example: "// app/layout.tsx\n".to_owned(),
        curl_example: format!(
            "curl {BASE_URL}/api/ingest/v2/{key}/bootstrap \\\n  -H 'content-type: application/json' \\\n  -d \
             '{{\"ingestVersion\": 2, \"sdkVersion\": \"curl\", \"anonymousId\": \"vis_1\", \"page\": {{}}}}'\n"
        ),
        debug_url: format!("{BASE_URL}/acme/analytics/setup/debug?source=web-app"),
        install_brief: format!(
            "# Install Tiny on Web app\n\n1. Paste the snippet into the layout that every page shares.\n2. It runs at \
             http://localhost:3000 and https://app.acme.dev; other origins are refused.\n3. Open a page, then look at \
             {BASE_URL}/acme/analytics/setup/debug?source=web-app\n"
        ),
    }
}

const RAW: &str = r#"{"ingestVersion":2,"sdkVersion":"0.2.0","batchId":"batch_8f21","sentAt":"2026-11-21T19:42:06.600Z","sessionId":"sess_01KNVTEW1YE2ZBDW95PA7835SY","anonymousId":"vis_77e1c09a","context":{"locale":"en-GB","timezone":"Europe/London"},"events":[{"id":"evt_51","type":"page","timestamp":"2026-11-21T19:42:04.100Z","page":{"url":"http://127.0.0.1:3000/pricing?plan=team","path":"/pricing?plan=team"},"experiment":"b"},{"id":"evt_52","type":"track","name":"plan_opened","timestamp":"2026-11-21T19:42:05.900Z","properties":{"plan":"team","seats":5}}]}"#;

fn normalised() -> serde_json::Value {
    let context = json!({"locale": "en-GB", "timezone": "Europe/London"});
    json!([
        {"id": "evt_51", "type": "page", "name": "page_view", "timestamp": "2026-11-21T19:42:04.100Z",
         "receivedAt": "2026-11-21T19:42:06.700Z", "anonymousId": "vis_77e1c09a", "userId": null,
         "sessionId": "sess_01KNVTEW1YE2ZBDW95PA7835SY", "properties": {}, "context": context,
         "page": {"url": "http://127.0.0.1:3000/pricing?plan=team", "path": "/pricing?plan=team", "title": null, "referrer": null}},
        {"id": "evt_52", "type": "track", "name": "plan_opened", "timestamp": "2026-11-21T19:42:05.900Z",
         "receivedAt": "2026-11-21T19:42:06.700Z", "anonymousId": "vis_77e1c09a", "userId": null,
         "sessionId": "sess_01KNVTEW1YE2ZBDW95PA7835SY", "properties": {"plan": "team", "seats": 5}, "context": context,
         "page": null},
    ])
}

fn event(id: &str, name: &str, event_type: &str, status: EventStatus) -> AttemptEvent {
    AttemptEvent {
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        event_type: Some(event_type.to_owned()),
        status,
        code: None,
        first_attempt_id: None,
    }
}

fn checks(failed: Option<&str>) -> Vec<Check> {
    let names =
        ["Key known", "Source active", "Origin", "Rate", "Size", "JSON", "Fields", "Session"];
    let stop = names.iter().position(|name| Some(*name) == failed).unwrap_or(names.len());
    let checks = names.iter().enumerate().map(|(place, name)| Check {
        name: (*name).to_owned(),
        passed: (place <= stop).then_some(place < stop),
    });
    checks.collect()
}

/// Refused for its origin.
pub fn attempt_refused() -> Attempt {
    Attempt {
        row: AttemptRow { body_bytes: i64::try_from(RAW.len()).unwrap_or_default(), ..rows().swap_remove(1) },
        raw: RAW.to_owned(),
        raw_base64: String::new(),
        gzip_bytes: None,
        clock_correction_ms: None,
        findings: Vec::new(),
        is_raw_cut: false,
        public_key: None,
        content_type: None,
        content_encoding: None,
        normalised: Some(normalised()),
        issues: Vec::new(),
        events: Vec::new(),
        checks: checks(Some("Origin")),
        explanation: Explanation {
            title: "This page's origin is not allowed".to_owned(),
            cause: "The page ran at http://127.0.0.1:3000. This source allows http://localhost:3000 and \
                    https://app.acme.dev."
                .to_owned(),
            fix: "Allow the origin if it is yours. The page's next requests are then taken.".to_owned(),
            allow_origin: Some("http://127.0.0.1:3000".to_owned()),
        },
        replay_of: None,
    }
}

/// Stored in part: one duplicate, one at fault.
pub fn attempt_partly() -> Attempt {
    let first = uuid::<AttemptId>(NOW.plus_ms(-60_000), 7);
    let issue = Issue {
        code: IssueCode::MissingEventName,
        field: "events[2].name".to_owned(),
        message: "events[2].name is required".to_owned(),
    };
    Attempt {
        row: AttemptRow { accepted: 2, duplicates: 1, rejected: 1, ..rows().swap_remove(3) },
        gzip_bytes: Some(341),
        clock_correction_ms: Some(10_920_000),
        findings: vec![Finding {
            code: "clock_wrong".to_owned(),
            title: "This client's clock is 3 h 2 min behind".to_owned(),
            cause: "The request says that it was sent earlier than it arrived. The times of its events are corrected."
                .to_owned(),
            fix: "Set the clock of that device.".to_owned(),
        }],
        events: vec![
            event("evt_51", "page_view", "page", EventStatus::Accepted),
            event("evt_52", "plan_opened", "track", EventStatus::Accepted),
            AttemptEvent { name: None, code: Some(issue.code.as_str().to_owned()), ..event("evt_53", "", "track", EventStatus::Rejected) },
            AttemptEvent { first_attempt_id: Some(first), ..event("evt_48", "page_view", "page", EventStatus::Duplicate) },
        ],
        issues: vec![issue],
        checks: checks(None),
        explanation: Explanation {
            title: "Stored, but for one event".to_owned(),
            cause: "2 events were stored. 1 was stored before. 1 is at fault and was left out; its neighbours were not."
                .to_owned(),
            fix: "Send the event at fault again with what its issue names.".to_owned(),
            allow_origin: None,
        },
        replay_of: Some(first),
        ..attempt_refused()
    }
}

/// A body that is no JSON.
pub fn attempt_unreadable() -> Attempt {
    Attempt {
        row: AttemptRow {
            batch_id: None,
            session_id: None,
            anonymous_id: None,
            sdk_version: None,
            ingest_version: None,
            user_agent: Some("curl/8.5.0".to_owned()),
            origin: None,
            origin_verdict: OriginVerdict::Missing,
            ..row(3, 9_000, Kind::Bootstrap, 400, Some("invalid_json"))
        },
        raw: "{ingestVersion: 2, \"note\": \"<script>alert(1)</script> \u{fffd}\"".to_owned(),
        raw_base64: String::new(),
        gzip_bytes: None,
        clock_correction_ms: None,
        findings: Vec::new(),
        is_raw_cut: true,
        public_key: None,
        content_type: None,
        content_encoding: None,
        normalised: None,
        issues: Vec::new(),
        events: Vec::new(),
        checks: checks(Some("JSON")),
        explanation: Explanation {
            title: "The body is not JSON".to_owned(),
            cause: "At the second character stands i where a quoted key should.".to_owned(),
            fix: "Put keys in double quotes, or let a JSON library write the body.".to_owned(),
            allow_origin: None,
        },
        replay_of: None,
    }
}

/// A reference of an API with one operation.
pub fn api() -> Reference {
    let schema = json!({
        "type": "object",
        "description": "A `source` to make, <test>.",
        "required": ["name"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 80, "description": "What it is called." },
            "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" } },
        },
    });
    let answer = |codes: &[&str], content: &str| {
        let schema = json!({ "$ref": format!("#/components/schemas/{content}") });
        json!({
            "description": "Said.", "x-codes": codes, "content": { "application/json": { "schema": schema } },
        })
    };
    let description = json!({
        "info": { "description": "What holds for all.\n\nAnd more." },
        "tags": [{ "name": "Parts", "description": "About parts." }],
        "paths": { "/api/parts/{id}": { "post": {
            "operationId": "makePart",
            "tags": ["Parts"],
            "summary": "Makes a part.",
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": {
                "201": answer(&[], "Part"),
                "400": answer(&["<field> is required", "invalid_request"], "Error"),
            },
        } } },
        "components": { "schemas": {
            "Part": schema,
            "Error": { "type": "object", "properties": { "error": { "type": "string" } } },
        } },
    });
    Reference::read(&description, BASE_URL)
}
