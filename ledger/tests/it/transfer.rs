//! Money between two people, and everything that must not move it.

use domain::view::Counterparty;
use domain::{Amount, AmountError, Note, Paise, TransferRefusal, UserId};
use ledger::WriteError;
use ledger::transfer::{Transfer, TransferError, TransferRequest, Undo};
use sqlx::PgPool;
use uuid::Uuid;

use crate::fixture::{Bench, amount, at_once, key, refusal, request};

const MOVEMENTS: &str = "SELECT count(*) FROM entries";

fn refused(outcome: Result<Transfer, TransferError>) -> TransferRefusal {
    match outcome {
        Err(TransferError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// What the owner of the tables can put into `transfers`, going around everything else; says what refused it.
async fn raw(bench: &Bench, from: UserId, to: UserId, paise: i64, key: &str) -> String {
    let statement = "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, idempotency_key)
                     VALUES ($1, 'p2p', $2, $3, $4, $5)";
    let (from, to) = (bench.account(from).await, bench.account(to).await);
    let insert = sqlx::query(statement).bind(Uuid::now_v7()).bind(from).bind(to).bind(paise).bind(key);
    refusal(insert.execute(&bench.admin).await)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_transfer_moves_money_and_leaves_a_receipt_for_each_side(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 500_00).await;
    let vikram = bench.person("Vikram").await;
    let made = bench.web.transfer(ananya, request(vikram, 123_45)).await.unwrap();

    assert_eq!((made.to, made.amount, made.replayed), (vikram, amount(123_45), false));
    assert_eq!(
        (made.balance.available, made.balance.version),
        (Paise::new(376_55), 3),
        "the top-up was opened, came, and was spent from"
    );
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (376_55, 123_45));
    let sent = bench.web.receipt(ananya, made.id).await.unwrap().unwrap();
    let received = bench.web.receipt(vikram, made.id).await.unwrap().unwrap();
    assert_eq!((sent.amount, sent.balance_after), (Paise::new(-123_45), Some(Paise::new(376_55))));
    assert_eq!((received.amount, received.balance_after), (Paise::new(123_45), Some(Paise::new(123_45))));
    assert_eq!(sent.counterparty, Counterparty::Person(vikram));
    assert_eq!(received.counterparty, Counterparty::Person(ananya));
    assert_eq!((sent.note.as_str(), sent.made_at, sent.on_ramp), ("tea", made.at, None));
    assert_eq!((&sent.reference, sent.ended_at), (&received.reference, received.ended_at));
    assert!(!bench.web.outlook(ananya, vikram, amount(1)).await.unwrap().first_time);
    assert!(bench.web.outlook(vikram, ananya, amount(1)).await.unwrap().first_time);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn of_thirty_two_spends_at_once_exactly_as_many_succeed_as_there_is_money_for(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 1_000_00).await;
    let vikram = bench.person("Vikram").await;
    let outcomes = at_once((0..32).map(|_| {
        let web = bench.web.clone();
        async move { web.transfer(ananya, request(vikram, 100_00)).await }
    }))
    .await;

    let (made, refusals): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 10);
    for outcome in refusals {
        assert_eq!(refused(outcome), TransferRefusal::NotEnoughMoney { available: Paise::ZERO });
    }
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (0, 1_000_00));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_paisa_too_much_or_an_unknown_person_or_oneself_moves_nothing(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let vikram = bench.person("Vikram").await;
    let stranger = UserId::new(Uuid::now_v7());
    let before = bench.number(MOVEMENTS).await;

    let poor = bench.web.transfer(ananya, request(vikram, 100_01)).await;
    assert_eq!(refused(poor), TransferRefusal::NotEnoughMoney { available: Paise::new(100_00) });
    assert_eq!(refused(bench.web.transfer(ananya, request(ananya, 1)).await), TransferRefusal::ToSelf);
    assert_eq!(
        refused(bench.web.transfer(ananya, request(stranger, 1)).await),
        TransferRefusal::UnknownPayee
    );
    assert_eq!(bench.number(MOVEMENTS).await, before);
    bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
    assert_eq!(bench.money(ananya).await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn negative_zero_and_oversized_sends_stop_at_the_type_and_again_at_postgres(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 3 * Amount::MAX.get()).await;
    let vikram = bench.funded("Vikram", 500_00).await;
    for paise in [0, -1, -100_00, i64::MIN] {
        assert_eq!(Amount::new(paise), Err(AmountError::NotPositive));
        assert_eq!(raw(&bench, ananya, vikram, paise, "k").await, "transfers_amount_positive", "{paise}");
    }
    for paise in [Amount::MAX.get() + 1, i64::MAX] {
        assert_eq!(Amount::new(paise), Err(AmountError::AboveLimit { limit: Amount::MAX.paise() }));
        assert_eq!(raw(&bench, ananya, vikram, paise, "k").await, "transfers_p2p_limit", "{paise}");
    }
    assert_eq!(raw(&bench, ananya, ananya, 1, "k").await, "transfers_two_accounts");
    assert_eq!(raw(&bench, vikram, ananya, 500_01, "k").await, "entries_not_overdrawn");
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (3 * Amount::MAX.get(), 500_00));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn held_money_cannot_be_sent(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let vikram = bench.person("Vikram").await;
    let waiting = TransferRequest { undo: Undo::Seconds(600), ..request(vikram, 40_00) };
    bench.web.transfer(ananya, waiting).await.unwrap();
    let poor = bench.web.transfer(ananya, request(vikram, 60_01)).await;
    assert_eq!(refused(poor), TransferRefusal::NotEnoughMoney { available: Paise::new(60_00) });
    assert_eq!(raw(&bench, ananya, vikram, 60_01, "k").await, "accounts_not_overdrawn");
    bench.web.transfer(ananya, request(vikram, 60_00)).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn one_key_used_sixteen_times_at_once_is_one_transfer(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 1_000_00).await;
    let vikram = bench.person("Vikram").await;
    let wish = request(vikram, 100_00);
    let made = at_once((0..16).map(|_| {
        let (web, wish) = (bench.web.clone(), wish.clone());
        async move { web.transfer(ananya, wish).await.unwrap() }
    }))
    .await;

    assert!(made.iter().all(|transfer| transfer.id == made[0].id && transfer.at == made[0].at));
    assert_eq!(made.iter().filter(|transfer| !transfer.replayed).count(), 1);
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (900_00, 100_00));
    assert_eq!(bench.web.transfer_by_key(ananya, &wish.key).await.unwrap(), Some(made[0].id));
    assert_eq!(bench.web.transfer_by_key(vikram, &wish.key).await.unwrap(), None);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_names_one_payment_of_one_person(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 1_000_00).await;
    let vikram = bench.funded("Vikram", 1_000_00).await;
    let meera = bench.person("Meera").await;
    let wish = TransferRequest { key: key("k-1"), ..request(meera, 100_00) };
    let first = bench.web.transfer(ananya, wish.clone()).await.unwrap();

    for other in [
        TransferRequest { amount: amount(100_01), ..wish.clone() },
        TransferRequest { to: vikram, ..wish.clone() },
        TransferRequest { note: Note::parse("coffee").unwrap(), ..wish.clone() },
    ] {
        assert_eq!(refused(bench.web.transfer(ananya, other).await), TransferRefusal::KeyReused);
    }
    let theirs = bench.web.transfer(vikram, wish.clone()).await.unwrap();
    assert!(!theirs.replayed && theirs.id != first.id);
    assert_eq!((bench.money(ananya).await, bench.money(meera).await), (900_00, 200_00));
    assert_eq!(bench.web.transfer(ananya, wish).await.unwrap().id, first.id);
    assert_eq!(raw(&bench, ananya, meera, 100_00, "k-1").await, "transfers_one_per_key");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refused_attempt_does_not_use_up_its_key(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.person("Ananya").await, bench.person("Vikram").await);
    let wish = request(vikram, 100_00);
    bench.web.transfer(ananya, wish.clone()).await.unwrap_err();
    bench.top_up(ananya, 100_00).await;
    assert!(!bench.web.transfer(ananya, wish.clone()).await.unwrap().replayed);
    // The money is gone, and still the key answers with what it paid for.
    let again = bench.web.transfer(ananya, wish).await.unwrap();
    assert_eq!((again.replayed, again.balance.available), (true, Paise::ZERO));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wallet_holds_more_than_thirty_two_bits_of_paise(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.person("Ananya").await, bench.funded("Vikram", 1_00).await);
    let most = i64::from(i32::MAX);
    bench.top_up(ananya, most).await;
    bench.web.transfer(vikram, request(ananya, 1_00)).await.unwrap();
    assert_eq!(bench.web.balance(ananya).await.unwrap().available, Paise::new(most + 1_00));
    bench.web.transfer(ananya, request(vikram, 50)).await.unwrap();
    assert_eq!(bench.money(ananya).await, most + 50);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sum_that_does_not_fit_is_refused_whole(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let vikram = bench.person("Vikram").await;
    let nearly = i64::MAX - 99_99;
    bench.tamper(format!("UPDATE accounts SET balance = {nearly} WHERE owner = '{vikram}'")).await;
    let before = bench.number(MOVEMENTS).await;

    let Err(TransferError::Write(WriteError::Storage(error))) =
        bench.web.transfer(ananya, request(vikram, 100_00)).await
    else {
        panic!("a wallet took more than fits")
    };
    assert_eq!(refusal::<()>(Err(error)), "22003"); // numeric_value_out_of_range
    assert_eq!((bench.money(ananya).await, bench.money(vikram).await), (100_00, nearly));
    assert_eq!(bench.number(MOVEMENTS).await, before);
    assert_eq!(bench.number("SELECT count(*) FROM transfers WHERE kind = 'p2p'").await, 0);
    bench.web.transfer(ananya, request(vikram, 99_99)).await.unwrap();
    assert_eq!(bench.money(vikram).await, i64::MAX);
}
