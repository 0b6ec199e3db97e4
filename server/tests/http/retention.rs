//! What has had its time goes, and nothing else; meanwhile ingest goes on.

use db::{Chance, Db, on_db};
use model::{Retention, UnixMs};
use serde_json::json;
use sqlx::types::Uuid;
use testkit::{START, TestDb};
use tiny::keeper;
use web::{Services, SignupMode};

use crate::{
    house::{EMAIL, House, PASSWORD, bootstrap_body, events_body, instance, text, token},
    pages::Browser,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn services(db: &Db) -> Services {
    Services::new(db.clone(), instance(SignupMode::Open))
}

async fn number(db: &Db, statement: &'static str) -> i64 {
    let (number,): (i64,) =
        on_db!(db.read(), c => sqlx::query_as(statement).fetch_one(c).await).unwrap();
    number
}

/// Attempts, events, sessions, minutes of traffic.
async fn rows(db: &Db) -> [i64; 4] {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM attempts), (SELECT COUNT(*) FROM events),
        (SELECT COUNT(*) FROM sessions), (SELECT COUNT(*) FROM traffic)";
    let row: (i64, i64, i64, i64) =
        on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
    row.into()
}

/// Writes attempts, with an event each, of past minutes.
async fn fill(db: &Db, source: Uuid, at: UnixMs, count: i64) {
    const ATTEMPT: &str =
        "INSERT INTO attempts (source_id, id, at, kind, status, origin_verdict, body_bytes,
        duration_us, accepted, duplicates, rejected, raw, is_raw_zstd, is_raw_cut)
        VALUES ($1, $2, $3, 'events', 200, 'allowed', 2, 1, 1, 0, 0, $4, FALSE, FALSE)";
    const EVENT: &str = "INSERT INTO events (source_id, id, attempt_id, session_id, anonymous_id, type, name, at,
        received_at, properties, context) VALUES ($1, $2, $3, $1, 'vis', 'track', 'old', $4, $4, '{}', '{}')";
    // The database's own makes no id that is earlier than its last.
    let chance = Chance::system();
    let mut tx = db.begin().await.unwrap();
    for number in 0..count {
        let at = at.plus_ms(number);
        let id = chance.uuid_v7(at);
        on_db!(tx.conn().unwrap(), c => {
            let attempt = sqlx::query(ATTEMPT).bind(source).bind(id).bind(at.0).bind(b"{}".as_slice());
            attempt.execute(&mut *c).await.unwrap();
            let event = sqlx::query(EVENT).bind(source).bind(id.to_string()).bind(id).bind(at.0);
            event.execute(&mut *c).await.map(drop)
        })
        .unwrap();
    }
    tx.commit().await.unwrap();
}

