//! What the database holds, read in one snapshot: the other side of every comparison.

use anyhow::Result;
use rig::database::Database;
use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use uuid::Uuid;

/// All that the comparison needs.
#[derive(Debug)]
pub struct Stored {
    /// Id and attempt of each event.
    pub events: Vec<(String, Uuid)>,
    /// Id, status and accepted, duplicate and rejected events of each attempt.
    pub attempts: Vec<(Uuid, i64, i64, i64, i64)>,
    /// Every session.
    pub sessions: Vec<(Uuid,)>,
    /// Requests, refused ones, and accepted, duplicate and rejected events, counted by minute.
    pub traffic: (i64, i64, i64, i64, i64),
}

const EVENTS: &str = "SELECT id, attempt_id FROM events";
const ATTEMPTS: &str = "SELECT id, status, accepted, duplicates, rejected FROM attempts";
const SESSIONS: &str = "SELECT id FROM sessions";
const TRAFFIC: &str = "SELECT CAST(COALESCE(SUM(requests), 0) AS BIGINT),
    CAST(COALESCE(SUM(refused), 0) AS BIGINT), CAST(COALESCE(SUM(accepted), 0) AS BIGINT),
    CAST(COALESCE(SUM(duplicates), 0) AS BIGINT), CAST(COALESCE(SUM(rejected), 0) AS BIGINT)
    FROM traffic";

macro_rules! read {
    ($connection:expr, $begin:literal) => {{
        let mut connection = $connection;
        sqlx::query($begin).execute(&mut connection).await?;
        let stored = Stored {
            events: sqlx::query_as(EVENTS).fetch_all(&mut connection).await?,
            attempts: sqlx::query_as(ATTEMPTS).fetch_all(&mut connection).await?,
            sessions: sqlx::query_as(SESSIONS).fetch_all(&mut connection).await?,
            traffic: sqlx::query_as(TRAFFIC).fetch_one(&mut connection).await?,
        };
        connection.close().await?;
        stored
    }};
}

impl Stored {
    /// Reads it; a server may be running over the same database.
    pub async fn read(database: &Database) -> Result<Self> {
        Ok(match database {
            Database::Sqlite { url } => {
                let file = url.trim_start_matches("sqlite:");
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                read!(SqliteConnection::connect_with(&options).await?, "BEGIN")
            }
            Database::Postgres { url, .. } => {
                let connection = PgConnection::connect(url.as_str()).await?;
                read!(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        })
    }
}
