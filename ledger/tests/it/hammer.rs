//! Many at once: whatever the order, no deadlock, no lost or invented paisa.

use domain::{TransferRefusal, UserId};
use ledger::transfer::TransferError;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::PgPool;
use tokio::runtime::Handle;

use crate::fixture::{Bench, amount, at_once, request, success};

#[sqlx::test(migrations = "../migrations")]
async fn four_hundred_crossing_transfers_all_succeed_without_a_deadlock(admin: PgPool) {
    let bench = Bench::new(admin);
    let pair = [bench.funded("Ananya", 1_000_00).await, bench.funded("Vikram", 1_000_00).await];
    at_once((0..16).map(|worker| {
        let web = bench.web.clone();
        let (from, to) = (pair[worker % 2], pair[(worker + 1) % 2]);
        async move {
            for i in 1..=25 {
                web.transfer(from, request(to, i)).await.unwrap();
            }
        }
    }))
    .await;

    assert_eq!((bench.money(pair[0]).await, bench.money(pair[1]).await), (1_000_00, 1_000_00));
    assert_eq!(bench.number("SELECT count(*) FROM transfers WHERE kind = 'p2p'").await, 400);
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn money_going_round_in_circles_while_top_ups_and_welcomes_arrive_never_deadlocks(admin: PgPool) {
    let bench = Bench::new(admin);
    let mut ring = vec![];
    for name in ["Ananya", "Vikram", "Meera"] {
        ring.push(bench.funded(name, 100_00).await);
    }
    let mut top_ups = vec![];
    for i in 0..24 {
        top_ups.push(success(&bench.intent(ring[i % 3], 1_00).await.token, 1_00));
    }
    let newcomers = at_once((0..16).map(|worker| {
        let (web, bank, ring) = (bench.web.clone(), bench.bank.clone(), ring.clone());
        let top_ups = top_ups[worker % 8 * 3..][..3].to_vec();
        async move {
            for i in 0..9 {
                // A → B → C → A, and the other way round.
                let (from, step) = ((worker + i) % 3, 1 + worker % 2);
                web.transfer(ring[from], request(ring[(from + step) % 3], 10)).await.unwrap();
                if i % 3 == 0 {
                    bank.settle(top_ups[i / 3].clone()).await.unwrap();
                }
            }
            web.welcome(ring[worker % 3], amount(1_00)).await.unwrap().is_some()
        }
    }))
    .await;

    assert_eq!(newcomers.into_iter().filter(|given| *given).count(), 3);
    let total = bench.number("SELECT sum(balance)::bigint FROM accounts WHERE id >= 1000").await;
    assert_eq!(total, 300_00 + 24_00 + 3_00);
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}

/// Transfers among four people, by their places and paise.
fn sequences() -> impl Strategy<Value = Vec<(usize, usize, i64)>> {
    prop::collection::vec((0..4usize, 0..4usize, 1..=60_00i64), 1..24)
}

/// Plays a sequence against the ledger and against four plain numbers.
async fn agrees_with_plain_numbers(
    bench: &Bench,
    steps: &[(usize, usize, i64)],
) -> Result<(), TestCaseError> {
    let mut people: Vec<UserId> = vec![];
    for name in ["Ananya", "Vikram", "Meera", "Rohan"] {
        people.push(bench.funded(name, 50_00).await);
    }
    let mut model = [50_00i64; 4];
    for &(from, to, paise) in steps {
        let refusal = match bench.web.transfer(people[from], request(people[to], paise)).await {
            Ok(made) => {
                model[from] -= paise;
                model[to] += paise;
                prop_assert_eq!(made.balance.available.get(), model[from]);
                prop_assert!(from != to && model[from] >= 0);
                continue;
            }
            Err(TransferError::Refused(refusal)) => refusal,
            Err(TransferError::Write(error)) => return Err(TestCaseError::fail(error.to_string())),
        };
        match refusal {
            TransferRefusal::ToSelf => prop_assert_eq!(from, to),
            TransferRefusal::NotEnoughMoney { available } => {
                prop_assert_eq!(available.get(), model[from]);
                prop_assert!(model[from] < paise);
            }
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        }
    }
    for (person, paise) in people.iter().zip(model) {
        prop_assert_eq!(bench.money(*person).await, paise);
    }
    bench.assert_books_right().await;
    Ok(())
}

#[sqlx::test(migrations = "../migrations")]
async fn any_sequence_of_transfers_agrees_with_plain_numbers(admin: PgPool) {
    let bench = Bench::new(admin);
    let runtime = Handle::current();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    tokio::task::spawn_blocking(move || {
        TestRunner::new(config)
            .run(&sequences(), |steps| runtime.block_on(agrees_with_plain_numbers(&bench, &steps)))
            .unwrap_or_else(|failure| panic!("{failure}"));
    })
    .await
    .unwrap();
}
