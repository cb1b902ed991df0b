//! Every connection to Postgres is held by somebody who waits for it.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::ring::{CONNECTIONS, FEW, Ring, until};
use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn while_every_connection_is_held_one_is_told_to_come_again_and_a_second_later_one_can(owner: PgPool) {
    let ring = Ring::around(&owner, &[FEW]).await;
    let (asha, vikram) = (ring.world.person("Asha Rao").await, ring.world.person("Vikram Shah").await);
    ring.open_all(&asha, &owner).await;
    ring.postgres.shut(true);
    let before = ring.postgres.sent();
    let holders = ring.readers(&asha);
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
    assert!(told.iter().all(|status| known.contains(status)), "{told:?}");
    let balance: Value = asha.get(&ring.world, "/api/v1/balance").await.json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME - 1_00);
    audit(&owner);
}
