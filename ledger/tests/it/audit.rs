//! Each rule of the audit, broken on purpose.

use ledger::audit::{Audit, audit};
use sqlx::PgPool;

use crate::fixture::{Bench, request};

const CHAIN: &str =
    "each entry's hash covers it, its transfer and the hash before it, and the account knows the newest";

/// Books with two top-ups and four transfers, found right.
struct Books {
    bench: Bench,
    /// The accounts of two people, the smaller first.
    accounts: [i64; 2],
}

impl Books {
    async fn right(admin: PgPool) -> Self {
        let bench = Bench::new(admin);
        let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.funded("Vikram", 500_00).await);
        for _ in 0..2 {
            bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
            bench.web.transfer(vikram, request(ananya, 50_00)).await.unwrap();
        }
        let accounts = [bench.account(ananya).await, bench.account(vikram).await];
        let found = audit(&bench.auditor).await.unwrap();
        assert_eq!(found, Audit { accounts: 5, transfers: 6, entries: 12, findings: vec![] });
        Books { bench, accounts }
    }

    /// Tampers, and asserts that exactly these rules are found broken, each with its first row; the chain of
    /// hashes, which breaks with most of them, apart.
    async fn tampered(&self, statements: impl Into<String>, findings: &[(&str, &str)]) {
        self.bench.tamper(statements).await;
        let mut found = audit(&self.bench.auditor).await.unwrap().findings;
        found.retain(|finding| finding.rule != CHAIN);
        assert_eq!(found.len(), findings.len(), "{found:?}");
        for (finding, (rule, row)) in found.iter().zip(findings) {
            assert!(finding.rule.starts_with(rule) && finding.row.starts_with(row), "{finding:?}");
        }
    }

    async fn text(&self, query: &'static str) -> String {
        sqlx::query_scalar(query).fetch_one(&self.bench.admin).await.unwrap()
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_transfer_that_says_something_else_than_its_entries_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let first = books.text("SELECT min(id::text) FROM transfers WHERE kind = 'p2p'").await;
    let rule = "the entries of a transfer are its amount";
    books
        .tampered(
            "UPDATE transfers SET amount = amount + 1 WHERE kind = 'p2p'",
            &[(rule, &format!("transfer {first}"))],
        )
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn entries_of_no_transfer_are_found_even_if_everything_adds_up(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, b] = books.accounts;
    let nowhere = "00000000-0000-7000-8000-000000000001";
    let forged = format!(
        "INSERT INTO entries SELECT id, version + 1, '{nowhere}', -777, balance - 777, now(), head FROM accounts WHERE id = {a};
         INSERT INTO entries SELECT id, version + 1, '{nowhere}', 777, balance + 777, now(), head FROM accounts WHERE id = {b};
         UPDATE accounts SET version = version + 1, balance = balance - 777, spent_day = spent_day + 777,
             spent_month = spent_month + 777 WHERE id = {a};
         UPDATE accounts SET version = version + 1, balance = balance + 777 WHERE id = {b};"
    );
    let rule = "the entries of a transfer are its amount";
    books.tampered(forged, &[(rule, &format!("transfer {nowhere}"))]).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_balance_that_is_not_its_entries_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, b] = books.accounts;
    // From one to the other, so that the total is kept; the second account is wrong as well.
    let moved = format!(
        "UPDATE accounts SET balance = balance + 5 WHERE id = {b}; UPDATE accounts SET balance = balance - 5 WHERE id = {a}"
    );
    let rule = "an account's balance is the sum of its entries";
    books
        .tampered(moved, &[(rule, &format!("account {a} says 39995 at version 5, its 5 entries say 40000"))])
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_version_that_is_not_the_number_of_entries_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, _] = books.accounts;
    let rule = "an account's balance is the sum of its entries";
    let row = format!("account {a} says 40000 at version 6");
    books.tampered(format!("UPDATE accounts SET version = 6 WHERE id = {a}"), &[(rule, &row)]).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_running_balance_or_a_number_out_of_line_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [_, b] = books.accounts;
    let rule = "each entry follows the one before it";
    let changed = format!(
        "UPDATE entries SET balance_after = balance_after + 1 WHERE account_id = {b} AND version IN (2, 4)"
    );
    books.tampered(changed, &[(rule, &format!("entry 2 of account {b}"))]).await;
    let back = format!(
        "UPDATE entries SET balance_after = balance_after - 1 WHERE account_id = {b} AND version IN (2, 4)"
    );
    books.tampered(back, &[]).await;
    let gap = format!("UPDATE entries SET version = 9 WHERE account_id = {b} AND version = 5");
    books.tampered(gap, &[(rule, &format!("entry 9 of account {b}"))]).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_counts_as_spent_and_was_not_paid_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, _] = books.accounts;
    let rule = "what counts as spent on the day";
    for (change, back) in [
        ("spent_day = spent_day - 20000", "spent_day = spent_day + 20000"),
        ("spent_month = spent_month - 20000", "spent_month = spent_month + 20000"),
        ("spent_on = spent_on - 40", "spent_on = spent_on + 40"),
    ] {
        let row = format!("account {a} says");
        books.tampered(format!("UPDATE accounts SET {change} WHERE id = {a}"), &[(rule, &row)]).await;
        books.tampered(format!("UPDATE accounts SET {back} WHERE id = {a}"), &[]).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn money_out_of_nowhere_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, _] = books.accounts;
    let sum = "an account's balance is the sum of its entries";
    let minted = format!("UPDATE accounts SET balance = balance + 500 WHERE id = {a}");
    books
        .tampered(
            minted,
            &[
                (sum, &format!("account {a}")),
                ("all balances together are zero", "all balances together are 500"),
            ],
        )
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_who_spent_more_than_they_had_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, b] = books.accounts;
    let walls = "ALTER TABLE accounts DROP CONSTRAINT accounts_not_overdrawn;
                 ALTER TABLE entries DROP CONSTRAINT entries_not_overdrawn";
    sqlx::raw_sql(walls).execute(&books.bench.admin).await.unwrap();
    for (from, to, paise) in [(a, b, 400_01), (b, a, 1_00)] {
        sqlx::query(
            "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, idempotency_key)
             VALUES (gen_random_uuid(), 'p2p', $1, $2, $3, 'k')",
        )
        .bind(from)
        .bind(to)
        .bind(paise)
        .execute(&books.bench.admin)
        .await
        .unwrap();
    }
    // They have money again by now: the moment without is found all the same.
    books
        .tampered(
            "",
            &[("nobody has spent more than they had", &format!("account {a} had -1 after entry 6"))],
        )
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_intent_that_says_something_else_than_its_credit_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let first = books.text("SELECT min(id::text) FROM on_ramps").await;
    let rule = "an intent is SUCCESS exactly when it was credited";
    let undone = "UPDATE on_ramps SET status = 'FAILURE', transfer_id = NULL";
    books.tampered(undone, &[(rule, &format!("intent {first} is FAILURE"))]).await;
    let redone = "UPDATE on_ramps r SET status = 'SUCCESS', transfer_id = t.id FROM transfers t WHERE t.on_ramp_id = r.id";
    books.tampered(redone, &[]).await;
    for (change, back) in [
        ("amount = amount + 1", "amount = amount - 1"),
        ("account_id = account_id + 100", "account_id = account_id - 100"),
    ] {
        books
            .tampered(
                format!("UPDATE on_ramps SET {change}"),
                &[(rule, &format!("intent {first} is SUCCESS"))],
            )
            .await;
        books.tampered(format!("UPDATE on_ramps SET {back}"), &[]).await;
    }
    let another = "UPDATE on_ramps SET transfer_id = (SELECT id FROM transfers WHERE kind = 'p2p' LIMIT 1)";
    books.tampered(another, &[(rule, &format!("intent {first} is SUCCESS"))]).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn any_change_of_an_entry_or_of_its_transfer_breaks_the_chain_where_it_was_made(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, _] = books.accounts;
    // Whoever may tamper may take constraints away as well.
    let walls = "ALTER TABLE transfers DROP CONSTRAINT transfers_kind_accounts,
                 DROP CONSTRAINT transfers_p2p_has_key, DROP CONSTRAINT transfers_bank_money_has_cause";
    sqlx::raw_sql(walls).execute(&books.bench.admin).await.unwrap();
    let third = format!("account_id = {a} AND version = 3");
    let its_transfer = format!("id = (SELECT transfer_id FROM entries WHERE {third})");
    for (table, place, change) in [
        ("entries", &third, "amount = amount + 1"),
        ("entries", &third, "balance_after = balance_after + 1"),
        ("entries", &third, "created_at = created_at + interval '1 microsecond'"),
        ("entries", &third, "hash = sha256('x')"),
        ("transfers", &its_transfer, "kind = 'welcome'"),
        ("transfers", &its_transfer, "debit_account = 3"),
        ("transfers", &its_transfer, "credit_account = 3"),
        ("transfers", &its_transfer, "note = 'tee'"),
        ("transfers", &its_transfer, "idempotency_key = 'k'"),
        ("transfers", &its_transfer, "bank_event_id = 'x'"),
        ("transfers", &its_transfer, "created_at = created_at - interval '1 microsecond'"),
    ] {
        let kept = format!(
            "CREATE TABLE kept AS SELECT * FROM {table} WHERE {place}; UPDATE {table} SET {change} WHERE {place}"
        );
        books.bench.tamper(kept).await;
        let found = audit(&books.bench.auditor).await.unwrap().findings;
        let chain = found.iter().find(|finding| finding.rule == CHAIN);
        let row = &chain.unwrap_or_else(|| panic!("{table} {change} was not found: {found:?}")).row;
        assert!(row.starts_with("entry "), "{table} {change}: {row}");
        let back = if table == "entries" {
            format!("DELETE FROM entries WHERE {third}")
        } else {
            "DELETE FROM transfers WHERE id = (SELECT id FROM kept)".to_owned()
        };
        let columns = if table == "entries" {
            "*"
        } else {
            "id, kind, debit_account, credit_account, amount, note, idempotency_key, on_ramp_id, bank_event_id, created_at"
        };
        let target = if table == "entries" { "entries".to_owned() } else { format!("transfers ({columns})") };
        books
            .bench
            .tamper(format!("{back}; INSERT INTO {target} SELECT {columns} FROM kept; DROP TABLE kept"))
            .await;
        books.bench.assert_books_right().await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn taking_the_newest_entries_away_is_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, _] = books.accounts;
    books.bench.tamper(format!("UPDATE accounts SET head = '' WHERE id = {a}")).await;
    let found = audit(&books.bench.auditor).await.unwrap().findings;
    assert_eq!((found.len(), found[0].rule), (1, CHAIN));
    assert_eq!(found[0].row, format!("the newest entry of account {a}"));
}

