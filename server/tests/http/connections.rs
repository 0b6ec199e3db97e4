//! Connections as clients make them, good ones and bad ones.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    routing::post,
};
use tiny::accept::{self, Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Where nobody is to be let go, or somebody soon.
const LONG: Duration = Duration::from_mins(10);
const SHORT: Duration = Duration::from_millis(500);
/// Longer than anything here takes.
const FOR_EVER: Duration = Duration::from_secs(20);
const HEAD: &str = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n";

struct Running {
    address: SocketAddr,
    /// The requests whose head has come as far as the handler.
    heads: Arc<Semaphore>,
    draining: CancellationToken,
    server: JoinHandle<()>,
}

async fn run(connections: usize, head_patience: Duration) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Arc::new(Semaphore::new(0));
    let arrived = Arc::clone(&heads);
    let echo = async move |body: Body| {
        arrived.add_permits(1);
        to_bytes(body, 1_024).await.unwrap_or_default()
    };
    let app = Router::new().route("/", post(echo));
    let draining = CancellationToken::new();
    let limits = Limits { connections, head_patience };
    let server = tokio::spawn(accept::serve(listener, app, limits, draining.clone()));
    Running { address, heads, draining, server }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Until the server closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let read = timeout(FOR_EVER, stream.read_to_end(&mut rest)).await.expect("it is closed");
    // A reset ends a connection, too.
    drop(read);
    String::from_utf8(rest).unwrap()
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 4_096];
    let read = timeout(FOR_EVER, stream.read(&mut answer)).await.expect("an answer").unwrap();
    answer.truncate(read);
    String::from_utf8(answer).unwrap()
}

async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(format!("{HEAD}body").as_bytes()).await.unwrap();
    answer(stream).await
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_head_is_let_go() {
    let running = run(100, SHORT).await;
    let mut slow = running.connect().await;
    slow.write_all(b"POST / HTTP/1.1\r\nHost: ").await.unwrap();
    assert!(!rest(&mut slow).await.contains("200 OK"));
}

#[tokio::test]
async fn idle_connections_are_let_go_and_hinder_nobody_meanwhile() {
    let running = run(2_000, SHORT).await;
    let mut idle = Vec::new();
    for _ in 0..400 {
        idle.push(running.connect().await);
    }
    let mut good = running.connect().await;
    assert!(ask(&mut good).await.ends_with("body"));
    for mut stream in idle {
        assert_eq!(rest(&mut stream).await, "");
    }
}

#[tokio::test]
async fn one_connection_too_many_waits_until_another_is_gone() {
    let running = run(2, LONG).await;
    let mut first = running.connect().await;
    let _second = running.connect().await;
    assert!(ask(&mut first).await.contains("200 OK"));
    let mut third = running.connect().await;
    third.write_all(format!("{HEAD}body").as_bytes()).await.unwrap();
    let mut byte = [0];
    assert!(timeout(SHORT / 5, third.read(&mut byte)).await.is_err());
    drop(first);
    assert!(answer(&mut third).await.contains("200 OK"));
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_the_end_and_nothing_new_begins() {
    let running = run(100, LONG).await;
    let (mut busy, mut idle) = (running.connect().await, running.connect().await);
    assert!(ask(&mut idle).await.contains("200 OK"));
    busy.write_all(format!("{HEAD}bo").as_bytes()).await.unwrap();
    timeout(FOR_EVER, running.heads.acquire_many(2))
        .await
        .expect("both are there")
        .unwrap()
        .forget();
    // It is connected as far as the client can tell, but nobody has taken it in yet.
    let mut just_come = std::net::TcpStream::connect(running.address).unwrap();
    running.draining.cancel();
    std::io::Write::write_all(&mut just_come, format!("{HEAD}body").as_bytes()).unwrap();
    just_come.set_nonblocking(true).unwrap();
    let mut just_come = TcpStream::from_std(just_come).unwrap();
    assert!(rest(&mut just_come).await.contains("200 OK"));
    assert_eq!(rest(&mut idle).await, "");
    busy.write_all(b"dy").await.unwrap();
    assert!(rest(&mut busy).await.ends_with("body"));
    timeout(FOR_EVER, running.server).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}
