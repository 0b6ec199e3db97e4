//! Cause and fix of one attempt, filled with its own facts.
//!
//! The catalogue says what a code means; this says what happened here.

use model::{
    Code,
    wire::{
        attempts::{Check, Explanation, Kind},
        ingest::EventStatus,
    },
};

use crate::{Facts, SessionFault, Stored};

/// The checks in the order of the contract, with the code that each refuses with.
const CHECKS: [(&str, &[Code]); 8] = [
    ("key known", &[Code::PublicKeyRequired, Code::TrackingSourceNotFound]),
    ("source active", &[Code::SourceInactive]),
    ("origin", &[Code::OriginNotAllowed]),
    ("rate", &[Code::RateLimitExceeded]),
    ("size", &[Code::PayloadTooLarge]),
    ("JSON", &[Code::UnsupportedMediaType, Code::InvalidJson]),
    ("schema", &[Code::InvalidBootstrapPayload, Code::InvalidEventsPayload]),
    ("session", &[Code::InvalidSession]),
];

/// What was checked, in order: passed, failed, or not reached.
#[must_use]
pub fn checks(code: Option<Code>) -> Vec<Check> {
    let failed = code.and_then(|code| CHECKS.iter().position(|(_, codes)| codes.contains(&code)));
    let passed_at = |index: usize| match failed {
        None => Some(true),
        Some(failed) if index < failed => Some(true),
        Some(failed) if index == failed => Some(false),
        Some(_) => None,
    };
    CHECKS
        .iter()
        .enumerate()
        .map(|(index, (name, _))| Check { name: (*name).to_owned(), passed: passed_at(index) })
        .collect()
}

/// Why this attempt ended as it did, and what to do.
#[must_use]
pub fn explain(attempt: &Stored) -> Explanation {
    match attempt.row.code.as_deref().and_then(Code::from_text) {
        Some(code) => explain_refusal(code, attempt),
        None => explain_success(attempt),
    }
}

fn explain_success(attempt: &Stored) -> Explanation {
    let row = &attempt.row;
    if row.kind == Kind::Validate {
        return explain_dry_run(attempt);
    }
    let (title, cause, fix) = match (row.kind, row.accepted, row.duplicates, row.rejected) {
        (Kind::Bootstrap, ..) => (
            "Session ready",
            "The visitor has a session; events can follow.".to_owned(),
            "Nothing to do.",
        ),
        (_, accepted, 0, 0) => (
            "Stored",
            format!("{} stored and synced to disk before the answer.", events(accepted)),
            "Nothing to do.",
        ),
        (_, 0, duplicates, 0) => (
            "Duplicates only",
            format!(
                "{} stored before under the same id; this copy changed nothing.",
                events_were(duplicates)
            ),
            "Nothing to do after a retry. If every request looks like this, event ids are not unique: make a new one for each event.",
        ),
        (_, accepted, duplicates, 0) => (
            "Stored, with duplicates",
            format!("{} stored; {} stored before.", events(accepted), events_were(duplicates)),
            "Nothing to do: a repeat is a success.",
        ),
        (_, accepted, duplicates, rejected) => (
            "Stored in part",
            format!(
                "{} stored, {duplicates} stored before, {rejected} rejected. Each rejected event names its fault below.",
                events(accepted)
            ),
            "Correct the rejected events and send them again; the others will not be counted twice.",
        ),
    };
    explanation(title, cause, fix.to_owned())
}

fn explain_dry_run(attempt: &Stored) -> Explanation {
    let counted = |status| attempt.events.iter().filter(|event| event.status == status).count();
    let [accepted, duplicates, rejected] =
        [EventStatus::Accepted, EventStatus::Duplicate, EventStatus::Rejected].map(counted);
    let cause = if attempt.events.is_empty() {
        "A dry run of a bootstrap. Every check passed; no session was made.".to_owned()
    } else {
        format!(
            "A dry run of events: {accepted} would be stored, {duplicates} would be duplicates, {rejected} would be rejected. Nothing was stored."
        )
    };
    let fix = match (attempt.events.is_empty(), rejected) {
        (true, _) => "To have a session made, send the same body to /bootstrap.",
        (false, 0) => "To have them stored, send the same body to /events.",
        (false, _) => "Correct the events that would be rejected; each names its fault below.",
    };
    explanation("Dry run, nothing stored", cause, fix.to_owned())
}

fn explain_refusal(code: Code, attempt: &Stored) -> Explanation {
    let entry = code.entry();
    let facts = &attempt.facts;
    let specific = match code {
        Code::OriginNotAllowed => return explain_origin(attempt),
        Code::TrackingSourceNotFound => explain_key(facts),
        Code::RateLimitExceeded => facts.rate_limit_per_minute.map(|limit| {
            (
                format!("This source takes {limit} requests a minute, and they were used up."),
                "Raise the limit in Setup, or send more events in each request.".to_owned(),
            )
        }),
        Code::PayloadTooLarge => facts.max_payload_bytes.map(|limit| {
            let gzip = attempt.gzip_bytes.map(|bytes| {
                format!(" It came as {bytes} bytes of gzip; unpacking stopped where the limit was passed.")
            });
            (
                format!(
                    "The body was larger than the {limit} bytes that this source takes.{}",
                    gzip.unwrap_or_default()
                ),
                "Send fewer events in each request, or raise the limit in Setup.".to_owned(),
            )
        }),
        Code::UnsupportedMediaType => Some(explain_media(facts)),
        Code::InvalidJson => facts.json_fault.as_ref().map(|fault| {
            (
                format!("The body is not a JSON object in UTF-8: {fault}."),
                mend_json(facts),
            )
        }),
        Code::InvalidSession => facts.session_fault.map(explain_session),
        Code::InvalidBootstrapPayload | Code::InvalidEventsPayload => explain_issues(attempt),
        _ => None,
    };
    let (cause, fix) = specific.unwrap_or_else(|| (entry.means.to_owned(), entry.fix.to_owned()));
    explanation(entry.message.trim_end_matches('.'), cause, fix)
}

