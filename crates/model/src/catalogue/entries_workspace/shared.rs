//! The codes that both dialects know; their examples are in the dialect that meets them most.

use super::{Code, Dialect, Entry, Example, Level};

pub(super) const TRACKING_SOURCE_NOT_FOUND: Entry = Entry {
    code: Code::TrackingSourceNotFound,
    text: "tracking_source_not_found",
    status: 404,
    dialect: Dialect::Both,
    level: Level::Info,
    is_retryable: false,
    message: "No tracking source has this id or key.",
    means: "On an ingest path: no source has this public key now. On a workspace path: no source \
        of this workspace has this id. Nothing was stored.",
    causes: &[
        "The key was rotated and a page still uses the old one; the old key stops at once.",
        "The key was not copied whole, or a placeholder was left in the snippet.",
        "The key or id belongs to another Tiny instance or another workspace.",
    ],
    fix: "Copy the snippet from Setup again and put it in place of the old one. Debug lists the \
        requests that still use a rotated key, with the pages that send them.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426c/bootstrap \
  -H 'content-type: application/json' \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123",
       "page": {"url": "https://app.example.com/dashboard"}}'"#,
        response: r#"{
  "error": "tracking_source_not_found",
  "message": "No tracking source has this id or key.",
  "attemptId": "attempt_01KNVT7XDPFWN9JH69RCK9W39Q",
  "docs": "https://tiny.example.com/docs/errors#tracking_source_not_found"
}"#,
    },
};

pub(super) const NOT_FOUND: Entry = Entry {
    code: Code::NotFound,
    text: "not_found",
    status: 404,
    dialect: Dialect::Both,
    level: Level::Info,
    is_retryable: false,
    message: "Nothing is at this path.",
    means: "No endpoint of this Tiny has this path.",
    causes: &[
        "The path is mistyped or has a slash at its end.",
        "The version is missing from an ingest path: it begins with /api/ingest/v2/.",
        "A proxy adds to the path or removes a part of it.",
    ],
    fix: "Compare the path with the API reference at /docs/api. For sending events, copy the \
        snippet or the curl example from Setup.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/organisations \
  -H "authorization: Bearer $TINY_TOKEN""#,
        response: r#"{
  "error": "not_found",
  "message": "Nothing is at this path.",
  "requestId": "req_01xpeljtzwhuc3iy9p28tvps"
}"#,
    },
};

pub(super) const METHOD_NOT_ALLOWED: Entry = Entry {
    code: Code::MethodNotAllowed,
    text: "method_not_allowed",
    status: 405,
    dialect: Dialect::Both,
    level: Level::Info,
    is_retryable: false,
    message: "This path does not take this method; the Allow header lists those it takes.",
    means: "The path is right, the method is not. The Allow header of the reply names the methods \
        that work here.",
    causes: &[
        "An ingest address was opened in the browser, which sends GET; it takes POST.",
        "The client followed a redirect and turned POST into GET, for example from http to https.",
        "PUT was sent where PATCH is meant.",
    ],
    fix: "Use a method from the Allow header. If the client was redirected, use the https address \
        that Setup shows.",
    example: Example {
        request: r#"curl -X PUT https://tiny.example.com/api/organizations \
  -H "authorization: Bearer $TINY_TOKEN""#,
        response: r#"{
  "error": "method_not_allowed",
  "message": "This path does not take this method; the Allow header lists those it takes.",
  "requestId": "req_01xpelk6704vne8k7hy9y44l"
}"#,
    },
};

pub(super) const UNSUPPORTED_MEDIA_TYPE: Entry = Entry {
    code: Code::UnsupportedMediaType,
    text: "unsupported_media_type",
    status: 415,
    dialect: Dialect::Both,
    level: Level::Info,
    is_retryable: false,
    message: "The body's type is not one that is read here.",
    means: "Tiny reads JSON sent as application/json. Ingest paths also take JSON as text/plain, \
        so that a beacon needs no preflight, and either of them compressed with gzip.",
    causes: &[
        "curl was given -d without a content-type header and sent its default, a form.",
        "A client library sends form data where JSON is meant.",
        "The body is compressed with something other than gzip.",
    ],
    fix: "Send the header content-type: application/json. The curl example in Setup has every \
        header that is needed.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/bootstrap \
  -d '{"ingestVersion": 2, "sdkVersion": "0.2.0", "anonymousId": "vis_abc123",
       "page": {"url": "https://app.example.com/dashboard"}}'"#,
        response: r#"{
  "error": "unsupported_media_type",
  "message": "The body's type is not one that is read here.",
  "attemptId": "attempt_01KNVTABARE60TAK362XESVJFR",
  "docs": "https://tiny.example.com/docs/errors#unsupported_media_type"
}"#,
    },
};

