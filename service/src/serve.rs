//! Listening, and stopping without cutting anybody off.
//!
//! `axum::serve` waits for ever for the headers of a request; here they have ten seconds.

use std::{future::Future, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo, serve::Listener};
use http::Request;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    time::{Instant, timeout_at},
};
use tower::ServiceExt as _;

/// How long a client may take over its headers, and a kept connection may idle.
const HEADERS_TIME: Duration = Duration::from_secs(10);
/// How long the requests under way, and what they have begun, may take once we are told to stop.
const FAREWELL_TIME: Duration = Duration::from_secs(10);

/// Serves until `stop` is ready, then finishes what has begun. Each request carries a [`ConnectInfo`] of its peer. Answers
/// with the moment until which whatever else was begun may take.
pub async fn serve(mut listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> Instant {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS_TIME);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true); // an event is to go at once; where it cannot be set, it still goes
        let service = TowerToHyperService::new(router.clone().map_request(from(peer)));
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    let until = Instant::now() + FAREWELL_TIME;
    if timeout_at(until, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    until
}

/// Tells each request of a connection who has made it.
fn from<B>(peer: SocketAddr) -> impl Fn(Request<B>) -> Request<B> + Clone {
    move |mut request| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    }
}

/// Ready at Ctrl-C or SIGTERM.
pub async fn told_to_stop() {
    let ctrl_c = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot listen for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = ctrl_c => (),
        () = terminated() => (),
    }
    tracing::info!("stopping");
}

#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "cannot listen for SIGTERM");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
