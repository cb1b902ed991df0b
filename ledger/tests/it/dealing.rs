//! What lies between two people.

use domain::view::{Movement, Position, TransferStatus};
use domain::{Paise, UserId};
use ledger::activity::Cursor;
use ledger::transfer::{TransferRequest, Undo};
use sqlx::PgPool;

use crate::fixture::{Bench, request};

/// Transfers of a page and whether each moved, by signed amount.
fn amounts(movements: &[Movement<UserId>]) -> Vec<(i64, bool)> {
    let amount = |movement: &Movement<UserId>| match movement {
        Movement::Entry { amount, .. } => (amount.get(), true),
        Movement::Hold { amount, .. } => (amount.get(), false),
        attempt => panic!("between a person and a bank: {attempt:?}"),
    };
    movements.iter().map(amount).collect()
}

fn held(to: UserId, paise: i64) -> TransferRequest {
    TransferRequest { undo: Undo::Seconds(600), ..request(to, paise) }
}

#[sqlx::test(migrations = "../migrations")]
async fn whom_one_paid_and_who_paid_one_stand_together_the_latest_first(admin: PgPool) {
    let bench = Bench::new(admin);
    let asha = bench.funded("Asha", 500_00).await;
    let (meera, farhan) = (bench.funded("Meera", 500_00).await, bench.funded("Farhan", 500_00).await);
    let nobody = bench.person("Nobody").await;
    bench.web.transfer(asha, request(meera, 1_00)).await.unwrap();
    bench.web.transfer(farhan, request(asha, 2_00)).await.unwrap();
    let met = async |who| {
        let dealings = bench.web.dealings(who).await.unwrap();
        assert!(dealings.is_sorted_by(|one, next| one.last >= next.last));
        dealings.iter().map(|dealing| dealing.person).collect::<Vec<_>>()
    };
    assert_eq!(met(asha).await, [farhan, meera]);
    bench.web.transfer(meera, request(asha, 1_00)).await.unwrap();
    assert_eq!(met(asha).await, [meera, farhan], "whoever pays again comes first");
    assert_eq!(met(meera).await, [asha]);
    assert!(met(nobody).await.is_empty(), "a bank is nobody one deals with");

    let waits = bench.web.transfer(asha, held(nobody, 1_00)).await.unwrap();
    assert_eq!(met(asha).await, [nobody, meera, farhan], "whoever a payment waits for is there already");
    assert!(met(nobody).await.is_empty(), "a moment to undo is its sender's");
    bench.web.cancel(asha, waits.id).await.unwrap();
    assert_eq!(met(asha).await, [meera, farhan]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_between_two_holds_both_directions_and_nothing_of_anybody_else(admin: PgPool) {
    let bench = Bench::new(admin);
    let (asha, meera) = (bench.funded("Asha", 500_00).await, bench.funded("Meera", 500_00).await);
    let farhan = bench.funded("Farhan", 500_00).await;
    bench.web.transfer(asha, request(meera, 1_00)).await.unwrap();
    bench.web.transfer(meera, request(asha, 2_00)).await.unwrap();
    bench.web.transfer(asha, request(farhan, 3_00)).await.unwrap();
    bench.web.transfer(farhan, request(meera, 4_00)).await.unwrap();
    bench.web.transfer(asha, held(meera, 5_00)).await.unwrap();
    let page = bench.web.between(asha, meera, None, 30).await.unwrap();
    assert_eq!(amounts(&page.movements), [(-5_00, false), (2_00, true), (-1_00, true)]);
    assert_eq!(page.next, None);
    let page = bench.web.between(meera, asha, None, 30).await.unwrap();
    assert_eq!(amounts(&page.movements), [(-2_00, true), (1_00, true)], "the time to undo is its sender's");
    let net = bench.web.position(asha, meera).await.unwrap();
    let sums = |Position { sent, received, payments, .. }| (sent, received, payments);
    assert_eq!(sums(net), (Paise::new(1_00), Paise::new(2_00), 2), "what waits has not moved");
    let net = bench.web.position(meera, asha).await.unwrap();
    assert_eq!((sums(net), net.net()), ((Paise::new(2_00), Paise::new(1_00), 2), Paise::new(-1_00)));
}

#[sqlx::test(migrations = "../migrations")]
async fn pages_between_two_miss_nothing_while_more_moves_on_top(admin: PgPool) {
    let bench = Bench::new(admin);
    let (asha, meera) = (bench.funded("Asha", 500_00).await, bench.funded("Meera", 500_00).await);
    for paise in 1..=11 {
        let (from, to) = if paise % 3 == 0 { (meera, asha) } else { (asha, meera) };
        bench.web.transfer(from, request(to, paise)).await.unwrap();
    }
    let (mut seen, mut before) = (vec![], None::<Cursor>);
    loop {
        let page = bench.web.between(asha, meera, before, 4).await.unwrap();
        seen.extend(amounts(&page.movements).into_iter().map(|(amount, _)| amount.abs()));
        bench.web.transfer(asha, request(meera, 100)).await.unwrap();
        let Some(next) = page.next else { break };
        before = Some(next.parse().unwrap());
    }
    assert_eq!(seen, (1..=11).rev().collect::<Vec<_>>());
}

#[sqlx::test(migrations = "../migrations")]
async fn two_have_dealt_once_money_moved_or_waits_in_sight(admin: PgPool) {
    let bench = Bench::new(admin);
    let (asha, meera) = (bench.funded("Asha", 50_000_00).await, bench.person("Meera").await);
    let farhan = bench.person("Farhan").await;
    let dealt = async |one, other| bench.web.has_dealt(one, other).await.unwrap();
    assert!(!dealt(asha, meera).await && !dealt(meera, asha).await && !dealt(asha, asha).await);
    bench.web.transfer(asha, held(meera, 1_00)).await.unwrap();
    assert!(dealt(asha, meera).await, "its sender sees what waits");
    assert!(!dealt(meera, asha).await, "the payee does not see a moment to undo");
    let large = TransferRequest { undo: Undo::AsUsual, ..request(farhan, 20_000_00) };
    let waits = bench.web.transfer(asha, large).await.unwrap();
    assert!(matches!(waits.status, TransferStatus::Pending { .. }));
    assert!(dealt(farhan, asha).await, "a large first payment is seen coming");
    bench.web.transfer(asha, request(meera, 1_00)).await.unwrap();
    assert!(dealt(meera, asha).await);
}
