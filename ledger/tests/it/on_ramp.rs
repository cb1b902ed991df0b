//! Intents to add money: opened once per key, handed to the bank, ended once.

use domain::view::OnRampStatus;
use domain::{Amount, AmountError, Bank, OnRampId, OnRampRefusal, Paise};
use ledger::on_ramp::{OnRampError, OnRampRequest, Settlement};
use sqlx::PgPool;
use uuid::Uuid;

use crate::fixture::{Bench, amount, asks, at_once, refusal, success};

#[sqlx::test(migrations = "../migrations")]
async fn one_form_sent_sixteen_times_at_once_is_one_intent(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let wish = asks(500_00);
    let intents = at_once((0..16).map(|_| {
        let (web, wish) = (bench.web.clone(), wish.clone());
        async move { web.open_on_ramp(ananya, wish).await.unwrap() }
    }))
    .await;
    let tokens: Vec<_> = intents.iter().map(|intent| &intent.request.as_ref().unwrap().token).collect();
    assert!(intents.iter().all(|intent| intent.id == intents[0].id));
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(bench.number("SELECT count(*) FROM on_ramps").await, 1);
    assert_eq!(bench.number("SELECT count(*) FROM outbox WHERE topic = 'bank_payment'").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_names_one_intent_of_one_person(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.person("Ananya").await, bench.person("Vikram").await);
    let wish = asks(500_00);
    let first = bench.web.open_on_ramp(ananya, wish.clone()).await.unwrap();
    for other in [
        OnRampRequest { amount: amount(500_01), ..wish.clone() },
        OnRampRequest { bank: Bank::Malwa, ..wish.clone() },
    ] {
        let refused = bench.web.open_on_ramp(ananya, other).await;
        assert!(matches!(refused, Err(OnRampError::Refused(OnRampRefusal::KeyReused))), "{refused:?}");
    }
    assert_ne!(bench.web.open_on_ramp(vikram, wish).await.unwrap().id, first.id);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_bank_is_asked_until_it_took_the_request_and_no_longer(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let wish = asks(500_00);
    let intent = bench.web.open_on_ramp(ananya, wish.clone()).await.unwrap();
    assert_eq!(bench.web.bank_request(intent.id).await.unwrap().unwrap().amount, Paise::new(500_00));
    let seen = bench.web.on_ramp(ananya, intent.id).await.unwrap().unwrap();
    assert_eq!((seen.status, seen.at_bank_at, seen.bank_page), (OnRampStatus::Processing, None, None));

    bench.web.at_bank(intent.id, "http://bank/pay/1").await.unwrap();
    assert!(bench.web.bank_request(intent.id).await.unwrap().is_none());
    assert_eq!(bench.number("SELECT count(*) FROM outbox").await, 0);
    let again = bench.web.open_on_ramp(ananya, wish).await.unwrap();
    assert!(again.request.is_none());
    assert_eq!(again.bank_page.as_deref(), Some("http://bank/pay/1"));
    let open = bench.web.open_on_ramps(ananya).await.unwrap();
    assert_eq!(open.iter().map(|on_ramp| on_ramp.id).collect::<Vec<_>>(), [intent.id]);
    assert!(open[0].at_bank_at.is_some());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_long_fresh_and_absent_from_what_is_printed_or_shown(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let (one, two) = (bench.intent(ananya, 500_00).await, bench.intent(ananya, 500_00).await);
    assert_ne!(one.token, two.token);
    assert!(one.token.len() >= 32 && one.token.bytes().all(|b| b.is_ascii_hexdigit()));
    assert!(!format!("{one:?}").contains(&one.token));
    let shown = bench.web.on_ramp(ananya, one.id).await.unwrap().unwrap();
    assert!(!serde_json::to_string(&shown).unwrap().contains(&one.token));
}

#[sqlx::test(migrations = "../migrations")]
async fn negative_zero_and_oversized_top_ups_stop_at_the_type_and_again_at_postgres(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let account = bench.account(ananya).await;
    for paise in [i64::MIN, -5_000_00, -1, 0, 99, Amount::MAX.get() + 1, i64::MAX] {
        let typed = Amount::new(paise).and_then(Amount::for_on_ramp);
        match paise {
            ..=0 => assert_eq!(typed, Err(AmountError::NotPositive)),
            1..100 => assert_eq!(typed, Err(AmountError::BelowLimit { limit: Paise::new(1_00) })),
            _ => assert_eq!(typed, Err(AmountError::AboveLimit { limit: Amount::MAX.paise() })),
        }
        let raw = sqlx::query(
            "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token)
             VALUES ($1, $2, $1::text, 'deccan', $3, $1::text)",
        )
        .bind(Uuid::now_v7())
        .bind(account)
        .bind(paise)
        .execute(&bench.web_pool)
        .await;
        assert_eq!(refusal(raw), "on_ramps_amount_limits", "{paise}");
    }
    assert_eq!(bench.number("SELECT count(*) FROM on_ramps").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn only_what_is_overdue_and_open_expires(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let (paid, overdue, open) = (
        bench.intent(ananya, 1_00).await,
        bench.intent(ananya, 2_00).await,
        bench.intent(ananya, 3_00).await,
    );
    bench.run_out(paid.id).await;
    assert_eq!(bench.bank.settle(success(&paid.token, 1_00)).await.unwrap(), Settlement::Settled);
    bench.run_out(overdue.id).await;

    assert_eq!(bench.web.expire_on_ramps().await.unwrap(), 1);
    assert_eq!(bench.web.expire_on_ramps().await.unwrap(), 0);
    for (intent, status) in
        [(&paid, OnRampStatus::Success), (&overdue, OnRampStatus::Expired), (&open, OnRampStatus::Processing)]
    {
        let seen = bench.web.on_ramp(ananya, intent.id).await.unwrap().unwrap();
        assert_eq!((seen.status, seen.settled_at.is_some()), (status, status != OnRampStatus::Processing));
    }
    assert!(bench.web.bank_request(overdue.id).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn an_intent_is_shown_to_its_owner_only(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.person("Ananya").await, bench.person("Vikram").await);
    let intent = bench.intent(ananya, 500_00).await;
    assert!(bench.web.on_ramp(ananya, intent.id).await.unwrap().is_some());
    assert_eq!(bench.web.on_ramp(vikram, intent.id).await.unwrap(), None);
    assert_eq!(bench.web.on_ramp(vikram, OnRampId::new(Uuid::now_v7())).await.unwrap(), None);
    assert_eq!(bench.web.open_on_ramps(vikram).await.unwrap(), []);
}
