//! A database in use that an older binary left is brought up to date with all that is in it, and serves.

use db::{Chance, Db, Engine, on_db};
use model::ids::SourceId;
use serde_json::json;
use sqlx::types::Uuid;
use testkit::{Client, START, TestDb};
use web::SignupMode;

use crate::house::{ORIGIN, bootstrap_body, router};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, slug, created_at) VALUES ($1, 'Acme', 'acme', 1)";
const SOURCE: &str = "INSERT INTO sources (id, organization_id, name, slug, public_key, allowed_origins, is_active,
    max_payload_bytes, rate_limit_per_minute, require_origin, created_at, updated_at)
    VALUES ($1, $2, 'Web', 'web', 'pk_old', '[\"http://localhost:3000\"]', TRUE, 65536, 6000, FALSE, 1, 1)";
const SESSION: &str = "INSERT INTO sessions (source_id, id, anonymous_id, started_at, last_seen_at)
    VALUES ($1, $2, 'vis_abc123', $3, $3)";
const EVENT: &str = "INSERT INTO events (source_id, id, attempt_id, session_id, anonymous_id, type, name, at,
    received_at, properties, context) VALUES ($1, $2, $3, $3, 'vis', 'track', 'old', $4, $4, '{}', '{}')";
const ATTEMPT: &str =
    "INSERT INTO attempts (source_id, id, at, kind, status, code, origin_verdict, body_bytes,
    duration_us, accepted, duplicates, rejected, raw, is_raw_zstd, is_raw_cut)
    VALUES ($1, $2, $3, 'events', $4, $5, 'allowed', 2, 1, 1, 0, 0, $6, FALSE, FALSE)";
const TRAFFIC: &str =
    "INSERT INTO traffic (source_id, minute, requests, refused, accepted, duplicates, rejected)
    VALUES ($1, $2, 1, 0, 1, 0, 0)";
const COUNT: &str = "SELECT (SELECT COUNT(*) FROM attempts), (SELECT COUNT(*) FROM events),
    (SELECT COUNT(*) FROM sessions), (SELECT COUNT(*) FROM traffic)";

/// Three days of a source and of nobody's key, as a binary of before wrote them.
async fn fill(db: &Db, organization: Uuid, source: Uuid, session: Uuid) {
    let chance = Chance::system();
    let mut tx = db.begin().await.unwrap();
    on_db!(tx.conn().unwrap(), c => {
        sqlx::query(ORGANIZATION).bind(organization).execute(&mut *c).await.unwrap();
        sqlx::query(SOURCE).bind(source).bind(organization).execute(&mut *c).await.unwrap();
        sqlx::query(SESSION).bind(source).bind(session).bind(START.0).execute(&mut *c).await.map(drop)
    })
    .unwrap();
    for hour in (0..72).rev() {
        let at = START.plus_ms(-hour * HOUR_MS);
        let id = chance.uuid_v7(at);
        let (of, status, code) = match hour % 3 {
            0 => (source, 200, None),
            1 => (source, 403, Some("tracking_source_origin_not_allowed")),
            _ => (Uuid::nil(), 404, Some("tracking_source_not_found")),
        };
        on_db!(tx.conn().unwrap(), c => {
            sqlx::query(ATTEMPT).bind(of).bind(id).bind(at.0).bind(status).bind(code)
                .bind(b"{}".as_slice()).execute(&mut *c).await.unwrap();
            sqlx::query(EVENT).bind(source).bind(format!("evt_{hour}")).bind(id).bind(at.0)
                .execute(&mut *c).await.unwrap();
            sqlx::query(TRAFFIC).bind(source).bind(at.0 - at.0 % 60_000).execute(&mut *c).await.map(drop)
        })
        .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn count(db: &Db) -> (i64, i64, i64, i64) {
    on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap()
}

async fn sqlite_is_sound(db: &Db) {
    let Engine::Sqlite(file) = db.read() else { return };
    let (sound,): (String,) =
        sqlx::query_as("PRAGMA integrity_check").fetch_one(file).await.unwrap();
    assert_eq!(sound, "ok");
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(file).await.unwrap();
    assert!(broken.is_empty());
}

async fn keeps_its_rows_and_serves(database: TestDb) {
    let db = database.db();
    let [organization, source, session] = [1, 2, 3].map(|_| db.chance().uuid_v7(START));
    fill(&db, organization, source, session).await;
    let before = count(&db).await;
    assert_eq!(before, (72, 72, 1, 72));

    db::migrate(&db).await.unwrap();
    assert_eq!(count(&db).await, before);
    attempts::make_partitions(&db).await.unwrap();
    assert_eq!(count(&db).await, before);
    sqlite_is_sound(&db).await;
    let newest = attempts::Filter::newest(99);
    let listed = attempts::list(&db, organization.into(), source.into(), &newest).await;
    assert_eq!(listed.unwrap().len(), 48);
    assert_eq!(attempts::list_unmatched(&db, None, None, 99).await.unwrap().len(), 24);
    let last = attempts::last_accepted_at(&db, SourceId::from(source)).await.unwrap();
    assert_eq!(last, Some(START));

    let client = Client::new(router(&db, SignupMode::Open));
    let call = |endpoint| {
        client.post(&format!("/api/ingest/v2/pk_old/{endpoint}")).header("origin", ORIGIN)
    };
    let tried = call("validate").json(&bootstrap_body()).send().await;
    assert_eq!(tried.status, 200, "{}", tried.text());
    let event = |id: &str| json!({ "id": id, "type": "track", "name": "old", "timestamp": "2026-04-10T13:45:00Z" });
    let body = json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1", "sentAt": "2026-04-10T13:45:00.000Z",
        "sessionId": model::ids::SessionId::from(session).to_string(), "anonymousId": "vis_abc123",
        "events": [event("evt_71"), event("evt_72")],
    });
    let sent = call("events").json(&body).send().await;
    assert_eq!(
        (&sent.json()["duplicates"], &sent.json()["accepted"]),
        (&json!(1), &json!(1)),
        "{}",
        sent.text()
    );
    assert_eq!(count(&db).await.0, 72 + 2);
    sqlite_is_sound(&db).await;
    database.close().await;
}

#[tokio::test]
async fn a_filled_sqlite_file_of_before_keeps_its_rows_and_serves() {
    keeps_its_rows_and_serves(TestDb::sqlite_of(6).await).await;
}

#[tokio::test]
async fn a_filled_postgresql_database_of_before_keeps_its_rows_and_serves() {
    keeps_its_rows_and_serves(TestDb::postgres_of(6).await).await;
}
