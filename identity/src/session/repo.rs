//! The statements on `sessions`. Time is the database's. Two hours without use end a session, and twelve
//! after its beginning.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgPool;

/// What a session holds.
pub(super) struct Stored {
    pub(super) data: Value,
    pub(super) expires_at: Timestamp,
    /// Its last use was noted more than five minutes ago.
    pub(super) use_is_due: bool,
}

/// Whether the key was free. Ends when it is told to, or sooner if it is not used.
pub(super) async fn insert(
    pool: &PgPool,
    key: &[u8],
    data: &Value,
    expires_at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO sessions (id_hash, data, expires_at) VALUES ($1, $2, least($3, now() + interval '2 hours'))
         ON CONFLICT (id_hash) DO NOTHING",
        key,
        data,
        expires_at.to_sqlx() as _
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

pub(super) async fn update(
    pool: &PgPool,
    key: &[u8],
    data: &Value,
    expires_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions SET data = $2, expires_at = least($3, now() + interval '2 hours') WHERE id_hash = $1",
        key,
        data,
        expires_at.to_sqlx() as _
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Twelve hours after its beginning a session is over, whatever it was told about its expiry.
pub(super) async fn find(pool: &PgPool, key: &[u8]) -> Result<Option<Stored>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT data, expires_at AS "expires_at: jiff_sqlx::Timestamp",
                  expires_at < now() + interval '2 hours' - interval '5 minutes' AS "use_is_due!"
           FROM sessions
           WHERE id_hash = $1 AND expires_at > now() AND created_at > now() - interval '12 hours'"#,
        key
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let expires_at = row.expires_at.to_jiff();
    Ok(Some(Stored { data: row.data, expires_at, use_is_due: row.use_is_due }))
}

/// Counts the idle time from now. Only the expiry is written: a request beside this one may be writing the
/// data. One that has ended meanwhile stays ended.
pub(super) async fn note_use(pool: &PgPool, key: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions SET expires_at = now() + interval '2 hours' WHERE id_hash = $1 AND expires_at > now()",
        key
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn delete(pool: &PgPool, key: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM sessions WHERE id_hash = $1", key).execute(pool).await?;
    Ok(())
}

pub(super) async fn delete_expired(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM sessions WHERE expires_at <= now() OR created_at <= now() - interval '12 hours'"
    );
    Ok(done.execute(pool).await?.rows_affected())
}
