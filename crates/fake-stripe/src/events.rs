//! Events: each keeps the object as it is right after what happened, and what its changed fields were before.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::state::World;
use crate::state::hooks::Event;

impl World {
    /// Tells of the thing with this id.
    pub(crate) fn emit(&mut self, kind: &'static str, id: &str) {
        let object = self.render(id).unwrap_or_default();
        self.emit_object(kind, object, None);
    }

    /// Tells that the thing with this id is no longer what it was `before`; says nothing if it is.
    pub(crate) fn emit_change(&mut self, kind: &'static str, id: &str, before: &Value) {
        let object = self.render(id).unwrap_or_default();
        if let Some(previous) = difference(before, &object) {
            self.emit_object(kind, object, Some(previous));
        }
    }

    /// Tells of a thing that need not be there any more.
    pub(crate) fn emit_object(
        &mut self,
        kind: &'static str,
        object: Value,
        previous: Option<Value>,
    ) {
        let customer = object["customer"].as_str().or(object["id"].as_str()).unwrap_or_default();
        let created = self.time_of(customer);
        let id = self.ids.id("evt");
        let request = self.request.clone();
        let object = Arc::new(object);
        self.events.insert(Event { id: id.clone(), created, kind, object, previous, request });
        self.post(&id, None);
    }
}

/// What `before` had at every field that is another `after`; inside objects likewise, lists as a whole.
fn difference(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return (before != after).then(|| before.clone());
    };
    let mut previous = Map::new();
    for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
        let null = Value::Null;
        let old = before.get(key).unwrap_or(&null);
        if let Some(difference) = difference(old, after.get(key).unwrap_or(&null)) {
            previous.insert(key.clone(), difference);
        }
    }
    (!previous.is_empty()).then_some(Value::Object(previous))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn only_what_changed_is_told_and_a_list_as_a_whole() {
        let before = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "e": [1, 2], "f": null });
        let after = json!({ "a": 1, "b": { "c": 2, "d": 4 }, "e": [1, 2, 3], "f": null, "g": 5 });
        let expected = json!({ "b": { "d": 3 }, "e": [1, 2], "g": null });
        assert_eq!(difference(&before, &after), Some(expected));
        assert_eq!(difference(&after, &after), None);
    }
}
