//! Listening, and stopping without cutting anybody off.
//!
//! `axum::serve` waits for ever for the headers of a request; here they have ten seconds.

use std::{future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

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
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use tower::ServiceExt as _;

/// How long a client may take over its headers, and a kept connection may idle.
const HEADERS_TIME: Duration = Duration::from_secs(10);
/// Connections at most, so that no flood of them takes all memory and files. Whoever comes beyond waits outside for one to
/// end. One peer can hold them all: how many each may have is for the proxy to say, which alone knows who they are.
const CONNECTIONS: usize = 4096;
/// How long the requests under way, and what they have begun, may take once we are told to stop.
const FAREWELL_TIME: Duration = Duration::from_secs(10);

/// Serves until `stop` is ready, then finishes what has begun. Each request carries a [`ConnectInfo`] of its peer. Answers
/// with the moment until which whatever else was begun may take.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> Instant {
    serve_at_most(CONNECTIONS, listener, router, stop).await
}

async fn serve_at_most(
    connections_at_most: usize,
    mut listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> Instant {
    let places = Arc::new(Semaphore::new(connections_at_most));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS_TIME);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (place, (stream, peer)) = tokio::select! {
            accepted = async { (places.clone().acquire_owned().await, Listener::accept(&mut listener).await) } => accepted,
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true); // an event is to go at once; where it cannot be set, it still goes
        let service = TowerToHyperService::new(router.clone().map_request(from(peer)));
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
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

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::oneshot,
        time::timeout,
    };

    use super::*;

    async fn ask(stream: &mut TcpStream) -> Option<String> {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
        let mut answer = vec![0; 1024];
        let read = timeout(Duration::from_millis(500), stream.read(&mut answer)).await.ok()?;
        answer.truncate(read.expect("read"));
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    #[tokio::test]
    async fn whoever_comes_when_all_places_are_taken_is_served_once_one_is_free() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", get(async || "served"));
        let serving = tokio::spawn(serve_at_most(2, listener, router, async move {
            let _ = stopped.await;
        }));
        let mut connections = Vec::new();
        for _ in 0..3 {
            connections.push(TcpStream::connect(address).await.expect("connected"));
        }
        let mut third = connections.pop().expect("three");
        for connection in &mut connections {
            assert!(ask(connection).await.expect("an answer").contains("served"));
        }
        assert_eq!(ask(&mut third).await, None, "both places are taken");
        connections.pop();
        let mut answer = vec![0; 1024];
        let read =
            timeout(Duration::from_secs(5), third.read(&mut answer)).await.expect("in time").expect("read");
        assert!(String::from_utf8_lossy(&answer[..read]).contains("served"));
        stop.send(()).expect("it runs");
        drop((third, connections));
        serving.await.expect("it ends");
    }
}