testkit::both! {
    async fn attempts_go_after_a_fortnight_and_events_after_a_year(db: Db) {
        let mut house = House::furnished(db).await;
        let (db, services) = (house.db.clone(), services(&house.db));
        keeper::forget_old(&services).await;
        let sent = house.events(&events_body(&house.session().await)).await;
        assert_eq!(sent.status, 200);
        db.clock().advance_ms(14 * DAY_MS);
        keeper::forget_old(&services).await;
        assert_eq!(rows(&db).await, [2, 2, 1, 1], "the day is not over that is a fortnight ago");
        house.session().await;
        db.clock().advance_ms(DAY_MS);
        keeper::forget_old(&services).await;
        assert_eq!(rows(&db).await, [1, 2, 2, 2]);

        house.token = token(&house.client, EMAIL, PASSWORD).await;
        let id = text(&sent.json()["attemptId"]);
        let opened = house.get(&format!("/api/attempts/{id}")).await;
        assert_eq!((opened.status.as_u16(), &opened.json()["error"]), (404, &json!("attempt_not_found")));
        let told = text(&opened.json()["message"]);
        assert!(told.contains("of 2026-04-10T13:45:00") && told.contains("kept for 14 days"), "{told}");
        let mira = Browser::signed_in(house.client.clone()).await;
        for path in [format!("/id/{id}"), format!("/acme/analytics/setup/debug/{id}")] {
            let page = mira.get(&path).await;
            assert!(page.status == 404 && page.text().contains("kept for 14 days"), "{path}");
        }
        let list = house.get("/api/attempts").await.json();
        assert_eq!(list["attempts"].as_array().unwrap().len(), 1);
        let again = house.events(&events_body(&house.session().await)).await;
        assert_eq!(again.json()["duplicates"], 2, "an id is known for as long as its event is kept");

        db.clock().advance_ms(350 * DAY_MS);
        keeper::forget_old(&services).await;
        assert_eq!(rows(&db).await, [0, 2, 3, 3]);
        db.clock().advance_ms(1);
        keeper::forget_old(&services).await;
        assert_eq!(rows(&db).await, [0, 0, 2, 2], "younger sessions and minutes are there");
        let anew = house.events(&events_body(&house.session().await)).await;
        assert_eq!(anew.json()["accepted"], 2);
    }

    async fn a_source_is_known_to_have_worked_when_its_attempts_are_gone(db: Db) {
        let mut house = House::furnished(db).await;
        house.events(&events_body(&house.session().await)).await;
        house.db.clock().advance_ms(16 * DAY_MS);
        keeper::forget_old(&services(&house.db)).await;
        assert_eq!(rows(&house.db).await[0], 0);
        house.token = token(&house.client, EMAIL, PASSWORD).await;
        let debug = format!("/api/tracking-sources/{}/debug", house.source_id());
        let told = house.get(&debug).await.json();
        assert_eq!(told["lastAcceptedAt"], "2026-04-10T13:45:00.000Z", "{told}");
        let reason = text(&told["verdict"]["reason"]);
        assert!(reason.starts_with("The last request arrived at 2026-04-10T13:45:00"), "{reason}");
    }

    async fn other_numbers_of_days_may_be_set_and_unmatched_attempts_go_too(db: Db) {
        let house = House::furnished(db).await;
        let services = services(&house.db)
            .with_retention(Retention { events_days: 3, attempts_days: 1 });
        let unknown = house.client.post("/api/ingest/v2/pk_nobody/bootstrap");
        assert_eq!(unknown.json(&bootstrap_body()).send().await.status, 404);
        house.events(&events_body(&house.session().await)).await;
        house.db.clock().advance_ms(2 * DAY_MS);
        keeper::forget_old(&services).await;
        assert_eq!(rows(&house.db).await, [0, 2, 1, 1]);
        house.db.clock().advance_ms(DAY_MS + 1);
        keeper::forget_old(&services).await;
        assert_eq!(rows(&house.db).await, [0; 4]);
    }

    async fn ingest_goes_on_while_old_rows_are_removed(db: Db) {
        let house = House::furnished(db).await;
        let source = house.source_id().parse::<model::ids::SourceId>().unwrap().uuid();
        let (db, old) = (house.db.clone(), START.plus_ms(-400 * DAY_MS));
        fill(&db, source, old, 1_500).await;
        fill(&db, Uuid::nil(), old, 700).await;
        fill(&db, source, START.plus_ms(-DAY_MS), 300).await;
        let session = house.session().await;
        let services = services(&db);
        let ingest = async {
            let mut answers = Vec::new();
            while number(&db, "SELECT COUNT(*) FROM events WHERE name = 'old'").await > 300 {
                answers.push(house.events(&events_body(&session)).await.status.as_u16());
            }
            answers
        };
        let (answers, ()) = tokio::join!(ingest, keeper::forget_old(&services));
        assert!(answers.len() > 3 && answers.iter().all(|status| *status == 200), "{answers:?}");
        let [attempts, events, ..] = rows(&db).await;
        assert_eq!(attempts, 300 + 1 + i64::try_from(answers.len()).unwrap());
        assert_eq!(events, 300 + 2);
    }
}

