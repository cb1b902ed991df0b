//! The welcome credit: a real transfer, once per person.

use domain::view::Counterparty;
use domain::{Paise, UserId};
use sqlx::PgPool;
use uuid::Uuid;

use crate::fixture::{Bench, amount, at_once, refusal};

const PROMOTIONS: &str = "SELECT balance FROM accounts WHERE id = 2";

#[sqlx::test(migrations = "../migrations")]
async fn the_welcome_credit_comes_once_even_when_asked_for_eight_times_at_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let given = at_once((0..8).map(|_| {
        let web = bench.web.clone();
        async move { web.welcome(ananya, amount(100_00)).await.unwrap() }
    }))
    .await;
    let given: Vec<_> = given.into_iter().flatten().collect();
    assert_eq!(given.len(), 1);
    assert_eq!(bench.web.welcome(ananya, amount(50_00)).await.unwrap(), None);
    let receipt = bench.web.receipt(ananya, given[0]).await.unwrap().unwrap();
    assert_eq!((receipt.counterparty, receipt.amount), (Counterparty::Okane, Paise::new(100_00)));
    assert_eq!((bench.money(ananya).await, bench.number(PROMOTIONS).await), (100_00, -100_00));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn many_people_are_welcomed_at_once_without_a_deadlock(admin: PgPool) {
    let bench = Bench::new(admin);
    let mut people: Vec<UserId> = vec![];
    for _ in 0..24 {
        people.push(bench.person("Ananya").await);
    }
    let given = at_once(people.into_iter().map(|person| {
        let web = bench.web.clone();
        async move { web.welcome(person, amount(100_00)).await.unwrap() }
    }))
    .await;
    assert!(given.iter().all(Option::is_some));
    assert_eq!(bench.number(PROMOTIONS).await, -2_400_00);
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn postgres_allows_one_welcome_each_and_not_a_large_one(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let account = bench.account(ananya).await;
    let raw = async |paise: i64| {
        sqlx::query("INSERT INTO transfers (id, kind, debit_account, credit_account, amount) VALUES ($1, 'welcome', 2, $2, $3)")
            .bind(Uuid::now_v7())
            .bind(account)
            .bind(paise)
            .execute(&bench.admin)
            .await
    };
    assert_eq!(refusal(raw(1_000_01).await), "transfers_kind_accounts");
    raw(1_000_00).await.unwrap();
    assert_eq!(refusal(raw(1_00).await), "transfers_one_welcome");
    assert_eq!(bench.money(ananya).await, 1_000_00);
}
