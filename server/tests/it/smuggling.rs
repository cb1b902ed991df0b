//! Requests that are read in one way by somebody on the way and in another by us, and text that would like to be part
//! of a statement.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::*;

/// Says this, and hears everything that is answered.
async fn say(world: &World, text: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", world.program.port())).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_whose_end_can_be_read_in_two_ways_is_refused(owner: PgPool) {
    let world = World::new(owner).await;
    let hidden = "POST /sign-out HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    let chunked = format!("0\r\n\r\n{hidden}");
    for headers in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: +5",
        "content-length: 0x5",
        "content-length: 5, 6",
        "content-length: -1",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: gzip",
        "transfer-encoding : chunked",
        "content-length: 5\r\n folded: x",
        "content length: 5",
    ] {
        let answer =
            say(&world, &format!("POST /preferences HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n{chunked}"))
                .await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{headers}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{headers}: what is hidden is not heard: {answer}");
    }
    // Where both stand, the length is of no account (RFC 9112, 6.3), and nothing after it is heard on this connection.
    let both = format!(
        "POST /preferences HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n{chunked}"
    );
    let answer = say(&world, &both).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    for odd in [
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nx: a\0b\r\n\r\n",
        "\r\n\r\nnonsense\r\n\r\n",
    ] {
        let answer = say(&world, odd).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{odd:?}: {answer}");
    }
}

/// What would be something else if it were not text.
const STATEMENTS: [&str; 12] = [
    "' OR '1'='1",
    "' OR 1=1 --",
    "'; DROP TABLE users; --",
    "' UNION SELECT hash FROM password_credentials --",
    "1; SELECT pg_sleep(40)",
    "'||pg_sleep(40)||'",
    "$1",
    "%",
    "_%",
    "\\'; --",
    "ʼ OR 1=1",
    "*/ OR 1=1 /*",
];

#[sqlx::test(migrations = "../migrations")]
async fn what_is_typed_is_never_part_of_a_statement(owner: PgPool) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "1000")]).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    assert_eq!(
        asha.pay(&world, "key-0", &json!({ "to": vikram.phone, "amount_minor": 100 })).await.0,
        StatusCode::CREATED
    );
    let counts = async || -> (i64, i64, i64) {
        let counts = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM password_credentials), (SELECT count(*) FROM sessions)";
        sqlx::query_as(counts).fetch_one(&owner).await.unwrap()
    };
    let before = counts().await;
    for (n, text) in STATEMENTS.iter().enumerate() {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let begun = std::time::Instant::now();
        for body in [
            json!({ "identifier": text, "password": PASSWORD }),
            json!({ "identifier": asha.phone, "password": text }),
        ] {
            let answer = world.post("/api/v1/session", &body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{text}");
        }
        let (status, made) = asha.pay(&world, "key-x", &json!({ "to": text, "amount_minor": 100 })).await;
        assert!(status.is_client_error(), "{text}: {made}");
        let page = asha.get(&world, &format!("/people?search={encoded}")).await.text().await.unwrap();
        assert!(!page.contains("Vikram"), "{text} finds somebody");
        for path in [
            "/activity?before=",
            "/receipts/",
            "/people/",
            "/add-money/",
            "/api/v1/transfers/by-key/",
            "/api/v1/activity?before=",
        ] {
            let answer = asha.get(&world, &format!("{path}{encoded}")).await;
            assert!(!answer.status().is_server_error(), "{path}{text}: {}", answer.status());
            assert!(!answer.text().await.unwrap().contains("$argon2id$"), "{path}{text}");
        }
        let body = json!({ "to": vikram.phone, "amount_minor": 100, "note": text });
        let (status, made) = asha.pay(&world, &format!("key-{n}-n"), &body).await;
        assert_eq!(status, StatusCode::CREATED, "{text}: {made}");
        let activity = asha.get(&world, "/api/v1/activity").await.text().await.unwrap();
        let written = serde_json::to_string(text).unwrap();
        assert!(activity.contains(&written), "{text} is kept as it was typed: {activity}");
        assert!(begun.elapsed().as_secs() < 30, "{text} makes somebody wait");
    }
    assert_eq!(counts().await, before);
    audit(&owner);
}
