//! What people read of what happened to their money.

use std::collections::HashSet;

use domain::view::{Counterparty, Movement, OnRampStatus};
use domain::{Bank, Paise, TransferId, UserId};
use jiff::Timestamp;
use ledger::activity::Cursor;
use sqlx::PgPool;
use uuid::Uuid;

use crate::fixture::{Bench, amount, failure, request};

/// The entries of a page: amount, balance after it, counterparty.
fn entries(movements: &[Movement<UserId>]) -> Vec<(i64, i64, Counterparty<UserId>)> {
    let entry = |movement: &Movement<UserId>| match movement {
        Movement::Entry { amount, balance_after, counterparty, .. } => {
            (amount.get(), balance_after.get(), counterparty.clone())
        }
        attempt => panic!("not an entry: {attempt:?}"),
    };
    movements.iter().map(entry).collect()
}

fn id(movement: &Movement<UserId>) -> Uuid {
    match movement {
        Movement::Entry { transfer, .. } => transfer.uuid(),
        Movement::Hold { transfer, .. } => transfer.uuid(),
        Movement::Attempt { on_ramp, .. } => on_ramp.uuid(),
    }
}

/// Turns every page to the end, doing something between two pages.
async fn leaf_through(
    bench: &Bench,
    person: UserId,
    size: usize,
    between: impl AsyncFn(),
) -> Vec<Movement<UserId>> {
    let (mut all, mut before) = (vec![], None::<Cursor>);
    loop {
        let page = bench.web.activity(person, before, size).await.unwrap();
        assert!(page.movements.len() == size || page.next.is_none(), "a short page in the middle");
        all.extend(page.movements);
        let Some(next) = page.next else { return all };
        before = Some(next.parse().unwrap());
        between().await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn history_is_newest_first_and_both_sides_see_their_sign_and_each_other(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let vikram = bench.person("Vikram").await;
    bench.web.welcome(ananya, amount(10_00)).await.unwrap();
    bench.top_up(ananya, 500_00).await;
    bench.web.transfer(ananya, request(vikram, 123_45)).await.unwrap();
    bench.web.transfer(vikram, request(ananya, 23_45)).await.unwrap();

    let hers = bench.web.activity(ananya, None, 10).await.unwrap();
    assert_eq!(
        entries(&hers.movements),
        [
            (23_45, 410_00, Counterparty::Person(vikram)),
            (-123_45, 386_55, Counterparty::Person(vikram)),
            (500_00, 510_00, Counterparty::Bank(Bank::Deccan)),
            (10_00, 10_00, Counterparty::Okane),
        ]
    );
    assert_eq!(hers.next, None);
    assert!(hers.movements.windows(2).all(|pair| pair[0].at() > pair[1].at()));
    let his = bench.web.activity(vikram, None, 10).await.unwrap();
    assert_eq!(
        entries(&his.movements),
        [(-23_45, 100_00, Counterparty::Person(ananya)), (123_45, 123_45, Counterparty::Person(ananya))]
    );
    assert!(matches!(&his.movements[0], Movement::Entry { note, .. } if note.as_str() == "tea"));
}

#[sqlx::test(migrations = "../migrations")]
async fn paging_visits_each_movement_once_while_new_ones_arrive(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 1_000_00).await;
    let vikram = bench.person("Vikram").await;
    let mut made: Vec<Uuid> = vec![id(&bench.web.activity(ananya, None, 1).await.unwrap().movements[0])];
    for i in 1..57 {
        // Attempts that moved nothing lie among the entries.
        made.push(match i % 8 {
            0 => bench.intent(ananya, 1_00).await.id.uuid(),
            _ => bench.web.transfer(ananya, request(vikram, i)).await.unwrap().id.uuid(),
        });
    }
    let arrive = async || {
        bench.web.transfer(ananya, request(vikram, 1)).await.unwrap();
        bench.intent(ananya, 1_00).await;
    };
    let seen = leaf_through(&bench, ananya, 10, arrive).await;

    made.reverse();
    assert_eq!(seen.iter().map(id).collect::<Vec<_>>(), made);
    assert!(seen.windows(2).all(|pair| pair[0].at() > pair[1].at()));
    let entries: Vec<_> = seen
        .iter()
        .filter_map(|movement| match movement {
            Movement::Entry { amount, balance_after, .. } => Some((amount.get(), balance_after.get())),
            Movement::Hold { .. } | Movement::Attempt { .. } => None,
        })
        .collect();
    assert!(entries.windows(2).all(|pair| pair[0].1 == pair[1].1 + pair[0].0), "running balances add up");
}

#[sqlx::test(migrations = "../migrations")]
async fn movements_of_the_same_instant_are_paged_in_the_order_of_their_balances(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 1_000_00).await;
    let vikram = bench.person("Vikram").await;
    sqlx::query(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, idempotency_key)
         SELECT gen_random_uuid(), 'p2p', $1, $2, n, n::text FROM generate_series(1, 25) AS n",
    )
    .bind(bench.account(ananya).await)
    .bind(bench.account(vikram).await)
    .execute(&bench.admin)
    .await
    .unwrap();

    let seen = leaf_through(&bench, ananya, 4, async || ()).await;
    let rows = entries(&seen);
    assert_eq!(rows.len(), 26);
    assert_eq!(seen.iter().map(id).collect::<HashSet<_>>().len(), 26);
    assert!(rows.windows(2).all(|pair| pair[0].1 == pair[1].1 + pair[0].0));
    assert_eq!(rows[0].1, bench.money(ananya).await);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn top_ups_that_moved_nothing_are_in_the_history_and_credited_ones_are_there_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let failed = bench.intent(ananya, 1_00).await;
    let expired = bench.intent(ananya, 2_00).await;
    bench.top_up(ananya, 3_00).await;
    let open = bench.intent(ananya, 4_00).await;
    bench.bank.settle(failure(&failed.token, 1_00)).await.unwrap();
    bench.run_out(expired.id).await;
    bench.web.expire_on_ramps().await.unwrap();

    let page = bench.web.activity(ananya, None, 10).await.unwrap();
    let attempts: Vec<_> = page
        .movements
        .iter()
        .map(|movement| match movement {
            Movement::Attempt { on_ramp, status, amount, bank, .. } => {
                Some((*on_ramp, *status, *amount, *bank))
            }
            Movement::Entry { .. } | Movement::Hold { .. } => None,
        })
        .collect();
    let attempt = |id, status, paise| Some((id, status, Paise::new(paise), Bank::Deccan));
    assert_eq!(
        attempts,
        [
            attempt(open.id, OnRampStatus::Processing, 4_00),
            None,
            attempt(expired.id, OnRampStatus::Expired, 2_00),
            attempt(failed.id, OnRampStatus::Failure, 1_00),
        ]
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_elses_receipt_or_history_is_readable(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let (vikram, meera) = (bench.person("Vikram").await, bench.person("Meera").await);
    let made = bench.web.transfer(ananya, request(vikram, 10_00)).await.unwrap();
    let top_up = bench.web.activity(ananya, None, 10).await.unwrap().movements.pop().unwrap();

    assert!(bench.web.receipt(ananya, made.id).await.unwrap().is_some());
    assert_eq!(bench.web.receipt(meera, made.id).await.unwrap(), None);
    assert_eq!(bench.web.receipt(vikram, TransferId::new(id(&top_up))).await.unwrap(), None);
    assert_eq!(bench.web.receipt(meera, TransferId::new(Uuid::now_v7())).await.unwrap(), None);
    assert_eq!(bench.web.activity(meera, None, 10).await.unwrap().movements, []);
    assert_eq!(bench.web.activity(vikram, None, 10).await.unwrap().movements.len(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_is_never_empty_by_request_and_never_endless(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    for _ in 0..101 {
        bench.intent(ananya, 1_00).await;
    }
    assert_eq!(bench.web.activity(ananya, None, 0).await.unwrap().movements.len(), 1);
    let page = bench.web.activity(ananya, None, usize::MAX).await.unwrap();
    assert_eq!((page.movements.len(), page.next.is_some()), (ledger::activity::MAX_PAGE, true));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cursor_of_any_time_is_refused_or_has_a_page_and_is_never_trouble(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let before_postgres = -210_866_803_200_000_001; // 4714 BC
    let year_2100 = 4_102_444_800_000_000;
    let (begin, end) = (Timestamp::MIN.as_microsecond(), Timestamp::MAX.as_microsecond());
    for (micros, movements) in [
        (i64::MIN, 0),
        (begin, 0),
        (before_postgres, 0),
        (before_postgres + 1, 0),
        (-1, 0),
        (0, 0),
        (year_2100, 1),
        (end, 1),
        (i64::MAX, 1),
    ] {
        for id in [Uuid::nil(), Uuid::max()] {
            let cursor = format!("{micros}.{id}").parse::<Cursor>();
            assert!(cursor.is_ok() || !(0..=year_2100).contains(&micros), "{micros} is a time of ours");
            if let Ok(cursor) = cursor {
                let page = bench.web.activity(ananya, Some(cursor), 10).await;
                assert_eq!(page.unwrap().movements.len(), movements, "{micros}");
            }
        }
    }
}
