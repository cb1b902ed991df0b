//! How long a session lasts, as its browser and its owner see it.

use reqwest::StatusCode;
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
