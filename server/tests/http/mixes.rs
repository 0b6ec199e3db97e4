//! Good, bad and repeated events in one batch, in every mix: each is told by itself, in the order sent.

use db::{Db, on_db};
use serde_json::{Value, json};

use crate::house::{House, events_body, text};

/// What an event of a batch is, and what is to become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Good,
    Bad,
    /// The id of the first good one.
    Again,
    /// Good, and ties the session to a user.
    Identify,
}

use Mark::{Again, Bad, Good, Identify};

impl Mark {
    fn event(self, place: usize) -> Value {
        let at = "2026-04-10T13:45:05Z";
        match self {
            Good => {
                json!({ "id": format!("e{place}"), "type": "track", "name": "n", "timestamp": at })
            }
            Bad => json!({ "id": format!("e{place}"), "type": "track", "timestamp": at }),
            Again => json!({ "id": "e0", "type": "track", "name": "n", "timestamp": at }),
            Identify => {
                json!({ "id": format!("e{place}"), "type": "identify", "userId": "u", "timestamp": at })
            }
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Good | Identify => "accepted",
            Bad => "rejected",
            Again => "duplicate",
        }
    }
}

async fn batch(house: &House, marks: &[Mark]) -> Value {
    let mut body = events_body(&house.session().await);
    body.as_object_mut().unwrap().remove("userId");
    body["events"] = marks.iter().enumerate().map(|(place, mark)| mark.event(place)).collect();
    body
}

async fn stored(db: &Db) -> Vec<(String, Option<String>)> {
    const READ: &str = "SELECT id, user_id FROM events ORDER BY id";
    on_db!(db.read(), c => sqlx::query_as(READ).fetch_all(c).await).unwrap()
}

/// Sends the mix; tells what is stored of it.
async fn check(house: &House, marks: &[Mark]) -> Vec<(String, Option<String>)> {
    let body = batch(house, marks).await;
    let reply = house.events(&body).await;
    assert_eq!(reply.status, 200, "{marks:?}: {}", reply.text());
    let told = reply.json();
    let results = told["results"].as_array().unwrap();
    assert_eq!(results.len(), marks.len());
    for (place, (result, mark)) in results.iter().zip(marks).enumerate() {
        assert_eq!(result["status"], mark.told(), "{marks:?} {place}");
        assert_eq!(result["id"], mark.event(place)["id"], "{marks:?} {place}");
        let field = (*mark == Bad).then(|| format!("events[{place}].name"));
        assert_eq!(result["field"], json!(field), "{marks:?} {place}");
    }
    for (key, word) in
        [("accepted", "accepted"), ("duplicates", "duplicate"), ("rejected", "rejected")]
    {
        let count = marks.iter().filter(|mark| mark.told() == word).count();
        assert_eq!(told[key], count, "{marks:?}");
    }
    let attempt = house.attempt(&reply).await;
    let rows: Vec<_> =
        attempt["events"].as_array().unwrap().iter().map(|row| text(&row["status"])).collect();
    assert_eq!(rows, marks.iter().map(|mark| mark.told()).collect::<Vec<_>>());
    assert_eq!(attempt["issues"], told["issues"]);
    stored(&house.db).await
}

