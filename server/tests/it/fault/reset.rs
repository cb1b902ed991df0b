//! Connections are reset at random moments, those with Postgres and those with clients, while everybody pays.

use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

use super::crowd::{Crowd, UNHINDERED};
use super::ring::Ring;

const RESETS: usize = 300;

#[sqlx::test(migrations = "../migrations")]
async fn three_hundred_resets_at_random_moments_lose_double_and_invent_nothing(owner: PgPool) {
    let ring = Ring::around(&owner, &[UNHINDERED]).await;
    let crowd = Crowd::before(&ring.world).await;
    let workers = crowd.begin(16);
    let mut resets = 0;
    while resets < RESETS || crowd.made() < RESETS {
        let dice = Uuid::new_v4().as_u128();
        let door = if dice.is_multiple_of(2) { &ring.postgres } else { &ring.clients };
        resets += usize::from(door.reset_one());
        tokio::time::sleep(Duration::from_micros((dice / 2 % 15_000) as u64)).await;
    }
    crowd.end(workers, &owner).await;
}