const PARTITIONS: &str = "SELECT COUNT(*) FROM pg_inherits WHERE inhparent = 'attempts'::REGCLASS";
const OUTSIDE: &str = "SELECT COUNT(*) FROM attempts
    WHERE tableoid::REGCLASS::TEXT LIKE '%until%' OR tableoid::REGCLASS::TEXT LIKE '%from%'";

/// What a process does to the days once an hour.
async fn roll(db: &Db, retention: Retention) -> db::Result<()> {
    attempts::make_partitions(db).await?;
    attempts::drop_old_partitions(db, retention).await
}

#[tokio::test]
async fn in_postgresql_days_are_made_ahead_and_dropped_and_every_id_has_a_place() {
    let database = TestDb::postgres().await;
    let db = database.db();
    let kept = Retention::default();
    fill(&db, Uuid::nil(), START, 3).await;
    roll(&db, kept).await.unwrap();
    assert_eq!(number(&db, PARTITIONS).await, 15 + 2);
    assert_eq!(number(&db, OUTSIDE).await, 0, "what was there has moved to its day");
    roll(&db, kept).await.unwrap();
    assert_eq!(number(&db, PARTITIONS).await, 15 + 2);

    // A clock that is years behind, one that is years ahead, and a day that is made once it holds attempts.
    for days in [-4_000, 4_000, 20] {
        fill(&db, Uuid::nil(), START.plus_ms(days * DAY_MS), 1).await;
    }
    assert_eq!(number(&db, OUTSIDE).await, 3);
    db.clock().advance_ms(10 * DAY_MS);
    roll(&db, kept).await.unwrap();
    assert_eq!(number(&db, OUTSIDE).await, 2);
    assert_eq!(number(&db, "SELECT COUNT(*) FROM attempts").await, 6);

    // Nobody was there for a while; then all that is old goes at once, and the days are whole again.
    db.clock().advance_ms(30 * DAY_MS);
    attempts::make_partitions(&db).await.unwrap();
    assert_eq!(number(&db, "SELECT COUNT(*) FROM attempts").await, 6, "making drops nothing");
    roll(&db, kept).await.unwrap();
    assert_eq!(number(&db, "SELECT COUNT(*) FROM attempts").await, 1, "the one of the future");
    assert!(number(&db, PARTITIONS).await <= 2 + 15 + 15);
    let at = [-9_000, -20, -3, 0, 5, 14, 15, 99].map(|days| db.now().plus_ms(days * DAY_MS));
    for at in at {
        fill(&db, Uuid::nil(), at, 1).await;
    }
    assert_eq!(number(&db, "SELECT COUNT(*) FROM attempts").await, 9);
    database.close().await;
}

#[tokio::test]
async fn processes_that_roll_at_the_same_time_do_not_disturb_each_other_nor_ingest() {
    let database = TestDb::postgres().await;
    let house = House::furnished(database.db()).await;
    let (one, other) = (database.elsewhere().await, database.elsewhere().await);
    let session = house.session().await;
    let ingest = async {
        let mut answers = Vec::new();
        for _ in 0..20 {
            answers.push(house.events(&events_body(&session)).await.status.as_u16());
        }
        answers
    };
    let kept = Retention::default();
    let (answers, first, second) = tokio::join!(ingest, roll(&one, kept), roll(&other, kept));
    first.unwrap();
    second.unwrap();
    assert_eq!(answers, [200; 20]);
    assert_eq!(number(&one, PARTITIONS).await, 15 + 2);
    one.close().await;
    other.close().await;
    database.close().await;
}

#[tokio::test]
async fn one_process_at_a_time_removes_what_is_old() {
    let database = TestDb::postgres().await;
    let (db, other) = (database.db(), database.elsewhere().await);
    let ours = db::only(&db, 1).await.unwrap();
    assert!(ours.is_some());
    assert!(db::only(&other, 1).await.unwrap().is_none());
    assert!(db::only(&other, 2).await.unwrap().is_some());
    drop(ours);
    // It is given back once the connection is.
    let given_back = async {
        while db::only(&other, 1).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), given_back).await.unwrap();
    other.close().await;
    database.close().await;
}
