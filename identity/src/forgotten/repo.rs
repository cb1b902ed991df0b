//! The statements on `password_resets`.

use domain::UserId;
use sqlx::PgPool;

use crate::{Address, Attempt};

/// Notes a wish in the place of an earlier one for the same number or address; says whether anybody has that.
pub(super) async fn begin(
    pool: &PgPool,
    attempt: Attempt,
    address: &Address,
    sealed: &[u8],
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO password_resets (address, attempt, code, person)
           VALUES ($1, $2, $3, (SELECT id FROM users WHERE phone = $1 OR email = $1))
           ON CONFLICT (address) DO UPDATE
           SET attempt = excluded.attempt, code = excluded.code, person = excluded.person, tries = 0,
               expires_at = excluded.expires_at
           RETURNING person IS NOT NULL AS "is_somebody!""#,
        address.as_str(),
        attempt.0,
        sealed
    )
    .fetch_one(pool)
    .await
}

/// The number or address of an attempt that is not over.
pub(super) async fn find(pool: &PgPool, attempt: Attempt) -> Result<Option<Address>, sqlx::Error> {
    let address = sqlx::query_scalar!(
        "SELECT address FROM password_resets WHERE attempt = $1 AND expires_at > now()",
        attempt.0
    );
    Ok(address.fetch_optional(pool).await?.as_deref().and_then(Address::parse))
}

/// What a code is compared with.
pub(super) struct Noted {
    pub(super) person: Option<UserId>,
    pub(super) code: Vec<u8>,
}

/// The same, for one more try; `None` where there is none left.
pub(super) async fn try_code(pool: &PgPool, attempt: Attempt) -> Result<Option<Noted>, sqlx::Error> {
    let row = sqlx::query!(
        "UPDATE password_resets SET tries = tries + 1
         WHERE attempt = $1 AND tries < 5 AND expires_at > now() RETURNING person, code",
        attempt.0
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| Noted { person: row.person.map(UserId::new), code: row.code }))
}

/// Uses the code up, puts another password in the place of the one there was, if there was one, and ends all sessions, in
/// one statement; says whether the code was still there.
pub(super) async fn reset(
    pool: &PgPool,
    attempt: Attempt,
    code: &[u8],
    hash: &str,
) -> Result<bool, sqlx::Error> {
    let changed = sqlx::query!(
        r#"WITH proven AS (
               DELETE FROM password_resets WHERE attempt = $1 AND code = $2 AND expires_at > now() RETURNING person
           ), changed AS (
               INSERT INTO password_credentials (user_id, hash) SELECT person, $3 FROM proven WHERE person IS NOT NULL
               ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, known_by = NULL, updated_at = now()
               RETURNING user_id
           ), ended AS (
               DELETE FROM sessions WHERE person IN (SELECT user_id FROM changed)
           )
           SELECT user_id FROM changed"#,
        attempt.0,
        code,
        hash
    );
    Ok(changed.fetch_optional(pool).await?.is_some())
}

/// Forgets what was not proven in time.
pub(crate) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM password_resets WHERE expires_at <= now()").execute(pool).await?;
    Ok(())
}
