//! The statements on `pending_ways_back` and `ways_back`. Both hold only while the person's ways in are what they were; what does not hold is swept away within a minute.

use domain::UserId;
use jiff::Timestamp;
use sqlx::PgPool;

use super::WayBackError;
use crate::{Address, Attempt};

/// How it stands with whoever has taken the first step.
pub(super) struct Standing {
    pub(super) person: UserId,
    pub(super) phone: String,
    pub(super) email: Option<String>,
    /// Codes are on their way.
    pub(super) is_asked: bool,
    /// They wait, or have waited, until then.
    pub(super) until: Option<Timestamp>,
    /// They have.
    pub(super) is_ready: bool,
    /// A password, a number or an address of theirs is too new, until then.
    pub(super) open_from: Option<Timestamp>,
}

impl Standing {
    /// Where the codes go.
    pub(super) fn ends(&self) -> Option<(Address, Option<Address>)> {
        let phone = Address::parse(&self.phone)?;
        Some((phone, self.email.as_deref().and_then(Address::parse)))
    }

    /// Refuses while it is too early for codes.
    pub(super) fn is_time(&self) -> Result<(), WayBackError> {
        match (self.until, self.open_from) {
            _ if self.is_ready => Ok(()),
            (Some(until), _) => Err(WayBackError::Waits { until }),
            (None, Some(until)) => Err(WayBackError::Cooling { until }),
            (None, None) => Ok(()),
        }
    }
}

/// How it stands; `None` where this sign-in is over.
pub(super) async fn standing(pool: &PgPool, Attempt(sign_in): Attempt) -> sqlx::Result<Option<Standing>> {
    let row = sqlx::query!(
        r#"SELECT p.person, u.phone, u.email, w.until AS "until?: jiff_sqlx::Timestamp",
                  coalesce(w.until <= now(), false) AS "is_ready!",
                  EXISTS (SELECT FROM pending_ways_back b
                          WHERE b.sign_in = p.attempt AND b.tries < 5 AND b.expires_at > now()) AS "is_asked!",
                  (SELECT o.from_then FROM ways_back_open o WHERE o.person = p.person AND o.from_then > now())
                      AS "open_from: jiff_sqlx::Timestamp"
           FROM pending_sign_ins p
           JOIN session_hashes h ON h.user_id = p.person AND h.hash = p.ways_in
           JOIN users u ON u.id = p.person
           LEFT JOIN ways_back w
               ON w.person = p.person AND w.ways_in = p.ways_in AND w.until > now() - interval '7 days'
           WHERE p.attempt = $1 AND p.tries < 5 AND p.expires_at > now()"#,
        sign_in
    );
    Ok(row.fetch_optional(pool).await?.map(|row| Standing {
        person: UserId::new(row.person),
        phone: row.phone,
        email: row.email,
        is_asked: row.is_asked,
        until: row.until.map(|until| until.to_jiff()),
        is_ready: row.is_ready,
        open_from: row.open_from.map(|from| from.to_jiff()),
    }))
}

/// Keeps codes in the place of those there were, and forgets a wait that is over.
pub(super) async fn ask(
    pool: &PgPool,
    Attempt(sign_in): Attempt,
    phone_code: &[u8],
    email_code: Option<&[u8]>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH over AS (
             DELETE FROM ways_back w USING pending_sign_ins p
             WHERE p.attempt = $1 AND w.person = p.person
               AND (w.ways_in <> p.ways_in OR w.until <= now() - interval '7 days')
         )
         INSERT INTO pending_ways_back (sign_in, phone_code, email_code) VALUES ($1, $2, $3)
         ON CONFLICT (sign_in) DO UPDATE
         SET phone_code = excluded.phone_code, email_code = excluded.email_code, tries = 0,
             expires_at = excluded.expires_at",
        sign_in,
        phone_code,
        email_code
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The codes to compare with.
pub(super) struct Sealed {
    pub(super) phone: Vec<u8>,
    pub(super) email: Option<Vec<u8>>,
}

/// The same, for one more try; `None` where there is none left.
pub(super) async fn try_codes(pool: &PgPool, Attempt(sign_in): Attempt) -> sqlx::Result<Option<Sealed>> {
    sqlx::query_as!(
        Sealed,
        r#"UPDATE pending_ways_back SET tries = tries + 1
           WHERE sign_in = $1 AND tries < 5 AND expires_at > now() RETURNING phone_code AS "phone", email_code AS "email""#,
        sign_in
    )
    .fetch_optional(pool)
    .await
}

/// Uses these codes up and begins the wait; says until when, or nothing where it is over or begun already. How long it is
/// Postgres says.
pub(super) async fn begin(
    pool: &PgPool,
    Attempt(sign_in): Attempt,
    phone_code: &[u8],
    stop_hash: &[u8],
) -> sqlx::Result<Option<Timestamp>> {
    let until = sqlx::query_scalar!(
        r#"WITH proven AS (
               DELETE FROM pending_ways_back b USING pending_sign_ins p, session_hashes h
               WHERE b.sign_in = $1 AND b.phone_code = $2 AND b.expires_at > now()
                 AND p.attempt = b.sign_in AND p.expires_at > now() AND h.user_id = p.person AND h.hash = p.ways_in
               RETURNING p.person, p.ways_in
           )
           INSERT INTO ways_back (person, ways_in, stop_hash) SELECT person, ways_in, $3 FROM proven
           ON CONFLICT (person) DO NOTHING RETURNING until AS "until: jiff_sqlx::Timestamp""#,
        sign_in,
        phone_code,
        stop_hash
    );
    Ok(until.fetch_optional(pool).await?.map(|until| until.to_jiff()))
}

