//! Whatever bytes arrive, validation answers; and what it accepts is in one shape.
#![expect(clippy::needless_pass_by_value, reason = "json! gives values, and tests read better so")]

use model::{IssueCode, UnixMs};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Batch, Bootstrap, Checked, object};

const NOW: UnixMs = UnixMs(1_775_828_700_000);

fn envelope(events: Value) -> Map<String, Value> {
    let body = json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1", "sessionId": "sess_1",
        "sentAt": "2026-04-10T13:45:05.000Z", "anonymousId": "vis_1", "userId": "user_1",
        "context": { "locale": "en", "plan": "free" }, "events": events
    });
    body.as_object().cloned().unwrap()
}

fn track(id: &str) -> Value {
    json!({ "id": id, "type": "track", "name": "n", "timestamp": "2026-04-10T13:45:05Z" })
}

fn codes_of(body: &Map<String, Value>) -> Vec<(String, String)> {
    let (_, checked) = Batch::check(body, NOW);
    let issues = match checked {
        Ok(batch) => batch.issues,
        Err(faults) => faults.into_issues(),
    };
    issues.into_iter().map(|issue| (issue.code.to_string(), issue.field)).collect()
}

fn only_event(event: Value) -> crate::event::Event<'static> {
    // An event borrows from its body; a test's few may stay for good.
    let body = Box::leak(Box::new(envelope(json!([event]))));
    let (_, checked) = Batch::check(body, NOW);
    match checked.unwrap().events.remove(0) {
        Checked::Good(event) => *event,
        Checked::Bad { issue, .. } => panic!("refused: {issue:?}"),
    }
}

#[test]
fn what_the_envelope_says_holds_for_its_events() {
    let event = only_event(track("a"));
    assert_eq!(event.user_id.as_deref(), Some("user_1"));
    assert_eq!((event.anonymous_id.as_str(), event.session_id.as_str()), ("vis_1", "sess_1"));
    let mut own = track("a");
    own["userId"] = json!("user_2");
    own["context"] = json!({ "plan": "team" });
    let event = only_event(own);
    assert_eq!(event.user_id.as_deref(), Some("user_2"));
    assert_eq!(Value::from(event.context.into_owned()), json!({ "locale": "en", "plan": "team" }));
}

#[test]
fn a_path_is_taken_from_the_address_with_its_search_string_when_it_is_absent() {
    let page = |page: Value| {
        let event =
            json!({ "id": "a", "type": "page", "timestamp": "2026-04-10T13:45:05Z", "page": page });
        only_event(event).page.unwrap().path
    };
    assert_eq!(page(json!({ "url": "https://a.example/p?q=1#top" })).as_deref(), Some("/p?q=1"));
    assert_eq!(
        page(json!({ "url": "https://a.example/p", "path": "/own" })).as_deref(),
        Some("/own")
    );
    assert_eq!(page(json!({ "url": "not an address" })), None);
}

#[test]
fn times_are_kept_in_utc() {
    let mut event = track("a");
    event["timestamp"] = json!("2026-04-10T15:45:05.5+02:00");
    assert_eq!(only_event(event).timestamp.to_string(), "2026-04-10T13:45:05.500Z");
}

#[test]
fn each_fault_of_an_event_has_its_code_and_its_place() {
    let cases = [
        (json!({}), vec!["missing_event_id", "missing_event_type", "missing_event_timestamp"]),
        (
            json!({ "id": "", "type": "x", "timestamp": "2026-04-10T13:45:05" }),
            vec!["invalid_event_id", "invalid_event_type", "invalid_event_timestamp"],
        ),
        (
            json!({ "id": "a", "type": "page", "timestamp": "2026-04-10T13:45:05Z" }),
            vec!["missing_event_page"],
        ),
        (
            json!({ "id": "a", "type": "page", "timestamp": "2026-04-10T13:45:05Z", "page": [] }),
            vec!["invalid_event_page"],
        ),
        (
            json!({ "id": "a", "type": "track", "timestamp": "2026-04-10T13:45:05Z" }),
            vec!["missing_event_name"],
        ),
        (
            json!({ "id": "a\u{0}", "type": "track", "name": "x".repeat(201), "timestamp": "2026-04-10T13:45:05Z",
                 "sessionId": "sess_2", "anonymousId": "vis_2", "properties": [], "context": "x" }),
            vec![
                "invalid_event_id",
                "session_mismatch",
                "anonymous_id_mismatch",
                "too_long",
                "invalid_properties",
                "invalid_context",
            ],
        ),
    ];
    for (event, wanted) in cases {
        let found = codes_of(&envelope(json!([event, track("good")])));
        let codes: Vec<_> = found.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, wanted, "{event}");
        assert!(found.iter().all(|(_, field)| field.starts_with("events[0].")), "{found:?}");
    }
}

