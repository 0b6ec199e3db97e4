//! What Tiny changed: the places where the normalised events differ from those that were sent.

use serde_json::{Map, Value};

use super::json::{Marks, pointer_part};

/// What differs, in each of the two texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Differences {
    /// What was sent and is not in the normalised events.
    pub(crate) dropped: Marks,
    /// What the normalised events have and the sent ones have not, or have otherwise.
    pub(crate) changed: Marks,
}

type Object = Map<String, Value>;

/// Compares a body with what became of it: a list of events, or one object for a bootstrap.
///
/// An event's counterpart is the one with its id, else the one at its place. A value that the envelope gives to
/// all of its events is no difference.
pub(crate) fn differences(raw: &Value, normalised: &Value) -> Differences {
    let mut found = Differences::default();
    let Some(envelope) = raw.as_object() else { return found };
    match normalised {
        Value::Array(events) => found.events(envelope, events, ""),
        Value::Object(object) => match object.get("events") {
            Some(Value::Array(events)) => found.events(envelope, events, "/events"),
            _ => found.objects(Some(envelope), None, object, "", ""),
        },
        _ => {}
    }
    found
}

impl Differences {
    fn events(&mut self, envelope: &Object, events: &[Value], path: &str) {
        let sent = envelope.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for (place, event) in events.iter().enumerate() {
            let Some(event) = event.as_object() else { continue };
            let same_id =
                |other: &Value| event.contains_key("id") && other.get("id") == event.get("id");
            let from = sent.iter().position(same_id).unwrap_or(place);
            let original = sent.get(from).and_then(Value::as_object);
            let raw_path = format!("/events/{from}");
            self.objects(original, Some(envelope), event, &raw_path, &format!("{path}/{place}"));
        }
    }

    /// Compares an object with what was sent; `envelope` speaks where that is silent.
    fn objects(
        &mut self,
        sent: Option<&Object>,
        envelope: Option<&Object>,
        normalised: &Object,
        raw_path: &str,
        path: &str,
    ) {
        for (key, value) in normalised {
            let place = format!("{path}/{}", pointer_part(key));
            let own = sent.and_then(|sent| sent.get(key));
            let given = envelope.and_then(|envelope| envelope.get(key));
            match (value, own, given) {
                (Value::Object(value), own, given)
                    if own.or(given).is_some_and(Value::is_object) =>
                {
                    let raw_place = format!("{raw_path}/{}", pointer_part(key));
                    let (own, given) =
                        (own.and_then(Value::as_object), given.and_then(Value::as_object));
                    self.objects(own, given, value, &raw_place, &place);
                }
                (value, own, given) if own.or(given) == Some(value) => {}
                _ => {
                    self.changed.insert(place);
                }
            }
        }
        for key in sent.into_iter().flat_map(Map::keys) {
            if !normalised.contains_key(key) {
                self.dropped.insert(format!("{raw_path}/{}", pointer_part(key)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn marks(places: &[&str]) -> Marks {
        places.iter().map(|place| (*place).to_owned()).collect()
    }

    #[test]
    fn added_changed_and_dropped_places_are_found() {
        let raw = json!({"sessionId": "s", "sdkVersion": "1", "events": [
            {"id": "a", "type": "page", "page": {"path": "/x", "width": 3}, "extra": 1},
        ]});
        let normalised = json!([
            {"id": "a", "type": "page", "name": "page_view", "sessionId": "s", "userId": null,
             "page": {"path": "/x", "title": null}},
        ]);
        let found = differences(&raw, &normalised);
        assert_eq!(found.changed, marks(&["/0/name", "/0/page/title", "/0/userId"]));
        assert_eq!(found.dropped, marks(&["/events/0/extra", "/events/0/page/width"]));
    }

    #[test]
    fn events_are_paired_by_id_when_some_were_rejected() {
        let raw = json!({"events": [{"id": "bad"}, {"id": "good", "name": "n"}]});
        let found = differences(&raw, &json!([{"id": "good", "name": "n"}]));
        assert_eq!(found, Differences::default());
    }

    #[test]
    fn the_envelopes_context_is_laid_under_the_events_own() {
        let raw =
            json!({"context": {"locale": "en"}, "events": [{"id": "a", "context": {"x": 1}}]});
        let found = differences(&raw, &json!([{"id": "a", "context": {"locale": "en", "x": 1}}]));
        assert_eq!(found, Differences::default());
    }

    #[test]
    fn a_bootstrap_is_compared_as_one_object() {
        let raw = json!({"anonymousId": "v", "page": {"url": "u"}, "x/y": 1});
        let normalised = json!({"anonymousId": "v", "page": {"url": "u", "path": "/"}});
        let found = differences(&raw, &normalised);
        assert_eq!(found.changed, marks(&["/page/path"]));
        assert_eq!(found.dropped, marks(&["/x~1y"]));
        assert_eq!(differences(&json!([1]), &json!([])), Differences::default());
    }
}
