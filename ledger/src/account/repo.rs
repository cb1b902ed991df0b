//! Statements on `accounts`.

use std::collections::HashMap;

use domain::{AccountId, UserId, view::Balance};
use jiff::Timestamp;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

/// The balances of these people, in one look.
pub(crate) async fn balances(pool: PgPool, owners: Vec<UserId>) -> sqlx::Result<HashMap<UserId, Balance>> {
    let owners: Vec<Uuid> = owners.into_iter().map(UserId::uuid).collect();
    let rows = sqlx::query!(
        r#"SELECT owner AS "owner!", balance, held, revision FROM accounts WHERE owner = ANY ($1)"#,
        &owners
    )
    .fetch_all(&pool)
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

/// People whose newest entries are older than `before`, the most recent of them first, with their balances and
/// the moment of that entry.
pub(crate) async fn recently_active(
    pool: &PgPool,
    before: Option<Timestamp>,
    limit: i64,
) -> sqlx::Result<Vec<(UserId, Balance, Timestamp)>> {
    let rows = sqlx::query!(
        r#"SELECT a.owner AS "owner!", a.balance, a.held, a.revision, e.created_at AS "at: jiff_sqlx::Timestamp"
           FROM accounts a JOIN entries e ON e.account_id = a.id AND e.version = a.version
           WHERE a.owner IS NOT NULL AND e.created_at < COALESCE($2, 'infinity'::timestamptz)
           ORDER BY e.created_at DESC LIMIT $1"#,
        limit,
        before.map(jiff_sqlx::Timestamp::from) as Option<jiff_sqlx::Timestamp>
    )
    .fetch_all(pool)
    .await?;
    let people = rows.into_iter().map(|row| {
        let balance = super::balance(row.balance, row.held, row.revision);
        (UserId::new(row.owner), balance, row.at.to_jiff())
    });
    Ok(people.collect())
}

/// One person's account, its balance, and the version of its newest entry.
pub(crate) async fn standing(pool: &PgPool, owner: UserId) -> sqlx::Result<(AccountId, Balance, i64)> {
    let row = sqlx::query!(
        "SELECT id, balance, held, revision, version FROM accounts WHERE owner = $1",
        owner.uuid()
    )
    .fetch_one(pool)
    .await?;
    let balance = super::balance(row.balance, row.held, row.revision);
    Ok((AccountId::new(row.id), balance, row.version))
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
