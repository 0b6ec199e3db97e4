//! Every wait of an ingest request has an end, and what is in hand has a bound.

use std::{
    convert::Infallible,
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use db::{Db, Engine};
use futures_util::{StreamExt, stream};
use ingest::WriterSettings;
use serde_json::json;
use testkit::{Client, Reply, TestDb};
use tiny::accept::{self, Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use web::SignupMode;

use crate::{
    house::{House, ORIGIN, bootstrap_body, router, until},
    overload::{batch, door, in_the_way},
};

const LARGEST: usize = 4 << 20;

fn assert_unavailable(reply: &Reply) {
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert_eq!(reply.json()["error"], "service_unavailable");
    assert_eq!(reply.header("retry-after"), "1");
}

#[tokio::test]
async fn a_source_that_cannot_be_looked_up_is_told_in_five_seconds() {
    let database = TestDb::postgres().await;
    let house = House::furnished(database.db()).await;
    let mut lock = house.db.begin().await.unwrap();
    let Engine::Postgres(c) = lock.conn().unwrap() else { unreachable!("a PostgreSQL database") };
    sqlx::query("LOCK TABLE sources").execute(c).await.unwrap();
    let began = Instant::now();
    let mut sent = JoinSet::new();
    for _ in 0..4 {
        sent.spawn(house.ingest("bootstrap").json(&bootstrap_body()).send());
    }
    for reply in sent.join_all().await {
        assert_unavailable(&reply);
    }
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    drop(lock);
    assert_eq!(house.bootstrap(&bootstrap_body()).await.status, 200);
    database.close().await;
}

/// Each commit takes a while and then is refused, and so is each half of it.
async fn refuse_slowly(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    let Engine::Postgres(c) = tx.conn().unwrap() else { unreachable!("a PostgreSQL database") };
    let function = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_sleep(0.3); RAISE EXCEPTION 'slow'; END$$";
    sqlx::query(function).execute(&mut *c).await.unwrap();
    let trigger = "CREATE TRIGGER slow BEFORE INSERT ON events EXECUTE FUNCTION slow()";
    sqlx::query(trigger).execute(c).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_commit_and_its_halves_have_one_deadline() {
    let database = TestDb::postgres().await;
    let house = House::furnished(database.db()).await;
    let session = house.session().await;
    refuse_slowly(&house.db).await;
    let commit_patience = Duration::from_secs(1);
    let settings = WriterSettings { commit_patience, ..WriterSettings::default() };
    let (client, writer) = door(&house.db, settings);
    let path = format!("/api/ingest/v2/{}/events", house.key());
    let lock = in_the_way(&house.db).await;
    let mut sent = JoinSet::new();
    for number in 0..32 {
        let body = batch(&session, &format!("evt_{number}"));
        sent.spawn(client.post(&path).header("origin", ORIGIN).json(&body).send());
    }
    until(|| writer.in_hand() == 32).await;
    drop(lock);
    let began = Instant::now();
    let replies = sent.join_all().await;
    // Each by itself in its turn would be thirty commits and more.
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    let late =
        replies.iter().filter(|reply| reply.status == 503).inspect(|r| assert_unavailable(r));
    assert!(late.count() > 16);
    assert!(replies.iter().all(|reply| [500, 503].contains(&reply.status.as_u16())));
    database.close().await;
}

#[tokio::test]
async fn a_lock_that_is_not_given_is_passing() {
    const SHORT_POSTGRES: &str = "DO $$BEGIN EXECUTE format(
        'ALTER DATABASE %I SET lock_timeout = 100', current_database()); END$$";
    let database = TestDb::postgres().await;
    let house = House::furnished(database.db()).await;
    let mut tx = house.db.begin().await.unwrap();
    let Engine::Postgres(c) = tx.conn().unwrap() else { unreachable!("a PostgreSQL database") };
    sqlx::query(SHORT_POSTGRES).execute(c).await.unwrap();
    tx.commit().await.unwrap();
    let (client, _) = door(&database.elsewhere().await, WriterSettings::default());
    let lock = in_the_way(&house.db).await;
    let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
    assert_unavailable(&client.post(&path).json(&bootstrap_body()).send().await);
    drop(lock);
    database.close().await;
}

/// A body that fills what one source may have in hand, with seven others of its kind, and does not end. Who is asked for
/// more than that tells `taken`.
fn endless(taken: Arc<Semaphore>) -> Body {
    let parts = (0..64).map(|_| Ok::<_, Infallible>(Bytes::from(vec![b' '; LARGEST / 64])));
    let more = async move {
        taken.add_permits(1);
        pending().await
    };
    Body::from_stream(stream::iter(parts).chain(stream::once(more)))
}

/// A source of large bodies, and eight of them that are being read.
struct Full {
    house: House,
    client: Client,
    path: String,
    sent: JoinSet<Reply>,
}

impl Full {
    async fn over(db: Db) -> Self {
        let house = House::furnished(db).await;
        let reply = house.change_source(json!({ "maxPayloadBytes": LARGEST })).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let client = Client::new(router(&house.db, SignupMode::Open));
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let (mut sent, taken) = (JoinSet::new(), Arc::new(Semaphore::new(0)));
        for _ in 0..8 {
            sent.spawn(client.post(&path).body(endless(Arc::clone(&taken))).send());
        }
        taken.acquire_many(8).await.unwrap().forget();
        Self { house, client, path, sent }
    }

    async fn bootstrap(&self) -> Reply {
        self.client.post(&self.path).json(&bootstrap_body()).send().await
    }
}

testkit::both! {
    async fn what_one_source_has_in_hand_is_bounded_and_free_when_the_clients_have_gone(db: Db) {
        let mut full = Full::over(db).await;
        assert_unavailable(&full.bootstrap().await);
        let other = json!({ "name": "Other", "slug": "other", "allowedOrigins": [ORIGIN] });
        let other = full.house.post("/api/tracking-sources", other).await.json()["source"].clone();
        let path = format!("/api/ingest/v2/{}/bootstrap", other["publicKey"].as_str().unwrap());
        let reply = full.client.post(&path).json(&bootstrap_body()).send().await;
        assert_eq!(reply.status, 200, "there is room for others: {}", reply.text());
        full.sent.shutdown().await;
        assert_eq!(full.bootstrap().await.status, 200);
    }
}

/// Over a real connection, as only there a client can be cut off while it sends.
#[tokio::test]
async fn who_sends_what_there_is_no_room_for_hears_so() {
    let database = TestDb::sqlite().await;
    let full = Full::over(database.db()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = full.client.router().clone();
    let limits = Limits { connections: 10, head_patience: Duration::from_mins(1) };
    let server = tokio::spawn(accept::serve(listener, app, limits, CancellationToken::new()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {LARGEST}\r\n\r\n",
        full.path
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; LARGEST]).await.expect("all of it is taken");
    let mut answer = vec![0; 4_096];
    let read = timeout(Duration::from_secs(20), stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    server.abort();
    database.close().await;
}