#[sqlx::test(migrations = "../migrations")]
async fn money_held_without_a_waiting_payment_and_a_hold_without_its_transfer_are_found(admin: PgPool) {
    let books = Books::right(admin).await;
    let [a, b] = books.accounts;
    let rule = "what is held on an account";
    let held = format!("UPDATE accounts SET held = 7 WHERE id = {a}");
    books.tampered(held, &[(rule, &format!("account {a} holds 7, its waiting payments are 0"))]).await;
    let hold = "00000000-0000-7000-8000-000000000002";
    let forged = format!(
        "UPDATE accounts SET held = 0 WHERE id = {a};
         INSERT INTO holds (id, payer_account, payee_account, amount, idempotency_key, reason, status, created_at, release_at, ended_at, transfer_id)
         VALUES ('{hold}', {a}, {b}, 100, 'k', 'undo', 'POSTED', now(), now() + interval '1 second', now(), '{hold}')"
    );
    let rule = "a payment that waited has moved exactly when it was posted";
    books.tampered(forged, &[(rule, &format!("hold {hold} is POSTED"))]).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_audit_reads_one_moment_while_money_moves_on(admin: PgPool) {
    let books = Books::right(admin).await;
    let bench = &books.bench;
    let (ananya, vikram) = (bench.funded("Meera", 100_00).await, bench.person("Rohan").await);
    let web = bench.web.clone();
    let moving = tokio::spawn(async move {
        for _ in 0..60 {
            web.transfer(ananya, request(vikram, 1)).await.unwrap();
        }
    });
    while !moving.is_finished() {
        bench.assert_books_right().await;
    }
    moving.await.unwrap();
}
