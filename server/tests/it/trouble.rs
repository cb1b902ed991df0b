//! When a session cannot be read: told in words, soon, with the time to come again.

use reqwest::{Response, StatusCode};
use serde_json::Value;
use sqlx::PgPool;

use crate::world::*;

fn asks_to_come_again(answer: &Response) -> bool {
    answer.status() == StatusCode::SERVICE_UNAVAILABLE && answer.headers()["retry-after"] == "2"
}

#[sqlx::test(migrations = "../migrations")]
async fn while_sessions_cannot_be_read_everyone_is_told_to_come_again_and_where_to_look(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    let mut tx = owner.begin().await.unwrap();
    sqlx::query("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE").execute(&mut *tx).await.unwrap();

    let api = asha.get(&world, "/api/v1/balance").await;
    assert!(asks_to_come_again(&api), "{api:?}");
    let problem: Value = api.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("Activity tells"), "{problem}");
    let page = asha.get(&world, "/home").await;
    assert!(asks_to_come_again(&page), "{page:?}");
    assert!(page.text().await.unwrap().contains("Activity tells"));
    assert_eq!(world.get("/healthz").send().await.unwrap().status(), StatusCode::OK);

    tx.rollback().await.unwrap();
    assert_eq!(asha.get(&world, "/api/v1/balance").await.status(), StatusCode::OK);
}
