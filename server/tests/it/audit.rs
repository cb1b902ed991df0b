//! `okane audit`, as an operator or a script runs it.

use std::process::{Command, Output};

use sqlx::{ConnectOptions as _, PgPool};

fn audit(database: &PgPool) -> Output {
    let url = database.connect_options().to_url_lossy().to_string();
    Command::new(env!("CARGO_BIN_EXE_okane")).arg("audit").env("DATABASE_URL", url).output().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn an_audit_tells_its_speed_and_shows_no_progress_where_nobody_watches(database: PgPool) {
    let Output { status, stdout, stderr } = audit(&database);
    let said = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{said}");
    assert!(said.starts_with("read 3 accounts, 0 transfers and 0 entries in "), "{said}");
    assert!(said.contains(" entries a second\n"), "{said}");
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_audit_that_finds_something_names_the_rule_and_the_row_and_fails(database: PgPool) {
    sqlx::query("UPDATE accounts SET balance = 500 WHERE id = 2").execute(&database).await.unwrap();
    let Output { status, stdout, .. } = audit(&database);
    let said = String::from_utf8(stdout).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(
        said.contains("BROKEN: all balances together are zero — all balances together are 500\n"),
        "{said}"
    );
    assert!(said.contains("account 2 says 500 at version 0, its 0 entries say 0\n"), "{said}");
}
