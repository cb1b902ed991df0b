//! Statements on `holds`; what writes is a function of the migrations (0007, 0011).

use domain::{Paise, TransferId, UndoWindow, UserId};
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
    pub(super) is_large_and_new: bool,
    pub(super) seconds: i32,
}

/// How a payment would wait that says no time to undo of its own; the same rules as `pay`'s (migrations/0011).
pub(super) async fn outlook(pool: &PgPool, from: UserId, to: UserId, amount: Paise) -> sqlx::Result<Outlook> {
    sqlx::query_as!(
        Outlook,
        r#"SELECT is_first AS "is_first!", is_large_and_new AS "is_large_and_new!",
                  CASE WHEN is_large_and_new THEN first_wait_minutes * 60 ELSE usual_undo END AS "seconds!"
           FROM (SELECT *, NOT is_known AND $3::bigint > first_wait_above AND first_wait_minutes * 60 > usual_undo AS is_large_and_new
                 FROM (SELECT p.first_wait_above, p.first_wait_minutes, k.first_paid_at IS NULL AS is_first,
                              coalesce(k.trusted OR k.first_paid_at <= clock_timestamp() - make_interval(mins => p.first_wait_minutes),
                                       false) AS is_known,
                              greatest(w.seconds, CASE WHEN k.first_paid_at IS NULL THEN p.first_undo_seconds ELSE 0 END) AS usual_undo
                       FROM policy p
                       LEFT JOIN accounts payer ON payer.owner = $1
                       LEFT JOIN accounts payee ON payee.owner = $2
                       LEFT JOIN payees k ON k.payer_account = payer.id AND k.payee_account = payee.id
                       LEFT JOIN undo_windows w ON w.account_id = payer.id) AS pair) AS known"#,
        from.uuid(),
        to.uuid(),
        amount.get()
    )
    .fetch_one(pool)
    .await
}

/// A person's own time to undo, in seconds; `None` for whoever has set none.
pub(super) async fn undo_window(pool: &PgPool, person: UserId) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "SELECT w.seconds FROM undo_windows w JOIN accounts a ON a.id = w.account_id WHERE a.owner = $1",
        person.uuid()
    )
    .fetch_optional(pool)
    .await
}

/// Sets it.
pub(super) async fn set_undo_window(pool: &PgPool, person: UserId, window: UndoWindow) -> sqlx::Result<()> {
    let seconds = i32::from(window.seconds());
    sqlx::query!(r#"SELECT set_undo_window($1, $2) AS "done?: ()""#, person.uuid(), seconds)
        .execute(pool)
        .await?;
    Ok(())
}

/// Paise above which a payment to somebody new waits.
pub(super) async fn large_first_payment(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT first_wait_above FROM policy").fetch_one(pool).await
}
