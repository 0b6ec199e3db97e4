//! Over a real connection: answers that do not come, and webhooks that do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use fake_stripe::{Card, FakeStripe, Fault, Options, Scripted, sign};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{DAY, START};

/// What an endpoint was told: signature and payload; and what it answers.
#[derive(Clone, Default)]
struct Receiver {
    heard: Arc<Mutex<Vec<(String, Bytes)>>>,
    is_broken: Arc<Mutex<bool>>,
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    receiver.heard.lock().unwrap().push((signature, body));
    let is_broken = *receiver.is_broken.lock().unwrap();
    if is_broken { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn receiver() -> (Receiver, String) {
    let receiver = Receiver::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = Router::new().route("/hook", post(hear)).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (receiver, url)
}

fn fake(url: Option<String>) -> FakeStripe {
    FakeStripe::new(Options { now: Some(START), webhook_url: url, ..Options::default() })
}

#[tokio::test]
async fn webhooks_are_sent_signed_and_in_order() {
    let (receiver, url) = receiver().await;
    let running = fake(Some(url)).start().await.unwrap();
    let customer = running.fake.create_customer("a@example.com", &[]);
    running.fake.subscribe(&customer, fake_stripe::TEAM_MONTHLY, 1, Card::Works).unwrap();
    running.fake.settle().await;
    let heard = receiver.heard.lock().unwrap().clone();
    assert_eq!(heard.len(), running.fake.events().len());
    for ((signature, payload), event) in heard.iter().zip(running.fake.events()) {
        assert_eq!(*signature, sign(payload, START, &["whsec_fake"]));
        let payload: serde_json::Value = serde_json::from_slice(payload).unwrap();
        assert_eq!(payload["id"], event.id.as_str());
    }
}

#[tokio::test]
async fn an_endpoint_that_fails_is_tried_for_three_days() {
    let (receiver, url) = receiver().await;
    *receiver.is_broken.lock().unwrap() = true;
    let running = fake(Some(url)).start().await.unwrap();
    running.fake.set_card(&running.fake.create_customer("a@example.com", &[]), Card::Works);
    running.fake.settle().await;
    let events = running.fake.events().len();
    let heard = || receiver.heard.lock().unwrap().len();
    assert_eq!(heard(), events);
    running.fake.advance(Duration::from_mins(1));
    running.fake.settle().await;
    assert_eq!(heard(), 2 * events);
    for _ in 0..10 {
        running.fake.advance(Duration::from_secs(DAY.unsigned_abs() / 2));
        running.fake.settle().await;
    }
    let at_last = heard();
    running.fake.advance(Duration::from_secs(10 * DAY.unsigned_abs()));
    running.fake.settle().await;
    assert_eq!(heard(), at_last);
    assert!(at_last > 4 * events, "{at_last}");
}

async fn ask(addr: std::net::SocketAddr) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let request = "GET /v1/customers HTTP/1.1\r\nhost: a\r\nauthorization: Bearer sk_test_fake\r\n\
                   connection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A reset is no answer either.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_reset_connection_has_no_answer_and_the_next_one_has() {
    let running = fake(None).start().await.unwrap();
    running.fake.script(Scripted::next(Fault::ResetAfter));
    assert_eq!(ask(running.addr).await, "");
    assert!(ask(running.addr).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_dropped_fake_is_gone() {
    let running = fake(None).start().await.unwrap();
    let addr = running.addr;
    assert!(ask(addr).await.starts_with("HTTP/1.1 200"));
    drop(running);
    tokio::task::yield_now().await;
    let gone = async {
        while TcpStream::connect(addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
}