testkit::both! {
    async fn every_mix_of_three_is_told_event_by_event(db: Db) {
        let house = House::furnished(db).await;
        let mut number = 0;
        for first in [Good, Bad] {
            for second in [Good, Bad] {
                for third in [Good, Bad] {
                    let marks = [first, second, third];
                    if marks == [Bad; 3] {
                        continue;
                    }
                    number += 1;
                    let mut body = batch(&house, &marks).await;
                    for event in body["events"].as_array_mut().unwrap() {
                        event["id"] = json!(format!("{number}_{}", text(&event["id"])));
                    }
                    let told = house.events(&body).await.json();
                    let statuses = told["results"].as_array().unwrap().iter();
                    let statuses: Vec<_> = statuses.map(|result| text(&result["status"])).collect();
                    assert_eq!(statuses, marks.map(Mark::told));
                }
            }
        }
        assert_eq!(stored(&house.db).await.len(), 12);
    }

    async fn a_batch_of_bad_events_only_is_refused_with_every_fault(db: Db) {
        let house = House::furnished(db).await;
        let reply = house.events(&batch(&house, &[Bad; 3]).await).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (422, &json!("invalid_events_payload")));
        let fields = reply.json()["issues"].as_array().unwrap().iter().map(|one| text(&one["field"])).collect::<Vec<_>>();
        assert_eq!(fields, ["events[0].name", "events[1].name", "events[2].name"]);
        assert_eq!(stored(&house.db).await, []);
    }

    async fn repeats_stand_beside_bad_ones(db: Db) {
        let house = House::furnished(db).await;
        let stored = check(&house, &[Good, Bad, Again, Bad, Again, Good]).await;
        assert_eq!(stored, [("e0".to_owned(), None), ("e5".to_owned(), None)]);
    }

    async fn a_bad_event_takes_no_id_from_a_good_one(db: Db) {
        let house = House::furnished(db).await;
        let mut body = batch(&house, &[Bad, Good, Bad]).await;
        for event in body["events"].as_array_mut().unwrap() {
            event["id"] = json!("same");
        }
        let told = house.events(&body).await.json();
        let statuses: Vec<_> =
            told["results"].as_array().unwrap().iter().map(|result| text(&result["status"])).collect();
        assert_eq!(statuses, ["rejected", "accepted", "rejected"]);
    }

    async fn an_identify_between_bad_ones_ties_what_comes_after(db: Db) {
        let house = House::furnished(db).await;
        let stored = check(&house, &[Good, Bad, Identify, Bad, Good, Again]).await;
        let user = Some("u".to_owned());
        assert_eq!(stored, [("e0".to_owned(), None), ("e2".to_owned(), user.clone()), ("e4".to_owned(), user)]);
    }

    async fn an_identify_at_fault_ties_nobody(db: Db) {
        let house = House::furnished(db).await;
        let mut body = batch(&house, &[Identify, Good]).await;
        body["events"][0]["timestamp"] = json!("yesterday");
        let told = house.events(&body).await.json();
        assert_eq!((&told["accepted"], &told["rejected"]), (&json!(1), &json!(1)));
        assert_eq!(stored(&house.db).await, [("e1".to_owned(), None)]);
    }

    async fn five_hundred_are_taken_and_one_more_is_not(db: Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "maxPayloadBytes": 4 << 20 })).await;
        let marks: Vec<_> = (0..500).map(|place| if place % 7 == 3 { Bad } else { Good }).collect();
        let kept = check(&house, &marks).await.len();
        assert_eq!(kept, marks.iter().filter(|mark| **mark == Good).count());
        let reply = house.events(&batch(&house, &[Good; 501]).await).await;
        assert_eq!(reply.status, 422);
        let issues = reply.json()["issues"].clone();
        assert_eq!(issues, json!([{
            "code": "too_many_events", "field": "events", "message": "events must hold at most 500 events"
        }]));
        assert_eq!(stored(&house.db).await.len(), kept, "nothing of it is stored");
    }

    async fn a_context_is_not_copied_to_more_bytes_than_a_megabyte(db: Db) {
        let house = House::furnished(db).await;
        let mut body = batch(&house, &[Good; 500]).await;
        body["context"] = json!({ "a": "x".repeat(3_000) });
        let reply = house.events(&body).await;
        assert_eq!(reply.status, 422);
        assert_eq!(reply.json()["issues"], json!([{
            "code": "too_long", "field": "context",
            "message": "context must be at most 2101 bytes for 500 events, each of which is stored with it"
        }]));
        assert_eq!(stored(&house.db).await, []);
        body["context"] = json!({ "a": "x".repeat(2_000) });
        assert_eq!(house.events(&body).await.status, 200);
        assert_eq!(stored(&house.db).await.len(), 500);
    }
}
