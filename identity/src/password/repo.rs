//! The statements on `password_credentials`.

use std::collections::HashMap;

use domain::UserId;
use sqlx::PgPool;
use uuid::Uuid;

/// A person's id and the hash of their password: for signing in and nothing else.
pub(crate) struct Credential {
    pub(crate) user: UserId,
    pub(crate) hash: String,
    /// What the sessions of this person carry; of whoever is suspended, nothing.
    pub(crate) session_hash: Option<Vec<u8>>,
}

/// Whose phone or e-mail this is. One statement for both, as no phone looks like an e-mail.
pub(crate) async fn credential(pool: &PgPool, identifier: &str) -> Result<Option<Credential>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT c.user_id, c.hash, h.hash AS "session_hash?"
           FROM users u JOIN password_credentials c ON c.user_id = u.id LEFT JOIN session_hashes h ON h.user_id = u.id
           WHERE u.phone = $1 OR u.email = $1"#,
        identifier
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|r| Credential { user: UserId::new(r.user_id), hash: r.hash, session_hash: r.session_hash }))
}

/// What the sessions of each person carry, which changes with each of their ways in (migrations/0019). Made in Postgres,
/// so that the hashes of passwords stay there: this runs with every request.
pub(crate) async fn session_hashes(
    pool: PgPool,
    users: Vec<UserId>,
) -> Result<HashMap<UserId, Vec<u8>>, sqlx::Error> {
    let users: Vec<Uuid> = users.into_iter().map(UserId::uuid).collect();
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user_id!", hash AS "session_hash!" FROM session_hashes WHERE user_id = ANY ($1)"#,
        &users
    )
    .fetch_all(&pool)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId::new(row.user_id), row.session_hash)).collect())
}

/// Whether a person has a password.
pub(crate) async fn is_there(pool: &PgPool, person: UserId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM password_credentials WHERE user_id = $1) AS "is_there!""#,
        person.uuid()
    )
    .fetch_one(pool)
    .await
}

/// The hash of a person's password; `None` for whoever has none.
pub(crate) async fn hash_of(pool: &PgPool, person: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT hash FROM password_credentials WHERE user_id = $1", person.uuid())
        .fetch_optional(pool)
        .await
}

/// Puts another hash of the same password in the place of this one; its sessions go on.
pub(crate) async fn renew(pool: &PgPool, person: UserId, old: &str, new: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE password_credentials
         SET hash = $3, known_by = coalesce(known_by, sha256(convert_to(hash, 'UTF8')))
         WHERE user_id = $1 AND hash = $2",
        person.uuid(),
        old,
        new
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Puts another password in the place of the one that has this hash, and ends all sessions of its person but this one,
/// in one statement. `None` where the hash is another meanwhile; else how many sessions were ended.
pub(crate) async fn change(
    pool: &PgPool,
    person: UserId,
    old: &str,
    new: &str,
    this: &[u8],
) -> Result<Option<i64>, sqlx::Error> {
    let changed = sqlx::query!(
        r#"WITH changed AS (
               UPDATE password_credentials SET hash = $3, known_by = NULL, updated_at = now()
               WHERE user_id = $1 AND hash = $2 RETURNING user_id
           ), ended AS (
               DELETE FROM sessions WHERE person IN (SELECT user_id FROM changed) AND id_hash <> $4 RETURNING 1
           )
           SELECT (SELECT count(*) FROM ended) AS "ended!" FROM changed"#,
        person.uuid(),
        old,
        new,
        this
    );
    Ok(changed.fetch_optional(pool).await?.map(|row| row.ended))
}
