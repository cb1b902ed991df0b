//! The statements on `pins`.

use domain::UserId;
use sqlx::PgPool;

/// Whether a person's PIN can be right: it was not wrong too often in a row, and is sealed under this key. `None` for
/// whoever has none.
pub(super) async fn holds(
    pool: &PgPool,
    person: UserId,
    key: &[u8],
    most: i64,
) -> sqlx::Result<Option<bool>> {
    sqlx::query_scalar!(
        r#"SELECT failures < $3 AND sealed_by = $2 AS "holds!" FROM pins WHERE user_id = $1"#,
        person.uuid(),
        key,
        most
    )
    .fetch_optional(pool)
    .await
}

/// Puts this hash in the place of the one there was, with all tries.
pub(super) async fn set(pool: &PgPool, person: UserId, hash: &str, key: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO pins (user_id, hash, sealed_by) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE
         SET hash = excluded.hash, sealed_by = excluded.sealed_by, failures = 0, set_at = now()",
        person.uuid(),
        hash,
        key
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
pub(super) async fn try_once(
    pool: &PgPool,
    person: UserId,
    key: &[u8],
    most: i64,
) -> sqlx::Result<Option<Tried>> {
    sqlx::query_as!(
        Tried,
        "UPDATE pins SET failures = failures + 1
         WHERE user_id = $1 AND sealed_by = $2 AND failures < $3 RETURNING hash, failures",
        person.uuid(),
        key,
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
