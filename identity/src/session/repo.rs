//! The statements on `sessions`. Time is the database's. Two hours without use end a session, and twelve
//! after its beginning.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgPool;

/// What the table knows a session by: the SHA-256 of its id.
pub(super) type Key = [u8; 32];

/// What a session holds.
#[derive(Clone)]
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

/// Those of these sessions that are not over. Twelve hours after its beginning one is, whatever it was told about
/// its expiry.
pub(super) async fn find(pool: PgPool, keys: Vec<Key>) -> Result<HashMap<Key, Stored>, sqlx::Error> {
    let keys: Vec<Vec<u8>> = keys.into_iter().map(Vec::from).collect();
    let rows = sqlx::query!(
        r#"SELECT id_hash, data, expires_at AS "expires_at: jiff_sqlx::Timestamp",
                  expires_at < now() + interval '2 hours' - interval '5 minutes' AS "use_is_due!"
           FROM sessions
           WHERE id_hash = ANY ($1) AND expires_at > now() AND created_at > now() - interval '12 hours'"#,
        &keys
    );
    let sessions = rows.fetch_all(&pool).await?.into_iter().filter_map(|row| {
        let stored =
            Stored { data: row.data, expires_at: row.expires_at.to_jiff(), use_is_due: row.use_is_due };
        Some((row.id_hash.try_into().ok()?, stored))
    });
    Ok(sessions.collect())
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
