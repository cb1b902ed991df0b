//! Many payments in one transaction behave as if they had come one after the other.

use std::time::Duration;

use cache::Cache;
use domain::{Paise, TransferRefusal, UserId};
use ledger::transfer::{TransferError, TransferRequest, Undo};
use ledger::{Ledger, WriteError};
use sqlx::PgPool;

use crate::fixture::{Bench, as_role, at_once, key, refusal, request};

/// How many transactions have been committed that wrote transfers between people.
const BATCHES: &str = "SELECT count(DISTINCT xmin::text) FROM transfers WHERE kind = 'p2p'";

/// Stops the writer by holding its first batch's account, so that everything sent meanwhile is one batch.
async fn together<T: Send + 'static>(
    bench: &Bench,
    stopper: UserId,
    wishes: Vec<(UserId, TransferRequest)>,
    answer: fn(Result<ledger::transfer::Transfer, TransferError>) -> T,
) -> Vec<T> {
    let mut tx = bench.admin.begin().await.unwrap();
    sqlx::query("SELECT FROM accounts WHERE owner = $1 FOR UPDATE")
        .bind(stopper.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    let first = tokio::spawn({
        let web = bench.web.clone();
        let to = wishes[0].1.to;
        async move { web.transfer(stopper, request(to, 1)).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut answers = vec![];
    for (from, wish) in wishes {
        let web = bench.web.clone();
        answers.push(tokio::spawn(async move { web.transfer(from, wish).await }));
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    tx.commit().await.unwrap();
    first.await.unwrap().unwrap();
    let mut outcomes = vec![];
    for outcome in answers {
        outcomes.push(answer(outcome.await.unwrap()));
    }
    outcomes
}

#[sqlx::test(migrations = "../migrations")]
async fn in_one_batch_money_is_spent_once_and_may_be_passed_on(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let (vikram, meera) = (bench.person("Vikram").await, bench.person("Meera").await);
    let stopper = bench.funded("Rohan", 1_00).await;
    let outcomes = together(
        &bench,
        stopper,
        vec![
            (vikram, request(meera, 100_00)), // nothing there yet
            (ananya, request(vikram, 100_00)),
            (ananya, request(meera, 1)), // spent a moment ago
            (vikram, request(meera, 100_00)),
        ],
        |outcome| match outcome {
            Ok(_) => None,
            Err(TransferError::Refused(TransferRefusal::NotEnoughMoney { available })) => Some(available),
            Err(other) => panic!("{other:?}"),
        },
    )
    .await;
    assert_eq!(outcomes, [Some(Paise::ZERO), None, Some(Paise::ZERO), None]);
    assert_eq!((bench.money(ananya).await, bench.money(meera).await), (0, 100_01));
    assert_eq!(bench.number(BATCHES).await, 2);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn in_one_batch_a_key_names_one_payment_even_after_it_was_refused(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let (vikram, stopper) = (bench.funded("Vikram", 50_00).await, bench.funded("Rohan", 1_00).await);
    let wish = |paise| TransferRequest { key: key("k"), ..request(vikram, paise) };
    let outcomes = together(
        &bench,
        stopper,
        vec![
            (ananya, wish(150_00)), // refused: does not use up the key
            (vikram, request(ananya, 50_00)),
            (ananya, wish(150_00)),
            (ananya, wish(150_00)),
            (ananya, wish(1_00)), // another payment under the key
        ],
        |outcome| outcome.map(|made| made.replayed).map_err(|error| error.to_string()),
    )
    .await;
    let refused = |refusal: TransferRefusal| Err(refusal.to_string());
    assert_eq!(
        outcomes,
        [
            refused(TransferRefusal::NotEnoughMoney { available: Paise::new(100_00) }),
            Ok(false),
            Ok(false),
            Ok(true),
            refused(TransferRefusal::KeyReused),
        ]
    );
    assert_eq!(bench.money(ananya).await, 0);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn in_one_batch_somebody_may_be_paid_and_set_that_money_aside(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let (vikram, meera) = (bench.person("Vikram").await, bench.person("Meera").await);
    let stopper = bench.funded("Rohan", 1_00).await;
    let waits = |to| TransferRequest { undo: Undo::Seconds(600), ..request(to, 100_00) };
    let wishes = vec![(ananya, request(vikram, 100_00)), (vikram, waits(meera))];
    let made = together(&bench, stopper, wishes, |outcome| outcome.map(|made| made.balance.held.get())).await;
    assert!(matches!(made[..], [Ok(0), Ok(100_00)]), "{made:?}");
    // Both in the one transaction: a batch that fails is run again, each alone.
    let together = "SELECT count(*) FROM holds h JOIN transfers t ON t.xmin::text = h.xmin::text";
    assert_eq!(bench.number(together).await, 1);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_member_that_postgres_refuses_does_not_fail_its_batch(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let (full, vikram) = (bench.person("Meera").await, bench.person("Vikram").await);
    let stopper = bench.funded("Rohan", 1_00).await;
    bench.tamper(format!("UPDATE accounts SET balance = {} WHERE owner = '{full}'", i64::MAX - 10)).await;
    let outcomes = together(
        &bench,
        stopper,
        vec![
            (ananya, request(vikram, 1_00)),
            (ananya, request(full, 11)), // does not fit into 64 bits
            (ananya, request(vikram, 2_00)),
        ],
        |outcome| match outcome {
            Ok(_) => true,
            Err(TransferError::Write(WriteError::Storage(_))) => false,
            Err(other) => panic!("{other:?}"),
        },
    )
    .await;
    assert_eq!(outcomes, [true, false, true]);
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (97_00, 3_01));
}

#[sqlx::test(migrations = "../migrations")]
async fn three_servers_paying_round_in_circles_lose_nothing_and_never_deadlock(admin: PgPool) {
    let bench = Bench::new(admin);
    let mut people = vec![];
    for _ in 0..8 {
        people.push(bench.funded("Somebody", 100_00).await);
    }
    let servers: Vec<_> = (0..3).map(|_| Ledger::new(bench.web_pool.clone(), Cache::local())).collect();
    at_once((0..48).map(|worker| {
        let (web, people) = (servers[worker % 3].clone(), people.clone());
        async move {
            for i in 0..20 {
                let (from, to) = ((worker + i) % 8, (worker + i * 3 + 1 + worker % 5) % 8);
                if from != to {
                    web.transfer(people[from], request(people[to], 1)).await.unwrap();
                }
            }
        }
    }))
    .await;
    drop(servers);
    let total = bench.number("SELECT sum(balance)::bigint FROM accounts WHERE id >= 1000").await;
    assert_eq!(total, 800_00);
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_postgres_that_does_not_answer_leaves_payments_undecided_and_a_full_queue_busy(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    let pool = as_role(&bench.admin, "okane_web");
    let web = Ledger::new(pool, Cache::local());
    let mut tx = bench.admin.begin().await.unwrap();
    sqlx::query("SELECT FROM accounts WHERE owner = $1 FOR UPDATE")
        .bind(ananya.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    let wish = request(vikram, 1_00);
    let outcomes = at_once((0..3000).map(|n| {
        let (web, wish) = (web.clone(), wish.clone());
        async move {
            let wish = if n == 0 { wish } else { request(vikram, 1) };
            web.transfer(ananya, wish).await
        }
    }))
    .await;
    let busy = outcomes.iter().filter(|o| matches!(o, Err(TransferError::Write(WriteError::Busy)))).count();
    let undecided =
        outcomes.iter().filter(|o| matches!(o, Err(TransferError::Write(WriteError::Undecided(_))))).count();
    assert_eq!(busy + undecided, 3000, "{:?}", outcomes.iter().find(|o| o.is_ok()));
    assert!((600..1000).contains(&busy), "{busy} were turned away");
    tx.commit().await.unwrap();
    // What was undecided is decided by asking again under the same key, and only once.
    let made = web.transfer(ananya, wish.clone()).await.unwrap();
    assert_eq!(web.transfer(ananya, wish).await.unwrap().id, made.id);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_waited_too_long_for_its_locks_is_not_carried_out_behind_anybodys_back(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    let mut tx = bench.admin.begin().await.unwrap();
    sqlx::query("SELECT FROM accounts WHERE owner = $1 FOR UPDATE")
        .bind(ananya.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    // As a writer leaves it behind that has given up: nobody waits for its answer any more.
    let left_behind = tokio::spawn({
        let pool = bench.web_pool.clone();
        async move {
            sqlx::query("SELECT outcome FROM pay($1, $2, $3, $4, $5, $6, $7)")
                .bind([uuid::Uuid::now_v7()])
                .bind([ananya.uuid()])
                .bind([vikram.uuid()])
                .bind([1_00i64])
                .bind(["tea"])
                .bind(["k"])
                .bind([0])
                .execute(&pool)
                .await
        }
    });
    tokio::time::sleep(Duration::from_millis(1800)).await;
    tx.commit().await.unwrap();
    assert_eq!(refusal(left_behind.await.unwrap()), "55P03");
    assert_eq!(bench.money(vikram).await, 0);
}
