//! The statements on `pending_addresses` and `address_changes`; what writes into `users` is a function of the migrations
//! (0022).

use domain::UserId;
use jiff::Timestamp;
use sqlx::PgPool;

use super::{Address, Kind, PendingAddress, Undoable};
use crate::Attempt;

/// The codes of an attempt, as they are kept.
pub(super) struct Sealed {
    pub(super) from: Vec<u8>,
    pub(super) to: Option<Vec<u8>>,
}

/// Notes a wish in the place of the person's earlier one; says whether what it is to be is somebody's.
pub(super) async fn begin(
    pool: &PgPool,
    person: UserId,
    wish: &PendingAddress,
    from: &[u8],
    to: Option<&[u8]>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"INSERT INTO pending_addresses (person, attempt, kind, from_address, to_address, from_code, to_code)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (person) DO UPDATE
           SET attempt = excluded.attempt, kind = excluded.kind, from_address = excluded.from_address,
               to_address = excluded.to_address, from_code = excluded.from_code, to_code = excluded.to_code, tries = 0,
               expires_at = excluded.expires_at
           RETURNING EXISTS (SELECT FROM users u WHERE u.phone = $5 OR u.email = $5) AS "is_taken!""#,
        person.uuid(),
        wish.attempt.0,
        wish.kind.code(),
        wish.from.as_ref().map(Address::as_str),
        wish.to.as_ref().map(Address::as_str),
        from,
        to
    )
    .fetch_one(pool)
    .await
}

/// A person's wish, if it is not over.
pub(super) async fn find(
    pool: &PgPool,
    person: UserId,
    attempt: Attempt,
) -> sqlx::Result<Option<PendingAddress>> {
    let row = sqlx::query!(
        "SELECT p.kind, p.from_address, p.to_address, u.phone FROM pending_addresses p JOIN users u ON u.id = p.person
         WHERE p.person = $1 AND p.attempt = $2 AND p.expires_at > now()",
        person.uuid(),
        attempt.0
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let kind = Kind::parse(&row.kind).ok_or_else(|| sqlx::Error::Decode("unknown kind".into()))?;
    let address = |text: &str| Address::parse(text).ok_or_else(|| sqlx::Error::Decode("no address".into()));
    let from = row.from_address.as_deref().map(address).transpose()?;
    let to = row.to_address.as_deref().map(address).transpose()?;
    let proves = match &from {
        Some(from) => from.clone(),
        None => address(&row.phone)?,
    };
    Ok(Some(PendingAddress { attempt, kind, from, proves, to }))
}

/// The codes to compare with, for one more try; `None` where there is none left.
pub(super) async fn try_codes(pool: &PgPool, attempt: Attempt) -> sqlx::Result<Option<Sealed>> {
    sqlx::query_as!(
        Sealed,
        r#"UPDATE pending_addresses SET tries = tries + 1
           WHERE attempt = $1 AND tries < 5 AND expires_at > now() RETURNING from_code AS "from", to_code AS "to""#,
        attempt.0
    )
    .fetch_optional(pool)
    .await
}

/// Makes the change that these codes prove, and ends the person's sessions but this one; says whether it was still there.
pub(super) async fn change(
    pool: &PgPool,
    attempt: Attempt,
    code: &[u8],
    undo_hash: &[u8],
    this: &[u8],
) -> sqlx::Result<bool> {
    let changed = sqlx::query_scalar!(
        r#"SELECT kind AS "kind!" FROM change_address($1, $2, $3, $4)"#,
        attempt.0,
        code,
        undo_hash,
        this
    );
    Ok(changed.fetch_optional(pool).await?.is_some())
}

/// Until when there is no second change, or none since a second step was turned off as lost.
pub(super) async fn cools_until(pool: &PgPool, person: UserId) -> sqlx::Result<Option<Timestamp>> {
    let until = sqlx::query_scalar!(
        r#"SELECT greatest(
               (SELECT max(until) FROM cooling_addresses WHERE person = $1),
               (SELECT c.until FROM cooling_offs c JOIN accounts a ON a.id = c.account_id
                WHERE a.owner = $1 AND c.until > now())
           ) AS "until: jiff_sqlx::Timestamp""#,
        person.uuid()
    );
    Ok(until.fetch_one(pool).await?.map(|until| until.to_jiff()))
}

/// What a person had until today: whoever it was taken from reads there.
pub(crate) async fn former(pool: &PgPool, person: UserId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT from_address AS "address!" FROM cooling_addresses
           WHERE person = $1 AND NOT is_undone AND from_address IS NOT NULL"#,
        person.uuid()
    )
    .fetch_all(pool)
    .await
}

pub(super) async fn undoable(pool: &PgPool, hash: &[u8]) -> sqlx::Result<Option<Undoable>> {
    let row = sqlx::query!(
        r#"SELECT person, kind, changed_at AS "at: jiff_sqlx::Timestamp" FROM address_changes
           WHERE undo_hash = $1 AND undone_at IS NULL AND changed_at > now() - interval '24 hours'"#,
        hash
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let kind = Kind::parse(&row.kind).ok_or_else(|| sqlx::Error::Decode("unknown kind".into()))?;
    Ok(Some(Undoable { person: UserId::new(row.person), kind, at: row.at.to_jiff() }))
}

/// Undoes what this token is for; answers with whose it was.
pub(super) async fn undo(pool: &PgPool, hash: &[u8]) -> sqlx::Result<Option<UserId>> {
    let person = sqlx::query_scalar!("SELECT undo_address_change($1)", hash).fetch_one(pool).await?;
    Ok(person.map(UserId::new))
}

/// Undoes what a person has changed in the last day, who has proven that they have what they had before; says whether there
/// was something to undo.
pub(super) async fn restore(pool: &PgPool, person: UserId, former: &Address) -> sqlx::Result<bool> {
    let undone = sqlx::query_scalar!(
        r#"SELECT undo_address_change(undo_hash) IS NOT NULL AS "is_undone!" FROM address_changes
           WHERE person = $1 AND from_address = $2 AND undone_at IS NULL AND changed_at > now() - interval '24 hours'
           ORDER BY changed_at LIMIT 1"#,
        person.uuid(),
        former.as_str()
    );
    Ok(undone.fetch_optional(pool).await?.unwrap_or(false))
}

/// Forgets what was not proven in time, and what can be undone no more.
pub(crate) async fn forget(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM pending_addresses WHERE expires_at <= now()").execute(pool).await?;
    sqlx::query!("SELECT forget_address_changes()").execute(pool).await?;
    Ok(())
}
