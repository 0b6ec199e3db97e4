//! The described bodies of ingest against what its endpoints check.

use serde_json::{Value, json};
use testkit::TestDb;

use super::{
    Operation, operation,
    schema::{misfits, of_another_type},
};
use crate::house::{House, bootstrap_body, events_body, text};

/// Sends a body that is at fault; the answer is one that is described. Tells where the faults are.
async fn faults(operation: Operation, house: &House, body: &Value) -> Vec<String> {
    let address = operation.path.replace("{key}", &house.key());
    let reply = operation.call(house, &address, body).await;
    assert_eq!(reply.status, 422, "{}: {body}", operation.path);
    let issues = reply.json()["issues"].as_array().unwrap().clone();
    issues.iter().map(|issue| text(&issue["field"])).collect()
}

#[tokio::test]
async fn what_is_described_of_a_body_is_what_is_checked() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let events = events_body(&house.session().await);
    let mut spoilt = 0;
    for (name, whole) in [("bootstrap", bootstrap_body()), ("sendEvents", events)] {
        let operation = operation(name);
        for (field, schema) in operation.fields() {
            let is_required = operation.required_fields().any(|required| required == field);
            let without = is_required.then_some(Value::Null);
            let wrong = misfits(schema).into_iter().chain([of_another_type(schema)]);
            for value in wrong.chain(without) {
                let mut body = whole.clone();
                body[field] = value;
                let told = faults(operation, &house, &body).await;
                assert!(told.contains(field), "{name} {field}: {told:?}");
                spoilt += 1;
            }
            if !is_required {
                let mut body = whole.clone();
                body.as_object_mut().unwrap().remove(field);
                let address = operation.path.replace("{key}", &house.key());
                assert_eq!(operation.call(&house, &address, &body).await.status, 200, "{field}");
            }
        }
    }
    assert!(spoilt > 30, "{spoilt}");
    database.close().await;
}

#[tokio::test]
async fn what_is_described_of_an_event_is_what_is_checked() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let operation = operation("sendEvents");
    let event = super::schema::resolved(&operation.body()["properties"]["events"]["items"]);
    let mut whole = events_body(&house.session().await);
    whole["events"].as_array_mut().unwrap().truncate(1);
    for (field, schema) in event["properties"].as_object().unwrap() {
        // A page has the name of its type, whatever is sent.
        if field == "name" {
            continue;
        }
        let is_required = event["required"].as_array().unwrap().contains(&json!(field));
        let without = is_required.then_some(Value::Null);
        let wrong = misfits(schema).into_iter().chain([of_another_type(schema)]);
        for value in wrong.chain(without) {
            let mut body = whole.clone();
            body["events"][0][field] = value;
            let told = faults(operation, &house, &body).await;
            let place = format!("events[0].{field}");
            assert!(told.contains(&place), "{field}: {told:?}");
        }
    }
    database.close().await;
}
