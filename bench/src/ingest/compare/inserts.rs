//! The same rows without a server: an event, its attempt and the touch of its session by prepared statements, one
//! transaction a request, from so many connections as suit the engine.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, Result, ensure};
use db::Clock;
use rig::{
    database::{Database, Engine, Stored},
    machine,
};
use sqlx::{
    Connection, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    types::Uuid,
};
use tokio::{task::JoinSet, time::Instant};

use crate::{
    ingest::{Bench, run::Run, site::Site},
    load::{Span, Tally},
    meter::Meter,
};

const POSTGRES_CONNECTIONS: usize = 16;

const SAMPLE: &str = "SELECT events.source_id, events.anonymous_id, page, context, raw, events
    FROM events JOIN attempts ON attempts.source_id = events.source_id AND attempts.id = events.attempt_id";
const SESSION: &str = "INSERT INTO sessions (source_id, id, anonymous_id, started_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $4)";
const EVENT: &str = "INSERT INTO events
    (source_id, id, attempt_id, session_id, anonymous_id, type, name, at, received_at, page, properties, context)
    VALUES ($1, $2, $3, $4, $5, 'page', 'page_view', $6, $6, $7, '{}', $8)";
const ATTEMPT: &str = "INSERT INTO attempts
    (source_id, id, at, kind, status, origin, origin_verdict, remote_address, user_agent, sdk_version, ingest_version,
     batch_id, session_id, anonymous_id, body_bytes, duration_us, accepted, duplicates, rejected, raw, is_raw_zstd,
     is_raw_cut, events)
    VALUES ($1, $2, $3, 'events', 200, 'https://app.example.com', 'allowed', '127.0.0.0',
     'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
     '0.2.0', 2, $4, $5, $6, 712, 300, 1, 0, 0, $7, TRUE, FALSE, $8)";
const TOUCH: &str = "UPDATE sessions SET last_seen_at = $3 WHERE source_id = $1 AND id = $2";

/// What the report calls it.
pub fn name(engine: Engine) -> String {
    match engine {
        Engine::Sqlite => "inserts, 1 connection".to_owned(),
        Engine::Postgres => format!("inserts, {POSTGRES_CONNECTIONS} connections"),
    }
}

/// What tiny has made of one request.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Sample {
    source_id: Uuid,
    anonymous_id: String,
    page: String,
    context: String,
    raw: Vec<u8>,
    events: String,
}

/// What differs from request to request.
struct New<'a> {
    sample: &'a Sample,
    session: Uuid,
    number: u64,
    now_ms: i64,
}

macro_rules! store {
    ($connection:expr, $new:expr) => {{
        let New { sample, session, .. } = $new;
        let (id, now) = ($new.id(), $new.now_ms);
        let mut tx = $connection.begin().await?;
        sqlx::query(EVENT)
            .bind(sample.source_id)
            .bind(format!("evt_{}", id.simple()))
            .bind(id)
            .bind(session)
            .bind(&sample.anonymous_id)
            .bind(now)
            .bind(&sample.page)
            .bind(&sample.context)
            .execute(&mut *tx)
            .await?;
        sqlx::query(ATTEMPT)
            .bind(sample.source_id)
            .bind(id)
            .bind(now)
            .bind(format!("batch_{}", id.simple()))
            .bind(format!("sess_{session}"))
            .bind(&sample.anonymous_id)
            .bind(&sample.raw)
            .bind(&sample.events)
            .execute(&mut *tx)
            .await?;
        let touch = sqlx::query(TOUCH).bind(sample.source_id).bind(session).bind(now);
        touch.execute(&mut *tx).await?;
        tx.commit().await?;
    }};
}

