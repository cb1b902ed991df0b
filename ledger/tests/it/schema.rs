//! What Postgres itself refuses, whoever asks, and how the schema comes to be.

use sqlx::{AssertSqlSafe, PgPool};

use crate::fixture::{Bench, at_once, refusal, request, success};

async fn as_superuser(bench: &Bench, statement: impl Into<String>) -> String {
    refusal(sqlx::raw_sql(AssertSqlSafe(statement.into())).execute(&bench.admin).await)
}

#[sqlx::test(migrations = "../migrations")]
async fn not_even_the_superuser_edits_history(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 500_00).await;
    let vikram = bench.person("Vikram").await;
    bench.web.transfer(ananya, request(vikram, 1_00)).await.unwrap();
    for (table, column) in [("entries", "amount"), ("transfers", "amount"), ("bank_events", "outcome")] {
        let refused = format!("{table}_append_only");
        for statement in [
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table} CASCADE"),
        ] {
            assert_eq!(as_superuser(&bench, &statement).await, refused, "{statement}");
        }
    }
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn entries_that_do_not_balance_cannot_be_committed(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    let transfer = bench.web.transfer(ananya, request(vikram, 1_00)).await.unwrap().id;
    let third = bench.account(bench.person("Meera").await).await;
    let third_leg =
        format!("INSERT INTO entries VALUES ({third}, 1, '{transfer}', 100, 100, now(), sha256('x'))");
    assert_eq!(as_superuser(&bench, third_leg).await, "entries_zero_sum");

    // Nor a transfer whose entries are written by hand, with the posting trigger away.
    let one_legged = "ALTER TABLE transfers DISABLE TRIGGER transfers_post;
        INSERT INTO transfers (id, kind, debit_account, credit_account, amount) VALUES
            ('00000000-0000-7000-8000-000000000001', 'welcome', 2, (SELECT max(id) FROM accounts), 100);
        INSERT INTO entries VALUES
            (2, 1, '00000000-0000-7000-8000-000000000001', -100, -100, now(), sha256('x')),
            ((SELECT max(id) FROM accounts), 1, '00000000-0000-7000-8000-000000000001', 101, 101, now(), sha256('x'))";
    assert_eq!(as_superuser(&bench, one_legged).await, "entries_zero_sum");
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_intent_ends_once_whoever_writes(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    bench.bank.settle(success(&intent.token, 500_00)).await.unwrap();
    for statement in [
        "UPDATE on_ramps SET status = 'PROCESSING', settled_at = NULL, transfer_id = NULL",
        "UPDATE on_ramps SET status = 'FAILURE', transfer_id = NULL",
        "UPDATE on_ramps SET amount = 1",
    ] {
        assert_eq!(as_superuser(&bench, statement).await, "on_ramps_end_once", "{statement}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_without_an_account_and_the_system_has_its_own(admin: PgPool) {
    let bench = Bench::new(admin);
    assert_eq!(
        bench.number("SELECT count(*) FROM accounts WHERE owner IS NULL AND id IN (1, 2, 3)").await,
        3
    );
    let ananya = bench.person("Ananya").await;
    assert_eq!((bench.account(ananya).await >= 1000, bench.money(ananya).await), (true, 0));
    let second = format!("INSERT INTO accounts (owner) VALUES ('{ananya}')");
    assert_eq!(as_superuser(&bench, second).await, "accounts_owner_unique");
    assert_eq!(
        as_superuser(&bench, "INSERT INTO accounts (id) VALUES (1000000)").await,
        "accounts_people_have_owners"
    );
    assert_eq!(
        as_superuser(&bench, "UPDATE accounts SET balance = -1 WHERE id >= 1000").await,
        "accounts_not_overdrawn"
    );
    assert_eq!(
        as_superuser(&bench, "UPDATE accounts SET held = -1 WHERE id >= 1000").await,
        "accounts_held_not_negative"
    );
}

#[sqlx::test(migrations = false)]
async fn migrating_twice_changes_nothing_and_four_at_once_are_safe(admin: PgPool) {
    let migrated = at_once((0..4).map(|_| {
        let admin = admin.clone();
        async move { ledger::MIGRATIONS.run(&admin).await }
    }))
    .await;
    migrated.into_iter().for_each(Result::unwrap);
    let bench = Bench::new(admin);
    bench.web.ready().await.unwrap();
    bench.funded("Ananya", 500_00).await;
    let applied = "SELECT count(*) FROM _sqlx_migrations WHERE success";
    assert_eq!(bench.number(applied).await, ledger::MIGRATIONS.iter().count() as i64);
    ledger::MIGRATIONS.run(&bench.admin).await.unwrap();
    assert_eq!(bench.number(applied).await, ledger::MIGRATIONS.iter().count() as i64);
    assert_eq!(bench.number("SELECT count(*) FROM accounts").await, 4);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = false)]
async fn a_database_without_its_schema_is_not_ready(admin: PgPool) {
    assert!(Bench::new(admin).web.ready().await.is_err());
}
