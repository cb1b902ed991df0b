//! Freezing: nothing leaves, everything arrives, and the way back takes as long as was chosen beforehand.

use domain::{ThawDelay, TransferRefusal, UserId};
use ledger::hold::Cancellation;
use ledger::transfer::{TransferError, TransferRequest, Undo};
use sqlx::PgPool;

use crate::fixture::{Bench, request};

async fn refusal(bench: &Bench, from: UserId, to: UserId) -> Option<TransferRefusal> {
    match bench.web.transfer(from, request(to, 1_00)).await {
        Ok(_) => None,
        Err(TransferError::Refused(refusal)) => Some(refusal),
        Err(error) => panic!("{error:?}"),
    }
}

fn waits(to: UserId, paise: i64) -> TransferRequest {
    TransferRequest { undo: Undo::Seconds(600), ..request(to, paise) }
}

/// As if so much time had gone by for every freeze.
async fn time_goes_by(bench: &Bench, time: &str) {
    let statement = "UPDATE freezes SET frozen_at = frozen_at - $1::text::interval, thaw_at = thaw_at - $1::text::interval,
                                        next_delay_at = next_delay_at - $1::text::interval";
    sqlx::query(statement).bind(time).execute(&bench.admin).await.unwrap();
}

async fn is_frozen(bench: &Bench, person: UserId) -> bool {
    bench.web.freeze_of(person).await.unwrap().is_frozen(jiff::Timestamp::now())
}

