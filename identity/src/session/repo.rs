//! The statements on `sessions`. Time is the database's. Two hours without use end a session, and twelve
//! after its beginning; after a quarter of an hour without use it is left alone (`is_away`) until somebody says again
//! who they are. Whatever notes a use notes that too, as afterwards it cannot be told.

use std::collections::HashMap;

use domain::UserId;
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
    /// Its last use was noted more than a minute ago.
    pub(super) use_is_due: bool,
    /// It was left alone.
    pub(super) is_away: bool,
    /// From where it was last used, where that is not where it was begun.
    pub(super) last_network: Option<String>,
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
        "UPDATE sessions
         SET data = $2, expires_at = least($3, now() + interval '2 hours'),
             is_away = is_away OR expires_at < now() + interval '2 hours' - interval '15 minutes'
         WHERE id_hash = $1",
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
        r#"SELECT id_hash, data, last_network, expires_at AS "expires_at: jiff_sqlx::Timestamp",
                  expires_at < now() + interval '2 hours' - interval '1 minute' AS "use_is_due!",
                  is_away OR expires_at < now() + interval '2 hours' - interval '15 minutes' AS "is_away!"
           FROM sessions
           WHERE id_hash = ANY ($1) AND expires_at > now() AND created_at > now() - interval '12 hours'"#,
        &keys
    );
    let sessions = rows.fetch_all(&pool).await?.into_iter().filter_map(|row| {
        let stored = Stored {
            data: row.data,
            expires_at: row.expires_at.to_jiff(),
            use_is_due: row.use_is_due,
            is_away: row.is_away,
            last_network: row.last_network,
        };
        Some((row.id_hash.try_into().ok()?, stored))
    });
    Ok(sessions.collect())
}

/// Counts the idle time from now. Only the expiry is written: a request beside this one may be writing the
/// data. One that has ended meanwhile stays ended.
pub(super) async fn note_use(pool: &PgPool, key: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions
         SET expires_at = now() + interval '2 hours',
             is_away = is_away OR expires_at < now() + interval '2 hours' - interval '15 minutes'
         WHERE id_hash = $1 AND expires_at > now()",
        key
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// From now on it is used from there, and from where it was used until now it was used too.
pub(super) async fn note_network(pool: &PgPool, key: &[u8], network: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions
         SET also_network = coalesce(last_network, data #>> '{device,network}'), last_network = $2
         WHERE id_hash = $1 AND coalesce(last_network, data #>> '{device,network}') IS DISTINCT FROM $2",
        key,
        network
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Somebody has said who they are: it is not left alone any more.
pub(super) async fn confirm(pool: &PgPool, key: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions SET expires_at = now() + interval '2 hours', is_away = false
         WHERE id_hash = $1 AND expires_at > now()",
        key
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// A session as its owner sees it.
pub(super) struct Row {
    pub(super) id_hash: Vec<u8>,
    pub(super) device: Option<String>,
    pub(super) network: Option<String>,
    pub(super) last_network: Option<String>,
    pub(super) also_network: Option<String>,
    pub(super) since: jiff_sqlx::Timestamp,
    pub(super) last_use: jiff_sqlx::Timestamp,
}

/// A person's sessions that are not over and were begun with the ways in they have now, the last used first.
pub(super) async fn of(pool: &PgPool, person: UserId) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT s.id_hash, s.data #>> '{device,name}' AS device, s.data #>> '{device,network}' AS network, s.last_network, s.also_network,
                  s.created_at AS "since: jiff_sqlx::Timestamp",
                  s.expires_at - interval '2 hours' AS "last_use!: jiff_sqlx::Timestamp"
           FROM sessions s JOIN session_hashes h ON h.user_id = s.person
           WHERE s.person = $1 AND s.expires_at > now() AND s.created_at > now() - interval '12 hours'
             AND (SELECT string_agg(lpad(to_hex(byte::integer), 2, '0'), '' ORDER BY n)
                  FROM jsonb_array_elements_text(s.data #> '{axum-login.data,auth_hash}') WITH ORDINALITY AS b (byte, n))
                 = encode(h.hash, 'hex')
           ORDER BY s.expires_at DESC"#,
        person.uuid()
    )
    .fetch_all(pool)
    .await
}

/// Ends one of a person's sessions; says whether there was one.
pub(super) async fn end(pool: &PgPool, person: UserId, key: &[u8]) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM sessions WHERE person = $1 AND id_hash = $2", person.uuid(), key);
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

/// Ends all of a person's sessions but one; says how many.
pub(super) async fn end_others(pool: &PgPool, person: UserId, key: &[u8]) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM sessions WHERE person = $1 AND id_hash <> $2", person.uuid(), key);
    Ok(done.execute(pool).await?.rows_affected())
}

/// Takes what a session holds under a name out of it, where its field has this value. Of several that come at once one
/// has it: the others wait for the row and find it without.
pub(super) async fn take(
    pool: &PgPool,
    key: &[u8],
    name: &str,
    field: &str,
    value: &str,
) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH held AS (
               SELECT id_hash, data -> $2::text AS taken FROM sessions
               WHERE id_hash = $1 AND data #>> ARRAY[$2::text, $3::text] = $4 AND expires_at > now() FOR UPDATE
           )
           UPDATE sessions s SET data = s.data - $2::text FROM held WHERE s.id_hash = held.id_hash
           RETURNING held.taken AS "taken!""#,
        key,
        name,
        field,
        value
    )
    .fetch_optional(pool)
    .await
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
