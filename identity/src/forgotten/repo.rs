//! The statements on `password_resets`.

use domain::UserId;
use sqlx::PgPool;

use crate::{Address, Attempt};

/// Notes that somebody wants another password; answers with the attempt of whoever wanted the same a moment ago, which
/// goes on, or with this one. Until a code is sealed none is right: what stands there is as long and of nothing.
pub(super) async fn begin(
    pool: &PgPool,
    attempt: Attempt,
    address: &Address,
) -> Result<Attempt, sqlx::Error> {
    let attempt = sqlx::query_scalar!(
        "INSERT INTO password_resets AS r (address, attempt, code) VALUES ($1, $2, decode(repeat('00', 32), 'hex'))
         ON CONFLICT (address) DO UPDATE
         SET attempt = CASE WHEN r.expires_at > now() THEN r.attempt ELSE excluded.attempt END,
             code = excluded.code, tries = 0, expires_at = excluded.expires_at
         RETURNING attempt",
        address.as_str(),
        attempt.0
    );
    Ok(Attempt(attempt.fetch_one(pool).await?))
}

/// Seals the newest code, which alone holds; says whether it is somebody's number or address, to whom it then goes. For a
/// day after a change the one that was left is, and the one in its place is not (migrations/0022).
pub(super) async fn renew(pool: &PgPool, attempt: Attempt, sealed: &[u8]) -> Result<bool, sqlx::Error> {
    let is_somebody = sqlx::query_scalar!(
        r#"UPDATE password_resets r SET code = $2, person = (
               SELECT u.id FROM users u
               WHERE (u.phone = r.address OR u.email = r.address) AND NOT EXISTS (
                   SELECT FROM cooling_addresses c WHERE c.person = u.id AND c.to_address = r.address AND NOT c.is_undone
               )
               UNION
               SELECT c.person FROM cooling_addresses c WHERE c.from_address = r.address AND NOT c.is_undone
               LIMIT 1
           )
           WHERE attempt = $1 RETURNING person IS NOT NULL AS "is_somebody!""#,
        attempt.0,
        sealed
    );
    Ok(is_somebody.fetch_optional(pool).await?.unwrap_or(false))
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
