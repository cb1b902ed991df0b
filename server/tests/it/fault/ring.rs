//! A server whose every conversation goes through a door: with Postgres, with Redis, with its clients.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::support::door::Door;
use crate::support::program::client;
use crate::support::redis;
use crate::support::watch::Watch;
use crate::world::*;

/// Few enough to be all in use.
pub const CONNECTIONS: usize = 4;
pub const FEW: (&str, &str) = ("DATABASE_CONNECTIONS", "4");

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
        Ring { world: World { origin, http: client(), program, mail: None }, watch, postgres, clients }
    }

    /// Starts the server anew; whoever calls it does not have to know.
    pub async fn start_again(&self) {
        self.watch.rest();
        self.world.program.start().await;
        self.clients.lead_to(local(self.world.program.port()));
    }

    /// Reads a balance as often at once as there are connections.
    pub fn readers(&self, person: &Person) -> JoinSet<StatusCode> {
        let call = || self.world.get("/api/v1/balance").header("cookie", &person.cookie).send();
        (0..CONNECTIONS).map(|_| call()).map(async |answer| answer.await.unwrap().status()).collect()
    }

    /// Waits until the server has opened as many connections as it may.
    pub async fn open_all(&self, person: &Person, owner: &PgPool) {
        until("the pool is full", async || {
            self.readers(person).join_all().await;
            let open = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'okane'";
            sqlx::query_scalar::<_, i64>(open).fetch_one(owner).await.unwrap() == CONNECTIONS as i64
        })
        .await;
    }
}

pub fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// Looks again and again, for two minutes at most, whether something has come true.
pub async fn until(what: &str, mut is_true: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_true().await {
        assert!(begun.elapsed() < Duration::from_secs(120), "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
