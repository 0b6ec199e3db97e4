//! Sessions and events in the database. Every statement carries many rows: a commit holds what waited.

use std::collections::HashMap;

use db::{Db, Engine, Error, Result, Tx, bulk, column, filled, on_db};
use model::{
    UnixMs,
    ids::{AttemptId, SessionId, SourceId},
};
use sqlx::{Postgres, QueryBuilder, Sqlite, postgres::PgArguments, query::Query};
use uuid::Uuid;

use crate::event::NewEvent;

/// A visitor's session, as the writer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The visitor.
    pub anonymous_id: String,
    /// The user of its latest `identify`.
    pub user_id: Option<String>,
    /// Whether that came just now, and is to be stored.
    pub is_identified: bool,
    /// When it was made.
    pub started_at: UnixMs,
    /// When an event or a bootstrap was last accepted for it.
    pub last_seen_at: UnixMs,
}

impl Session {
    fn newly_identified(&self) -> Option<&str> {
        self.user_id.as_deref().filter(|_| self.is_identified)
    }
}

/// A session's key.
pub type SessionKey = (SourceId, SessionId);
/// An event's key: the source and the client's id.
pub type EventKey = (SourceId, String);

/// An event to be stored.
#[derive(Debug)]
pub struct Row<'a> {
    /// Of which source.
    pub source: SourceId,
    /// By which attempt.
    pub attempt: AttemptId,
    /// In which session.
    pub session: SessionId,
    /// The user, resolved.
    pub user_id: Option<String>,
    /// The rest.
    pub event: &'a NewEvent,
}

const SESSIONS: &str = "SELECT source_id, id, anonymous_id, user_id, started_at, last_seen_at
    FROM sessions WHERE (source_id, id) IN (";
const SESSIONS_POSTGRES: &str =
    "SELECT source_id, id, anonymous_id, user_id, started_at, last_seen_at
    FROM sessions WHERE (source_id, id) IN (SELECT * FROM UNNEST($1::UUID[], $2::UUID[]))";

#[derive(sqlx::FromRow)]
struct SessionRow {
    source_id: Uuid,
    id: Uuid,
    anonymous_id: String,
    user_id: Option<String>,
    started_at: i64,
    last_seen_at: i64,
}

impl SessionRow {
    fn keyed(self) -> (SessionKey, Session) {
        let session = Session {
            anonymous_id: self.anonymous_id,
            user_id: self.user_id,
            is_identified: false,
            started_at: UnixMs(self.started_at),
            last_seen_at: UnixMs(self.last_seen_at),
        };
        ((SourceId::from(self.source_id), SessionId::from(self.id)), session)
    }
}

/// Those of `keys` that exist.
pub async fn sessions(tx: &mut Tx, keys: &[SessionKey]) -> Result<HashMap<SessionKey, Session>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<SessionRow> = match tx.conn()? {
        Engine::Sqlite(c) => {
            let mut rows = Vec::with_capacity(keys.len());
            for chunk in bulk(keys) {
                let mut select = QueryBuilder::new(SESSIONS);
                select.push_values(filled(chunk), |mut row, key| {
                    row.push_bind(key.map(|key| key.0.uuid()))
                        .push_bind(key.map(|key| key.1.uuid()));
                });
                select.push(")");
                rows.extend(select.build_query_as().fetch_all(&mut *c).await?);
            }
            rows
        }
        Engine::Postgres(c) => {
            sqlx::query_as(SESSIONS_POSTGRES)
                .bind(column(keys, |key| key.0.uuid()))
                .bind(column(keys, |key| key.1.uuid()))
                .fetch_all(c)
                .await?
        }
    };
    Ok(rows.into_iter().map(SessionRow::keyed).collect())
}