#[sqlx::test(migrations = "../migrations")]
async fn from_a_frozen_wallet_nothing_leaves_and_what_comes_arrives(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.funded("Vikram", 500_00).await);
    let before = request(vikram, 2_00);
    let paid = bench.web.transfer(ananya, before.clone()).await.unwrap();
    let open = bench.intent(ananya, 100_00).await;
    let revision = bench.web.revision(ananya).await.unwrap();

    bench.web.freeze(ananya).await.unwrap();
    assert!(is_frozen(&bench, ananya).await && !is_frozen(&bench, vikram).await);
    assert!(bench.web.revision(ananya).await.unwrap() > revision, "open pages hear of it");
    // Any server decides so: another has just begun and has heard nothing.
    let other = ledger::Ledger::new(bench.web_pool.clone(), cache::Cache::local());
    let refused = other.transfer(ananya, request(vikram, 1_00)).await;
    assert!(matches!(refused, Err(TransferError::Refused(TransferRefusal::Frozen))), "{refused:?}");
    let outlook = bench.web.outlook(ananya, vikram, request(vikram, 1).amount).await.unwrap();
    assert_eq!(outlook.refusal, Some(TransferRefusal::Frozen));
    let again = bench.web.transfer(ananya, before).await.unwrap();
    assert_eq!((again.id, again.replayed), (paid.id, true), "what was paid before is still answered");

    assert_eq!(refusal(&bench, vikram, ananya).await, None, "others pay in");
    bench.web.transfer(vikram, request(ananya, 1_00)).await.unwrap();
    bench.bank.settle(crate::fixture::success(&open.token, 100_00)).await.unwrap();
    assert!(bench.money(ananya).await >= 599_00 - 3_00, "top-ups credit");
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_waits_is_given_back_even_where_its_time_has_come(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let meera = bench.person("Meera").await;
    let one = bench.web.transfer(ananya, waits(vikram, 10_00)).await.unwrap();
    let due = bench.web.transfer(ananya, waits(meera, 20_00)).await.unwrap();
    let theirs = bench.funded("Bharat", 100_00).await;
    bench.web.transfer(theirs, waits(ananya, 5_00)).await.unwrap();
    assert_eq!(bench.web.balance_now(ananya).await.unwrap().held.get(), 30_00);
    assert_eq!(bench.web.freeze(ananya).await.unwrap(), 2);
    let balance = bench.web.balance_now(ananya).await.unwrap();
    assert_eq!((balance.held.get(), balance.available.get()), (0, 500_00));
    for hold in [one.id, due.id] {
        assert_eq!(bench.web.cancel(ananya, hold).await.unwrap(), Some(Cancellation::Cancelled));
    }
    assert_eq!(bench.web.balance_now(theirs).await.unwrap().held.get(), 5_00, "what is to come still comes");
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 0);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_payments_at_once_none_is_made_after_the_freeze(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let paying = (0..40).map(|n| {
        let web = bench.web.clone();
        let request = if n % 2 == 0 { waits(vikram, 1_00) } else { request(vikram, 1_00) };
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(n)).await;
            web.transfer(ananya, request).await
        })
    });
    let paying: Vec<_> = paying.collect();
    tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    bench.web.freeze(ananya).await.unwrap();
    let after = bench.money(ananya).await;
    for one in paying {
        let _ = one.await.unwrap();
    }
    let balance = bench.web.balance_now(ananya).await.unwrap();
    assert_eq!(bench.money(ananya).await, after, "nothing moved after the freeze");
    assert_eq!(balance.held.get(), 0, "nothing waits");
    assert_eq!(refusal(&bench, ananya, vikram).await, Some(TransferRefusal::Frozen));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_thaw_takes_as_long_as_was_chosen_and_freezing_again_calls_it_off(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    bench.web.thaw(ananya).await.unwrap();
    assert_eq!(refusal(&bench, ananya, vikram).await, None, "nothing to thaw");
    bench.web.freeze(ananya).await.unwrap();
    bench.web.thaw(ananya).await.unwrap();
    assert_eq!(refusal(&bench, ananya, vikram).await, None, "at once, where nobody chose otherwise");

    bench.web.set_thaw_delay(ananya, ThawDelay::Hour).await.unwrap();
    bench.web.freeze(ananya).await.unwrap();
    bench.web.thaw(ananya).await.unwrap();
    time_goes_by(&bench, "59 minutes").await;
    bench.web.thaw(ananya).await.unwrap();
    assert_eq!(refusal(&bench, ananya, vikram).await, Some(TransferRefusal::Frozen));
    time_goes_by(&bench, "1 minute").await;
    assert_eq!(refusal(&bench, ananya, vikram).await, None, "an hour after it was asked for first");
    assert_eq!(bench.web.freeze_of(ananya).await.unwrap().since, None);

    bench.web.freeze(ananya).await.unwrap();
    bench.web.thaw(ananya).await.unwrap();
    bench.web.freeze(ananya).await.unwrap();
    time_goes_by(&bench, "2 hours").await;
    assert_eq!(refusal(&bench, ananya, vikram).await, Some(TransferRefusal::Frozen), "it was called off");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_shorter_delay_holds_only_after_the_present_one_has_gone_by(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    bench.web.set_thaw_delay(ananya, ThawDelay::Day).await.unwrap();
    assert_eq!(bench.web.freeze_of(ananya).await.unwrap().delay, ThawDelay::Day, "a longer one at once");
    bench.web.freeze(ananya).await.unwrap();
    for _ in 0..2 {
        bench.web.set_thaw_delay(ananya, ThawDelay::None).await.unwrap();
        let freeze = bench.web.freeze_of(ananya).await.unwrap();
        assert_eq!(
            (freeze.delay, freeze.next.map(|(delay, _)| delay)),
            (ThawDelay::Day, Some(ThawDelay::None))
        );
    }
    bench.web.thaw(ananya).await.unwrap();
    time_goes_by(&bench, "23 hours 59 minutes").await;
    assert_eq!(refusal(&bench, ananya, vikram).await, Some(TransferRefusal::Frozen), "no way around the day");
    time_goes_by(&bench, "1 minute").await;
    assert_eq!(refusal(&bench, ananya, vikram).await, None);
    let freeze = bench.web.freeze_of(ananya).await.unwrap();
    assert_eq!((freeze.delay, freeze.next), (ThawDelay::None, None));
}
