//! A real port: HTTP/1.1, with answers that can be left out, which a framework's own server would not do.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::any;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tower::ServiceExt;
use tower::service_fn;

use crate::api::{self, HangUp};
use crate::handle::FakeStripe;
use crate::{control, pages, sender};

/// A fake on a port. It goes away with this.
#[derive(Debug)]
pub struct Running {
    /// Where it is reached, such as `http://127.0.0.1:43210`, without a slash at the end.
    pub url: String,
    /// The same as a socket's address.
    pub addr: SocketAddr,
    /// The fake itself.
    pub fake: FakeStripe,
    tasks: [AbortHandle; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl FakeStripe {
    /// API, pages and control API, for a test without a network.
    ///
    /// Webhooks leave only once it is started; until then a test takes them.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1", any(api::serve))
            .route("/v1/{*path}", any(api::serve))
            .nest("/_fake", control::router())
            .merge(pages::router())
            .with_state(self.clone())
    }

    /// Serves it on a free port of this machine, and sends webhooks.
    pub async fn start(&self) -> io::Result<Running> {
        self.start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Serves it at this address, and sends webhooks.
    pub async fn start_at(&self, addr: SocketAddr) -> io::Result<Running> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let url = format!("http://{addr}");
        self.with(|world| world.base_url.clone_from(&url));
        let serving = tokio::spawn(accept(listener, self.router())).abort_handle();
        let sending = tokio::spawn(sender::run(self.clone())).abort_handle();
        Ok(Running { url, addr, fake: self.clone(), tasks: [serving, sending] })
    }
}

/// Takes connections until it is dropped, and they with it.
async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that broke before it was taken is no reason to stop.
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(converse(stream, router.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, router: Router) {
    let answer = move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let result: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
            let response = result.unwrap_or_else(|never| match never {});
            if response.extensions().get::<HangUp>().is_some() {
                // An error here makes hyper close the connection without a word.
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            Ok(response)
        }
    };
    let service = TowerToHyperService::new(service_fn(answer));
    // How a client leaves is its own affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
