//! A server that reads each request and answers 204: what HTTP alone takes, with the framework that tiny uses.

use std::net::SocketAddr;

use anyhow::Result;
use axum::{Router, body::Bytes, http::StatusCode, routing::get, serve::ListenerExt};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Serves until SIGTERM, on as many threads as tiny does.
#[tokio::main]
pub async fn serve(address: SocketAddr) -> Result<()> {
    let router = Router::new()
        .route("/readyz", get(async || StatusCode::OK))
        .fallback(async |_body: Bytes| StatusCode::NO_CONTENT);
    let mut stop = signal(SignalKind::terminate())?;
    let stopped = async move {
        stop.recv().await;
    };
    let listener = TcpListener::bind(address).await?.tap_io(|stream| {
        // Where it cannot be set, answers are later, and that is all.
        stream.set_nodelay(true).ok();
    });
    axum::serve(listener, router).with_graceful_shutdown(stopped).await?;
    Ok(())
}