/// A connection of either engine, as tiny opens its own.
enum Writer {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

macro_rules! on_either {
    ($writer:expr, $c:ident => $do:expr) => {
        match $writer {
            Writer::Sqlite($c) => $do,
            Writer::Postgres($c) => $do,
        }
    };
}

impl New<'_> {
    /// Rises with time, as tiny's ids do (UUIDv7).
    fn id(&self) -> Uuid {
        let time = u128::from(self.now_ms.unsigned_abs()) << 80;
        Uuid::from_u128(time | 7 << 76 | 2 << 62 | u128::from(self.number))
    }
}

impl Writer {
    async fn connect(database: &Database) -> Result<Self> {
        Ok(match database {
            Database::Sqlite { url } => {
                let options = SqliteConnectOptions::new()
                    .filename(url.trim_start_matches("sqlite:"))
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full);
                Self::Sqlite(SqliteConnection::connect_with(&options).await?)
            }
            Database::Postgres { url, .. } => {
                Self::Postgres(PgConnection::connect(url.as_str()).await?)
            }
        })
    }

    async fn sample(&mut self) -> Result<Sample> {
        Ok(on_either!(self, c => sqlx::query_as(SAMPLE).fetch_one(c).await?))
    }

    async fn open_session(&mut self, sample: &Sample, session: Uuid, now_ms: i64) -> Result<()> {
        on_either!(self, c => {
            let insert = sqlx::query(SESSION).bind(sample.source_id).bind(session);
            insert.bind(&sample.anonymous_id).bind(now_ms).execute(c).await?;
        });
        Ok(())
    }

    async fn store(&mut self, new: New<'_>) -> Result<()> {
        on_either!(self, c => store!(c, new));
        Ok(())
    }

    async fn close(self) -> Result<()> {
        Ok(on_either!(self, c => c.close().await)?)
    }
}

/// One run over `site`, which has no server meanwhile.
pub async fn measure(bench: &Bench<'_>, engine: Engine, site: &mut Site) -> Result<Run> {
    let syncs_per_second = machine::syncs_per_second(site.folder())?;
    let connections = match engine {
        Engine::Sqlite => 1,
        Engine::Postgres => POSTGRES_CONNECTIONS,
    };
    let mut writers = Vec::new();
    for _ in 0..connections {
        writers.push(Writer::connect(site.database()).await?);
    }
    let sample = writers.first_mut().context("no connection")?.sample().await?;
    let from = Instant::now() + bench.args.warmup();
    let span = Span { from, until: from + bench.args.measured() };
    let numbers = Arc::new(AtomicU64::new(0));
    let mut driven = JoinSet::new();
    for writer in writers {
        driven.spawn(drive(writer, sample.clone(), Arc::clone(&numbers), span));
    }
    let spent = Meter::of(&bench.premises, None, engine).over(span).await?;
    let mut tally = Tally::default();
    for its in driven.join_all().await {
        tally.add(its?);
    }
    tally.latencies.sort_unstable();
    let stored = site.count_new().await?;
    let Stored { events, attempts, .. } = stored;
    let written = tally.acknowledged;
    ensure!([events, attempts] == [written; 2], "{written} were written, there are {stored:?}");
    let (body_bytes, window, is_right) = (sample.raw.len(), bench.args.measured(), true);
    Ok(Run {
        tally,
        stored,
        body_bytes,
        window,
        spent,
        syncs_per_second,
        is_right,
        ..Run::default()
    })
}

async fn drive(
    mut writer: Writer,
    sample: Sample,
    numbers: Arc<AtomicU64>,
    span: Span,
) -> Result<Tally> {
    let clock = Clock::system();
    let next = |session| {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        New { sample: &sample, session, number, now_ms: clock.now().0 }
    };
    let first = next(Uuid::nil());
    let session = first.id();
    writer.open_session(&sample, session, first.now_ms).await?;
    let mut tally = Tally::default();
    loop {
        let began = Instant::now();
        if began >= span.until {
            writer.close().await?;
            return Ok(tally);
        }
        writer.store(next(session)).await?;
        tally.acknowledged += 1;
        let now = Instant::now();
        if (span.from..span.until).contains(&now) {
            tally.latencies.push(now - began);
        }
    }
}
