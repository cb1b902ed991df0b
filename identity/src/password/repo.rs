//! The statements on `password_credentials`.

use domain::UserId;
use sqlx::PgPool;

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

/// The SHA-256 of the hash, which changes with the password. Made in Postgres, so that the hash
/// itself stays there: this runs with every request.
pub(crate) async fn session_hash(pool: &PgPool, user: UserId) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT sha256(convert_to(c.hash, 'UTF8')) AS "session_hash!"
           FROM users u JOIN password_credentials c ON c.user_id = u.id WHERE u.id = $1"#,
        user.uuid()
    )
    .fetch_optional(pool)
    .await
}
