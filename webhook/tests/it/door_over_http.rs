//! The door behind a real socket: slow clients, and stopping.

use std::time::Duration;

use cache::Cache;
use ledger::Ledger;
use service::serve;
use sqlx::postgres::PgPoolOptions;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use webhook::bank_callback;

use crate::world::{SECRET, secrets};

/// A door without a database, and the word that stops it.
async fn open() -> (TcpStream, oneshot::Sender<()>, JoinHandle<()>) {
    let pool = PgPoolOptions::new().connect_lazy("postgres://127.0.0.1:1/none").unwrap();
    let router = bank_callback::router(Ledger::new(pool, Cache::connect(None)), secrets(SECRET));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let serving = serve::serve(listener, router, async { stopped.await.unwrap() });
    let door = tokio::spawn(async move {
        serving.await;
    });
    (TcpStream::connect(address).await.unwrap(), stop, door)
}

#[tokio::test]
async fn whoever_never_ends_their_headers_is_hung_up_on() {
    let (mut slow, _stop, _door) = open().await;
    slow.write_all(b"POST /webhooks/bank HTTP/1.1\r\nhost: door\r\nx-slow: ").await.unwrap();
    let mut rest = Vec::new();
    let ended = timeout(Duration::from_secs(15), slow.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn whoever_never_sends_their_body_is_told_so() {
    let (mut slow, _stop, _door) = open().await;
    slow.write_all(b"POST /webhooks/bank HTTP/1.1\r\nhost: door\r\ncontent-length: 10\r\n\r\n{")
        .await
        .unwrap();
    let mut start = [0; 12];
    timeout(Duration::from_secs(8), slow.read_exact(&mut start)).await.expect("an answer").unwrap();
    assert_eq!(&start, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_door_closes() {
    let (mut client, stop, door) = open().await;
    client
        .write_all(b"POST /webhooks/bank HTTP/1.1\r\nhost: door\r\ncontent-length: 2\r\n\r\n{")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.write_all(b"}").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    timeout(Duration::from_secs(2), door).await.expect("it stops").unwrap();
}
