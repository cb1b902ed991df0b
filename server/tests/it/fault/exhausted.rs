//! Every connection to Postgres is held by somebody who waits for it.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinSet;

use super::ring::{Ring, until};
use crate::world::*;

const CONNECTIONS: usize = 4;

/// Reads the balance so many times at once.
fn readers(ring: &Ring, person: &Person) -> JoinSet<StatusCode> {
    let call = || ring.world.get("/api/v1/balance").header("cookie", &person.cookie).send();
    (0..CONNECTIONS).map(|_| call()).map(async |answer| answer.await.unwrap().status()).collect()
}

/// Waits until the server has opened as many connections as it may.
async fn open_all(ring: &Ring, person: &Person, owner: &PgPool) {
    until("the pool is full", async || {
        readers(ring, person).join_all().await;
        let open = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'okane'";
        sqlx::query_scalar::<_, i64>(open).fetch_one(owner).await.unwrap() == CONNECTIONS as i64
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn while_every_connection_is_held_one_is_told_to_come_again_and_a_second_later_one_can(owner: PgPool) {
    let ring = Ring::around(&owner, &[("DATABASE_CONNECTIONS", &CONNECTIONS.to_string())]).await;
    let (asha, vikram) = (ring.world.person("Asha Rao").await, ring.world.person("Vikram Shah").await);
    open_all(&ring, &asha, &owner).await;
    ring.postgres.shut(true);
    let before = ring.postgres.sent();
    let holders = readers(&ring, &asha);
    // Whoever has asked waits for the answer, so each of these is one connection.
    until("all are held", async || ring.postgres.sent() >= before + CONNECTIONS).await;

    let begun = Instant::now();
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    let call = ring.world.post("/api/v1/transfers", &body).header("cookie", &asha.cookie);
    let (refused, health) = tokio::join!(call.header("idempotency-key", "key").send(), async {
        let health = ring.world.get("/healthz").send().await.unwrap();
        (health.status(), begun.elapsed())
    });
    let (refused, took) = (refused.unwrap(), begun.elapsed());
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(refused.headers()["retry-after"], "2");
    assert!(took < Duration::from_millis(2500), "{took:?}");
    assert!(health.0 == StatusCode::OK && health.1 < Duration::from_secs(1), "{health:?}");

    ring.postgres.shut(false);
    let begun = Instant::now();
    let (status, made) = asha.pay(&ring.world, "key", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let told = holders.join_all().await;
    let known = [StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE];
    assert!(told.contains(&StatusCode::OK) && told.iter().all(|status| known.contains(status)), "{told:?}");
    let balance: Value = asha.get(&ring.world, "/api/v1/balance").await.json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME - 1_00);
    audit(&owner);
}
