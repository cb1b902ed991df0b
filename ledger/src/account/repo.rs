//! Statements on `accounts`.

use domain::{AccountId, UserId, view::Balance};
use sqlx::{PgExecutor, PgPool};

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
