//! Clients whose clocks are wrong: their times are corrected, what they said is kept, and it is told.

use db::{Db, on_db};
use serde_json::{Value, json};

use crate::house::{House, events_body, text};

/// What is stored of the source's events: id, time, and time by the client's clock.
async fn stored(db: &Db) -> Vec<(String, i64, Option<i64>)> {
    const READ: &str = "SELECT id, at, client_at FROM events ORDER BY id";
    on_db!(db.read(), c => sqlx::query_as(READ).fetch_all(c).await).unwrap()
}

fn ms(text: &str) -> i64 {
    model::UnixMs::parse_rfc3339(text).unwrap().0
}

/// The documented events as a client sends them whose clock shows `sent_at`, the first a minute before.
fn sent_at(session: &str, sent_at: &str, first_at: &str) -> Value {
    let mut body = events_body(session);
    body["sentAt"] = json!(sent_at);
    body["events"][0]["timestamp"] = json!(first_at);
    body["events"][1]["timestamp"] = json!(sent_at);
    body
}

testkit::both! {
    async fn a_clock_that_is_behind_is_corrected_and_both_times_are_kept(db: Db) {
        let house = House::furnished(db).await;
        // By our clock it is 13:45.
        let body = sent_at(&house.session().await, "2026-04-10T10:43:00Z", "2026-04-10T12:42:00+02:00");
        let reply = house.events(&body).await;
        assert_eq!(reply.json()["accepted"], 2);
        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["clockCorrectionMs"], 182 * 60_000);
        let first = &attempt["normalised"][0];
        assert_eq!(first["timestamp"], "2026-04-10T13:44:00.000Z");
        assert_eq!(first["clientTimestamp"], "2026-04-10T10:42:00.000Z");
        let finding = &attempt["findings"][0];
        assert_eq!(finding["code"], "clock_wrong");
        assert_eq!(finding["title"], "This client's clock is 3 h 2 min behind");
        assert!(text(&finding["cause"]).contains("sent at 2026-04-10T10:43:00.000Z"), "{finding}");
        assert_eq!(stored(&house.db).await, [
            ("evt_1".to_owned(), ms("2026-04-10T13:44:00Z"), Some(ms("2026-04-10T10:42:00Z"))),
            ("evt_2".to_owned(), ms("2026-04-10T13:45:00Z"), Some(ms("2026-04-10T10:43:00Z"))),
        ]);
        let mira = crate::pages::Browser::signed_in(house.client.clone()).await;
        let id = text(&reply.json()["attemptId"]);
        let page = mira.get(&format!("/acme/analytics/setup/debug/{id}")).await.text();
        for words in ["clock is 3 h 2 min behind", "+10,920,000 ms", "clientTimestamp"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    async fn a_minute_is_forgiven_either_way_and_more_is_not(db: Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        for (clock, correction) in [
            ("2026-04-10T13:44:00.000Z", None),
            ("2026-04-10T13:46:00.000Z", None),
            ("2026-04-10T13:43:59.999Z", Some(60_001)),
            ("2026-04-10T13:46:00.001Z", Some(-60_001)),
        ] {
            let reply = house.events(&sent_at(&session, clock, clock)).await;
            let attempt = house.attempt(&reply).await;
            assert_eq!(attempt["clockCorrectionMs"], json!(correction), "{clock}");
            let event = &attempt["normalised"][1];
            assert_eq!(event["clientTimestamp"], correction.map_or(Value::Null, |_| json!(clock)), "{clock}");
            let at = if correction.is_some() { "2026-04-10T13:45:00.000Z" } else { clock };
            assert_eq!(event["timestamp"], at);
            assert_eq!(attempt["findings"].as_array().unwrap().len(), usize::from(correction.is_some()));
        }
    }

    async fn the_most_absurd_clock_harms_nothing(db: Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let times = ["-009999-01-02T01:59:59Z", "0000-01-01T00:00:00Z", "9999-12-30T22:00:00.999Z", "2026-04-10T13:45:00Z"];
        for (at, clock) in times.into_iter().enumerate() {
            for (place, timestamp) in times.into_iter().enumerate() {
                let mut body = sent_at(&session, clock, timestamp);
                body["events"][0]["id"] = json!(format!("evt_{at}_{place}"));
                let reply = house.events(&body).await;
                assert_eq!(reply.status, 200, "{clock} {timestamp}: {}", reply.text());
                let event = house.attempt(&reply).await["normalised"][0].clone();
                let written = text(&event["timestamp"]);
                assert!(model::UnixMs::parse_rfc3339(&written).is_some(), "{clock} {timestamp}: {written}");
            }
        }
    }

    async fn a_refusal_and_a_dry_run_tell_of_the_clock_too(db: Db) {
        let house = House::furnished(db).await;
        let at = "2026-04-10T14:45:00Z";
        let refused = house.events(&sent_at("sess_nobody", at, at)).await;
        assert_eq!(refused.status, 403);
        let body = sent_at(&house.session().await, at, at);
        let dry = house.ingest("validate").json(&body).send().await;
        assert_eq!(dry.status, 200);
        for reply in [refused, dry] {
            let attempt = house.attempt(&reply).await;
            assert_eq!(attempt["clockCorrectionMs"], -3_600_000);
            assert_eq!(attempt["findings"][0]["title"], "This client's clock is 1 h ahead");
        }
    }
}
