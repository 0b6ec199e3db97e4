//! The application that the inputs meet: one database, and two doors. One is whole. Behind the other the writer has
//! stopped, and of what is refused no attempt is kept: nothing there waits for a commit, so that it takes five inputs in
//! the time of one, and what would be stored is answered 503.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{Router, body::Body};
use db::{Chance, Clock, Db, Settings, on_db};
use http::Request;
use http_body_util::BodyExt;
use ingest::{Ingest, Writer, WriterSettings};
use model::{
    Exchange, UnixMs,
    ids::{AttemptId, OrganizationId, SessionId},
};
use sources::Sources;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    check::{self, Reply},
    input::{self, Way},
};

/// A key that lets in what comes from [`ORIGIN`] and the other origins of [`check::may_send`].
pub const KEY: &str = "pk_1";
/// Where its pages are.
pub const ORIGIN: &str = "https://app.example.com";
/// The session of its visitor `vis_1`.
pub const SESSION: &str = "sess_01890000000000000000000000";

const NOW: UnixMs = UnixMs(1_775_828_700_000);
const ORGANIZATION: Uuid = Uuid::from_u128(1);
const SOURCE: Uuid = Uuid::from_u128(2);
const STRICT: Uuid = Uuid::from_u128(3);
const ORIGINS: &str =
    r#"["https://app.example.com","https://*.example.org","http://localhost:3000"]"#;

const NEW_ORGANIZATION: &str =
    "INSERT INTO organizations (id, name, slug, created_at) VALUES ($1, 'Acme', 'acme', 0)";
const NEW_SOURCE: &str = "INSERT INTO sources
    (id, organization_id, name, slug, public_key, allowed_origins, is_active, max_payload_bytes,
     rate_limit_per_minute, require_origin, created_at, updated_at)
    VALUES ($1, $2, $3, $3, $3, $4, $5, 4096, 0, $6, 0, 0)";
const NEW_RETIRED_KEY: &str =
    "INSERT INTO retired_keys (public_key, source_id, retired_at) VALUES ('pk_old', $1, 0)";
const NEW_SESSION: &str = "INSERT INTO sessions
    (source_id, id, anonymous_id, started_at, last_seen_at) VALUES ($1, $2, 'vis_1', $3, $3)";

/// After so many inputs everything that came of them is removed.
const KEPT_INPUTS: u64 = 8_192;
const TIDY: [&str; 4] = [
    "DELETE FROM events WHERE $1 <> id",
    "DELETE FROM attempts WHERE $1 <> id",
    "DELETE FROM traffic WHERE $1 <> source_id",
    "DELETE FROM sessions WHERE $1 <> id",
];

/// The application.
#[derive(Debug)]
pub struct Doors {
    runtime: Runtime,
    db: Db,
    whole: Router,
    quick: Router,
    inputs: AtomicU64,
    writers: TaskTracker,
    stop: CancellationToken,
    // Last: it goes when nothing in it is open any more.
    _folder: TempDir,
}

