//! The statements on `suspensions`, and those on `sessions` that are the operator's.

use domain::UserId;
use sqlx::PgPool;

pub(super) async fn whose(pool: &PgPool, address: &str) -> sqlx::Result<Option<UserId>> {
    let person = sqlx::query_scalar!("SELECT id FROM users WHERE phone = $1 OR email = $1", address);
    Ok(person.fetch_optional(pool).await?.map(UserId::new))
}

/// Says whether they were not there yet. What they have begun to sign in by ends with it, and a wait that only they could end
/// does not go on without them.
pub(super) async fn suspend(pool: &PgPool, person: UserId, reason: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "WITH sessions AS (DELETE FROM sessions WHERE person = $1),
              first_steps AS (DELETE FROM pending_sign_ins WHERE person = $1),
              ways_back AS (DELETE FROM ways_back WHERE person = $1)
         INSERT INTO suspensions (person, reason) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING",
        person.uuid(),
        reason
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

/// Says whether they were there. Whoever was about to be let in when they were shut out may have left a session since, which
/// was none until now.
pub(super) async fn restore(pool: &PgPool, person: UserId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "WITH sessions AS (DELETE FROM sessions WHERE person = $1),
              first_steps AS (DELETE FROM pending_sign_ins WHERE person = $1)
         DELETE FROM suspensions WHERE person = $1",
        person.uuid()
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

pub(super) async fn is_there(pool: &PgPool, person: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM suspensions WHERE person = $1) AS "is_there!""#,
        person.uuid()
    )
    .fetch_one(pool)
    .await
}

pub(super) async fn end_sessions(pool: &PgPool, person: Option<UserId>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "WITH first_steps AS (DELETE FROM pending_sign_ins WHERE $1::uuid IS NULL OR person = $1)
         DELETE FROM sessions WHERE $1::uuid IS NULL OR person = $1",
        person.map(UserId::uuid)
    );
    Ok(done.execute(pool).await?.rows_affected())
}
