//! Cooling off: for a day after a change of number or address little leaves a wallet, exactly.

use domain::{Paise, TransferRefusal, UserId};
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

/// A writer whom nobody has thought of: the cooling-off begins by itself.
async fn change_number(bench: &Bench, person: UserId) -> Result<(), sqlx::Error> {
    let statement =
        "UPDATE users SET phone = '+9197' || lpad((random() * 99999999)::bigint::text, 8, '0') WHERE id = $1";
    sqlx::query(statement).bind(person.uuid()).execute(&bench.admin).await.map(drop)
}

fn now(to: UserId, paise: i64) -> TransferRequest {
    TransferRequest { undo: Undo::Seconds(0), ..request(to, paise) }
}

async fn refused(bench: &Bench, from: UserId, wish: TransferRequest) -> (i64, i64) {
    match bench.web.transfer(from, wish).await {
        Err(TransferError::Refused(TransferRefusal::CoolingOff { most, remains, until })) => {
            let day = until.duration_since(jiff::Timestamp::now()).as_hours();
            assert!((22..=24).contains(&day), "{until}");
            (most.get(), remains.get())
        }
        other => panic!("not refused by the cooling-off: {other:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn after_a_change_five_thousand_leave_in_a_day_and_what_waits_counts(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    bench.web.transfer(ananya, now(vikram, 20_000_00)).await.unwrap();
    assert_eq!(bench.web.cooling_off(ananya).await.unwrap(), None);
    change_number(&bench, ananya).await.unwrap();
    let cooling = bench.web.cooling_off(ananya).await.unwrap().unwrap();
    assert_eq!((cooling.most, cooling.left), (Paise::new(5_000_00), Paise::new(5_000_00)));

    assert_eq!(refused(&bench, ananya, now(vikram, 5_000_01)).await, (5_000_00, 5_000_00));
    bench.web.transfer(ananya, now(vikram, 2_000_00)).await.unwrap();
    let waits = TransferRequest { undo: Undo::Seconds(600), ..request(vikram, 1_000_00) };
    let waiting = bench.web.transfer(ananya, waits).await.unwrap();
    assert_eq!(refused(&bench, ananya, now(vikram, 2_000_01)).await, (5_000_00, 2_000_00));
    let amount = now(vikram, 2_000_01).amount;
    let outlook = bench.web.outlook(ananya, vikram, amount).await.unwrap();
    assert!(
        matches!(outlook.refusal, Some(TransferRefusal::CoolingOff { remains, .. }) if remains == Paise::new(2_000_00))
    );
    bench.web.cancel(ananya, waiting.id).await.unwrap();
    bench.web.transfer(ananya, now(vikram, 3_000_00)).await.unwrap();
    assert_eq!(refused(&bench, ananya, now(vikram, 1)).await, (5_000_00, 0));
    assert_eq!(bench.web.cooling_off(ananya).await.unwrap().unwrap().left, Paise::ZERO);
    // What comes in is nobody's business, and does not buy anything out.
    bench.top_up(ananya, 1_000_00).await;
    assert_eq!(refused(&bench, ananya, now(vikram, 1)).await, (5_000_00, 0));

    bench.tamper("UPDATE cooling_offs SET until = now()").await;
    assert_eq!(bench.web.cooling_off(ananya).await.unwrap(), None);
    bench.web.transfer(ananya, now(vikram, 10_000_00)).await.unwrap();
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn of_sixteen_at_once_on_two_servers_no_paisa_more_leaves(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    change_number(&bench, ananya).await.unwrap();
    let second_server = ledger::Ledger::new(bench.web_pool.clone(), cache::Cache::local());
    let outcomes =
        at_once(
            (0..16).map(|n| {
                let web = if n % 2 == 0 { bench.web.clone() } else { second_server.clone() };
                let undo = Undo::Seconds(if n % 4 < 2 { 0 } else { 600 });
                async move {
                    web.transfer(ananya, TransferRequest { undo, ..request(vikram, 700_00) }).await.is_ok()
                }
            }),
        )
        .await;
    assert_eq!(outcomes.into_iter().filter(|made| *made).count(), 7);
    assert_eq!(refused(&bench, ananya, now(vikram, 100_01)).await, (5_000_00, 100_00));
    bench.web.transfer(ananya, now(vikram, 100_00)).await.unwrap();
    assert_eq!(bench.web.cooling_off(ananya).await.unwrap().unwrap().left, Paise::ZERO);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_second_change_is_refused_by_postgres_and_a_first_address_cools_nothing_off(admin: PgPool) {
    let (bench, ananya, _) = couple(admin).await;
    let address = "UPDATE users SET email = 'ananya@example.in' WHERE id = $1";
    sqlx::query(address).bind(ananya.uuid()).execute(&bench.admin).await.unwrap();
    assert_eq!(bench.web.cooling_off(ananya).await.unwrap(), None);
    change_number(&bench, ananya).await.unwrap();
    let second = change_number(&bench, ananya).await.unwrap_err();
    assert_eq!(second.as_database_error().unwrap().constraint(), Some("users_cooling_off"));
    bench.tamper("UPDATE cooling_offs SET until = now()").await;
    change_number(&bench, ananya).await.unwrap();
}
