//! Postgres' host has vanished: nobody closes its connections, and nobody will ever answer on them. Another
//! has its address.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::ring::{FEW, Ring, until};
use crate::world::*;

/// What the death of a node may cost.
const AT_MOST: Duration = Duration::from_secs(30);

#[sqlx::test(migrations = "../migrations")]
async fn connections_on_which_nobody_will_ever_answer_are_given_up(owner: PgPool) {
    let ring = Ring::around(&owner, &[FEW]).await;
    let (asha, vikram) = (ring.world.person("Asha Rao").await, ring.world.person("Vikram Shah").await);
    ring.open_all(&asha, &owner).await;
    ring.postgres.strand();

    let begun = Instant::now();
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00, "undo_seconds": 1 });
    let made = loop {
        let (status, answer) = asha.pay(&ring.world, "key", &body).await;
        if status == StatusCode::CREATED {
            break answer;
        }
        assert!(begun.elapsed() < AT_MOST, "{answer}");
    };
    // And what works in the background: it posts what has waited.
    let address = format!("/api/v1/transfers/{}", made["id"].as_str().unwrap());
    until("the payment is posted", async || {
        assert!(begun.elapsed() < AT_MOST, "it waits");
        let transfer: Value = asha.get(&ring.world, &address).await.json().await.unwrap();
        transfer["status"] == "POSTED"
    })
    .await;
    eprintln!("all is well after {:?}", begun.elapsed());
    audit(&owner);
}
