//! The background that carries webhooks to their endpoints, one after the other.

use std::time::Duration;

use http::{Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use crate::handle::FakeStripe;
use crate::post::Letter;
use crate::state::World;

/// How long an endpoint may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the clock is looked at when nothing else happens.
const LOOK: Duration = Duration::from_millis(250);

/// Sends whatever is due until it is dropped.
pub(crate) async fn run(fake: FakeStripe) {
    loop {
        while let Some(letter) = fake.with(World::next_letter) {
            let result = match timeout(PATIENCE, send(&letter)).await {
                Ok(result) => result.map_err(|error| error.to_string()),
                Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
            };
            fake.with(|world| world.letter_sent(&letter.id, result));
        }
        // Either way there may be something to do.
        let _ = timeout(LOOK, fake.something_happened()).await;
    }
}

async fn send(letter: &Letter) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
    let url = Url::parse(&letter.url)?;
    let host = url.host_str().ok_or("the URL names no host")?.to_owned();
    if url.scheme() != "http" {
        return Err("only http endpoints are called".into());
    }
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::post(path)
        .header(header::HOST, format!("{host}:{port}"))
        .header(header::USER_AGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header(header::ACCEPT, "*/*; q=0.5, application/xml")
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header("stripe-signature", &letter.signature)
        .body(Full::new(letter.payload.clone()))?;
    // The connection does its work only while somebody polls it.
    let answer = tokio::select! {
        answer = sender.send_request(request) => answer?,
        ended = connection => return Err(match ended {
            Ok(()) => "the connection was closed".into(),
            Err(error) => error.into(),
        }),
    };
    Ok(answer.status().as_u16())
}
