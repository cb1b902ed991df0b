//! Statements on `accounts`.

use domain::{AccountId, UserId, view::Balance};
use sqlx::{PgExecutor, PgPool};

/// Locks these accounts, the system's among them, in id order.
pub(crate) async fn lock_in_tx(tx: &mut sqlx::PgConnection, accounts: &[AccountId]) -> sqlx::Result<()> {
    let ids: Vec<i64> = accounts.iter().map(|id| id.get()).collect();
    sqlx::query!(r#"SELECT count(*) AS "locked!" FROM lock_accounts($1)"#, &ids).fetch_one(tx).await?;
    Ok(())
}

/// The balances of the people among these accounts, as they stand in the caller's transaction.
pub(crate) async fn balances(
    executor: impl PgExecutor<'_>,
    accounts: &[AccountId],
) -> sqlx::Result<Vec<(UserId, Balance)>> {
    let ids: Vec<i64> = accounts.iter().map(|id| id.get()).collect();
    let rows = sqlx::query!(
        r#"SELECT owner AS "owner!", balance, held, revision FROM accounts WHERE id = ANY ($1) AND owner IS NOT NULL"#,
        &ids
    )
    .fetch_all(executor)
    .await?;
    let balances = rows
        .into_iter()
        .map(|row| (UserId::new(row.owner), super::balance(row.balance, row.held, row.revision)));
    Ok(balances.collect())
}

/// One person's balance.
pub(crate) async fn balance(executor: impl PgExecutor<'_>, owner: UserId) -> sqlx::Result<Balance> {
    let row = sqlx::query!("SELECT balance, held, revision FROM accounts WHERE owner = $1", owner.uuid())
        .fetch_one(executor)
        .await?;
    Ok(super::balance(row.balance, row.held, row.revision))
}

/// The balances of those whose newest entries are the newest of all.
pub(crate) async fn recently_active(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<(UserId, Balance)>> {
    let rows = sqlx::query!(
        r#"SELECT a.owner AS "owner!", a.balance, a.held, a.revision
           FROM accounts a JOIN entries e ON e.account_id = a.id AND e.version = a.version
           WHERE a.owner IS NOT NULL ORDER BY e.created_at DESC LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await?;
    let balances = rows
        .into_iter()
        .map(|row| (UserId::new(row.owner), super::balance(row.balance, row.held, row.revision)));
    Ok(balances.collect())
}

/// One person's account.
pub(crate) async fn id(executor: impl PgExecutor<'_>, owner: UserId) -> sqlx::Result<AccountId> {
    let id = sqlx::query_scalar!("SELECT id FROM accounts WHERE owner = $1", owner.uuid())
        .fetch_one(executor)
        .await?;
    Ok(AccountId::new(id))
}

/// Fails unless the system's accounts can be read.
pub(crate) async fn touch(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query_scalar!("SELECT id FROM accounts WHERE id = $1", AccountId::SUSPENSE.get())
        .fetch_one(pool)
        .await?;
    Ok(())
}
