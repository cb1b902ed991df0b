//! What must still be told: written with what it tells of, leased, and gone once told.

use std::collections::HashSet;

use ledger::outbox::{Task, Topic};
use sqlx::PgPool;

use crate::fixture::{Bench, at_once, request};

const ROWS: &str = "SELECT count(*) FROM outbox";

async fn due_now(bench: &Bench) {
    bench.tamper("UPDATE outbox SET due_at = now() - interval '1 second'").await;
}

/// Takes everything that is due.
async fn take(bench: &Bench) -> Vec<Task> {
    bench.web.outbox_take(100).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn each_transfer_and_each_intent_leaves_a_row_and_a_refused_one_leaves_none(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    sqlx::raw_sql("DELETE FROM outbox").execute(&bench.admin).await.unwrap();
    let made = bench.web.transfer(ananya, request(vikram, 60_00)).await.unwrap();
    bench.web.transfer(ananya, request(vikram, 60_00)).await.unwrap_err();
    assert_eq!(
        take(&bench).await.iter().map(|task| task.topic).collect::<Vec<_>>(),
        [Topic::TransferPosted(made.id)]
    );

    let intent = bench.intent(ananya, 1_00).await;
    assert!(take(&bench).await.is_empty(), "whoever opened the intent has a moment to tell the bank itself");
    due_now(&bench).await;
    let topics: HashSet<_> = take(&bench).await.iter().map(|task| format!("{:?}", task.topic)).collect();
    let wanted = [Topic::TransferPosted(made.id), Topic::BankPayment(intent.id)];
    assert_eq!(topics, wanted.iter().map(|topic| format!("{topic:?}")).collect());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_row_lives_and_dies_with_its_transaction(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    let before = bench.number(ROWS).await;
    let mut tx = bench.admin.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, idempotency_key)
         VALUES (gen_random_uuid(), 'p2p', $1, $2, 1, 'k')",
    )
    .bind(bench.account(ananya).await)
    .bind(bench.account(vikram).await)
    .execute(&mut *tx)
    .await
    .unwrap();
    let inside: i64 = sqlx::query_scalar(ROWS).fetch_one(&mut *tx).await.unwrap();
    assert_eq!((inside, bench.number(ROWS).await), (before + 1, before));
    tx.rollback().await.unwrap();
    assert_eq!((bench.number(ROWS).await, bench.money(ananya).await), (before, 100_00));
}

#[sqlx::test(migrations = "../migrations")]
async fn takers_at_once_never_get_the_same_row_and_never_wait_for_each_other(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    for _ in 0..39 {
        bench.web.transfer(ananya, request(vikram, 1)).await.unwrap();
    }
    due_now(&bench).await;
    let all = bench.number(ROWS).await as usize;
    let taken = at_once((0..8).map(|_| {
        let web = bench.web.clone();
        async move { web.outbox_take(10).await.unwrap() }
    }))
    .await;
    assert!(taken.iter().all(|tasks| tasks.len() <= 10));
    let ids: Vec<i64> = taken.iter().flatten().map(|task| task.id).collect();
    assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len());
    // Whoever came while all rows were held took nothing; what is left is still due, and no more than that.
    let rest = take(&bench).await;
    assert_eq!(ids.len() + rest.len(), all);

    due_now(&bench).await;
    let mut tx = bench.web_pool.begin().await.unwrap();
    let held: i64 = sqlx::query_scalar("SELECT id FROM outbox ORDER BY id LIMIT 1 FOR UPDATE")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    let tasks = tokio::time::timeout(std::time::Duration::from_secs(5), take(&bench)).await.unwrap();
    assert_eq!(tasks.len(), all - 1);
    assert!(tasks.iter().all(|task| task.id != held));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_told_is_gone_and_what_is_not_comes_back_later_and_later(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    sqlx::raw_sql("DELETE FROM outbox").execute(&bench.admin).await.unwrap();
    bench.intent(ananya, 1_00).await;
    bench.web.transfer(ananya, request(vikram, 1)).await.unwrap();
    let delay = "SELECT (extract(epoch FROM max(due_at) - now()) * 1000)::bigint FROM outbox WHERE topic = 'bank_payment'";
    for attempt in 1..=12 {
        due_now(&bench).await;
        let task =
            take(&bench).await.into_iter().find(|task| matches!(task.topic, Topic::BankPayment(_))).unwrap();
        assert_eq!(task.attempts, attempt);
        let expected = 1000 * 2_i64.pow(attempt as u32 - 1).min(300);
        let waits = bench.number(delay).await;
        assert!(
            (expected * 3 / 4 - 500..=expected * 5 / 4).contains(&waits),
            "attempt {attempt} waits {waits} ms"
        );
        assert!(take(&bench).await.is_empty(), "leased");
    }
    due_now(&bench).await;
    let tasks = take(&bench).await;
    let (done, kept) = tasks.split_at(1);
    bench.web.outbox_done(&[done[0].id]).await.unwrap();
    due_now(&bench).await;
    assert_eq!(take(&bench).await.iter().map(|task| task.id).collect::<Vec<_>>(), [kept[0].id]);
}
