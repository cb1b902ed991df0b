//! The statement that reads the activity.

use domain::AccountId;
use sqlx::PgPool;
use uuid::Uuid;

use super::Cursor;

/// An entry, or (without a balance) a top-up or (without a bank too) a transfer that moved nothing.
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) at: jiff_sqlx::Timestamp,
    pub(crate) amount: i64,
    pub(crate) balance_after: Option<i64>,
    pub(crate) note: String,
    pub(crate) other_owner: Option<Uuid>,
    pub(crate) bank: Option<String>,
    pub(crate) status: String,
    pub(crate) release_at: Option<jiff_sqlx::Timestamp>,
    pub(crate) reason: Option<String>,
}

/// The newest rows before the cursor. Each part is cut by its own index before they are merged. A payee
/// sees what waits only where it waits long.
pub(super) async fn page(
    pool: &PgPool,
    account: AccountId,
    before: Option<Cursor>,
    limit: usize,
) -> sqlx::Result<Vec<Row>> {
    let at = before.map(|cursor| jiff_sqlx::Timestamp::from(cursor.at));
    let id = before.map(|cursor| cursor.id);
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", at AS "at!: jiff_sqlx::Timestamp", amount AS "amount!", balance_after,
                  note AS "note!", other_owner, bank, status AS "status!",
                  release_at AS "release_at: jiff_sqlx::Timestamp", reason
           FROM (
               (SELECT e.transfer_id AS id, e.created_at AS at, e.amount, e.balance_after, t.note,
                       other.owner AS other_owner, r.bank, 'SUCCESS' AS status,
                       NULL::timestamptz AS release_at, NULL AS reason
                FROM entries e
                JOIN transfers t ON t.id = e.transfer_id
                JOIN accounts other ON other.id = t.debit_account + t.credit_account - e.account_id
                LEFT JOIN on_ramps r ON r.id = t.on_ramp_id
                WHERE e.account_id = $1
                  AND (e.created_at, e.transfer_id)
                      < (COALESCE($2, 'infinity'::timestamptz), COALESCE($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY e.created_at DESC, e.transfer_id DESC LIMIT $4)
               UNION ALL
               (SELECT id, created_at, amount, NULL, '', NULL, bank, status, NULL, NULL
                FROM on_ramps
                WHERE account_id = $1 AND status <> 'SUCCESS'
                  AND (created_at, id)
                      < (COALESCE($2, 'infinity'::timestamptz), COALESCE($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY created_at DESC, id DESC LIMIT $4)
               UNION ALL
               (SELECT h.id, h.created_at, -h.amount, NULL, h.note, other.owner, NULL, h.status, h.release_at, h.reason
                FROM holds h JOIN accounts other ON other.id = h.payee_account
                WHERE h.payer_account = $1 AND h.status <> 'POSTED'
                  AND (h.created_at, h.id)
                      < (COALESCE($2, 'infinity'::timestamptz), COALESCE($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY h.created_at DESC, h.id DESC LIMIT $4)
               UNION ALL
               (SELECT h.id, h.created_at, h.amount, NULL, h.note, other.owner, NULL, h.status, h.release_at, h.reason
                FROM holds h JOIN accounts other ON other.id = h.payer_account
                WHERE h.payee_account = $1 AND h.status = 'PENDING' AND h.reason = 'first_payment'
                  AND (h.created_at, h.id)
                      < (COALESCE($2, 'infinity'::timestamptz), COALESCE($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY h.created_at DESC, h.id DESC LIMIT $4)
           ) AS movements
           ORDER BY at DESC, id DESC LIMIT $4"#,
        account.get(),
        at as Option<jiff_sqlx::Timestamp>,
        id,
        limit as i64
    )
    .fetch_all(pool)
    .await
}

/// The entries after a version, the oldest first, as rows of the activity.
pub(super) async fn since(
    pool: &PgPool,
    account: AccountId,
    version: i64,
    limit: i64,
) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT e.transfer_id AS id, e.created_at AS "at: jiff_sqlx::Timestamp", e.amount,
                  e.balance_after AS "balance_after?", t.note, other.owner AS other_owner, r.bank AS "bank?",
                  'SUCCESS' AS "status!", NULL::timestamptz AS "release_at: jiff_sqlx::Timestamp", NULL AS "reason: String"
           FROM entries e
           JOIN transfers t ON t.id = e.transfer_id
           JOIN accounts other ON other.id = t.debit_account + t.credit_account - e.account_id
           LEFT JOIN on_ramps r ON r.id = t.on_ramp_id
           WHERE e.account_id = $1 AND e.version > $2 ORDER BY e.version LIMIT $3"#,
        account.get(),
        version,
        limit
    )
    .fetch_all(pool)
    .await
}
