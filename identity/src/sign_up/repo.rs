//! The statements on `pending_sign_ups`, and the one by which one of them becomes a person.

use domain::{Email, Phone, UserId};
use sqlx::PgPool;

use super::{Pending, SignUp, WayIn, Which};
use crate::{Attempt, openid::Account};

/// The codes of an attempt, as they are kept.
pub(super) struct Sealed {
    pub(super) code: Vec<u8>,
    pub(super) email_code: Option<Vec<u8>>,
}

/// Which of the addresses are somebody's.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) phone: bool,
    pub(super) email: bool,
}

/// Notes somebody in the place of whoever was there with the same number.
pub(super) async fn begin(
    pool: &PgPool,
    attempt: Attempt,
    person: &SignUp,
    hash: Option<&str>,
    sealed: &Sealed,
) -> Result<Taken, sqlx::Error> {
    let account = match &person.way_in {
        WayIn::Password(_) => None,
        WayIn::Account(account) => Some(account),
    };
    sqlx::query_as!(
        Taken,
        r#"INSERT INTO pending_sign_ups (phone, attempt, name, email, hash, code, email_code, issuer, subject, account_email)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           ON CONFLICT (phone) DO UPDATE
           SET attempt = excluded.attempt, name = excluded.name, email = excluded.email, hash = excluded.hash,
               code = excluded.code, email_code = excluded.email_code, tries = 0, expires_at = excluded.expires_at,
               issuer = excluded.issuer, subject = excluded.subject, account_email = excluded.account_email
           RETURNING EXISTS (SELECT FROM users u WHERE u.phone = $1) AS "phone!",
                     EXISTS (SELECT FROM users u WHERE u.email = $4) AS "email!""#,
        person.phone.as_str(),
        attempt.0,
        person.name.as_str(),
        person.email.as_ref().map(Email::as_str),
        hash,
        &sealed.code,
        sealed.email_code.as_deref(),
        account.map(|account| &*account.issuer),
        account.map(|account| &*account.subject),
        account.and_then(Account::email)
    )
    .fetch_one(pool)
    .await
}

/// Puts other codes in the place of those that were sent; `None` where it is over.
pub(super) async fn renew(
    pool: &PgPool,
    attempt: Attempt,
    sealed: &Sealed,
) -> Result<Option<Taken>, sqlx::Error> {
    sqlx::query_as!(
        Taken,
        r#"UPDATE pending_sign_ups p
           SET code = $2, email_code = $3, tries = 0, expires_at = now() + interval '10 minutes'
           WHERE attempt = $1 AND expires_at > now()
           RETURNING EXISTS (SELECT FROM users u WHERE u.phone = p.phone) AS "phone!",
                     EXISTS (SELECT FROM users u WHERE u.email = p.email) AS "email!""#,
        attempt.0,
        &sealed.code,
        sealed.email_code.as_deref()
    )
    .fetch_optional(pool)
    .await
}

/// Who signs up, if it is not over.
pub(super) async fn find(pool: &PgPool, which: &Which) -> Result<Option<Pending>, sqlx::Error> {
    let (attempt, phone) = match which {
        Which::Attempt(attempt) => (Some(attempt.0), None),
        Which::Phone(phone) => (None, Some(phone.as_str())),
    };
    let row = sqlx::query!(
        r#"SELECT attempt, phone, email, hash IS NULL AS "by_account!" FROM pending_sign_ups
         WHERE (attempt = $1 OR phone = $2 AND hash IS NOT NULL) AND expires_at > now()"#,
        attempt,
        phone
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let phone = Phone::parse(&row.phone).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let email = row.email.as_deref().map(Email::parse).transpose();
    let email = email.map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some(Pending { attempt: Attempt(row.attempt), phone, email, by_account: row.by_account }))
}

/// The codes to compare with, for one more try; `None` where there is none left.
pub(super) async fn try_codes(pool: &PgPool, attempt: Attempt) -> Result<Option<Sealed>, sqlx::Error> {
    sqlx::query_as!(
        Sealed,
        "UPDATE pending_sign_ups SET tries = tries + 1
         WHERE attempt = $1 AND tries < 5 AND expires_at > now() RETURNING code, email_code",
        attempt.0
    )
    .fetch_optional(pool)
    .await
}

/// Makes the person and their way in of what was noted, in one statement, so there is never one without the other
/// and no code is used twice; says whether it was still there.
pub(super) async fn prove(
    pool: &PgPool,
    attempt: Attempt,
    code: &[u8],
    id: UserId,
    with_email: bool,
) -> Result<bool, sqlx::Error> {
    let made = sqlx::query_scalar!(
        r#"WITH proven AS (
             DELETE FROM pending_sign_ups WHERE attempt = $1 AND code = $2 AND expires_at > now()
             RETURNING name, phone, email, hash, issuer, subject, account_email
         ), person AS (
             INSERT INTO users (id, name, phone, email)
             SELECT $3, name, phone, CASE WHEN $4 THEN email END FROM proven RETURNING id
         ), account AS (
             INSERT INTO openid_identities (issuer, subject, user_id, email)
             SELECT issuer, subject, id, account_email FROM person, proven WHERE hash IS NULL RETURNING user_id
         ), credential AS (
             INSERT INTO password_credentials (user_id, hash)
             SELECT id, hash FROM person, proven WHERE hash IS NOT NULL RETURNING user_id
         )
         SELECT user_id FROM account UNION ALL SELECT user_id FROM credential"#,
        attempt.0,
        code,
        id.uuid(),
        with_email
    );
    Ok(made.fetch_optional(pool).await?.is_some())
}

/// Forgets those who did not prove anything in time.
pub(crate) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM pending_sign_ups WHERE expires_at <= now()").execute(pool).await?;
    Ok(())
}