impl Doors {
    /// Opens a fresh application in a temporary folder.
    #[must_use]
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (writers, stop) = (TaskTracker::new(), CancellationToken::new());
        let (db, whole, quick) = runtime.block_on(async {
            let url = format!("sqlite:{}", folder.path().join("tiny.db").display());
            let settings = Settings { url, connections: 1 };
            let db = db::open(&settings, Clock::standing_at(NOW), Chance::system()).await.unwrap();
            db::migrate(&db).await.unwrap();
            furnish(&db).await.unwrap();
            let whole = door(&db, u32::MAX, &writers, stop.clone());
            let stopped = CancellationToken::new();
            stopped.cancel();
            let quick = door(&db, 0, &writers, stopped);
            // Its writer is told so by a task.
            tokio::task::yield_now().await;
            (db, whole, quick)
        });
        Self {
            runtime,
            db,
            whole,
            quick,
            inputs: AtomicU64::new(0),
            writers,
            stop,
            _folder: folder,
        }
    }

    /// Sends bytes as the body: plain or packed, to each endpoint. The status of the answer.
    pub fn body(&self, input: &[u8]) -> Option<u16> {
        let (way, body) = Way::of(input)?;
        Some(self.send(way, input::with_body(way, body)?).status)
    }

    /// Sends a sound body under any key with any headers. The status of the answer.
    pub fn headers(&self, input: &[u8]) -> Option<u16> {
        let (way, lines) = Way::of(input)?;
        Some(self.send(way, input::with_headers(way, lines)?).status)
    }

    fn send(&self, way: Way, request: Request<Vec<u8>>) -> Reply {
        let (parts, body) = request.into_parts();
        self.runtime.block_on(async {
            if self.inputs.fetch_add(1, Ordering::Relaxed) % KEPT_INPUTS == KEPT_INPUTS - 1 {
                tidy(&self.db).await.unwrap();
            }
            let mut sent = Request::from_parts(parts.clone(), Body::from(body));
            let exchange = Exchange { request: self.db.new_id(), at: NOW, address: None };
            sent.extensions_mut().insert(exchange);
            let door = if way.is_whole { &self.whole } else { &self.quick };
            let (head, body) = door.clone().oneshot(sent).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let reply = Reply { status: head.status.as_u16(), headers: head.headers, body };
            check::answer(&parts, &reply, !way.is_whole);
            if let Some(id) = reply.attempt_id() {
                self.open_attempt(id, reply.status).await;
            }
            reply
        })
    }

    /// As somebody does who asks what became of it.
    async fn open_attempt(&self, id: AttemptId, status: u16) {
        let organization = OrganizationId::from(ORGANIZATION);
        let mut opened = ingest::open_attempt(&self.db, organization, id).await.unwrap();
        if opened.is_none() {
            opened = ingest::open_unmatched(&self.db, id).await.unwrap();
        }
        let opened = serde_json::to_value(opened.expect("what was told is there")).unwrap();
        assert_eq!(opened["status"], status, "{opened}");
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.stop.cancel();
        self.writers.close();
        self.runtime.block_on(async {
            self.writers.wait().await;
            self.db.close().await;
        });
    }
}

fn door(
    db: &Db,
    attempts_per_minute: u32,
    writers: &TaskTracker,
    stop: CancellationToken,
) -> Router {
    let settings = WriterSettings { attempts_per_minute, ..WriterSettings::default() };
    let writer = Writer::start(db.clone(), settings, writers, stop).unwrap();
    let sources = Sources::new(db.clone());
    ingest::readable(ingest::router(Ingest::new(db, sources, writer, "http://tiny.test")))
}

async fn furnish(db: &Db) -> db::Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => {
        sqlx::query(NEW_ORGANIZATION).bind(ORGANIZATION).execute(&mut *c).await?;
        for (id, key, is_active, is_strict) in
            [(SOURCE, KEY, true, false), (STRICT, "pk_2", true, true), (Uuid::from_u128(4), "pk_off", false, false)]
        {
            let new = sqlx::query(NEW_SOURCE).bind(id).bind(ORGANIZATION).bind(key).bind(ORIGINS);
            new.bind(is_active).bind(is_strict).execute(&mut *c).await?;
        }
        sqlx::query(NEW_RETIRED_KEY).bind(SOURCE).execute(&mut *c).await?;
        for source in [SOURCE, STRICT] {
            sqlx::query(NEW_SESSION).bind(source).bind(session()).bind(NOW.0).execute(&mut *c).await?;
        }
    });
    tx.commit().await
}

/// Removes everything but the session that inputs speak of.
async fn tidy(db: &Db) -> db::Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => for statement in TIDY {
        sqlx::query(statement).bind(session()).execute(&mut *c).await?;
    });
    tx.commit().await
}

fn session() -> Uuid {
    let session: SessionId = SESSION.parse().unwrap();
    session.uuid()
}