/// Uses these codes up and turns the second step off for whoever has waited (migrations/0029); answers with whose it was.
pub(super) async fn take(
    pool: &PgPool,
    Attempt(sign_in): Attempt,
    phone_code: &[u8],
) -> sqlx::Result<Option<UserId>> {
    let person =
        sqlx::query_scalar!("SELECT take_way_back($1, $2)", sign_in, phone_code).fetch_one(pool).await?;
    Ok(person.map(UserId::new))
}

/// Whose wait ends within a day and who was not told so.
pub(super) async fn to_remind(pool: &PgPool) -> sqlx::Result<Vec<UserId>> {
    let people = sqlx::query_scalar!(
        r#"SELECT w.person AS "person!" FROM ways_back w
           JOIN session_hashes h ON h.user_id = w.person AND h.hash = w.ways_in
           WHERE w.until <= now() + interval '1 day' AND w.reminder_hash IS NULL"#
    );
    Ok(people.fetch_all(pool).await?.into_iter().map(UserId::new).collect())
}

/// What somebody is told a second time.
pub(super) struct Reminder {
    pub(super) until: Timestamp,
    pub(super) ends: Vec<Address>,
}

/// Notes that they are; nothing for whoever comes second.
pub(super) async fn remind(pool: &PgPool, person: UserId, hash: &[u8]) -> sqlx::Result<Option<Reminder>> {
    let row = sqlx::query!(
        r#"UPDATE ways_back w SET reminder_hash = $2 FROM users u
           WHERE w.person = $1 AND u.id = w.person AND w.reminder_hash IS NULL
           RETURNING w.until AS "until: jiff_sqlx::Timestamp", u.phone, u.email"#,
        person.uuid(),
        hash
    );
    Ok(row.fetch_optional(pool).await?.map(|row| Reminder {
        until: row.until.to_jiff(),
        ends: [Some(row.phone), row.email]
            .into_iter()
            .flatten()
            .filter_map(|end| Address::parse(&end))
            .collect(),
    }))
}

/// Ends a person's; says whether there was one.
pub(super) async fn stop(pool: &PgPool, person: UserId) -> sqlx::Result<bool> {
    let stopped =
        sqlx::query!("DELETE FROM ways_back WHERE person = $1", person.uuid()).execute(pool).await?;
    Ok(stopped.rows_affected() == 1)
}

/// Until when the wait of this token lasts, if it is there.
pub(super) async fn stoppable(pool: &PgPool, hash: &[u8]) -> sqlx::Result<Option<Timestamp>> {
    let until = sqlx::query_scalar!(
        r#"SELECT w.until AS "until: jiff_sqlx::Timestamp"
           FROM ways_back w JOIN session_hashes h ON h.user_id = w.person AND h.hash = w.ways_in
           WHERE w.stop_hash = $1 OR w.reminder_hash = $1"#,
        hash
    );
    Ok(until.fetch_optional(pool).await?.map(|until| until.to_jiff()))
}

/// Ends it by its token; answers with whose it was.
pub(super) async fn stop_by(pool: &PgPool, hash: &[u8]) -> sqlx::Result<Option<UserId>> {
    let person = sqlx::query_scalar!(
        "DELETE FROM ways_back WHERE stop_hash = $1 OR reminder_hash = $1 RETURNING person",
        hash
    );
    Ok(person.fetch_optional(pool).await?.map(UserId::new))
}

/// Forgets what is over.
pub(crate) async fn forget(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ways_back w USING session_hashes h
         WHERE h.user_id = w.person AND (h.hash <> w.ways_in OR w.until <= now() - interval '7 days')"
    )
    .execute(pool)
    .await?;
    Ok(())
}
