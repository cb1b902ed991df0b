//! What is too much for the bank's door: refused in words, while the bank is served.

use std::time::{Duration, Instant};

use http::StatusCode;
use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    process::{delivery, postgres, program},
    support::program::client,
    world::*,
};

#[sqlx::test(migrations = "../migrations")]
async fn what_is_deep_packed_or_has_too_many_fields_is_refused_and_kept_for_review_where_it_is_signed(
    pool: PgPool,
) {
    let world = World::new(pool).await;
    let fields: String = (0..6_000).map(|n| format!("\"{n}\":0,")).collect();
    for (id, body, status) in [
        ("deep", "[".repeat(60_000), 400),
        ("objects", r#"{"a":"#.repeat(12_000), 400),
        ("fields", format!("{{{fields}\"type\":\"payment.succeeded\"}}"), 400),
        ("gzip", "\u{1f}\u{8b}\u{8}\0\0\0".to_owned(), 400),
        ("long", "9".repeat(60_000), 400),
        ("longer", "9".repeat(1024 * 1024), 413),
    ] {
        let mut request = signed(SECRET, id, now(), body.clone());
        request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        world.send(request).await.assert_refused(StatusCode::from_u16(status).unwrap());
        world.send(signed(STRANGER, id, now(), body)).await.assert_refused(if status == 413 {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::UNAUTHORIZED
        });
    }
    world.close().await;
}

/// Everything that is answered, until the other side hangs up.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.expect("it hangs up");
    String::from_utf8_lossy(&answer).into_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn who_sends_slowly_is_hung_up_on_while_the_bank_is_served(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let program = program(&owner, postgres(&owner), &[]);
    program.start().await;
    let mut slow = JoinSet::new();
    for n in 0..600 {
        let mut stream = TcpStream::connect(("127.0.0.1", program.port())).await.unwrap();
        let head = "POST /webhooks/bank HTTP/1.1\r\nhost: door\r\n";
        let is_body = n % 2 == 0;
        let rest_of = if is_body { "connection: close\r\ncontent-length: 10\r\n\r\n{" } else { "x-slow: " };
        stream.write_all(format!("{head}{rest_of}").as_bytes()).await.unwrap();
        slow.spawn(async move { (is_body, rest(stream).await) });
    }
    let (http, begun) = (client(), Instant::now());
    for n in 0..40 {
        let intent = world.intent().await;
        let (headers, body) = delivery(&format!("msg_{n}"), &succeeded(&intent).to_string());
        let call = http.post(format!("{}/webhooks/bank", program.origin())).body(body);
        let call = headers.into_iter().fold(call, |call, (name, value)| call.header(name, value));
        let asked = Instant::now();
        assert_eq!(call.send().await.unwrap().status(), StatusCode::OK);
        assert!(asked.elapsed() < Duration::from_secs(2), "the bank waits {:?}", asked.elapsed());
        sleep(Duration::from_millis(50)).await;
    }
    while let Some(ended) = slow.join_next().await {
        let (is_body, answer) = ended.unwrap();
        assert!(!is_body || answer.starts_with("HTTP/1.1 408"), "{answer:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    program.end();
    world.close().await;
}
