//! What holds for every body there can be, and what the normalised event is made of, each told by a model of its own.

use std::collections::BTreeMap;

use model::{
    IssueCode, UnixMs,
    wire::{attempts::Kind, ingest::Issue},
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};

use super::{Batch, Bootstrap, Checked, is_of_events, object};
use crate::{
    event::{Event, EventType},
    faults::Faults,
};

const NOW: UnixMs = UnixMs(1_775_828_700_000);

/// Keys that mean something in some place, and some that mean nothing in any.
const KEYS: [&str; 20] = [
    "ingestVersion",
    "sdkVersion",
    "batchId",
    "sentAt",
    "sessionId",
    "anonymousId",
    "userId",
    "events",
    "id",
    "type",
    "name",
    "timestamp",
    "page",
    "properties",
    "context",
    "url",
    "path",
    "title",
    "referrer",
    "other",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z\u{0}\u{7f}é]{120,140}".prop_map(Value::from),
        prop::sample::select(vec![
            json!(2),
            json!("2026-04-10T13:45:05Z"),
            json!("page"),
            json!("track"),
            json!("identify")
        ]),
    ];
    leaf.prop_recursive(3, 32, 5, |inner| {
        let keys = prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn identifier() -> impl Strategy<Value = String> {
    "[!-~é]{1,128}"
}

/// A moment between 1971 and 2199.
fn moment() -> impl Strategy<Value = UnixMs> {
    (31_536_000_000_i64..7_258_118_400_000).prop_map(UnixMs)
}

fn small_object() -> impl Strategy<Value = BTreeMap<String, Value>> {
    prop::collection::btree_map("[a-d]", any_json(), 0..4)
}

fn good_event() -> impl Strategy<Value = Value> {
    let user = prop::option::of(identifier());
    (identifier(), 0..3_usize, moment(), user, small_object(), small_object(), "[a-z/?=&é ]{0,12}").prop_map(
        |(id, kind, at, user, properties, context, path)| {
            let mut event = json!({
                "id": id, "timestamp": at.to_string(), "userId": user, "properties": properties, "context": context,
            });
            match kind {
                0 => {
                    event["type"] = json!("page");
                    event["page"] = json!({ "url": format!("https://a.example/{path}"), "title": path });
                }
                1 => {
                    event["type"] = json!("track");
                    event["name"] = json!("clicked");
                }
                _ => {
                    event["type"] = json!("identify");
                    event["userId"] = json!("user_1");
                }
            }
            event
        },
    )
}

fn good_events() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(good_event(), 1..7)
}

fn envelope(events: &[Value], sent_at: UnixMs) -> Map<String, Value> {
    let body = json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1", "sessionId": "sess_1", "anonymousId": "vis_1",
        "sentAt": sent_at.to_string(), "events": events,
    });
    body.as_object().cloned().unwrap()
}

fn checked(body: &Map<String, Value>) -> Result<Batch<'_>, Vec<Issue>> {
    Batch::check(body, NOW).1.map_err(Faults::into_issues)
}

fn only(body: &Map<String, Value>) -> Event<'_> {
    let batch = Batch::check(body, NOW).1.unwrap();
    match batch.events.into_iter().next().unwrap() {
        Checked::Good(event) => *event,
        Checked::Bad { issue, .. } => panic!("refused: {issue:?}"),
    }
}

/// At most a hundred are told by themselves; then one more tells how many there are besides.
fn are_told_well(issues: &[Issue]) -> bool {
    let own = issues.iter().take_while(|issue| issue.code != IssueCode::MoreIssues).count();
    own <= 100 && (own == issues.len() || (own == 100 && issues.len() == 101))
}

/// What every body must come to: a request that can be stored, or at least one fault.
fn is_answered(body: &Map<String, Value>) -> Result<(), TestCaseError> {
    for kind in Kind::ALL {
        let faults = if is_of_events(kind, body) {
            match Batch::check(body, NOW).1 {
                Ok(batch) => {
                    let sent = body["events"].as_array().unwrap();
                    prop_assert_eq!(batch.events.len(), sent.len());
                    prop_assert!(
                        batch.events.iter().any(|event| matches!(event, Checked::Good(_)))
                    );
                    let is_any_bad =
                        batch.events.iter().any(|event| matches!(event, Checked::Bad { .. }));
                    prop_assert_eq!(is_any_bad, !batch.issues.is_empty());
                    prop_assert!(are_told_well(&batch.issues));
                    for (event, sent) in batch.events.iter().zip(sent) {
                        prop_assert!(is_fate_of(event, sent), "{:?} of {}", event, sent);
                    }
                    continue;
                }
                Err(faults) => faults,
            }
        } else {
            match Bootstrap::check(body).1 {
                Ok(_) => continue,
                Err(faults) => faults,
            }
        };
        let issues = faults.into_issues();
        prop_assert!(!issues.is_empty() && are_told_well(&issues), "{:?}", issues);
    }
    Ok(())
}