const SAVE_SESSIONS: &str =
    "INSERT INTO sessions (source_id, id, anonymous_id, user_id, started_at, last_seen_at)
    SELECT * FROM (";
const OVER_WHAT_IS_THERE: &str =
    ") AS new WHERE column1 IS NOT NULL ON CONFLICT (source_id, id) DO UPDATE SET
    user_id = COALESCE(excluded.user_id, sessions.user_id),
    last_seen_at = CASE WHEN excluded.last_seen_at > sessions.last_seen_at
        THEN excluded.last_seen_at ELSE sessions.last_seen_at END";
const SAVE_SESSIONS_POSTGRES: &str =
    "INSERT INTO sessions (source_id, id, anonymous_id, user_id, started_at, last_seen_at)
    SELECT * FROM UNNEST($1::UUID[], $2::UUID[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[])
    ON CONFLICT (source_id, id) DO UPDATE SET
    user_id = COALESCE(excluded.user_id, sessions.user_id),
    last_seen_at = GREATEST(excluded.last_seen_at, sessions.last_seen_at)";

/// Writes sessions, new or changed. Another process may have written the same ones since they were read: a user is
/// written by who has just heard of one, and nobody puts the time back.
pub async fn save_sessions(tx: &mut Tx, sessions: &[(SessionKey, Session)]) -> Result<()> {
    if sessions.is_empty() {
        return Ok(());
    }
    match tx.conn()? {
        Engine::Sqlite(c) => {
            for chunk in bulk(sessions) {
                let mut save = QueryBuilder::new(SAVE_SESSIONS);
                save.push_values(filled(chunk), |mut row, saved| {
                    let (key, session) = (saved.map(|saved| saved.0), saved.map(|saved| &saved.1));
                    row.push_bind(key.map(|(source, _)| source.uuid()))
                        .push_bind(key.map(|(_, id)| id.uuid()))
                        .push_bind(session.map(|session| session.anonymous_id.as_str()))
                        .push_bind(session.and_then(Session::newly_identified))
                        .push_bind(session.map(|session| session.started_at.0))
                        .push_bind(session.map(|session| session.last_seen_at.0));
                });
                save.push(OVER_WHAT_IS_THERE);
                save.build().execute(&mut *c).await?;
            }
        }
        Engine::Postgres(c) => {
            sqlx::query(SAVE_SESSIONS_POSTGRES)
                .bind(column(sessions, |((source, _), _)| source.uuid()))
                .bind(column(sessions, |((_, id), _)| id.uuid()))
                .bind(column(sessions, |(_, session)| session.anonymous_id.as_str()))
                .bind(column(sessions, |(_, session)| session.newly_identified()))
                .bind(column(sessions, |(_, session)| session.started_at.0))
                .bind(column(sessions, |(_, session)| session.last_seen_at.0))
                .execute(c)
                .await?;
        }
    }
    Ok(())
}

const STORED: &str = "SELECT source_id, id, attempt_id FROM events WHERE (source_id, id) IN (";

/// Those of `keys` that are stored, with the attempt that stored them.
pub async fn stored(tx: &mut Tx, keys: &[EventKey]) -> Result<HashMap<EventKey, AttemptId>> {
    let mut found = HashMap::new();
    for chunk in bulk(keys) {
        let rows: Vec<(Uuid, String, Uuid)> = on_db!(tx.conn()?, c => {
            let mut select = QueryBuilder::new(STORED);
            select.push_values(filled(chunk), |mut row, key| {
                row.push_bind(key.map(|key| key.0.uuid())).push_bind(key.map(|key| key.1.as_str()));
            });
            select.push(")");
            select.build_query_as().fetch_all(c).await
        })?;
        found.extend(
            rows.into_iter().map(|(source, id, attempt)| {
                ((SourceId::from(source), id), AttemptId::from(attempt))
            }),
        );
    }
    Ok(found)
}

const INSERT: &str =
    "INSERT INTO events (source_id, id, attempt_id, session_id, anonymous_id, user_id, type,
    name, at, client_at, received_at, page, properties, context)
    SELECT * FROM (";
const UNLESS_STORED: &str = ") AS new WHERE column1 IS NOT NULL
    ON CONFLICT (source_id, id) DO NOTHING";
const INSERT_POSTGRES: &str =
    "INSERT INTO events (source_id, id, attempt_id, session_id, anonymous_id, user_id, type,
    name, at, client_at, received_at, page, properties, context)
    SELECT * FROM UNNEST($1::UUID[], $2::TEXT[], $3::UUID[], $4::UUID[], $5::TEXT[], $6::TEXT[], $7::TEXT[],
    $8::TEXT[], $9::BIGINT[], $10::BIGINT[], $11::BIGINT[], $12::TEXT[], $13::TEXT[], $14::TEXT[])
    ON CONFLICT (source_id, id) DO NOTHING";

/// Stores the rows whose ids are new. The answer holds those that were stored before, and by which attempt.
pub async fn insert(tx: &mut Tx, rows: &[Row<'_>]) -> Result<HashMap<EventKey, AttemptId>> {
    let mut inserted = 0;
    match tx.conn()? {
        _ if rows.is_empty() => {}
        Engine::Sqlite(c) => {
            for chunk in bulk(rows) {
                inserted += insert_values(chunk).build().execute(&mut *c).await?.rows_affected();
            }
        }
        Engine::Postgres(c) => inserted = insert_columns(rows).execute(c).await?.rows_affected(),
    }
    let before = rows.len() as u64 - inserted.min(rows.len() as u64);
    if before == 0 {
        return Ok(HashMap::new());
    }
    let stored = stored_by_others(tx, rows).await?;
    // One that was there a moment ago has had its time and went: nothing of this commit may say that it is stored.
    if (stored.len() as u64) < before { Err(Error::Overtaken) } else { Ok(stored) }
}

fn insert_values(chunk: &[Row<'_>]) -> QueryBuilder<Sqlite> {
    let mut insert = QueryBuilder::new(INSERT);
    insert.push_values(filled(chunk), |mut row, new| {
        let event = new.map(|new| new.event);
        row.push_bind(new.map(|new| new.source.uuid()))
            .push_bind(event.map(|event| event.id.as_str()))
            .push_bind(new.map(|new| new.attempt.uuid()))
            .push_bind(new.map(|new| new.session.uuid()))
            .push_bind(event.map(|event| event.anonymous_id.as_str()))
            .push_bind(new.and_then(|new| new.user_id.as_deref()))
            .push_bind(event.map(|event| event.kind.as_str()))
            .push_bind(event.map(|event| event.name.as_str()))
            .push_bind(event.map(|event| event.timestamp.0))
            .push_bind(event.and_then(|event| event.client_at).map(|at| at.0))
            .push_bind(event.map(|event| event.received_at.0))
            .push_bind(event.and_then(|event| event.page.as_deref()))
            .push_bind(event.map(|event| event.properties.as_str()))
            .push_bind(event.map(|event| &*event.context));
    });
    insert.push(UNLESS_STORED);
    insert
}

fn insert_columns<'a>(rows: &'a [Row<'_>]) -> Query<'a, Postgres, PgArguments> {
    sqlx::query(INSERT_POSTGRES)
        .bind(column(rows, |row| row.source.uuid()))
        .bind(column(rows, |row| row.event.id.as_str()))
        .bind(column(rows, |row| row.attempt.uuid()))
        .bind(column(rows, |row| row.session.uuid()))
        .bind(column(rows, |row| row.event.anonymous_id.as_str()))
        .bind(column(rows, |row| row.user_id.as_deref()))
        .bind(column(rows, |row| row.event.kind.as_str()))
        .bind(column(rows, |row| row.event.name.as_str()))
        .bind(column(rows, |row| row.event.timestamp.0))
        .bind(column(rows, |row| row.event.client_at.map(|at| at.0)))
        .bind(column(rows, |row| row.event.received_at.0))
        .bind(column(rows, |row| row.event.page.as_deref()))
        .bind(column(rows, |row| row.event.properties.as_str()))
        .bind(column(rows, |row| &*row.event.context))
}

async fn stored_by_others(tx: &mut Tx, rows: &[Row<'_>]) -> Result<HashMap<EventKey, AttemptId>> {
    let key = |row: &Row<'_>| (row.source, row.event.id.clone());
    let keys: Vec<_> = rows.iter().map(key).collect();
    let ours: HashMap<_, _> = rows.iter().map(|row| (key(row), row.attempt)).collect();
    let mut all = stored(tx, &keys).await?;
    all.retain(|key, attempt| ours.get(key) != Some(attempt));
    Ok(all)
}

const USERS: &str = "SELECT id, user_id FROM events
    WHERE user_id IS NOT NULL AND (source_id, id) IN (";

/// The users that stored events were tied to, by event id.
pub async fn users(db: &Db, source: SourceId, ids: &[&str]) -> Result<HashMap<String, String>> {
    let mut users = HashMap::new();
    for chunk in bulk(ids) {
        let rows: Vec<(String, String)> = on_db!(db.read(), c => {
            let mut select = QueryBuilder::new(USERS);
            select.push_values(filled(chunk), |mut row, id| {
                row.push_bind(source.uuid()).push_bind(id.copied());
            });
            select.push(")");
            select.build_query_as().fetch_all(c).await
        })?;
        users.extend(rows);
    }
    Ok(users)
}
