//! The statements on `pending_sign_ins`. One holds as long as the person's ways in are what they were at its first step.

use axum_login::AuthUser as _;
use domain::UserId;
use sqlx::PgPool;

use crate::{Attempt, CurrentUser};

/// Notes that somebody has taken the first step, if there is a second; says whether there is.
pub(super) async fn begin(pool: &PgPool, attempt: Attempt, user: &CurrentUser) -> Result<bool, sqlx::Error> {
    let begun = sqlx::query!(
        "INSERT INTO pending_sign_ins (attempt, person, ways_in) SELECT $1, person, $3 FROM second_factors WHERE person = $2",
        attempt.0,
        user.id.uuid(),
        user.session_auth_hash()
    );
    Ok(begun.execute(pool).await?.rows_affected() == 1)
}

/// Whose it is, if it is not over.
pub(super) async fn find(pool: &PgPool, attempt: Attempt) -> Result<Option<UserId>, sqlx::Error> {
    let person = sqlx::query_scalar!(
        "SELECT p.person FROM pending_sign_ins p JOIN session_hashes h ON h.user_id = p.person AND h.hash = p.ways_in
         WHERE p.attempt = $1 AND p.tries < 5 AND p.expires_at > now()",
        attempt.0
    );
    Ok(person.fetch_optional(pool).await?.map(UserId::new))
}

/// The same, for one more try, with which it is; `None` where there is none left.
pub(super) async fn try_code(pool: &PgPool, attempt: Attempt) -> Result<Option<(UserId, i64)>, sqlx::Error> {
    let row = sqlx::query!(
        "UPDATE pending_sign_ins p SET tries = tries + 1 FROM session_hashes h
         WHERE p.attempt = $1 AND p.tries < 5 AND p.expires_at > now() AND h.user_id = p.person AND h.hash = p.ways_in
         RETURNING p.person, p.tries",
        attempt.0
    );
    Ok(row.fetch_optional(pool).await?.map(|row| (UserId::new(row.person), row.tries)))
}

/// Ends it; answers with whom it lets in, where it was not over.
pub(super) async fn finish(pool: &PgPool, attempt: Attempt) -> Result<Option<CurrentUser>, sqlx::Error> {
    let row = sqlx::query!(
        r#"DELETE FROM pending_sign_ins p USING session_hashes h
           WHERE p.attempt = $1 AND p.expires_at > now() AND h.user_id = p.person AND h.hash = p.ways_in
           RETURNING p.person, h.hash AS "session_hash!""#,
        attempt.0
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| CurrentUser::new(UserId::new(row.person), row.session_hash)))
}

/// Forgets those that nobody went on with.
pub(crate) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM pending_sign_ins WHERE expires_at <= now()").execute(pool).await?;
    Ok(())
}
