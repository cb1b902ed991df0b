//! What is read from Redis is what Postgres has, and after `okane warm` it is there before anybody asks.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::Command;

use reqwest::StatusCode;
use serde_json::json;
use sqlx::{ConnectOptions as _, PgPool};

use crate::fault::until;
use crate::support::redis::Redis;
use crate::world::*;

/// A server that can be asked how it came by what it showed.
struct Counted {
    world: World,
    metrics: String,
}

impl Counted {
    async fn new(owner: &PgPool, redis: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let settings =
            [("RATE_LIMIT_SCALE", "1000"), ("REDIS_URL", redis), ("METRICS_ADDR", address.as_str())];
        let world = World::with(owner.clone(), &settings).await;
        Counted { world, metrics: format!("http://{address}/metrics") }
    }

    /// Reads until now, by kind: those that Postgres was not asked for, and all.
    async fn reads(&self) -> BTreeMap<String, (u64, u64)> {
        let told = self.world.http.get(&self.metrics).send().await.unwrap().text().await.unwrap();
        let mut reads = BTreeMap::<_, (u64, u64)>::new();
        for line in told.lines().filter_map(|line| line.strip_prefix("okane_cache_reads_total{kind=\"")) {
            let (kind, rest) = line.split_once('"').unwrap();
            let count: u64 = rest.rsplit(' ').next().unwrap().parse().unwrap();
            let (kept, all) = reads.entry(kind.to_owned()).or_default();
            *all += count;
            *kept += if rest.contains("\"miss\"") { 0 } else { count };
        }
        reads
    }

    /// Opens these pages as each of these people; of how many reads in a hundred Postgres had to tell no more than a version.
    async fn hit_rates(&self, people: &[Person], pages: &[&str]) -> BTreeMap<String, u64> {
        let before = self.reads().await;
        for person in people {
            for page in pages {
                assert_eq!(person.get(&self.world, page).await.status(), StatusCode::OK, "{page}");
            }
        }
        let rate = |(kind, (kept, all)): (String, (u64, u64))| {
            let (kept_before, all_before) = before.get(&kind).copied().unwrap_or_default();
            (all > all_before).then(|| (kind, 100 * (kept - kept_before) / (all - all_before)))
        };
        self.reads().await.into_iter().filter_map(rate).collect()
    }
}

const PAGES: [&str; 4] = ["/home", "/activity", "/people", "/settings/profile"];

/// People who have paid one another and keep one another.
async fn acquainted(world: &World) -> Vec<Person> {
    let mut people = vec![];
    for name in ["Asha Rao", "Ravi Menon", "Meera Nair", "Kabir Das", "Vikram Shah", "Nila Sen"] {
        people.push(world.person(name).await);
    }
    for (n, person) in people.iter().enumerate() {
        for m in 1..people.len() {
            let body =
                json!({ "to": people[(n + m) % people.len()].phone, "amount_minor": m, "note": "tea" });
            assert_eq!(person.pay(world, &format!("key-{m}"), &body).await.0, StatusCode::CREATED);
        }
    }
    people
}

#[sqlx::test(migrations = "../migrations")]
async fn after_warming_the_first_look_of_everybody_finds_everything_in_redis(owner: PgPool) {
    let redis = Redis::start().await;
    let url = format!("redis://127.0.0.1:{}", redis.port);
    let first = Counted::new(&owner, &url).await;
    let people = acquainted(&first.world).await;
    // The server makes sure that Redis is told of what was paid, once more.
    until("everything was told", async || {
        sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM outbox)").fetch_one(&owner).await.unwrap()
    })
    .await;
    drop(first);

    redis.say(&["FLUSHALL"]);
    let server = Counted::new(&owner, &url).await;
    let cold = server.hit_rates(&people, &PAGES).await;
    redis.say(&["FLUSHALL"]);
    let server = Counted::new(&owner, &url).await;
    let warmed = Command::new(env!("CARGO_BIN_EXE_okane"))
        .args(["warm", "--people", "100"])
        .env_clear()
        .env("DATABASE_URL", owner.connect_options().to_url_lossy().as_str())
        .env("REDIS_URL", &url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&warmed.stdout);
    assert!(warmed.status.success() && said.contains("6 people: 30 keys"), "{warmed:?}");
    let warm = server.hit_rates(&people, &PAGES).await;
    eprintln!("hits in a hundred reads: {cold:?} before, {warm:?} after: {said}");
    for (kind, rate) in &warm {
        assert_eq!(*rate, 100, "{kind}");
        assert!(cold[kind] < 100, "{kind} was warm before");
    }
    assert_eq!(warm.len(), 5, "{warm:?}");
}

/// But for what is new in each answer: the nonce of the policy.
fn drawn(page: &str) -> String {
    let (_, rest) = page.split_once("nonce=\"").unwrap();
    let (nonce, _) = rest.split_once('"').unwrap();
    page.replace(nonce, "")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_drawn_from_redis_is_the_page_drawn_from_postgres(owner: PgPool) {
    let redis = Redis::start().await;
    let cached = Counted::new(&owner, &format!("redis://127.0.0.1:{}", redis.port)).await;
    let people = acquainted(&cached.world).await;
    cached.hit_rates(&people, &PAGES).await;
    let rates = cached.hit_rates(&people, &PAGES).await;
    assert!(rates.len() == 5 && rates.values().all(|rate| *rate == 100), "{rates:?}");
    for person in &people {
        // One that nobody has asked anything yet.
        let fresh = World::new(owner.clone()).await;
        for page in PAGES {
            let from_redis = person.get(&cached.world, page).await.text().await.unwrap();
            let from_postgres = person.get(&fresh, page).await.text().await.unwrap();
            assert!(from_redis.len() > 2000 && from_redis.contains("nonce=\""), "{from_redis}");
            assert!(drawn(&from_redis) == drawn(&from_postgres), "{page} differs");
        }
    }
}