fn explain_origin(attempt: &Stored) -> Explanation {
    let entry = Code::OriginNotAllowed.entry();
    let allowed = attempt.facts.allowed_origins.clone().unwrap_or_default();
    let allowed = match allowed.as_slice() {
        [] => "This source lists no origin yet.".to_owned(),
        list => format!("This source allows {}.", in_words(list)),
    };
    let title = entry.message.trim_end_matches('.');
    match attempt.row.origin.as_deref() {
        Some("null") => explanation(
            title,
            format!(
                "The page has no origin of its own (a file, a sandboxed frame or a data: address). {allowed}"
            ),
            "Open the page through http or https, from an origin that is listed.".to_owned(),
        ),
        Some(origin) => Explanation {
            allow_origin: Some(origin.to_owned()),
            ..explanation(
                title,
                format!(
                    "The page ran at {origin}. {allowed}{}",
                    look_alike(origin, &attempt.facts)
                ),
                format!(
                    "Add {origin} to the allowed origins in Setup, or open the page at one that is listed."
                ),
            )
        },
        None => explanation(
            title,
            format!("The request had no Origin header, and this source requires one. {allowed}"),
            "Send from a browser page, or switch off Require origin in Setup.".to_owned(),
        ),
    }
}

/// The commonest surprise: two names of the same machine are two origins.
fn look_alike(origin: &str, facts: &Facts) -> &'static str {
    let swapped = if origin.contains("//localhost") {
        origin.replacen("//localhost", "//127.0.0.1", 1)
    } else {
        origin.replacen("//127.0.0.1", "//localhost", 1)
    };
    let is_listed = facts.allowed_origins.as_ref().is_some_and(|list| list.contains(&swapped));
    if is_listed && swapped != origin {
        " Browsers treat localhost and 127.0.0.1 as two different origins."
    } else {
        ""
    }
}

fn explain_key(facts: &Facts) -> Option<(String, String)> {
    let key = facts.public_key.as_ref()?;
    Some(match facts.retired_at {
        Some(at) => (
            format!("The key {key} of this source was rotated away at {at}. A page still uses it."),
            "Put the present key into that page's snippet; Setup shows it.".to_owned(),
        ),
        None => (
            format!(
                "No source has the key {key}, and none that is there had it before: such a request is shown under its source."
            ),
            "Compare it with the key in Setup, which begins with pk_: it was cut off or mistyped, or its source was deleted."
                .to_owned(),
        ),
    })
}

fn explain_media(facts: &Facts) -> (String, String) {
    let cause = match (&facts.content_encoding, &facts.content_type) {
        (Some(encoding), _) => format!("The body was sent with Content-Encoding {encoding}."),
        (None, Some(media)) => format!("The body was sent as {media}."),
        (None, None) => "The request did not say what its body is.".to_owned(),
    };
    let fix =
        "Send Content-Type: application/json, as it is or packed once with Content-Encoding: gzip.";
    (cause, fix.to_owned())
}

fn mend_json(facts: &Facts) -> String {
    if facts.is_broken_gzip {
        "Pack the whole body once with gzip, or send it as it is and without Content-Encoding."
    } else if facts.content_type.is_some() {
        "Write the body in UTF-8; no other character set is read, whatever the header says."
    } else {
        "Send the whole object as JSON.stringify makes it."
    }
    .to_owned()
}

fn explain_session(fault: SessionFault) -> (String, String) {
    let cause = match fault {
        SessionFault::Unknown => "This source never made that session.",
        SessionFault::OtherVisitor => "That session belongs to another visitor (anonymousId).",
        SessionFault::Expired => "Nothing was heard of that session for more than 24 hours.",
    };
    (
        cause.to_owned(),
        "Call bootstrap again and send the same events with the new sessionId; the SDK does so by itself."
            .to_owned(),
    )
}

fn explain_issues(attempt: &Stored) -> Option<(String, String)> {
    let first = attempt.issues.first()?;
    let more = match attempt.issues.len() - 1 {
        0 => String::new(),
        1 => " One more fault is listed below.".to_owned(),
        more => format!(" {more} more faults are listed below."),
    };
    Some((format!("{}.{more}", first.message), first.code.entry().fix.to_owned()))
}

fn explanation(title: &str, cause: String, fix: String) -> Explanation {
    Explanation { title: title.to_owned(), cause, fix, allow_origin: None }
}

fn events(count: i64) -> String {
    if count == 1 { "1 event was".to_owned() } else { format!("{count} events were") }
}

fn events_were(count: i64) -> String {
    if count == 1 { "1 event had been".to_owned() } else { format!("{count} events had been") }
}

fn in_words(origins: &[String]) -> String {
    match origins {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., final_one] => format!("{} and {final_one}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_after_the_failed_one_were_not_reached() {
        let passed: Vec<_> =
            checks(Some(Code::OriginNotAllowed)).into_iter().map(|check| check.passed).collect();
        assert_eq!(passed, [Some(true), Some(true), Some(false), None, None, None, None, None]);
        assert!(checks(None).iter().all(|check| check.passed == Some(true)));
    }

    #[test]
    fn a_list_of_origins_reads_as_a_sentence() {
        let list = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(in_words(&list), "a, b and c");
        assert_eq!(in_words(&list[..1]), "a");
    }
}
