//! Postgres is killed while everybody pays.

use super::cluster::{Cluster, Places};
use super::crowd::{Crowd, UNHINDERED};
use super::ring::{Ring, until};

#[tokio::test]
async fn postgres_killed_under_load_has_lost_nothing_that_was_acknowledged() {
    let cluster = Cluster::begin(Places::default()).await;
    let ring = Ring::around(&cluster.owner, &[UNHINDERED]).await;
    let crowd = Crowd::before(&ring.world).await;
    let workers = crowd.begin(16);
    for _ in 0..3 {
        let made = crowd.made();
        until("some have paid", async || crowd.made() >= made + 200).await;
        cluster.kill().await;
        cluster.start().await;
    }
    let made = crowd.made();
    until("everybody pays again", async || crowd.made() >= made + 200).await;
    crowd.end(workers, &cluster.owner).await;
}
