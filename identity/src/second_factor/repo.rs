//! The statements on `second_factors`, `recovery_codes` and `pending_second_factors`.

use domain::UserId;
use sqlx::PgPool;

use super::{SecondFactor, vault::Sealed};
use crate::Attempt;

/// How it stands with a person.
pub(super) async fn find(pool: &PgPool, person: UserId) -> Result<Option<SecondFactor>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT since AS "since: jiff_sqlx::Timestamp",
                  (SELECT count(*) FROM recovery_codes c WHERE c.person = f.person) AS "recovery_codes!",
                  w.until AS "until?: jiff_sqlx::Timestamp"
           FROM second_factors f
           LEFT JOIN (ways_back w JOIN session_hashes h ON h.user_id = w.person AND h.hash = w.ways_in)
               ON w.person = f.person AND w.until > now() - interval '7 days'
           WHERE f.person = $1"#,
        person.uuid()
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| SecondFactor {
        since: row.since.to_jiff(),
        recovery_codes: row.recovery_codes,
        way_back: row.until.map(|until| until.to_jiff()),
    }))
}

/// Keeps a secret that is shown to this session, in the place of one that was shown before, with the code that was sent.
pub(super) async fn offer(
    pool: &PgPool,
    person: UserId,
    session: &[u8],
    sealed: &Sealed,
    (attempt, sent): (Attempt, &[u8]),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO pending_second_factors (person, session, secret, sealed_by, attempt, sent) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (person) DO UPDATE
         SET session = excluded.session, secret = excluded.secret, sealed_by = excluded.sealed_by,
             attempt = excluded.attempt, sent = excluded.sent, tries = 0, expires_at = excluded.expires_at",
        person.uuid(),
        session,
        sealed.secret,
        sealed.sealed_by,
        attempt.0,
        sent
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What is shown to this session, if it is not over.
pub(super) async fn offered(
    pool: &PgPool,
    person: UserId,
    session: &[u8],
) -> Result<Option<Sealed>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT secret, sealed_by FROM pending_second_factors
         WHERE person = $1 AND session = $2 AND expires_at > now()",
        person.uuid(),
        session
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| Sealed { secret: row.secret, sealed_by: row.sealed_by }))
}

/// Another code in the place of the one that was sent, for as many tries and ten minutes more; says whether something is
/// shown to this session.
pub(super) async fn send_again(
    pool: &PgPool,
    person: UserId,
    session: &[u8],
    (attempt, sent): (Attempt, &[u8]),
) -> Result<bool, sqlx::Error> {
    let sent = sqlx::query!(
        "UPDATE pending_second_factors SET attempt = $3, sent = $4, tries = 0, expires_at = now() + interval '10 minutes'
         WHERE person = $1 AND session = $2 AND expires_at > now()",
        person.uuid(),
        session,
        attempt.0,
        sent
    );
    Ok(sent.execute(pool).await?.rows_affected() == 1)
}

/// What both codes are compared with.
pub(super) struct Shown {
    pub(super) sealed: Sealed,
    pub(super) attempt: Attempt,
    pub(super) sent: Vec<u8>,
    /// The time by which codes of the app are looked at: one clock for all servers, in seconds.
    pub(super) now: i64,
}

/// The same, for one more try; `None` where there is none left.
pub(super) async fn try_codes(
    pool: &PgPool,
    person: UserId,
    session: &[u8],
) -> Result<Option<Shown>, sqlx::Error> {
    let row = sqlx::query!(
        r#"UPDATE pending_second_factors SET tries = tries + 1
           WHERE person = $1 AND session = $2 AND tries < 5 AND expires_at > now()
           RETURNING secret, sealed_by, attempt, sent, extract(epoch FROM now())::bigint AS "now!""#,
        person.uuid(),
        session
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| Shown {
        sealed: Sealed { secret: row.secret, sealed_by: row.sealed_by },
        attempt: Attempt(row.attempt),
        sent: row.sent,
        now: row.now,
    }))
}

