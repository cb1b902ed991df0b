//! The first look at an account: the same from the cache as from Postgres, and never old.

use std::time::Duration;

use cache::{Cache, Key};
use domain::UserId;
use ledger::Ledger;
use ledger::transfer::{TransferRequest, Undo};
use sqlx::PgPool;

use crate::fixture::{Bench, amount, failure, request, success};

fn url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned())
}

/// The web's ledger in a process of its own, with Redis and without.
fn processes(bench: &Bench) -> [Ledger; 2] {
    [Cache::connect(Some(&url())), Cache::local()].map(|cache| Ledger::new(bench.web_pool.clone(), cache))
}

async fn shows_the_truth(ledger: &Ledger, person: UserId, after: &str) {
    let (shown, truth) = (ledger.recent(person).await.unwrap(), ledger.recent_now(person).await.unwrap());
    assert_eq!(shown, truth, "after {after}");
    for limit in [1, 2, 5, 30] {
        let shown = ledger.activity(person, None, limit).await.unwrap();
        assert_eq!(shown, ledger.activity_now(person, None, limit).await.unwrap(), "{limit} after {after}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_happens_the_first_look_of_the_cache_is_that_of_postgres(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 60_000_00).await, bench.person("Vikram").await);
    for ledger in processes(&bench) {
        let both = async |after: &str| {
            shows_the_truth(&ledger, ananya, after).await;
            shows_the_truth(&ledger, vikram, after).await;
        };
        both("nothing").await;
        let paid = ledger.transfer(ananya, request(vikram, 100_00)).await.unwrap();
        both("a payment that waits").await;
        ledger.cancel(ananya, paid.id).await.unwrap();
        both("its cancellation").await;
        ledger.transfer(ananya, request(vikram, 15_000_00)).await.unwrap();
        both("a large payment that its payee sees waiting").await;
        for (event, after) in [(success as fn(&str, i64) -> _, "a top-up"), (failure, "a decline")] {
            let token = bench.intent(ananya, 500_00).await.token;
            ledger.recent(ananya).await.unwrap();
            bench.bank.settle(event(&token, 500_00)).await.unwrap();
            ledger.publish(&ledger.outbox_take(100).await.unwrap()).await.unwrap();
            both(after).await;
        }
        ledger.welcome(vikram, amount(5_00)).await.unwrap();
        both("a welcome").await;
        let token = bench.intent(vikram, 500_00).await.token;
        ledger.recent(vikram).await.unwrap();
        bench
            .tamper(format!(
                "UPDATE on_ramps SET expires_at = now() - interval '1 s' WHERE token = '{token}'"
            ))
            .await;
        assert_eq!(ledger.expire_on_ramps().await.unwrap(), 1);
        ledger.publish(&ledger.outbox_take(100).await.unwrap()).await.unwrap();
        both("an expiry").await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_first_look_comes_from_the_cache_as_long_as_nothing_is_new(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 500_00).await;
    for (ledger, bank) in processes(&bench).into_iter().zip(["malwa", "nilgiri"]) {
        let before = ledger.recent(ananya).await.unwrap();
        // Nobody can do this; it shows where the next answer comes from.
        bench.tamper(format!("UPDATE on_ramps SET bank = '{bank}'")).await;
        assert_ne!(ledger.recent_now(ananya).await.unwrap(), before);
        let kept = async { while ledger.recent(ananya).await.unwrap() != before {} };
        tokio::time::timeout(Duration::from_secs(8), kept).await.expect("kept");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn warming_fills_what_is_missing_and_skips_what_is_there(admin: PgPool) {
    let bench = Bench::new(admin);
    let mut people = vec![];
    for name in ["Ananya", "Vikram", "Meera"] {
        people.insert(0, bench.funded(name, 500_00).await);
    }
    bench.person("Nobody").await;
    let ledger = &processes(&bench)[0];
    let first = ledger.warm(None, 2).await.unwrap();
    assert_eq!(first.people, people[..2], "whoever moved money last comes first");
    assert_eq!((first.keys, first.skipped), (4, 0));
    assert!(first.bytes > 500, "{first:?}");
    let rest = ledger.warm(first.next, 2).await.unwrap();
    assert_eq!((&rest.people[..], rest.keys), (&people[2..], 2));
    assert_eq!(ledger.warm(rest.next, 2).await.unwrap().next, None);

    bench.intent(people[0], 100_00).await;
    let again = ledger.warm(None, 10).await.unwrap();
    assert_eq!((again.keys, again.skipped), (2, 2), "only what has changed is written again");
    shows_the_truth(ledger, people[0], "warming").await;
}

/// The version of the page that Redis keeps of a person.
async fn kept(cache: &Cache, person: UserId) -> Option<i64> {
    cache.holds(&Key { kind: "history", schema: 2, clock: "money", owner: person.uuid() }).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_puts_itself_on_the_pages_that_are_kept_of_both_sides(admin: PgPool) {
    let bench = Bench::new(admin);
    let cache = Cache::connect(Some(&url()));
    let ledger = Ledger::new(bench.web_pool.clone(), cache.clone());
    let mut people = vec![];
    for name in ["Ananya", "Vikram", "Meera", "Kabir"] {
        people.push(bench.funded(name, 60_000_00).await);
    }
    for (from, to) in (0..4).flat_map(|from| (1..4).map(move |step| (from, (from + step) % 4))) {
        ledger.transfer(people[from], request(people[to], 1_00)).await.unwrap();
    }
    let mut pushed = 0;
    for round in 0..40 {
        for person in &people {
            ledger.recent(*person).await.unwrap();
        }
        // One alone, and then more and more in a batch, among them one that waits and one that is refused.
        let payments = (0..=round % 12).map(|n| {
            let paise = if n == 11 { 99_999_00 } else { 1 + n as i64 };
            let undo = Undo::Seconds(if n == 10 { 3600 } else { 0 });
            let asked = TransferRequest { undo, ..request(people[(n + 1 + round) % 4], paise) };
            let (ledger, from) = (ledger.clone(), people[(n + round / 3) % 4]);
            tokio::spawn(async move { ledger.transfer(from, asked).await.is_ok() })
        });
        for payment in payments.collect::<Vec<_>>() {
            payment.await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        for person in &people {
            let revision = ledger.revision(*person).await.unwrap();
            pushed += usize::from(kept(&cache, *person).await == Some(revision));
            shows_the_truth(&ledger, *person, &format!("round {round}")).await;
        }
    }
    eprintln!("{pushed} of 160 pages were there");
    assert!(pushed >= 40, "{pushed}");
}
