//! What is said about the ingest codes, in the order of [`Code`].
//!
//! Texts are plain sentences without markup: page, file and replies show them as they stand.

use super::{Code, Dialect, Entry, Example, Level};

/// From [`Code::PublicKeyRequired`] to [`Code::RateLimitExceeded`].
pub const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::PublicKeyRequired,
        text: "publicKey is required",
        status: 400,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "The path has no public key.",
        means: "An ingest path names its source by the public key, and the key's place in this \
            one is empty. Without it the request belongs to no source, so only the instance \
            owner can see its attempt, under Unmatched requests.",
        causes: &[
            "The variable that should hold the key was not set when the page or server was built.",
            "The address was put together by hand and the key was left out.",
        ],
        fix: "Copy the public key from Setup to where the key is configured, then build again. \
            The path is /api/ingest/v2/, the key, then /bootstrap, /events or /validate.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/ingest/v2//bootstrap \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123",
       "page": {"url": "https://app.example.com/dashboard"}}'"#,
            response: r#"{
  "error": "publicKey is required",
  "message": "The path has no public key.",
  "attemptId": "attempt_01KNVTAKCTE5G9NGTN4SQG6STT",
  "docs": "https://tiny.example.com/docs/errors#publickey-is-required"
}"#,
        },
    },
    Entry {
        code: Code::InvalidJson,
        text: "invalid_json",
        status: 400,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "The body is not a JSON object in UTF-8.",
        means: "Tiny could not read the body at all, so no field of it was checked. The attempt \
            keeps the bytes exactly as they arrived.",
        causes: &[
            "The shell or a template changed the quotes, or left a trailing comma.",
            "The body is an array or a string; events go inside an object, under events.",
            "The body is empty or was cut off on the way.",
            "The body is in another encoding than UTF-8, or says gzip and is not.",
        ],
        fix: "Open the attempt in Debug and look at Raw, the body as it arrived. Then send what a \
            JSON library makes of an object instead of text put together by hand.",
        example: Example {
            request: r"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/bootstrap \
  -H 'content-type: application/json' \
  -d '{ingestVersion: 2, sdkVersion: 0.2.0}'",
            response: r#"{
  "error": "invalid_json",
  "message": "The body is not a JSON object in UTF-8.",
  "attemptId": "attempt_01KNVTARV4EFCT6H2VPCBKHXYS",
  "docs": "https://tiny.example.com/docs/errors#invalid_json"
}"#,
        },
    },
    Entry {
        code: Code::OriginNotAllowed,
        text: "tracking_source_origin_not_allowed",
        status: 403,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "The page's origin is not among the source's allowed origins.",
        means: "The browser said which origin the page runs at, and the source does not list it. \
            Scheme, host and port must all match: http://localhost:3000 and \
            http://127.0.0.1:3000 are two origins.",
        causes: &[
            "The page runs at an origin that was never added, such as a preview or a local port.",
            "http instead of https, another port, or www where the list has none.",
            "The page is a local file or a sandboxed frame; its origin is null, which cannot be \
             listed.",
            "The source requires an origin and the request, from a server or curl, has none.",
        ],
        fix: "Open the attempt in Debug and press Allow this origin, or add it under Allowed \
            origins in Setup. Events sent by a server need Require origin switched off there.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/bootstrap \
  -H 'origin: http://127.0.0.1:3000' \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123",
       "page": {"url": "http://127.0.0.1:3000/dashboard"}}'"#,
            response: r#"{
  "error": "tracking_source_origin_not_allowed",
  "message": "The page's origin is not among the source's allowed origins.",
  "attemptId": "attempt_01KNVTBMZSE3SA8C34PF9TS55F",
  "docs": "https://tiny.example.com/docs/errors#tracking_source_origin_not_allowed"
}"#,
        },
    },
    Entry {
        code: Code::SourceInactive,
        text: "tracking_source_inactive",
        status: 403,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "This source is switched off.",
        means: "The key is right, but somebody switched its source off, so it takes no events. \
            The attempts are still kept and shown.",
        causes: &[
            "A member of the workspace switched the source off in Setup.",
            "The page uses the key of an old source that was replaced.",
        ],
        fix: "Switch the source on in Setup, or copy the snippet of the source that took its \
            place.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/bootstrap \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123",
       "page": {"url": "https://app.example.com/dashboard"}}'"#,
            response: r#"{
  "error": "tracking_source_inactive",
  "message": "This source is switched off.",
  "attemptId": "attempt_01KNVTBXWJFWMAGQ1CSRWJCC2S",
  "docs": "https://tiny.example.com/docs/errors#tracking_source_inactive"
}"#,
        },
    },
    Entry {
        code: Code::InvalidSession,
        text: "invalid_session_for_source",
        status: 403,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "The session is not valid for this source and visitor.",
        means: "Events name a session that bootstrap gave to one visitor of one source. This one \
            is unknown here, belongs to somebody else, or has rested too long. Nothing of the \
            batch was stored.",
        causes: &[
            "The session had no activity for more than 24 hours.",
            "The key was exchanged for another source's, but the stored session was kept.",
            "anonymousId is not the one that bootstrap was called with.",
            "The client made up the session id instead of taking it from bootstrap's reply.",
        ],
        fix: "Call bootstrap, take sessionId from its reply and send the same events again; the \
            browser SDK does this by itself. Debug shows the attempt's source, session and \
            visitor.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/events \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_123",
       "sentAt": "2026-04-10T13:45:05.000Z", "anonymousId": "vis_abc123",
       "sessionId": "sess_of_last_week",
       "events": [{"id": "evt_1", "type": "track", "name": "report_generated",
                   "timestamp": "2026-04-10T13:45:04.000Z"}]}'"#,
            response: r#"{
  "error": "invalid_session_for_source",
  "message": "The session is not valid for this source and visitor.",
  "attemptId": "attempt_01KNVTD70SF59R7XCC7KS9T3D9",
  "docs": "https://tiny.example.com/docs/errors#invalid_session_for_source"
}"#,
        },
    },
    Entry {
        code: Code::InvalidBootstrapPayload,
        text: "invalid_bootstrap_payload",
        status: 422,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "The bootstrap request has faults; issues lists every one of them.",
        means: "The body is JSON, but some of its fields are absent or not of the right form. No \
            session was made.",
        causes: &[
            "A required field is absent: ingestVersion, sdkVersion, anonymousId or page.",
            "page is a text such as the address; it must be an object with url, path and title.",
            "ingestVersion is not the number 2.",
        ],
        fix: "Correct every field named in issues; the error reference explains each issue code. \
            The curl example in Setup is a complete request to start from, and Debug shows the \
            attempt beside its faults.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/bootstrap \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 1, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123"}'"#,
            response: r#"{
  "error": "invalid_bootstrap_payload",
  "message": "The bootstrap request has faults; issues lists every one of them.",
  "issues": [
    {"code": "invalid_ingest_version", "field": "ingestVersion", "message": "ingestVersion must be 2"},
    {"code": "missing_page", "field": "page", "message": "page is required"}
  ],
  "attemptId": "attempt_01KNVTECXYF5F86B3RMXJRSPGM",
  "docs": "https://tiny.example.com/docs/errors#invalid_bootstrap_payload"
}"#,
        },
    },
    Entry {
        code: Code::InvalidEventsPayload,
        text: "invalid_events_payload",
        status: 422,
        dialect: Dialect::Ingest,
        level: Level::Info,
        is_retryable: false,
        message: "Nothing of this batch was stored; issues lists every fault.",
        means: "Either the batch around the events is at fault, or every single event is. While \
            one event is good the answer is 200: the good ones are stored and the others are \
            reported as rejected.",
        causes: &[
            "sessionId is absent because the events were sent before bootstrap answered.",
            "Events lack what their type needs: page a page, track a name, identify a userId.",
            "A timestamp has no zone, or is a number instead of an ISO 8601 text.",
            "The batch is empty or holds more than 500 events.",
        ],
        fix: "Correct every field named in issues; the error reference explains each issue code. \
            Debug shows the attempt's body beside its faults.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/events \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_123",
       "sentAt": "2026-04-10T13:45:05.000Z", "anonymousId": "vis_abc123",
       "events": [{"id": "evt_1", "type": "page", "timestamp": "2026-04-10T13:45:04.000Z"}]}'"#,
            response: r#"{
  "error": "invalid_events_payload",
  "message": "Nothing of this batch was stored; issues lists every fault.",
  "issues": [
    {"code": "missing_session_id", "field": "sessionId", "message": "sessionId is required"},
    {"code": "missing_event_page", "field": "events[0].page", "message": "events[0].page is required"}
  ],
  "attemptId": "attempt_01KNVTEW1YE2ZBDW95PA7835SY",
  "docs": "https://tiny.example.com/docs/errors#invalid_events_payload"
}"#,
        },
    },
    Entry {
        code: Code::RateLimitExceeded,
        text: "rate_limit_exceeded",
        status: 429,
        dialect: Dialect::Ingest,
        level: Level::Warn,
        is_retryable: true,
        message: "The source's requests per minute are used up; wait for the seconds in \
            Retry-After.",
        means: "The source took as many requests this minute as its limit allows, 6,000 unless \
            changed. Nothing of this one was stored.",
        causes: &[
            "A server sends one request per event instead of batches of up to 500.",
            "The snippet is on many busy pages and the limit is too low for them.",
            "A loop in a page or a script sends without a pause.",
            "Somebody else uses the public key; allowed origins stop browsers only.",
        ],
        fix: "Send the same request again after the seconds in Retry-After, and put more events \
            into a batch. If the traffic is meant, raise the limit in Setup; Debug shows where \
            it comes from.",
        example: Example {
            request: r"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/events \
  -H 'content-type: application/json' \
  --data-binary @batch.json",
            response: r#"{
  "error": "rate_limit_exceeded",
  "message": "The source's requests per minute are used up; wait for the seconds in Retry-After.",
  "attemptId": "attempt_01KNVTF5HXEJH8JEVSN5NMSCJ2",
  "docs": "https://tiny.example.com/docs/errors#rate_limit_exceeded"
}"#,
        },
    },
];