/// Turns on what was shown to this session, with these recovery codes, and ends the person's other sessions, in one
/// statement; says whether it was still there. The code that proved it is taken, and so is every earlier one.
pub(super) async fn turn_on(
    pool: &PgPool,
    person: UserId,
    session: &[u8],
    proven: (&Sealed, i64),
    salt: &[u8],
    hashes: &[Vec<u8>],
) -> Result<bool, sqlx::Error> {
    let (sealed, step) = proven;
    let on = sqlx::query_scalar!(
        r#"WITH shown AS (
               DELETE FROM pending_second_factors
               WHERE person = $1 AND session = $2 AND secret = $3 AND expires_at > now() RETURNING person, secret, sealed_by
           ), turned_on AS (
               INSERT INTO second_factors (person, secret, sealed_by, last_step, salt)
               SELECT person, secret, sealed_by, $4, $5 FROM shown ON CONFLICT (person) DO NOTHING RETURNING person
           ), codes AS (
               INSERT INTO recovery_codes (person, hash) SELECT person, hash FROM turned_on, unnest($6::bytea[]) AS hash
           ), ended AS (
               DELETE FROM sessions WHERE person IN (SELECT person FROM turned_on) AND id_hash <> $2
           )
           SELECT person FROM turned_on"#,
        person.uuid(),
        session,
        sealed.secret,
        step,
        salt,
        hashes
    );
    Ok(on.fetch_optional(pool).await?.is_some())
}

/// Takes it away with its recovery codes and ends the person's other sessions, in one statement.
pub(super) async fn turn_off(pool: &PgPool, person: UserId, session: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH turned_off AS (
             DELETE FROM second_factors WHERE person = $1 RETURNING person
         )
         DELETE FROM sessions WHERE person IN (SELECT person FROM turned_off) AND id_hash <> $2",
        person.uuid(),
        session
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What a code is looked at with.
pub(super) struct Noted {
    pub(super) sealed: Sealed,
    pub(super) salt: Vec<u8>,
    /// Seconds, of the one clock.
    pub(super) now: i64,
}

pub(super) async fn noted(pool: &PgPool, person: UserId) -> Result<Option<Noted>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT secret, sealed_by, salt, extract(epoch FROM now())::bigint AS "now!"
           FROM second_factors WHERE person = $1"#,
        person.uuid()
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| Noted {
        sealed: Sealed { secret: row.secret, sealed_by: row.sealed_by },
        salt: row.salt,
        now: row.now,
    }))
}

/// Takes the code of a step, and with it all of earlier steps; says whether none as late was taken before. Of two that come
/// at once the second waits for the row and finds the step taken.
pub(super) async fn take_step(
    pool: &PgPool,
    person: UserId,
    sealed: &Sealed,
    step: i64,
) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query!(
        "UPDATE second_factors SET last_step = $3 WHERE person = $1 AND secret = $2 AND last_step < $3",
        person.uuid(),
        sealed.secret,
        step
    );
    Ok(taken.execute(pool).await?.rows_affected() == 1)
}

/// Takes a recovery code, and says how many are left; `None` where it is none of this person's, or no more.
pub(super) async fn take_recovery_code(
    pool: &PgPool,
    person: UserId,
    hash: &[u8],
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH taken AS (
               DELETE FROM recovery_codes WHERE person = $1 AND hash = $2 RETURNING person
           )
           SELECT (SELECT count(*) FROM recovery_codes c WHERE c.person = $1) - 1 AS "left!" FROM taken"#,
        person.uuid(),
        hash
    )
    .fetch_optional(pool)
    .await
}

/// Puts other recovery codes in the place of those that are there; says whether there is a second factor.
pub(super) async fn renew_recovery_codes(
    pool: &PgPool,
    person: UserId,
    salt: &[u8],
    hashes: &[Vec<u8>],
) -> Result<bool, sqlx::Error> {
    let renewed = sqlx::query_scalar!(
        r#"WITH renewed AS (
               UPDATE second_factors SET salt = $2 WHERE person = $1 RETURNING person
           ), gone AS (
               DELETE FROM recovery_codes WHERE person IN (SELECT person FROM renewed)
           ), codes AS (
               INSERT INTO recovery_codes (person, hash) SELECT person, hash FROM renewed, unnest($3::bytea[]) AS hash
           )
           SELECT person FROM renewed"#,
        person.uuid(),
        salt,
        hashes
    );
    Ok(renewed.fetch_optional(pool).await?.is_some())
}

/// Forgets what was shown and not turned on in time.
pub(crate) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM pending_second_factors WHERE expires_at <= now()").execute(pool).await?;
    Ok(())
}
