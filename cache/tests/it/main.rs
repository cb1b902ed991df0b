//! The protocol against a real Redis, and against ones that are dead, frozen or full of lies.
#![allow(clippy::unwrap_used)]

mod failure;
mod protocol;

use cache::{Cache, Key};
use redis::aio::MultiplexedConnection;
use redis::FromRedisValue;
use uuid::Uuid;

fn url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned())
}

/// A cache as a process of its own has it.
fn process() -> Cache {
    Cache::connect(Some(&url()))
}

/// A key that nobody else uses.
fn key() -> Key {
    Key { kind: "balance", schema: 1, owner: Uuid::new_v4() }
}

fn name(key: &Key) -> String {
    format!("okane:{{{}}}:{}", key.owner, key.kind)
}

async fn redis() -> MultiplexedConnection {
    redis::Client::open(url()).unwrap().get_multiplexed_async_connection().await.unwrap()
}

/// Says something to Redis around the cache.
async fn say<T: FromRedisValue>(words: &[&[u8]]) -> T {
    let mut command = redis::Cmd::new();
    words.iter().for_each(|word| {
        command.arg(*word);
    });
    command.query_async(&mut redis().await).await.unwrap()
}

async fn get(cache: &Cache, key: &Key) -> Option<i64> {
    cache.get(key).await
}
