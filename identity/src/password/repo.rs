//! The statements on `password_credentials`.

use std::collections::HashMap;

use domain::UserId;
use sqlx::PgPool;
use uuid::Uuid;

/// A person's id and the hash of their password: for signing in and nothing else.
pub(crate) struct Credential {
    pub(crate) user: UserId,
    pub(crate) hash: String,
}

/// Whose phone or e-mail this is. One statement for both, as no phone looks like an e-mail.
pub(crate) async fn credential(pool: &PgPool, identifier: &str) -> Result<Option<Credential>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT c.user_id, c.hash FROM users u JOIN password_credentials c ON c.user_id = u.id
         WHERE u.phone = $1 OR u.email = $1",
        identifier
    );
    Ok(row.fetch_optional(pool).await?.map(|r| Credential { user: UserId::new(r.user_id), hash: r.hash }))
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

/// The hash of a person's password; `None` for whoever has none.
pub(crate) async fn hash_of(pool: &PgPool, person: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT hash FROM password_credentials WHERE user_id = $1", person.uuid())
        .fetch_optional(pool)
        .await
}
