//! Balances through a real Redis: quick where it helps, right where it fails or lies.

use std::time::{Duration, Instant};

use cache::Cache;
use domain::{Paise, TransferRefusal, UserId};
use ledger::Ledger;
use ledger::transfer::{TransferError, TransferRequest, Undo};
use redis::aio::MultiplexedConnection;
use sqlx::PgPool;

use crate::fixture::{Bench, amount, request, success};

fn url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned())
}

async fn redis() -> MultiplexedConnection {
    redis::Client::open(url()).unwrap().get_multiplexed_async_connection().await.unwrap()
}

/// The web's ledger in a process of its own: with what it knows, on the common Redis.
fn process(bench: &Bench) -> Ledger {
    Ledger::new(bench.web_pool.clone(), Cache::connect(Some(&url())))
}

async fn read(ledger: &Ledger, person: UserId) -> i64 {
    ledger.balance(person).await.unwrap().available.get()
}

/// On a busy machine Redis may answer later than the cache waits, and the truth is read instead: what
/// comes from the cache comes soon, if not at once. What must never be seen is asserted outside.
async fn soon(what: &str, is_so: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_secs(8), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What Redis holds for a person.
async fn kept(redis: &MultiplexedConnection, person: UserId) -> Option<String> {
    redis::cmd("GET").arg(name(person)).query_async(&mut redis.clone()).await.unwrap()
}

fn name(person: UserId) -> String {
    format!("okane:{{{person}}}:balance")
}

fn entry(owner: UserId, kind: &str, schema: u32, version: i64, available: i64) -> String {
    format!(
        "{version}\n{{\"owner\":\"{owner}\",\"kind\":\"{kind}\",\"schema\":{schema},\"value\":{{\"available\":{available},\"held\":0,\"version\":{version}}}}}"
    )
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_that_is_found_under_its_key_is_seen_though_its_maker_died_before_the_cache_heard(
    admin: PgPool,
) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let redis = redis().await;
    for asks_again in [true, false] {
        let before = bench.money(ananya).await;
        let old = process(&bench);
        soon("the balance before is cached", async || {
            read(&old, ananya).await;
            kept(&redis, ananya)
                .await
                .is_some_and(|entry| entry.contains(&format!(r#""available":{before},"#)))
        })
        .await;
        // Whoever makes the payment has no cache to tell: as if it had died after the commit.
        let wish = request(vikram, 100_00);
        bench.web.transfer(ananya, wish.clone()).await.unwrap();
        let new = process(&bench);
        if asks_again {
            assert!(new.transfer(ananya, wish).await.unwrap().replayed);
        } else {
            assert!(new.transfer_by_key(ananya, &wish.key).await.unwrap().is_some());
        }
        assert_eq!(read(&new, ananya).await, before - 100_00);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_payment_is_told_to_the_cache_at_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let (web, redis) = (process(&bench), redis().await);
    let wish = TransferRequest { undo: Undo::Seconds(600), ..request(vikram, 100_00) };
    let made = web.transfer(ananya, wish).await.unwrap();
    let held = |paise| format!(r#""held":{paise},"#);
    soon("what is held is cached", async || {
        read(&web, ananya).await;
        kept(&redis, ananya).await.is_some_and(|entry| entry.contains(&held(100_00)))
    })
    .await;
    web.cancel(ananya, made.id).await.unwrap();
    assert_eq!(web.balance(ananya).await.unwrap().held, Paise::ZERO);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_balance_is_read_from_the_cache_after_the_first_time(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 500_00).await;
    let (web, other, redis) = (process(&bench), process(&bench), redis().await);
    soon("cached", async || read(&web, ananya).await == 500_00 && kept(&redis, ananya).await.is_some()).await;
    // Nobody can do this; it shows where the next answers come from.
    bench.tamper(format!("UPDATE accounts SET balance = 1 WHERE owner = '{ananya}'")).await;
    soon("from the cache", async || read(&web, ananya).await == 500_00).await;
    soon("from the same cache", async || read(&other, ananya).await == 500_00).await;
    assert_eq!(read(&bench.web, ananya).await, 1, "without a cache the truth is read");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_writes_reads_what_was_written_and_so_does_the_next_process(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.person("Ananya").await, bench.person("Vikram").await);
    let (web, other) = (process(&bench), process(&bench));
    let bank = Ledger::new(bench.bank_pool.clone(), Cache::connect(Some(&url())));
    let everywhere = async |person, paise| {
        soon("told", async || read(&web, person).await == paise && read(&other, person).await == paise).await;
    };
    everywhere(ananya, 0).await;
    everywhere(vikram, 0).await;
    let token = bench.intent(ananya, 500_00).await.token;
    bank.settle(success(&token, 500_00)).await.unwrap();
    assert_eq!(read(&bank, ananya).await, 500_00);
    everywhere(ananya, 500_00).await;
    web.welcome(ananya, amount(10_00)).await.unwrap();
    assert_eq!(read(&web, ananya).await, 510_00);
    everywhere(ananya, 510_00).await;
    web.transfer(ananya, request(vikram, 110_00)).await.unwrap();
    assert_eq!((read(&web, ananya).await, read(&web, vikram).await), (400_00, 110_00));
    everywhere(ananya, 400_00).await;
    everywhere(vikram, 110_00).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn without_redis_or_with_a_dead_one_every_balance_is_right(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    for url in [None, Some("redis://127.0.0.1:1"), Some("not an address")] {
        let web = Ledger::new(bench.web_pool.clone(), Cache::connect(url));
        let before = read(&web, ananya).await;
        web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
        assert_eq!(read(&web, ananya).await, before - 100_00, "{url:?}");
    }
    assert_eq!(read(&bench.web, ananya).await, 200_00);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_poisoned_entry_is_not_believed_and_makes_way_for_the_truth(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 500_00).await;
    let vikram = bench.funded("Vikram", 9_999_00).await;
    let mut redis = redis().await;
    let version = bench.web.revision(ananya).await.unwrap();
    let sound = entry(ananya, "balance", 1, version, 500_00);
    let poisons: Vec<Vec<u8>> = [
        "",
        "{",
        "null",
        "500",
        &entry(vikram, "balance", 1, version, 9_999_00),
        &entry(vikram, "balance", 1, i64::MAX, 9_999_00),
        &entry(ananya, "balance", 1, version + 1, 9_999_00),
        &entry(ananya, "balance", 1, version - 1, 9_999_00),
        &entry(ananya, "history", 1, version, 9_999_00),
        &entry(ananya, "balance", 2, version, 9_999_00),
        &sound.replacen(&version.to_string(), "1e300", 1),
        &sound.replace("50000", "\"50000\""),
        &"[".repeat(50_000),
        &sound.replacen('{', &format!("{{{}", " ".repeat(10_000_000)), 1),
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([vec![0xff; 64]])
    .collect();
    for poison in poisons {
        let shown = String::from_utf8_lossy(&poison[..poison.len().min(80)]).into_owned();
        let _: () = redis::cmd("SET").arg(name(ananya)).arg(poison).query_async(&mut redis).await.unwrap();
        let web = process(&bench);
        soon(&format!("the truth stands in place of {shown}"), async || {
            assert_eq!(read(&web, ananya).await, 500_00, "{shown}");
            kept(&redis, ananya).await.as_deref() == Some(sound.as_str())
        })
        .await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_entry_of_the_wrong_type_is_one_miss_and_turns_the_cache_off_for_nobody(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.funded("Vikram", 1_00).await);
    let (web, mut redis) = (process(&bench), redis().await);
    let _: () = redis::cmd("RPUSH").arg(name(ananya)).arg("poison").query_async(&mut redis).await.unwrap();
    soon("both are cached", async || {
        assert_eq!((read(&web, ananya).await, read(&web, vikram).await), (500_00, 1_00));
        let kind = async |person| -> String {
            redis::cmd("TYPE").arg(name(person)).query_async(&mut redis.clone()).await.unwrap()
        };
        kind(ananya).await == "string" && kind(vikram).await == "string"
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn money_is_never_spent_by_what_the_cache_says(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let (web, mut redis) = (process(&bench), redis().await);
    let version = bench.web.revision(ananya).await.unwrap();
    let rich = entry(ananya, "balance", 1, version, 9_999_00);
    let _: () = redis::cmd("SET").arg(name(ananya)).arg(rich).query_async(&mut redis).await.unwrap();
    soon("a perfect forgery is shown", async || read(&web, ananya).await == 9_999_00).await;
    let outcome = web.transfer(ananya, request(vikram, 500_01)).await;
    let Err(TransferError::Refused(TransferRefusal::NotEnoughMoney { available })) = outcome else {
        panic!("spent: {outcome:?}")
    };
    assert_eq!(available, Paise::new(500_00));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_reader_who_was_overtaken_cannot_put_the_old_balance_back(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let (web, slow) = (process(&bench), Cache::connect(Some(&url())));
    let key = cache::Key { kind: "balance", schema: 1, clock: ledger::balance::CLOCK, owner: ananya.uuid() };
    let old = bench.web.balance(ananya).await.unwrap();
    web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
    slow.put(&key, old.version, &old).await;
    soon("new in every process", async || {
        assert_eq!(read(&web, ananya).await, 400_00);
        read(&process(&bench), ananya).await == 400_00
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_relay_publishes_what_a_dead_writer_could_not(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let (web, other, redis) = (process(&bench), process(&bench), redis().await);
    for (person, paise) in [(ananya, 500_00), (vikram, 0)] {
        soon("cached", async || read(&other, person).await == paise && kept(&redis, person).await.is_some())
            .await;
    }
    // This ledger has no cache: it commits and tells nobody.
    bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
    web.publish(&web.outbox_take(100).await.unwrap()).await.unwrap();
    assert_eq!((read(&web, ananya).await, read(&web, vikram).await), (400_00, 100_00));
    let told = async || read(&other, ananya).await == 400_00 && read(&other, vikram).await == 100_00;
    soon("told", told).await;
}
