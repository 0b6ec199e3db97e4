//! What is noted beside a read does not fail it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use db::{Db, Engine};
use sqlx::raw_sql;
use uuid::Uuid;

/// From then on no page is added to the file.
const FULL_SQLITE: &str = "CREATE TABLE ballast (bytes BLOB); PRAGMA max_page_count = 1";
const WRITE_SQLITE: &str = "INSERT INTO ballast SELECT zeroblob(1000000) WHERE $1 <> $2";
const FULL_POSTGRES: &str = "CREATE FUNCTION fill() RETURNS VOID LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$";
const WRITE_POSTGRES: &str = "SELECT fill() WHERE $1::UUID IS NOT NULL AND $2::BIGINT > 0";

/// A statement that finds the disk full.
async fn fill(db: &Db) -> &'static str {
    let mut tx = db.begin().await.unwrap();
    let statement = match tx.conn().unwrap() {
        Engine::Sqlite(c) => {
            raw_sql(FULL_SQLITE).execute(c).await.unwrap();
            WRITE_SQLITE
        }
        Engine::Postgres(c) => {
            raw_sql(FULL_POSTGRES).execute(c).await.unwrap();
            WRITE_POSTGRES
        }
    };
    tx.commit().await.unwrap();
    statement
}

testkit::both! {
    async fn a_full_disk_fails_no_read_and_a_fault_of_ours_does(db: Db) {
        let id: Uuid = db.new_id();
        let statement = fill(&db).await;
        db::note(&db, statement, id, db.now()).await.unwrap();
        let fault = db::note(&db, "SELECT nothing FROM nowhere", id, db.now()).await;
        assert!(fault.is_err_and(|error| !error.is_passing()));
    }
}
