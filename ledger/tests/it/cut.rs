//! Connections that break at either side of a commit: nobody's money is lost, doubled or left undecided.

use std::time::{Duration, Instant};

use cache::Cache;
use domain::UserId;
use ledger::hold::Cancellation;
use ledger::on_ramp::Settlement;
use ledger::transfer::{Transfer, TransferError, TransferRequest, Undo};
use ledger::{Ledger, WriteError};
use sqlx::PgPool;

use crate::fixture::{Bench, at_once, request, success};
use crate::machine::operation::Bits;
use crate::proxy::Proxy;

/// What came of a request in the end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Made,
    Refused,
    /// The ledger said that nothing was written.
    Nothing,
}

/// Asks until the answer is one, under the same key; some callers go away before it comes, and come back.
async fn decide(
    web: &Ledger,
    from: UserId,
    wish: &TransferRequest,
    leaves: Option<Duration>,
) -> (End, Option<Transfer>) {
    if let Some(leaves) = leaves {
        let _ = tokio::time::timeout(leaves, web.transfer(from, wish.clone())).await;
    }
    loop {
        return match web.transfer(from, wish.clone()).await {
            Ok(made) => (End::Made, Some(made)),
            Err(TransferError::Refused(_)) => (End::Refused, None),
            Err(TransferError::Write(WriteError::Undecided(_))) => continue,
            // Whoever left before has a first attempt under way, of which this one says nothing.
            Err(TransferError::Write(WriteError::Storage(_) | WriteError::Busy)) if leaves.is_some() => {
                continue;
            }
            Err(TransferError::Write(_)) => (End::Nothing, None),
        };
    }
}

