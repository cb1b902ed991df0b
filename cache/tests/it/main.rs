//! The protocol against a real Redis, and against ones that are dead, frozen or full of lies.
#![allow(clippy::unwrap_used)]

mod failure;
mod flight;
mod news;
mod protocol;

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use cache::{Cache, Key};
use redis::FromRedisValue;
use redis::aio::MultiplexedConnection;
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
    Key { kind: "balance", schema: 1, clock: "money", owner: Uuid::new_v4() }
}

fn name(key: &Key) -> String {
    format!("okane:{{{}}}:{}", key.owner, key.kind)
}

fn clock(key: &Key) -> String {
    format!("okane:{{{}}}:clock:{}", key.owner, key.clock)
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

/// What a read answers where the truth is `(version, value)`, and how often the truth was asked for its version
/// and for itself.
async fn read(cache: &Cache, key: &Key, truth: (i64, i64)) -> (i64, usize, usize) {
    let (versions, loads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let version = async || {
        versions.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(truth.0)
    };
    let load = async {
        loads.fetch_add(1, Ordering::Relaxed);
        Ok(truth)
    };
    let value = cache.read(key, version, load).await.unwrap();
    (value, versions.into_inner(), loads.into_inner())
}

/// The cache waits for Redis no longer than a moment, and a busy machine may need more than that: then all
/// is a miss, which is right and proves nothing. So a scenario has a few tries to hold from end to end.
async fn in_a_quiet_moment<F: Future<Output = ()> + Send + 'static>(scenario: impl Fn() -> F) {
    for _ in 1..8 {
        if tokio::spawn(scenario()).await.is_ok() {
            return;
        }
    }
    scenario().await;
}
