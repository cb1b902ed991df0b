//! Requests that are read in one way by somebody on the way and in another by us, and text that would like to be part
//! of a statement.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::support::smuggling;
use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_request_whose_end_can_be_read_in_two_ways_is_refused(owner: PgPool) {
    let world = World::new(owner).await;
    let hidden = "POST /sign-out HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    smuggling::assert_nothing_hidden_is_heard(world.program.port(), "/preferences", hidden).await;
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