/// How often there is a payment under this key, waiting or not.
async fn found(bench: &Bench, from: UserId, wish: &TransferRequest) -> i64 {
    sqlx::query_scalar(
        "SELECT count(DISTINCT m.id) FROM accounts a JOIN (
             SELECT id, debit_account AS payer, idempotency_key AS key, amount FROM transfers
             UNION ALL SELECT id, payer_account, idempotency_key, amount FROM holds) AS m ON m.payer = a.id
         WHERE a.owner = $1 AND m.key = $2 AND m.amount = $3",
    )
    .bind(from.uuid())
    .bind(wish.key.as_str())
    .bind(wish.amount.get())
    .fetch_one(&bench.admin)
    .await
    .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn three_hundred_cuts_before_and_after_commits_lose_and_double_nothing(admin: PgPool) {
    let bench = Bench::new(admin);
    let proxy = Proxy::open(&bench.admin, 60, 7).await;
    let mut people = vec![];
    for _ in 0..6 {
        people.push(bench.funded("Somebody", 10_00).await);
    }
    let mut given = 60_00;
    let mut ends = vec![];
    for round in 0.. {
        let web = Ledger::new(proxy.pool(&bench.admin, "okane_web"), Cache::local());
        let bank = Ledger::new(proxy.pool(&bench.admin, "okane_webhook"), Cache::local());
        let mut intents = vec![];
        for person in &people[..4] {
            intents.push(success(&bench.intent(*person, 1_00).await.token, 1_00));
        }
        let settled = at_once(intents.into_iter().map(|event| {
            let bank = bank.clone();
            async move {
                // As a bank does: again and again, until it is told that we have it.
                loop {
                    match bank.settle(event.clone()).await {
                        Ok(settlement) => return settlement,
                        Err(_) => continue,
                    }
                }
            }
        }));
        let paid = at_once((0..12u64).map(|worker| {
            let (web, people) = (web.clone(), people.clone());
            async move {
                let mut dice = Bits((round << 8) + worker);
                let mut ends = vec![];
                for _ in 0..6 {
                    let from = dice.below(6) as usize;
                    let to = (from + 1 + dice.below(5) as usize) % 6;
                    let undo = Undo::Seconds(if dice.below(4) == 0 { 600 } else { 0 });
                    let wish = TransferRequest { undo, ..request(people[to], 1 + dice.below(4_00) as i64) };
                    let leaves = (dice.below(4) == 0).then(|| Duration::from_millis(dice.below(15)));
                    let (end, made) = decide(&web, people[from], &wish, leaves).await;
                    if let (Some(made), Undo::Seconds(600)) = (made, undo) {
                        // An answer that got lost is asked for again here too.
                        let answer = loop {
                            if let Ok(answer) = web.cancel(people[from], made.id).await {
                                break answer;
                            }
                        };
                        assert_eq!(answer, Some(Cancellation::Cancelled));
                    }
                    ends.push((people[from], wish, end));
                }
                ends
            }
        }));
        let (settled, paid) = tokio::join!(settled, paid);
        let done = |settlement: &Settlement| matches!(settlement, Settlement::Settled | Settlement::Repeated);
        assert!(settled.iter().all(done), "{settled:?}");
        given += settled.len() as i64 * 1_00;
        ends.extend(paid.into_iter().flatten());
        let (before, after) = proxy.cuts();
        if before >= 150 && after >= 150 {
            eprintln!("{before} cuts before, {after} after, in {round} rounds; {} payments", ends.len());
            break;
        }
    }
    for (from, wish, end) in &ends {
        let times = i64::from(*end == End::Made);
        assert_eq!(found(&bench, *from, wish).await, times, "{end:?}: {wish:?}");
    }
    let refused = ends.iter().filter(|(_, _, end)| *end == End::Refused).count();
    assert!(refused > 0 && refused < ends.len() / 2, "{refused} of {}", ends.len());
    let rows = bench
        .number("SELECT (SELECT count(*) FROM transfers WHERE kind = 'p2p') + (SELECT count(*) FROM holds)")
        .await;
    assert_eq!(rows, (ends.iter().filter(|(_, _, end)| *end == End::Made).count()) as i64, "invented");
    assert_eq!(bench.number("SELECT count(*) FROM holds WHERE status <> 'VOIDED'").await, 0);
    assert_eq!(bench.number("SELECT sum(held)::bigint FROM accounts").await, 0);
    assert_eq!(bench.number("SELECT sum(balance)::bigint FROM accounts WHERE id >= 1000").await, given);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_postgres_that_is_silent_for_three_seconds_leaves_nobody_waiting_and_nothing_undecided(
    admin: PgPool,
) {
    let bench = Bench::new(admin);
    let proxy = Proxy::open(&bench.admin, 0, 0).await;
    let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
    let web = Ledger::new(proxy.pool(&bench.admin, "okane_web"), Cache::local());
    web.transfer(ananya, request(vikram, 1_00)).await.unwrap();

    let calls = (0..32u64).map(|n| {
        let (web, wish) = (web.clone(), request(vikram, 1_00));
        async move {
            // Some are on their way when the silence begins, some come later.
            tokio::time::sleep(Duration::from_millis(n * 5)).await;
            let begin = Instant::now();
            let outcome = web.transfer(ananya, wish.clone()).await;
            (wish, outcome, begin.elapsed())
        }
    });
    let silence = async {
        tokio::time::sleep(Duration::from_millis(40)).await;
        proxy.freeze(true);
        tokio::time::sleep(Duration::from_secs(3)).await;
        proxy.freeze(false);
    };
    let (calls, ()) = tokio::join!(at_once(calls), silence);
    let mut undecided = 0;
    for (wish, outcome, took) in calls {
        assert!(took < Duration::from_millis(2500), "{took:?}");
        match outcome {
            Ok(_) => {}
            Err(TransferError::Write(WriteError::Undecided(_))) => undecided += 1,
            other => panic!("{other:?}"),
        }
        let (end, _) = decide(&web, ananya, &wish, None).await;
        assert_eq!((end, found(&bench, ananya, &wish).await), (End::Made, 1));
    }
    assert!(undecided > 10, "{undecided}");
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (67_00, 33_00));
    bench.assert_books_right().await;
}