fn is_fate_of(event: &Checked<'_>, sent: &Value) -> bool {
    match event {
        Checked::Good(event) => {
            sent["id"] == event.id.as_str() && sent["type"] == event.kind.as_str()
        }
        Checked::Bad { id, issue, .. } => {
            issue.is_some() && id.as_ref().is_none_or(|id| sent["id"] == id.as_str())
        }
    }
}

proptest! {
    #[test]
    fn any_json_is_stored_or_has_a_fault(
        body in prop::collection::vec((prop::sample::select(KEYS.to_vec()), any_json()), 0..12)
    ) {
        let body = body.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        is_answered(&body)?;
    }

    #[test]
    fn whatever_stands_among_the_events_is_stored_or_has_a_fault(
        events in prop::collection::vec(prop_oneof![any_json(), good_event()], 0..12)
    ) {
        is_answered(&envelope(&events, NOW))?;
    }

    #[test]
    fn bytes_that_were_hurt_on_the_way_are_stored_or_have_a_fault(
        events in good_events(),
        hurts in prop::collection::vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..4),
    ) {
        let mut bytes = serde_json::to_vec(&envelope(&events, NOW)).unwrap();
        for (place, byte, way) in hurts {
            let place = place.index(bytes.len());
            match way {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => drop(bytes.remove(place)),
            }
        }
        match object(&bytes) {
            Ok(body) => is_answered(&body)?,
            Err(reason) => prop_assert!(!reason.is_empty()),
        }
    }

    #[test]
    fn many_faults_are_told_up_to_a_hundred(bad in 1..400_usize) {
        let mut events = vec![json!({}); bad];
        events.push(json!({ "id": "a", "type": "track", "name": "n", "timestamp": "2026-04-10T13:45:05Z" }));
        let issues = checked(&envelope(&events, NOW)).unwrap().issues;
        // An event of nothing lacks its id, its type and its moment.
        prop_assert_eq!(issues.len(), (bad * 3).min(101));
        prop_assert!(are_told_well(&issues));
    }

    #[test]
    fn an_envelope_at_fault_leaves_nothing_to_store(
        events in good_events(),
        field in prop::sample::select(vec![
            "ingestVersion", "sdkVersion", "batchId", "sentAt", "sessionId", "anonymousId", "userId", "context",
        ]),
        is_missing in any::<bool>(),
    ) {
        let mut body = envelope(&events, NOW);
        let is_optional = matches!(field, "userId" | "context");
        if is_missing {
            body.remove(field);
        } else {
            body.insert(field.to_owned(), json!(["neither text nor object"]));
        }
        let found = checked(&body);
        if is_missing && is_optional {
            prop_assert!(found.is_ok());
        } else {
            let issues = found.unwrap_err();
            prop_assert!(issues.iter().any(|issue| issue.field == field), "{:?}", issues);
        }
    }

    #[test]
    fn an_event_never_costs_its_neighbours(
        events in good_events(),
        place in any::<Index>(),
        key in prop::sample::select(KEYS.to_vec()),
        with in prop::option::of(any_json()),
        is_all_of_it in any::<bool>(),
    ) {
        let whole = envelope(&events, NOW);
        let before = checked(&whole).unwrap();
        let place = place.index(events.len());
        let mut hurt = events;
        match with {
            Some(value) if is_all_of_it => hurt[place] = value,
            Some(value) => hurt[place][key] = value,
            None => drop(hurt[place].as_object_mut().unwrap().remove(key)),
        }
        let body = envelope(&hurt, NOW);
        let Ok(after) = checked(&body) else {
            prop_assert_eq!(hurt.len(), 1, "only an event alone is all there is");
            return Ok(());
        };
        for (at, (before, after)) in before.events.iter().zip(&after.events).enumerate() {
            prop_assert!(at == place || before == after, "{} changed by {}", at, place);
        }
        let prefix = format!("events[{place}]");
        prop_assert!(after.issues.iter().all(|issue| issue.field.starts_with(&prefix)), "{:?}", after.issues);
    }

    #[test]
    fn what_was_normalised_stays_as_it_is(event in good_event(), behind in -500_000_i64..500_000) {
        let sent = envelope(&[event], NOW.plus_ms(-behind));
        let first = only(&sent);
        let normalised = envelope(&[serde_json::to_value(&first).unwrap()], NOW);
        prop_assert_eq!(only(&normalised), Event { client_timestamp: None, ..first });
    }

    #[test]
    fn a_moment_in_any_zone_is_kept_in_utc_to_the_millisecond(
        at in moment(), offset_min in -14 * 60_i64..=14 * 60, is_fine in any::<bool>(),
    ) {
        let event = json!({
            "id": "a", "type": "track", "name": "n", "timestamp": written_in_zone(at, offset_min, is_fine),
        });
        prop_assert_eq!(only(&envelope(&[event], NOW)).timestamp, at);
    }

    #[test]
    fn a_clock_is_corrected_only_when_it_is_more_than_a_minute_off(
        at in moment(),
        behind in prop_oneof![-60_002_i64..=-59_998, 59_998_i64..=60_002, -10_000_000_i64..10_000_000],
    ) {
        let event = json!({ "id": "a", "type": "track", "name": "n", "timestamp": at.to_string() });
        let body = envelope(&[event], UnixMs(NOW.0 - behind));
        let (told, event) = (Batch::check(&body, NOW).0.clock_correction_ms, only(&body));
        let wanted = if (-60_000..=60_000).contains(&behind) {
            (None, at, None)
        } else {
            (Some(behind), UnixMs(at.0 + behind), Some(at))
        };
        prop_assert_eq!((told, event.timestamp, event.client_timestamp), wanted);
        prop_assert_eq!(event.received_at, NOW);
    }

    #[test]
    fn the_context_of_an_event_lies_over_that_of_its_envelope(
        of_envelope in small_object(), of_event in small_object(), is_told in any::<bool>(),
    ) {
        let mut event = json!({ "id": "a", "type": "track", "name": "n", "timestamp": "2026-04-10T13:45:05Z" });
        let mut wanted = of_envelope.clone();
        if is_told {
            event["context"] = json!(of_event);
            wanted.extend(of_event);
        }
        let mut body = envelope(&[event], NOW);
        body.insert("context".to_owned(), json!(of_envelope));
        let found: BTreeMap<_, _> =
            only(&body).context.into_owned().into_iter().collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn a_path_is_that_of_the_address_with_its_search_string_unless_it_is_told(
        path in "(/[a-z0-9]{0,4}){1,3}",
        search in prop::option::of("[a-z0-9=&]{1,6}"),
        hash in prop::option::of("[a-z0-9]{0,4}"),
        own in prop::option::of("/[a-z?=]{0,6}"),
    ) {
        let search = search.map(|search| format!("?{search}")).unwrap_or_default();
        let hash = hash.map(|hash| format!("#{hash}")).unwrap_or_default();
        let url = format!("https://a.example{path}{search}{hash}");
        let event = json!({
            "id": "a", "type": "page", "timestamp": "2026-04-10T13:45:05Z", "page": { "url": url, "path": own },
        });
        let page = only(&envelope(&[event], NOW)).page.unwrap();
        prop_assert_eq!(page.path, Some(own.unwrap_or(format!("{path}{search}"))));
        prop_assert_eq!(page.url, Some(url));
    }

    #[test]
    fn a_name_is_fixed_but_for_what_a_sender_tracks(event in good_event()) {
        let sent = event["name"].as_str().map(str::to_owned);
        let body = envelope(&[event], NOW);
        let event = only(&body);
        let wanted = match event.kind {
            EventType::Page => Some("page_view".to_owned()),
            EventType::Identify => Some("identify".to_owned()),
            EventType::Track => sent,
        };
        prop_assert_eq!(Some(event.name), wanted);
    }
}

/// How the wall clock of a zone shows `at`, after H. Hinnant's "chrono-compatible low-level date algorithms".
fn written_in_zone(at: UnixMs, offset_min: i64, is_fine: bool) -> String {
    let local = at.0 + offset_min * 60_000;
    let (days, ms) = (local.div_euclid(86_400_000), local.rem_euclid(86_400_000));
    let day = days + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * shifted + 2) / 5 + 1, (shifted + 2) % 12 + 1);
    let year = years + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    let (sign, away) = (if offset_min < 0 { '-' } else { '+' }, offset_min.abs());
    // Finer than what is kept.
    let rest = if is_fine { "999" } else { "" };
    format!(
        "{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{:03}{rest}{sign}{:02}:{:02}",
        ms % 1_000,
        away / 60,
        away % 60
    )
}
