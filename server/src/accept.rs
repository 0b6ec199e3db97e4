//! Taking connections in, bounded in number and in patience: clients that are slow, have gone without a word or only sit
//! there cost a little memory for a while, and nobody else's time.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// Bounds for connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time; others wait in the system's queue.
    pub connections: usize,
    /// How long a client may take for the head of a request, and how long a connection without one stays open.
    pub head_patience: Duration,
}

impl Limits {
    /// As many connections as this process may have files open, but for those that it needs itself.
    #[must_use]
    pub fn of_this_process() -> Self {
        const OWN_FILES: u64 = 128;
        const MOST: u64 = 32_768;
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let connections = files.unwrap_or(u64::MAX).saturating_sub(OWN_FILES).clamp(64, MOST);
        Self {
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            head_patience: IDLE,
        }
    }
}

/// A balancer that lets its own connections go after a minute must be the first to do so: what it sends on one that we
/// are about to close is lost.
const IDLE: Duration = Duration::from_secs(75);
/// A head that is longer is refused; a page's cookies and a long address take half of it. As many as there may be
/// connections, all together, must fit into memory.
const MOST_HEAD_BYTES: usize = 16 << 10;
/// After this long without a word, a client that owes us one is asked whether it is still there.
const SILENCE: Duration = Duration::from_mins(1);
/// After this long without it taking what was sent, a client has gone.
const UNTAKEN: Duration = Duration::from_secs(30);
/// A pause when no connection can be taken in, as when too many files are open.
const PAUSE: Duration = Duration::from_millis(50);
/// So long after the signal connections are still taken in and stay open.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Serves `app` until `draining` is cancelled and what is under way then is answered.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    draining: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(limits.connections));
    let open = GracefulShutdown::new();
    let take_in = |stream: TcpStream, peer: SocketAddr, permit| {
        if let Err(error) = prepare(&stream) {
            tracing::debug!(%error, "a connection could not be prepared");
        }
        let app = app.clone();
        let service =
            service_fn(move |request: Request<Incoming>| answer(app.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_patience)
            .max_buf_size(MOST_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended badly");
            }
            drop(permit);
        });
    };
    // What clients have begun by the signal may not have arrived where it is read, and an idle connection is closed at once.
    let end = async {
        draining.cancelled().await;
        sleep(LAST_WORDS).await;
    };
    tokio::pin!(end);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            biased;
            () = &mut end => break,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => take_in(stream, peer, permit),
            Err(error) => pause_unless_of_one(&error).await,
        }
    }
    drop(listener);
    open.shutdown().await;
}

async fn answer(
    mut app: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    app.call(request).await
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    // Small answers must not wait for more to send.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_user_timeout(Some(UNTAKEN))?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(SILENCE).with_interval(UNTAKEN / 2))
}

/// Some errors are of the connection that would have come, the others of this process: it has no more to give.
async fn pause_unless_of_one(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be taken in");
        sleep(PAUSE).await;
    }
}
