//! Statements on `holds`; what writes is a function of the migrations (0007).

use domain::{Paise, TransferId, UserId};
use sqlx::PgPool;
use uuid::Uuid;

/// The holds whose time has come, the longest overdue first.
pub(super) async fn due(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM holds WHERE status = 'PENDING' AND release_at <= clock_timestamp() ORDER BY release_at LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await
}

/// Posts what is still due of these; answers with what was posted.
pub(super) async fn post(pool: &PgPool, holds: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(r#"SELECT post_holds($1) AS "id!""#, holds).fetch_all(pool).await
}

/// Gives back what is still due of these; answers with what was given back.
pub(super) async fn expire(pool: &PgPool, holds: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(r#"SELECT expire_holds($1) AS "id!""#, holds).fetch_all(pool).await
}

/// Cancels, and says how the hold stands then; `None` where the payer has no such hold.
pub(super) async fn cancel(pool: &PgPool, payer: UserId, hold: TransferId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("SELECT cancel_hold($1, $2)", payer.uuid(), hold.uuid()).fetch_one(pool).await
}

/// A payment that waits, from the side of its payer.
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) payee: Option<Uuid>,
    pub(super) amount: i64,
    pub(super) note: String,
    pub(super) reason: String,
    pub(super) created_at: jiff_sqlx::Timestamp,
    pub(super) release_at: jiff_sqlx::Timestamp,
}

/// What waits of a payer's, the soonest to be posted first.
pub(super) async fn waiting(pool: &PgPool, payer: UserId) -> sqlx::Result<Vec<Waiting>> {
    sqlx::query_as!(
        Waiting,
        r#"SELECT h.id, payee.owner AS payee, h.amount, h.note, h.reason,
                  h.created_at AS "created_at: jiff_sqlx::Timestamp", h.release_at AS "release_at: jiff_sqlx::Timestamp"
           FROM accounts payer
           JOIN holds h ON h.payer_account = payer.id AND h.status = 'PENDING'
           JOIN accounts payee ON payee.id = h.payee_account
           WHERE payer.owner = $1 ORDER BY h.release_at, h.id"#,
        payer.uuid()
    )
    .fetch_all(pool)
    .await
}

/// How a payment would wait.
pub(super) struct Outlook {
    pub(super) is_first: bool,
    pub(super) is_large_first: bool,
    pub(super) seconds: i32,
}

/// How a payment would wait that leaves its time to undo to the policy; the same rules as `pay`'s (migrations/0007).
pub(super) async fn outlook(pool: &PgPool, from: UserId, to: UserId, amount: Paise) -> sqlx::Result<Outlook> {
    sqlx::query_as!(
        Outlook,
        r#"SELECT is_first AS "is_first!", is_large_first AS "is_large_first!",
                  CASE WHEN is_large_first THEN first_wait_minutes * 60 WHEN is_first THEN first_undo_seconds ELSE 0 END AS "seconds!"
           FROM (SELECT p.*, k.first_paid_at IS NULL AS is_first,
                        k.first_paid_at IS NULL AND NOT coalesce(k.trusted, false) AND $3::bigint > first_wait_above
                            AND first_wait_minutes * 60 > first_undo_seconds AS is_large_first
                 FROM policy p
                 LEFT JOIN accounts payer ON payer.owner = $1
                 LEFT JOIN accounts payee ON payee.owner = $2
                 LEFT JOIN payees k ON k.payer_account = payer.id AND k.payee_account = payee.id) AS known"#,
        from.uuid(),
        to.uuid(),
        amount.get()
    )
    .fetch_one(pool)
    .await
}

/// Paise above which a first payment waits.
pub(super) async fn large_first_payment(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT first_wait_above FROM policy").fetch_one(pool).await
}
