//! Filling a database with rows as the server writes them: copies of those of the last request that it has stored, over
//! some days and over several sources, with ids that rise with time.

use std::{fs::File, iter};

use anyhow::{Context, Result};
use db::Clock;
use rig::database::Database;
use sqlx::{
    Connection, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// The rows are of so long before now.
const DAYS_MS: i64 = 3 * 24 * 60 * 60 * 1_000;
/// So many are made at a time.
const CHUNK: i64 = 250_000;

/// The one request is copied first: a statement that reads the table it writes makes a copy of all of it.
const PREPARE: [&str; 4] = [
    "CREATE TEMP TABLE sample_attempt AS SELECT * FROM attempts WHERE accepted > 0 ORDER BY id DESC LIMIT 1",
    "CREATE TEMP TABLE sample_event AS
        SELECT * FROM events WHERE attempt_id = (SELECT id FROM sample_attempt)",
    "CREATE TEMP TABLE places AS SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS place, id FROM sources",
    "CREATE TEMP TABLE chunk (n BIGINT, at BIGINT, source_id UUID, attempt_id UUID, event_id TEXT)",
];
const CLEAR: &str = "DELETE FROM chunk";

// UUIDv7: 48 bits of time, the version, 12 bits, the variant, and the rest as good as random. Multiplication by an odd
// number modulo a power of two gives each another.
const NEXT_SQLITE: &str = "INSERT INTO chunk
    WITH RECURSIVE numbers (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $2),
    timed AS (SELECT n, $3 + n * $4 / $5 AS at FROM numbers)
    SELECT n, at, places.id,
        unhex(printf('%012x7%03x8%07x%08x', at, n % 4096, n * 2246822519 % 268435456, n * 2654435761 % 4294967296)),
        'evt_' || printf('%012x%04x%08x%08x', at, n * 40503 % 65536, n * 2246822519 % 4294967296,
            n * 2654435761 % 4294967296)
    FROM timed JOIN places ON place = n % (SELECT COUNT(*) FROM places)";
const NEXT_POSTGRES: &str = "INSERT INTO chunk
    SELECT n, at, places.id,
        (lpad(to_hex(at), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8'
            || lpad(to_hex(n * 2246822519 % 268435456), 7, '0')
            || lpad(to_hex(n * 2654435761 % 4294967296), 8, '0'))::UUID,
        'evt_' || lpad(to_hex(at), 12, '0') || lpad(to_hex(n * 40503 % 65536), 4, '0')
            || lpad(to_hex(n * 2246822519 % 4294967296), 8, '0') || lpad(to_hex(n * 2654435761 % 4294967296), 8, '0')
    FROM (SELECT n, $3 + n * $4 / $5 AS at FROM generate_series($1::BIGINT, $2::BIGINT - 1) AS n) AS timed
    JOIN places ON place = n % (SELECT COUNT(*) FROM places)
    ORDER BY n";

/// A session for every twentieth request, which is about as many as people make.
const COPY: [&str; 3] = [
    "INSERT INTO attempts
        (source_id, id, at, kind, status, code, origin, origin_verdict, remote_address, user_agent, sdk_version,
         ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us, accepted, duplicates, rejected,
         raw, is_raw_zstd, is_raw_cut, issues, events, facts)
        SELECT chunk.source_id, attempt_id, chunk.at, kind, status, code, origin, origin_verdict, remote_address,
            user_agent, sdk_version, ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us,
            accepted, duplicates, rejected, raw, is_raw_zstd, is_raw_cut, issues, events, facts
        FROM chunk CROSS JOIN sample_attempt ORDER BY n",
    "INSERT INTO events
        (source_id, id, attempt_id, session_id, anonymous_id, user_id, type, name, at, received_at, page, properties,
         context)
        SELECT chunk.source_id, event_id, chunk.attempt_id, session_id, anonymous_id, user_id, type, name, chunk.at,
            chunk.at, page, properties, context
        FROM chunk CROSS JOIN sample_event ORDER BY n",
    "INSERT INTO sessions (source_id, id, anonymous_id, started_at, last_seen_at)
        SELECT chunk.source_id, chunk.attempt_id, anonymous_id, chunk.at, chunk.at
        FROM chunk CROSS JOIN sample_event WHERE n % 20 = 0 ORDER BY n",
];

/// Otherwise the server's first minutes would be those of its housekeeping.
const SETTLE_POSTGRES: [&str; 4] = [
    "VACUUM (ANALYZE) attempts",
    "VACUUM (ANALYZE) events",
    "VACUUM (ANALYZE) sessions",
    "CHECKPOINT",
];
const SIZE_POSTGRES: &str = "SELECT pg_database_size(current_database())";

macro_rules! fill {
    ($connection:expr, $next:expr, $rows:expr) => {{
        for statement in PREPARE {
            sqlx::query(statement).execute(&mut *$connection).await?;
        }
        let rows = i64::from($rows);
        let from = Clock::system().now().0 - DAYS_MS;
        for (first, end) in chunks(rows) {
            let mut tx = $connection.begin().await?;
            sqlx::query(CLEAR).execute(&mut *tx).await?;
            let next = sqlx::query($next).bind(first).bind(end);
            next.bind(from).bind(DAYS_MS).bind(rows).execute(&mut *tx).await?;
            for statement in COPY {
                sqlx::query(statement).execute(&mut *tx).await?;
            }
            tx.commit().await?;
            eprintln!("… {end} of {rows}");
        }
    }};
}

/// Adds so many events and as many attempts to a database whose last request was stored well and which has no server now; how
/// many bytes it has then.
pub async fn fill(database: &Database, rows: u32) -> Result<u64> {
    match database {
        Database::Sqlite { url } => {
            let file = url.trim_start_matches("sqlite:");
            // Whoever fills it removes it if that fails, so there is nothing to be safe for.
            let options = SqliteConnectOptions::new()
                .filename(file)
                .journal_mode(SqliteJournalMode::Off)
                .synchronous(SqliteSynchronous::Off)
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-524288");
            let mut connection = SqliteConnection::connect_with(&options).await?;
            fill!(&mut connection, NEXT_SQLITE, rows);
            connection.close().await?;
            // What is still to be written would be written during the run.
            let file = File::open(file).context("the database")?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        }
        Database::Postgres { url, .. } => {
            let mut connection = PgConnection::connect(url.as_str()).await?;
            fill!(&mut connection, NEXT_POSTGRES, rows);
            for statement in SETTLE_POSTGRES {
                sqlx::query(statement).execute(&mut connection).await?;
            }
            let bytes: i64 = sqlx::query_scalar(SIZE_POSTGRES).fetch_one(&mut connection).await?;
            Ok(bytes.unsigned_abs())
        }
    }
}

/// From each to before the other.
fn chunks(rows: i64) -> impl Iterator<Item = (i64, i64)> {
    let firsts = iter::successors(Some(0), |first| Some(first + CHUNK));
    firsts.take_while(move |first| *first < rows).map(move |first| (first, rows.min(first + CHUNK)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunks_are_all_rows_once() {
        let two: Vec<_> = chunks(CHUNK + 1).collect();
        assert_eq!(two, [(0, CHUNK), (CHUNK, CHUNK + 1)]);
        assert_eq!(chunks(CHUNK).count(), 1);
    }
}
