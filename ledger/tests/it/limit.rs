//! How much somebody may pay: counted where payments are decided, never raced over.

use domain::{Paise, Period, TransferRefusal, UserId};
use ledger::audit::Rule;
use ledger::limit::LimitError;
use ledger::transfer::{TransferError, TransferRequest, Undo};
use sqlx::PgPool;

use crate::fixture::{Bench, at_once, request};

async fn couple(admin: PgPool) -> (Bench, UserId, UserId) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 3_00_000_00).await;
    let vikram = bench.person("Vikram").await;
    bench.web.trust(ananya, vikram, true).await.unwrap();
    (bench, ananya, vikram)
}

/// The limit that refuses a payment, with what it allows and what is left of it.
async fn refused(bench: &Bench, from: UserId, wish: TransferRequest) -> (Period, i64, i64) {
    match bench.web.transfer(from, wish).await {
        Err(TransferError::Refused(TransferRefusal::AboveLimit { period, most, remains })) => {
            (period, most.get(), remains.get())
        }
        other => panic!("not refused by a limit: {other:?}"),
    }
}

async fn limit(bench: &Bench, person: UserId, period: Period) -> domain::view::Limit {
    let limits = bench.web.limits(person).await.unwrap();
    assert_eq!(limits.iter().map(|limit| limit.period).collect::<Vec<_>>(), Period::ALL);
    limits.into_iter().find(|limit| limit.period == period).unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn every_limit_refuses_by_its_name_with_what_is_left_and_moves_nothing(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    for (period, most) in [(Period::Transfer, 500_00), (Period::Day, 800_00), (Period::Month, 900_00)] {
        bench.web.set_limit(ananya, period, Paise::new(most)).await.unwrap();
    }
    assert_eq!(refused(&bench, ananya, request(vikram, 500_01)).await, (Period::Transfer, 500_00, 500_00));
    bench.web.transfer(ananya, request(vikram, 500_00)).await.unwrap();
    assert_eq!(refused(&bench, ananya, request(vikram, 300_01)).await, (Period::Day, 800_00, 300_00));
    bench.web.transfer(ananya, request(vikram, 300_00)).await.unwrap();
    bench.tamper("UPDATE accounts SET spent_on = spent_on - 1 WHERE spent_on > '-infinity'").await;
    let yesterday_was_this_month = bench
        .number("SELECT count(*) FROM accounts WHERE spent_on >= date_trunc('month', indian_day(now()))")
        .await
        == 1;
    if yesterday_was_this_month {
        assert_eq!(refused(&bench, ananya, request(vikram, 100_01)).await, (Period::Month, 900_00, 100_00));
    }
    bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
    assert_eq!(bench.money(vikram).await, 900_00);
    // The audit sees that the payments were of another day than is said here, and nothing else.
    let found = ledger::audit::audit(&bench.auditor).await.unwrap().findings;
    assert!(found.iter().all(|finding| finding.rule == Rule::SpentIsWhatWasPaid.sentence()), "{found:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_day_limit_that_twenty_payments_race_for_is_never_passed(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    bench.web.set_limit(ananya, Period::Day, Paise::new(1_000_00)).await.unwrap();
    let second_server = ledger::Ledger::new(bench.web_pool.clone(), cache::Cache::local());
    let outcomes =
        at_once(
            (0..20).map(|n| {
                let web = if n % 2 == 0 { bench.web.clone() } else { second_server.clone() };
                // Half of them wait: what is set aside counts as well.
                let undo = Undo::Seconds(if n % 4 < 2 { 0 } else { 600 });
                async move {
                    web.transfer(ananya, TransferRequest { undo, ..request(vikram, 150_00) }).await.is_ok()
                }
            }),
        )
        .await;
    assert_eq!(outcomes.into_iter().filter(|made| *made).count(), 6);
    assert_eq!(limit(&bench, ananya, Period::Day).await.used, Paise::new(900_00));
    assert_eq!(refused(&bench, ananya, request(vikram, 100_01)).await, (Period::Day, 1_000_00, 100_00));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_payment_counts_no_longer(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    bench.web.set_limit(ananya, Period::Day, Paise::new(100_00)).await.unwrap();
    let wish = TransferRequest { undo: Undo::Seconds(600), ..request(vikram, 100_00) };
    let made = bench.web.transfer(ananya, wish).await.unwrap();
    refused(&bench, ananya, request(vikram, 1)).await;
    bench.web.cancel(ananya, made.id).await.unwrap();
    bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_limit_is_lowered_at_once_and_raised_later_and_never_above_everybodys(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let day = limit(&bench, ananya, Period::Day).await;
    assert_eq!(
        (day.most, day.highest, day.used, day.next),
        (day.highest, Paise::new(2_00_000_00), Paise::ZERO, None)
    );
    let set = |most| bench.web.set_limit(ananya, Period::Day, Paise::new(most));
    set(100_00).await.unwrap();
    set(500_00).await.unwrap();
    let day = limit(&bench, ananya, Period::Day).await;
    assert_eq!((day.most, day.next.map(|(most, _)| most)), (Paise::new(100_00), Some(Paise::new(500_00))));
    refused(&bench, ananya, request(vikram, 100_01)).await;
    bench.tamper("UPDATE limits SET next_at = now()").await;
    bench.web.transfer(ananya, request(vikram, 100_01)).await.unwrap();
    // Lowering takes back what was asked for and is not yet in force.
    set(2_00_000_00).await.unwrap();
    set(50_00).await.unwrap();
    let day = limit(&bench, ananya, Period::Day).await;
    assert_eq!((day.most, day.next), (Paise::new(50_00), None));
    let Err(LimitError::TooHigh { highest }) = set(2_00_000_01).await else { panic!("above everybody's") };
    assert_eq!(highest, Paise::new(2_00_000_00));
    assert!(matches!(set(-1).await, Err(LimitError::Storage(_))), "whatever else is refused is not too high");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_spent_before_midnight_in_india_does_not_count_today(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
    assert_eq!(limit(&bench, ananya, Period::Day).await.used, Paise::new(100_00));
    bench.tamper("UPDATE accounts SET spent_on = spent_on - 40 WHERE spent_on > '-infinity'").await;
    assert_eq!(limit(&bench, ananya, Period::Day).await.used, Paise::ZERO);
    assert_eq!(limit(&bench, ananya, Period::Month).await.used, Paise::ZERO);
    bench.web.transfer(ananya, request(vikram, 1_00)).await.unwrap();
    assert_eq!(limit(&bench, ananya, Period::Month).await.used, Paise::new(1_00));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_lowered_policy_binds_whoever_has_a_limit_of_their_own_too(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    bench.web.set_limit(ananya, Period::Day, Paise::new(1_00_000_00)).await.unwrap();
    bench.tamper("UPDATE policy SET per_day = 50000").await;
    assert_eq!(refused(&bench, ananya, request(vikram, 500_01)).await, (Period::Day, 500_00, 500_00));
    assert_eq!(limit(&bench, ananya, Period::Day).await.most, Paise::new(500_00));
}
