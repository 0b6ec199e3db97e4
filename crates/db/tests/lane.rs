//! A kept connection: nothing half done stays in it, and its death costs nobody a turn.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use db::{Db, Engine, on_db};
use testkit::TestDb;

const TABLES: &str = "CREATE TABLE kept (id BIGINT NOT NULL)";
const INSERT: &str = "INSERT INTO kept (id) VALUES ($1)";
const IDS: &str = "SELECT id FROM kept ORDER BY id";

async fn insert(db: &Db, id: i64, is_kept: bool) {
    let mut tx = db.begin_often().await.unwrap();
    on_db!(tx.conn().unwrap(), c => sqlx::query(INSERT).bind(id).execute(c).await.map(|_| ()))
        .unwrap();
    if is_kept {
        tx.commit().await.unwrap();
    }
}

async fn ids(db: &Db) -> Vec<i64> {
    let rows: Vec<(i64,)> = on_db!(db.read(), c => sqlx::query_as(IDS).fetch_all(c).await).unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

testkit::both! {
    async fn what_is_dropped_without_a_commit_is_undone_before_the_next_turn(db: Db) {
        let mut tx = db.begin().await.unwrap();
        on_db!(tx.conn().unwrap(), c => sqlx::query(TABLES).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        insert(&db, 1, true).await;
        insert(&db, 2, false).await;
        insert(&db, 3, true).await;
        assert_eq!(ids(&db).await, [1, 3]);
    }

    async fn a_statement_that_fails_leaves_the_lane_as_it_was(db: Db) {
        let mut tx = db.begin_often().await.unwrap();
        let nonsense = on_db!(tx.conn().unwrap(), c => {
            sqlx::query("SELECT nothing FROM nowhere").execute(c).await.map(|_| ())
        });
        assert!(nonsense.is_err());
        drop(tx);
        let mut tx = db.begin_often().await.unwrap();
        on_db!(tx.conn().unwrap(), c => sqlx::query(TABLES).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        insert(&db, 1, true).await;
        assert_eq!(ids(&db).await, [1]);
    }
}

#[test]
fn a_connection_goes_with_the_runtime_it_was_opened_on_and_is_opened_again_on_another() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let database = second.block_on(TestDb::postgres());
    let db = database.db();
    first.block_on(async {
        db.begin_often().await.unwrap().commit().await.unwrap();
        db.end_often().await;
    });
    drop(first);
    second.block_on(async {
        let mut tx = db.begin_often().await.unwrap();
        on_db!(tx.conn().unwrap(), c => sqlx::query(TABLES).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        database.close().await;
    });
}

#[tokio::test]
async fn a_connection_that_the_server_ended_is_replaced_at_the_next_turn() {
    let database = TestDb::postgres().await;
    let db = database.db();
    let Engine::Postgres(pools) = db.pools() else { unreachable!("a PostgreSQL database") };
    let process = async || {
        let mut tx = db.begin_often().await.unwrap();
        let Engine::Postgres(connection) = tx.conn().unwrap() else { unreachable!("PostgreSQL") };
        let (id,): (i32,) =
            sqlx::query_as("SELECT pg_backend_pid()").fetch_one(connection).await.unwrap();
        tx.commit().await.unwrap();
        id
    };
    let first = process().await;
    assert_eq!(process().await, first);
    sqlx::query("SELECT pg_terminate_backend($1)").bind(first).execute(&pools.pool).await.unwrap();
    assert_ne!(process().await, first);
    database.close().await;
}
