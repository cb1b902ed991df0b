//! When the database cannot be had: told in words, soon, with the time to come again.

use reqwest::StatusCode;
use serde_json::Value;
use sqlx::PgPool;

use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn without_its_database_everyone_is_told_to_come_again_and_where_to_look(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    // Nobody new is let in, and who is in is sent away.
    let database: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&owner).await.unwrap();
    let statements = format!(
        "ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS false;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '{database}' AND pid <> pg_backend_pid() AND application_name = 'okane'"
    );
    for statement in statements.split(';') {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&owner).await.unwrap();
    }

    let api = asha.get(&world, "/api/v1/balance").await;
    assert_eq!(
        (api.status(), &api.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"2".parse().unwrap())
    );
    let problem: Value = api.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("Activity tells"), "{problem}");
    let page = asha.get(&world, "/home").await;
    assert_eq!(
        (page.status(), &page.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"2".parse().unwrap())
    );
    assert!(page.text().await.unwrap().contains("Activity tells"));
    let alive = world.get("/healthz").send().await.unwrap();
    assert_eq!(alive.status(), StatusCode::OK);

    let opened = format!("ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS true");
    sqlx::raw_sql(sqlx::AssertSqlSafe(opened)).execute(&owner).await.unwrap();
    for _ in 0..50 {
        if asha.get(&world, "/api/v1/balance").await.status() == StatusCode::OK {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it did not recover: {}", world.log());
}
