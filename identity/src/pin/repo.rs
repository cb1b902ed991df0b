//! The statements on `pins`.

use domain::UserId;
use sqlx::PgPool;

/// Wrong tries in a row; `None` for whoever has no PIN.
pub(super) async fn failures(pool: &PgPool, person: UserId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("SELECT failures FROM pins WHERE user_id = $1", person.uuid())
        .fetch_optional(pool)
        .await
}

/// Puts this hash in the place of the one there was, with all tries.
pub(super) async fn set(pool: &PgPool, person: UserId, hash: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO pins (user_id, hash) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, failures = 0, set_at = now()",
        person.uuid(),
        hash
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes it away.
pub(super) async fn remove(pool: &PgPool, person: UserId) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM pins WHERE user_id = $1", person.uuid()).execute(pool).await?;
    Ok(())
}

/// What a PIN is compared with, and how many tries in a row, with this one, were not known to be right.
pub(super) struct Tried {
    pub(super) hash: String,
    pub(super) failures: i64,
}

/// One more try; `None` where there is none left, or no PIN.
pub(super) async fn try_once(pool: &PgPool, person: UserId, most: i64) -> sqlx::Result<Option<Tried>> {
    sqlx::query_as!(
        Tried,
        "UPDATE pins SET failures = failures + 1 WHERE user_id = $1 AND failures < $2 RETURNING hash, failures",
        person.uuid(),
        most
    )
    .fetch_optional(pool)
    .await
}

/// It was right: all tries are back. Says whether it is still the PIN.
pub(super) async fn forget_failures(pool: &PgPool, person: UserId, hash: &str) -> sqlx::Result<bool> {
    let done =
        sqlx::query!("UPDATE pins SET failures = 0 WHERE user_id = $1 AND hash = $2", person.uuid(), hash);
    Ok(done.execute(pool).await?.rows_affected() == 1)
}
