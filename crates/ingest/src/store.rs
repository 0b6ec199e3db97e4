//! Sessions and events in the database. Every statement carries many rows: a commit holds what waited.

use std::collections::HashMap;

use db::{Db, Result, Tx, on_db};
use model::{
    UnixMs,
    ids::{AttemptId, SessionId, SourceId},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::event::Event;

/// Rows a statement carries. Few sizes, so that each is prepared once and kept.
const CHUNKS: [usize; 4] = [128, 32, 8, 1];

/// A visitor's session, as the writer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The visitor.
    pub anonymous_id: String,
    /// The user of its latest `identify`.
    pub user_id: Option<String>,
    /// When it was made.
    pub started_at: UnixMs,
    /// When an event or a bootstrap was last accepted for it.
    pub last_seen_at: UnixMs,
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
    pub event: &'a Event,
}

fn chunks<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = CHUNKS.into_iter().find(|size| *size <= rest.len())?;
        let (chunk, behind) = rest.split_at(size);
        rest = behind;
        Some(chunk)
    })
}

const SESSIONS: &str = "SELECT source_id, id, anonymous_id, user_id, started_at, last_seen_at
    FROM sessions WHERE (source_id, id) IN (";

#[derive(sqlx::FromRow)]
struct SessionRow {
    source_id: Uuid,
    id: Uuid,
    anonymous_id: String,
    user_id: Option<String>,
    started_at: i64,
    last_seen_at: i64,
}

/// Those of `keys` that exist.
pub async fn sessions(tx: &mut Tx, keys: &[SessionKey]) -> Result<HashMap<SessionKey, Session>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in chunks(keys) {
        let rows: Vec<SessionRow> = on_db!(tx.conn(), c => {
            let mut select = QueryBuilder::new(SESSIONS);
            select.push_values(chunk, |mut row, (source, session)| {
                row.push_bind(source.uuid()).push_bind(session.uuid());
            });
            select.push(")");
            select.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|row| {
            let session = Session {
                anonymous_id: row.anonymous_id,
                user_id: row.user_id,
                started_at: UnixMs(row.started_at),
                last_seen_at: UnixMs(row.last_seen_at),
            };
            ((SourceId::from(row.source_id), SessionId::from(row.id)), session)
        }));
    }
    Ok(found)
}

const SAVE_SESSIONS: &str =
    "INSERT INTO sessions (source_id, id, anonymous_id, user_id, started_at, last_seen_at) ";
const OVER_WHAT_IS_THERE: &str = " ON CONFLICT (source_id, id) DO UPDATE SET
    user_id = excluded.user_id, last_seen_at = excluded.last_seen_at";

/// Writes sessions, new or changed.
pub async fn save_sessions(tx: &mut Tx, sessions: &[(SessionKey, Session)]) -> Result<()> {
    for chunk in chunks(sessions) {
        on_db!(tx.conn(), c => {
            let mut save = QueryBuilder::new(SAVE_SESSIONS);
            save.push_values(chunk, |mut row, ((source, id), session)| {
                row.push_bind(source.uuid())
                    .push_bind(id.uuid())
                    .push_bind(session.anonymous_id.as_str())
                    .push_bind(session.user_id.as_deref())
                    .push_bind(session.started_at.0)
                    .push_bind(session.last_seen_at.0);
            });
            save.push(OVER_WHAT_IS_THERE);
            save.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

const STORED: &str = "SELECT source_id, id, attempt_id FROM events WHERE (source_id, id) IN (";

/// Those of `keys` that are stored, with the attempt that stored them.
pub async fn stored(tx: &mut Tx, keys: &[EventKey]) -> Result<HashMap<EventKey, AttemptId>> {
    let mut found = HashMap::new();
    for chunk in chunks(keys) {
        let rows: Vec<(Uuid, String, Uuid)> = on_db!(tx.conn(), c => {
            let mut select = QueryBuilder::new(STORED);
            select.push_values(chunk, |mut row, (source, id)| {
                row.push_bind(source.uuid()).push_bind(id.as_str());
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
    name, at, received_at, page, properties, context) ";
const UNLESS_STORED: &str = " ON CONFLICT (source_id, id) DO NOTHING";

/// Stores the rows whose ids are new. The answer holds those that were stored before, and by which attempt.
pub async fn insert(tx: &mut Tx, rows: &[Row<'_>]) -> Result<HashMap<EventKey, AttemptId>> {
    let mut before = HashMap::new();
    for chunk in chunks(rows) {
        let inserted = on_db!(tx.conn(), c => {
            let mut insert = QueryBuilder::new(INSERT);
            insert.push_values(chunk, |mut row, new| {
                let event = new.event;
                row.push_bind(new.source.uuid())
                    .push_bind(event.id.as_str())
                    .push_bind(new.attempt.uuid())
                    .push_bind(new.session.uuid())
                    .push_bind(event.anonymous_id.as_str())
                    .push_bind(new.user_id.as_deref())
                    .push_bind(event.kind.as_str())
                    .push_bind(event.name.as_str())
                    .push_bind(event.timestamp.0)
                    .push_bind(event.received_at.0)
                    .push_bind(event.page.as_ref().and_then(|page| serde_json::to_string(page).ok()))
                    .push_bind(serde_json::to_string(&event.properties).unwrap_or_default())
                    .push_bind(serde_json::to_string(&event.context).unwrap_or_default());
            });
            insert.push(UNLESS_STORED);
            insert.build().execute(c).await.map(|done| done.rows_affected())
        })?;
        if inserted < chunk.len() as u64 {
            before.extend(stored_by_others(tx, chunk).await?);
        }
    }
    Ok(before)
}

async fn stored_by_others(
    tx: &mut Tx,
    rows: &[Row<'_>],
) -> Result<impl Iterator<Item = (EventKey, AttemptId)>> {
    let key = |row: &Row<'_>| (row.source, row.event.id.clone());
    let keys: Vec<_> = rows.iter().map(key).collect();
    let ours: HashMap<_, _> = rows.iter().map(|row| (key(row), row.attempt)).collect();
    let all = stored(tx, &keys).await?;
    Ok(all.into_iter().filter(move |(key, attempt)| ours.get(key) != Some(attempt)))
}

const USERS: &str = "SELECT id, user_id FROM events
    WHERE user_id IS NOT NULL AND (source_id, id) IN (";

/// The users that stored events were tied to, by event id.
pub async fn users(db: &Db, source: SourceId, ids: &[&str]) -> Result<HashMap<String, String>> {
    let mut users = HashMap::new();
    for chunk in chunks(ids) {
        let rows: Vec<(String, String)> = on_db!(db.read(), c => {
            let mut select = QueryBuilder::new(USERS);
            select.push_values(chunk, |mut row, id| {
                row.push_bind(source.uuid()).push_bind(*id);
            });
            select.push(")");
            select.build_query_as().fetch_all(c).await
        })?;
        users.extend(rows);
    }
    Ok(users)
}