#[test]
fn an_identify_needs_a_user_on_itself_or_on_the_envelope() {
    let identify = json!({ "id": "a", "type": "identify", "timestamp": "2026-04-10T13:45:05Z" });
    assert_eq!(only_event(identify.clone()).user_id.as_deref(), Some("user_1"));
    let mut body = envelope(json!([identify]));
    body.remove("userId");
    assert_eq!(codes_of(&body), [("missing_user_id".to_owned(), "events[0].userId".to_owned())]);
}

#[test]
fn a_batch_holds_1_to_500_events() {
    let many =
        |count: usize| Value::from((0..count).map(|i| track(&i.to_string())).collect::<Vec<_>>());
    assert!(codes_of(&envelope(many(500))).is_empty());
    let one_more = codes_of(&envelope(many(501)));
    assert_eq!(one_more, [("too_many_events".to_owned(), "events".to_owned())]);
    assert_eq!(codes_of(&envelope(json!([])))[0].0, "invalid_events");
}

#[test]
fn at_most_a_hundred_faults_are_listed_and_the_rest_is_counted() {
    let body = envelope(Value::from(vec![json!(1); 250]));
    let (_, checked) = Batch::check(&body, NOW);
    let issues = checked.unwrap_err().into_issues();
    assert_eq!(issues.len(), 101);
    assert_eq!(issues[100].code, IssueCode::MoreIssues);
    assert_eq!(issues[100].message, "150 more issues are not listed");
}

#[test]
fn every_rejected_event_names_a_fault() {
    let body = envelope(json!([1, track("good"), { "id": "x" }]));
    let (_, checked) = Batch::check(&body, NOW);
    for event in checked.unwrap().events {
        if let Checked::Bad { issue, .. } = event {
            assert!(issue.is_some());
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!(2)),
        Just(json!("2026-04-10T13:45:05Z")),
        Just(json!("track")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let keys = prop_oneof![
            Just("id".to_owned()),
            Just("type".to_owned()),
            Just("name".to_owned()),
            Just("timestamp".to_owned()),
            Just("page".to_owned()),
            Just("url".to_owned()),
            ".{0,6}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_an_object_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(reason) = object(&bytes) {
            prop_assert!(!reason.is_empty());
        }
    }

    #[test]
    fn any_field_may_be_anything(
        field in prop::sample::select(vec![
            "ingestVersion", "sdkVersion", "batchId", "sentAt", "sessionId", "anonymousId", "userId",
            "context", "events", "page",
        ]),
        value in any_json(),
    ) {
        let mut body = envelope(json!([track("a")]));
        body.insert(field.to_owned(), value);
        let (_, batch) = Batch::check(&body, NOW);
        if let Err(faults) = batch {
            prop_assert!(!faults.is_empty());
        }
        let (_, bootstrap) = Bootstrap::check(&body);
        if let Err(faults) = bootstrap {
            prop_assert!(!faults.is_empty());
        }
    }

    #[test]
    fn an_event_is_good_or_names_its_fault(event in any_json()) {
        let body = envelope(json!([event, track("good")]));
        let (_, checked) = Batch::check(&body, NOW);
        let batch = checked.expect("one event is good");
        prop_assert_eq!(batch.events.len(), 2);
        match &batch.events[0] {
            Checked::Good(event) => prop_assert!(!event.id.is_empty() && !event.name.is_empty()),
            Checked::Bad { issue, .. } => prop_assert!(issue.is_some() && !batch.issues.is_empty()),
        }
    }
}

#[test]
fn a_context_is_not_copied_to_more_bytes_than_a_megabyte() {
    let sent = |events: usize, letters: usize| {
        let mut body = envelope((0..events).map(|place| track(&place.to_string())).collect());
        body.insert("context".to_owned(), json!({ "a": "x".repeat(letters) }));
        codes_of(&body)
    };
    // {"a":"…"} is eight bytes and the letters.
    let most = (1 << 20) / 499 - 8;
    assert_eq!(sent(500, most), []);
    assert_eq!(sent(500, most + 1), [("too_long".to_owned(), "context".to_owned())]);
    assert_eq!(sent(1, 2 << 20), []);
}
