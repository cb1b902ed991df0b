//! Redis is gone, frozen, slow, flapping, emptied, full, read-only or full of lies, while people pay and look at
//! two servers in turn. Each sees what they have, to the paisa, without an error, and as quickly as before.

use std::time::{Duration, Instant};

use domain::Paise;
use nix::sys::signal::Signal;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::sleep;

use super::ring::{local, until};
use crate::support::door::Door;
use crate::support::redis::Redis;
use crate::world::*;

/// Looks in one measurement, by all readers together.
const LOOKS: usize = 300;
/// How much dearer the first looks may be that find out.
const SURPRISE: Duration = Duration::from_millis(50);
/// What a busy machine may add to any figure here. Without a breaker each look would wait for Redis anew, at least
/// once, for 40 ms.
const NOISE: Duration = Duration::from_millis(25);
/// A busy machine may spoil a measurement, but not each of these.
const TRIES: usize = 6;
const PAGES: [&str; 4] = ["/api/v1/balance", "/home", "/api/v1/activity?limit=5", "/activity"];

#[derive(Debug, Clone, Copy)]
enum Fault {
    Gone,
    Frozen,
    Slow(u64),
    Flapping,
    Emptied,
    Full,
    ReadOnly,
    /// These words of a script, which have a `key` and its `value`.
    Lying(&'static str),
}

/// What is put over whatever stands in Redis, again and again.
const LIES: [(&str, &str); 7] = [
    ("malformed", "redis.call('SET', key, '{')"),
    (
        "of another",
        "local kind = string.match(key, ':([^{}]+)$')
         redis.call('SET', key, last[kind] or '7')
         last[kind] = value",
    ),
    (
        "older",
        "local old = redis.call('HGET', 'old', key)
         if old then redis.call('SET', key, old) else redis.call('HSET', 'old', key, value) end",
    ),
    // An entry alone, then a clock alone. Whoever can write both as they please is believed: Redis is ours.
    (
        "later",
        "local rest = string.match(value, '%D.*$') if rest then redis.call('SET', key, '999999' .. rest) end",
    ),
    ("of a later clock", "if not string.find(value, '%D') then redis.call('SET', key, '999999') end"),
    ("of 10 MB", "if math.random(8) == 1 then redis.call('SET', key, string.rep('9', 10000000)) end"),
    ("of another type", "redis.call('DEL', key) redis.call('RPUSH', key, value)"),
];

impl Fault {
    /// Does harm until it is dropped; what it has begun, [`Fault::end`] ends.
    async fn rage(self, wallets: &Wallets) {
        let Wallets { redis, door, .. } = wallets;
        match self {
            Fault::Gone => redis.end(),
            Fault::Frozen => redis.signal(Signal::SIGSTOP),
            Fault::Slow(millis) => door.slow(Duration::from_millis(millis)),
            Fault::Flapping => loop {
                redis.signal(Signal::SIGSTOP);
                sleep(Duration::from_secs(1)).await;
                redis.signal(Signal::SIGCONT);
                sleep(Duration::from_secs(1)).await;
            },
            Fault::Emptied => loop {
                redis.say(&["FLUSHALL"]);
                sleep(Duration::from_millis(50)).await;
            },
            Fault::Full => drop(redis.say(&["CONFIG", "SET", "maxmemory", "1"])),
            Fault::ReadOnly => drop(redis.say(&["REPLICAOF", "127.0.0.1", "1"])),
            Fault::Lying(lie) => {
                let script = format!(
                    "local last = {{}}
                     for _, key in ipairs(redis.call('KEYS', 'okane:*')) do
                         local value = redis.pcall('GETRANGE', key, 0, 70000)
                         if type(value) == 'string' then {lie} end
                     end"
                );
                loop {
                    let answer = redis.say(&["EVAL", &script, "0"]);
                    assert_eq!(answer, "", "a lie that cannot be told");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
        std::future::pending().await
    }

    async fn end(self, Wallets { redis, door, .. }: &Wallets) {
        match self {
            Fault::Gone => redis.revive().await,
            Fault::Frozen | Fault::Flapping => redis.signal(Signal::SIGCONT),
            Fault::Slow(_) => door.slow(Duration::ZERO),
            Fault::Full => drop(redis.say(&["CONFIG", "SET", "maxmemory", "0"])),
            Fault::ReadOnly => drop(redis.say(&["REPLICAOF", "NO", "ONE"])),
            Fault::Emptied | Fault::Lying(_) => {}
        }
        redis.say(&["FLUSHALL"]);
    }
}

/// Two servers on one database and one Redis, and people who have something in it.
struct Wallets {
    servers: [World; 2],
    redis: Redis,
    door: Door,
    shop: Person,
}

impl Wallets {
    async fn new(owner: &PgPool) -> (Self, Vec<Reader>) {
        let redis = Redis::start().await;
        let door = Door::before("Redis", local(redis.port), None).await;
        let url = format!("redis://127.0.0.1:{}", door.port);
        let settings = [("RATE_LIMIT_SCALE", "100000"), ("REDIS_URL", url.as_str())];
        let servers =
            [World::with(owner.clone(), &settings).await, World::with(owner.clone(), &settings).await];
        let shop = servers[0].person("Lila Stores").await;
        let mut readers = vec![];
        for name in ["Asha Rao", "Ravi Menon", "Meera Nair", "Kabir Das"] {
            let person = servers[0].person(name).await;
            readers.push(Reader { person, has: WELCOME, seen: String::new(), turn: 0 });
        }
        (Wallets { servers, redis, door, shop }, readers)
    }

    /// Waits until both servers use Redis again.
    async fn are_well(&self) {
        until("Redis is used again", async || {
            for server in &self.servers {
                let ready: Value = server.get("/readyz").send().await.unwrap().json().await.unwrap();
                if ready["cache"] != "shared" {
                    return false;
                }
            }
            true
        })
        .await;
    }

    /// How long each of so many looks took.
    async fn look(&self, readers: &mut [Reader], looks: usize) -> Vec<Duration> {
        let each = looks / readers.len();
        let looking = readers.iter_mut().map(async |reader| {
            let mut took = vec![];
            for _ in 0..each {
                took.push(reader.look(self).await);
            }
            took
        });
        futures_util::future::join_all(looking).await.concat()
    }

    /// Under this fault all is right, and in one of a few tries it is as quick as without.
    async fn endure(&self, fault: Fault, readers: &mut [Reader]) {
        for _ in 0..TRIES {
            self.are_well().await;
            self.look(readers, LOOKS / 4).await;
            let before = p99(self.look(readers, LOOKS).await);
            let (first, under) = self.look_under(fault, LOOKS, readers).await;
            eprintln!("{fault:?}: p99 {before:.1?}, then {under:.1?}; the dearest of the first {first:.1?}");
            let most = before.mul_f64(1.2) + NOISE;
            if under <= most && first <= most + SURPRISE {
                return;
            }
        }
        panic!("{fault:?} is felt");
    }

    /// How long the dearest of the first looks took under this fault, and 99 of a hundred of those after it.
    async fn look_under(&self, fault: Fault, looks: usize, readers: &mut [Reader]) -> (Duration, Duration) {
        let times = tokio::select! {
            biased;
            () = fault.rage(self) => unreachable!("it rages until it is dropped"),
            times = async {
                let first = self.look(readers, 2 * readers.len()).await.into_iter().max().unwrap();
                (first, p99(self.look(readers, looks).await))
            } => times,
        };
        fault.end(self).await;
        times
    }
}

/// Somebody who pays now and then, and in between looks what is left.
struct Reader {
    person: Person,
    has: i64,
    /// What the browser keeps besides the session.
    seen: String,
    turn: usize,
}

impl Reader {
    /// Looks at one of the pages, at the server whose turn it is, and before every fifth look pays a paisa at the other.
    async fn look(&mut self, wallets: &Wallets) -> Duration {
        self.turn += 1;
        if self.turn.is_multiple_of(5) {
            self.pay(wallets).await;
        }
        let path = PAGES[self.turn / 2 % PAGES.len()];
        let begun = Instant::now();
        let call = wallets.servers[self.turn % 2].get(path).header("cookie", self.cookies());
        let answer = call.send().await.unwrap();
        let took = begun.elapsed();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        self.check(path, answer).await;
        took
    }

    async fn pay(&mut self, wallets: &Wallets) {
        let body = json!({ "to": wallets.shop.phone, "amount_minor": 1 });
        let call = wallets.servers[(self.turn + 1) % 2].post("/api/v1/transfers", &body);
        let call = call.header("idempotency-key", format!("turn-{}", self.turn));
        let answer = call.header("cookie", self.cookies()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        for cookie in answer.headers().get_all("set-cookie") {
            if cookie.to_str().unwrap().starts_with("seen=") {
                self.seen = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
        }
        self.has -= 1;
    }

    async fn check(&self, path: &str, answer: Response) {
        let text = answer.text().await.unwrap();
        let json = || serde_json::from_str::<Value>(&text).unwrap();
        match path {
            "/api/v1/balance" => assert_eq!(json()["available_minor"], self.has),
            path if path.starts_with("/api") => {
                assert_eq!(json()["items"][0]["balance_after_minor"], self.has);
            }
            _ => {
                let sum = Paise::new(self.has).to_string();
                assert!(words(&text).contains(&sum), "{sum} is not on {path}: {}", words(&text));
            }
        }
    }

    fn cookies(&self) -> String {
        format!("{}; {}", self.person.cookie, self.seen)
    }
}

/// What a page says.
fn words(page: &str) -> String {
    page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

fn p99(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() * 99 / 100]
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_redis_does_everybody_sees_what_they_have_without_an_error_and_without_waiting(
    owner: PgPool,
) {
    let (wallets, mut readers) = Wallets::new(&owner).await;
    for fault in [
        Fault::Gone,
        Fault::Frozen,
        Fault::Slow(50),
        Fault::Slow(200),
        Fault::Slow(2000),
        Fault::Flapping,
        Fault::Emptied,
        Fault::Full,
        Fault::ReadOnly,
    ] {
        wallets.endure(fault, &mut readers).await;
    }
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_lies_stand_in_redis_everybody_sees_what_they_have(owner: PgPool) {
    let (wallets, mut readers) = Wallets::new(&owner).await;
    for (name, lie) in LIES {
        wallets.are_well().await;
        wallets.look(&mut readers, LOOKS / 4).await;
        eprintln!("{name}");
        wallets.look_under(Fault::Lying(lie), LOOKS / 4, &mut readers).await;
    }
    let unsound = wallets.servers.iter().map(|server| server.log().matches("something unsound").count());
    assert!(unsound.sum::<usize>() >= LIES.len(), "no lie was found out");
    audit(&owner);
}
