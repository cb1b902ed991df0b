//! Statements on `holds`; each is a function of the migrations (0007), which alone may write the table.

use domain::{TransferId, UserId};
use sqlx::PgPool;
use uuid::Uuid;

/// The holds whose time has come, the longest overdue first.
pub(super) async fn due(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM holds WHERE status = 'PENDING' AND release_at <= clock_timestamp() ORDER BY release_at LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await
}

/// Posts what is still due of these; answers with what was posted.
pub(super) async fn post(pool: &PgPool, holds: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(r#"SELECT post_holds($1) AS "id!""#, holds).fetch_all(pool).await
}

/// Gives back what is still due of these; answers with what was given back.
pub(super) async fn expire(pool: &PgPool, holds: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(r#"SELECT expire_holds($1) AS "id!""#, holds).fetch_all(pool).await
}

/// Cancels, and says how the hold stands then; `None` where the payer has no such hold.
pub(super) async fn cancel(pool: &PgPool, payer: UserId, hold: TransferId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("SELECT cancel_hold($1, $2)", payer.uuid(), hold.uuid()).fetch_one(pool).await
}
