//! The catalogue as a file: `docs/ERRORS.md`.

use super::{Code, Dialect, Entry, IssueEntry, entries, issue_entries};

const INTRO: &str = r#"# Errors

<!-- Written by `cargo xtask docs` from crates/model/src/catalogue. Change it there. -->

Every reply of every endpoint, success or not, carries `X-Request-Id`. The log lines of a request carry the same id,
and `/id/{id}` opens whatever an id belongs to, for those who may see it.

A client reads four things of a refusal: the status, `error` (a stable code), `message` (one sentence for a person; it may
change) and an id. Decide by status and code, never by the message.

The shape of the body depends on the path. New keys may be added; the ones here stay.

**`/api/…`**, for people and tools:

```json
{
  "error": "attempt_not_found",
  "message": "No attempt with this id is in this workspace.",
  "requestId": "req_01xpel98cat0gdao860vz9hc"
}
```

**`/api/ingest/v2/…`**, for SDKs and servers that send events:

```json
{
  "error": "invalid_events_payload",
  "message": "Nothing of this batch was stored; issues lists every fault.",
  "issues": [{"code": "missing_session_id", "field": "sessionId", "message": "sessionId is required"}],
  "attemptId": "attempt_01KNVTEW1YE2ZBDW95PA7835SY",
  "docs": "https://tiny.example.com/docs/errors#invalid_events_payload"
}
```

- `issues` is there when validation failed and lists [every fault](#issue-codes).
- `attemptId` is there whenever the request was recorded as an attempt. Paste it into the search in Debug to see what
  arrived, byte for byte, and why it was refused.
- `docs` leads to the code's entry on the page `/docs/errors`.

Retry the same request only where the table says so, after the seconds in `Retry-After`. Sending an event again is
always safe: an event whose id is already stored is not counted twice.
"#;

const ISSUES_INTRO: &str = "## Issue codes

The single faults in `issues` of a [422 reply](#invalid_events_payload), and the reason in the row of a rejected event. \
`field` is the path of the value in the body; `events[3]` is the fourth event. A reply lists at most 100 faults.
";

/// The whole of `docs/ERRORS.md`: how to read a refusal, then every code and every issue code.
#[must_use]
pub fn errors_markdown() -> String {
    let parts = [
        INTRO.to_owned(),
        contents(),
        entries().map(section).collect::<Vec<_>>().join("\n"),
        ISSUES_INTRO.to_owned(),
        issue_contents(),
        issue_entries().map(issue_section).collect::<Vec<_>>().join("\n"),
    ];
    parts.join("\n")
}

/// The fragment of a code's entry, in the file and on `/docs/errors`: lower case, every run of other
/// characters than ASCII letters, digits and `_` one `-`, none at the ends.
#[must_use]
pub fn anchor(text: &str) -> String {
    let mut anchor = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            anchor.push(c.to_ascii_lowercase());
        } else if !anchor.is_empty() && !anchor.ends_with('-') {
            anchor.push('-');
        }
    }
    anchor.truncate(anchor.trim_end_matches('-').len());
    anchor
}

fn contents() -> String {
    let rows = entries().map(|entry| {
        let Entry { status, text, message, .. } = entry;
        let retry = if entry.is_retryable { "yes" } else { "no" };
        format!("| {status} | {} | {retry} | {message} |\n", link(text))
    });
    let head = "## Codes\n\n| Status | Code | Retry | Message |\n| --- | --- | --- | --- |\n";
    format!("{head}{}", rows.collect::<String>())
}

fn section(entry: &Entry) -> String {
    let Entry { text, status, means, fix, example, .. } = entry;
    let paths = paths(entry.dialect);
    let causes = entry.causes.join("\n- ");
    let retry = retry(entry);
    let (request, response) = (example.request, example.response);
    format!(
        "### `{text}`\n\nStatus {status}, {paths}. {means}\n\n\
        Usual causes, likeliest first:\n\n- {causes}\n\n\
        **Fix:** {fix}\n\n\
        **Retry:** {retry}\n\n\
        ```sh\n{request}\n```\n\n\
        ```json\n{response}\n```\n"
    )
}

const fn paths(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Workspace => "under `/api/…`",
        Dialect::Ingest => "under `/api/ingest/v2/…`",
        Dialect::Both => "under `/api/…` and `/api/ingest/v2/…`, in the shape of the path",
    }
}

fn retry(entry: &Entry) -> &'static str {
    match (entry.is_retryable, entry.code) {
        (false, _) => "no; the same request gets the same answer until the cause is gone.",
        (true, Code::InternalError) => "yes, after a pause that grows from one try to the next.",
        (true, _) => "yes, after the seconds in `Retry-After`.",
    }
}

fn issue_contents() -> String {
    let rows = issue_entries().map(|entry| {
        format!(
            "| {} | `{}` | {} |\n",
            link(entry.text),
            entry.example_field,
            entry.example_message
        )
    });
    let head = "| Code | Field, for example | Message, for example |\n| --- | --- | --- |\n";
    format!("{head}{}", rows.collect::<String>())
}

fn issue_section(entry: &IssueEntry) -> String {
    let IssueEntry { text, example_field, example_message, means, fix, .. } = entry;
    format!(
        "### `{text}`\n\n{means}\n\n**Fix:** {fix}\n\n\
        ```json\n\
        {{\"code\": \"{text}\", \"field\": \"{example_field}\", \"message\": \"{example_message}\"}}\n\
        ```\n"
    )
}

fn link(text: &str) -> String {
    format!("[`{text}`](#{})", anchor(text))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_file_in_docs_is_what_the_catalogue_says() {
        assert!(
            include_str!("../../../../docs/ERRORS.md") == errors_markdown(),
            "docs/ERRORS.md is not current; write it again with: cargo xtask docs"
        );
    }

    #[test]
    fn an_anchor_keeps_letters_digits_and_underscores() {
        assert_eq!(anchor("invalid_session_for_source"), "invalid_session_for_source");
        assert_eq!(anchor("publicKey is required"), "publickey-is-required");
        assert_eq!(anchor("<field> is required"), "field-is-required");
        assert_eq!(anchor(" – "), "");
    }

    #[test]
    fn every_code_and_issue_code_has_an_anchor_of_its_own() {
        let texts: Vec<_> =
            entries().map(|e| e.text).chain(issue_entries().map(|e| e.text)).collect();
        let anchors: HashSet<_> = texts.iter().map(|text| anchor(text)).collect();
        assert_eq!(anchors.len(), texts.len());
    }

    #[test]
    fn the_replies_in_the_introduction_say_what_the_entries_say() {
        for code in [Code::AttemptNotFound, Code::InvalidEventsPayload] {
            let message = format!("\"message\": \"{}\"", code.entry().message);
            assert!(INTRO.contains(&message), "{code}");
        }
    }
}
