//! How long a session lasts, as its browser and its owner see it.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn who_only_reads_stays_signed_in_and_who_is_away_for_two_hours_does_not(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    assert!(
        asha.set_cookie.contains("Max-Age=43200"),
        "the cookie outlives every pause: {}",
        asha.set_cookie
    );
    let balance_after = async |pause: &str| {
        let statement = "UPDATE sessions SET created_at = created_at - $1::text::interval,
                                             expires_at = expires_at - $1::text::interval";
        sqlx::query(statement).bind(pause).execute(&owner).await.unwrap();
        asha.get(&world, "/api/v1/balance").await.status()
    };
    for _ in 0..3 {
        assert_eq!(balance_after("1 hour 50 minutes").await, StatusCode::OK);
    }
    assert_eq!(balance_after("2 hours").await, StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_session_did_on_one_server_it_sees_on_another_whose_cache_heard_nothing(owner: PgPool) {
    let Ok(redis) = std::env::var("REDIS_URL") else { return };
    let with_redis = [("REDIS_URL", redis.as_str())];
    // The first server cannot reach the others' Redis: what it commits, nobody tells them for half a minute.
    let lost = [("REDIS_URL", "redis://127.0.0.1:1")];
    let (one, two) = (World::with(owner.clone(), &lost).await, World::with(owner.clone(), &with_redis).await);
    // Nor does the outbox.
    sqlx::raw_sql("CREATE RULE nothing AS ON INSERT TO outbox DO INSTEAD NOTHING")
        .execute(&owner)
        .await
        .unwrap();
    let (asha, vikram) = (two.person("Asha Rao").await, two.person("Vikram Shah").await);
    let available = async |cookie: &str| {
        let answer = two.get("/api/v1/balance").header("cookie", cookie).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()["available_minor"].as_i64().unwrap()
    };
    assert_eq!(available(&asha.cookie).await, WELCOME);
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    let call = one.post("/api/v1/transfers", &body).header("cookie", &asha.cookie);
    let answer = call.header("idempotency-key", "one").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let seen = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(seen.starts_with("seen="), "{seen}");
    assert_eq!(available(&format!("{}; {seen}", asha.cookie)).await, WELCOME - 1_00);
}