pub(super) const PAYLOAD_TOO_LARGE: Entry = Entry {
    code: Code::PayloadTooLarge,
    text: "payload_too_large",
    status: 413,
    dialect: Dialect::Both,
    level: Level::Info,
    is_retryable: false,
    message: "The body is larger than allowed.",
    means: "The body is over the limit, which a compressed body must also keep once it is \
        unpacked. For events it is the source's own limit, 65,536 bytes unless changed; nothing \
        was stored, and the attempt keeps the first bytes.",
    causes: &[
        "A batch holds too many events, or waited too long before it was sent.",
        "A property holds a whole document, an image or a page's text.",
        "The source's limit was set low in Setup.",
    ],
    fix: "Send the batch in halves; a repeated event is never counted twice. If large events are \
        meant, raise the source's payload limit in Setup, up to 4 MiB.",
    example: Example {
        request: r"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/events \
  -H 'content-type: application/json' \
  --data-binary @batch-of-90-kilobytes.json",
        response: r#"{
  "error": "payload_too_large",
  "message": "The body is larger than allowed.",
  "attemptId": "attempt_01KNVTAG0SFT78VFCXEE0YEKQN",
  "docs": "https://tiny.example.com/docs/errors#payload_too_large"
}"#,
    },
};

pub(super) const INTERNAL_ERROR: Entry = Entry {
    code: Code::InternalError,
    text: "internal_error",
    status: 500,
    dialect: Dialect::Both,
    level: Level::Error,
    is_retryable: true,
    message: "Something went wrong on our side; the request id leads to the cause in the log.",
    means: "Tiny met something it did not expect. Only a success promises that something was \
        stored, so treat this request as not done.",
    causes: &[
        "A fault in Tiny itself.",
        "Something under Tiny, such as its disk or database, failed in an unforeseen way.",
    ],
    fix: "Try once more after a pause. If it stays, give the X-Request-Id of the reply to whoever \
        runs the instance: the log has the cause under this id, and tiny doctor checks the rest.",
    example: Example {
        request: r#"curl https://tiny.example.com/api/organizations \
  -H "authorization: Bearer $TINY_TOKEN""#,
        response: r#"{
  "error": "internal_error",
  "message": "Something went wrong on our side; the request id leads to the cause in the log.",
  "requestId": "req_01xpelo1dpvgeggjtcwemujp"
}"#,
    },
};

pub(super) const SERVICE_UNAVAILABLE: Entry = Entry {
    code: Code::ServiceUnavailable,
    text: "service_unavailable",
    status: 503,
    dialect: Dialect::Both,
    level: Level::Error,
    is_retryable: true,
    message: "Tiny cannot store anything right now, and nothing of this request was kept.",
    means: "A success means stored, and right now Tiny could not keep that promise. It says so at \
        once instead of taking the request and losing it. No attempt is recorded; the refusal is \
        counted.",
    causes: &[
        "More requests arrive than can be stored, and the queue is full.",
        "Tiny is being restarted or upgraded.",
        "The disk is full or the database cannot be reached.",
    ],
    fix: "Send the same request again after the seconds in Retry-After; a repeated event is never \
        counted twice. If it lasts, whoever runs the instance finds the reason at /readyz and \
        with tiny doctor.",
    example: Example {
        request: r"curl https://tiny.example.com/api/ingest/v2/pk_7f3a19b0d4e8426cb15a90c2/events \
  -H 'content-type: application/json' \
  --data-binary @batch.json",
        response: r#"{
  "error": "service_unavailable",
  "message": "Tiny cannot store anything right now, and nothing of this request was kept.",
  "docs": "https://tiny.example.com/docs/errors#service_unavailable"
}"#,
    },
};
