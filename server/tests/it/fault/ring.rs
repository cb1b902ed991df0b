//! A server whose every conversation goes through a door: with Postgres, with Redis, with its clients.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use crate::support::door::Door;
use crate::support::program::client;
use crate::support::redis;
use crate::support::watch::Watch;
use crate::world::*;

/// The server, and the doors around it.
pub struct Ring {
    pub world: World,
    pub watch: Watch,
    pub postgres: Door,
    pub clients: Door,
}

impl Ring {
    pub async fn around(owner: &PgPool, more: &[(&'static str, &str)]) -> Self {
        let watch = Watch::default();
        let postgres = Door::before("Postgres", crate::world::postgres(owner), Some(&watch)).await;
        let (_, redis) = redis::door(&watch).await;
        let more = [more, &[("REDIS_URL", &redis)]].concat();
        let program = server(owner, local(postgres.port), &more);
        watch.over(&program);
        program.start().await;
        let clients = Door::into("client", local(program.port()), Some(&watch)).await;
        let origin = format!("http://127.0.0.1:{}", clients.port);
        Ring { world: World { origin, http: client(), program }, watch, postgres, clients }
    }

    /// Starts the server anew; whoever calls it does not have to know.
    pub async fn start_again(&self) {
        self.watch.rest();
        self.world.program.start().await;
        self.clients.lead_to(local(self.world.program.port()));
    }
}

pub fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// Looks again and again, for a minute at most, whether something has come true.
pub async fn until(what: &str, mut is_true: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_true().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
