//! What the log may know.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_line_names_the_route_and_never_what_stood_in_the_path(owner: PgPool) {
    let world = World::new(owner).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    assert_eq!(asha.pay(&world, "canary", &body).await.0, StatusCode::CREATED);
    for path in [
        "/api/v1/transfers/by-key/canary",
        "/api/v1/transfers/by-key/canary/",
        "/api/v1/transfers/by-key/canary/more",
        "/api/v1/canary",
        "/send/review?draft=canary",
        "/send/review/canary",
        "/receipts/canary",
        "/pkg/canary.css",
    ] {
        asha.get(&world, path).await;
    }
    let log = world.log();
    assert!(!log.contains("canary"), "{log}");
    for route in ["/api/v1/transfers/by-key/{key}", "/receipts/{id}", "/pkg/…", "/api/…"] {
        assert!(log.contains(&format!("path=\"{route}\"")), "{route}: {log}");
    }
}
