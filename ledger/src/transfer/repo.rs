//! Statements on `transfers`.

use domain::{AccountId, IdempotencyKey, TransferId, UserId};
use jiff::Timestamp;
use sqlx::PgExecutor;
use uuid::Uuid;

/// A transfer as it is stored.
pub(super) struct Row {
    id: Uuid,
    pub(super) credit_account: i64,
    pub(super) amount: i64,
    pub(super) note: String,
    pub(super) created_at: jiff_sqlx::Timestamp,
}

impl Row {
    pub(super) fn id(&self) -> TransferId {
        TransferId::new(self.id)
    }
}

/// The transfer this account made under this key.
pub(super) async fn by_key(
    executor: impl PgExecutor<'_>,
    payer: AccountId,
    key: &IdempotencyKey,
) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.credit_account, t.amount, t.note, e.created_at AS "created_at: jiff_sqlx::Timestamp"
           FROM transfers t JOIN entries e ON e.transfer_id = t.id AND e.account_id = t.debit_account
           WHERE t.debit_account = $1 AND t.idempotency_key = $2"#,
        payer.get(),
        key.as_str()
    )
    .fetch_optional(executor)
    .await
}

/// When a transfer's entries were written.
pub(super) async fn posted_at(
    executor: impl PgExecutor<'_>,
    transfer: TransferId,
) -> sqlx::Result<Timestamp> {
    let at = sqlx::query_scalar!(
        r#"SELECT created_at AS "at: jiff_sqlx::Timestamp" FROM entries WHERE transfer_id = $1 LIMIT 1"#,
        transfer.uuid()
    )
    .fetch_one(executor)
    .await?;
    Ok(at.to_jiff())
}

/// Whether there is a transfer from one person to another.
pub(super) async fn has_paid(executor: impl PgExecutor<'_>, from: UserId, to: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM transfers t
               JOIN accounts payer ON payer.id = t.debit_account
               JOIN accounts payee ON payee.id = t.credit_account
               WHERE payer.owner = $1 AND payee.owner = $2) AS "paid!""#,
        from.uuid(),
        to.uuid()
    )
    .fetch_one(executor)
    .await
}

/// One side of a transfer, with what is known of the other.
pub(super) struct ReceiptRow {
    pub(super) amount: i64,
    pub(super) balance_after: i64,
    pub(super) created_at: jiff_sqlx::Timestamp,
    pub(super) note: String,
    pub(super) other_owner: Option<Uuid>,
    pub(super) on_ramp_id: Option<Uuid>,
    pub(super) bank: Option<String>,
}

/// A transfer from the side of one person; `None` for whoever has no side in it.
pub(super) async fn receipt(
    executor: impl PgExecutor<'_>,
    reader: UserId,
    transfer: TransferId,
) -> sqlx::Result<Option<ReceiptRow>> {
    sqlx::query_as!(
        ReceiptRow,
        r#"SELECT e.amount, e.balance_after, e.created_at AS "created_at: jiff_sqlx::Timestamp", t.note,
                  other.owner AS other_owner, t.on_ramp_id, r.bank AS "bank?"
           FROM accounts mine
           JOIN entries e ON e.account_id = mine.id AND e.transfer_id = $2
           JOIN transfers t ON t.id = e.transfer_id
           JOIN accounts other ON other.id = t.debit_account + t.credit_account - mine.id
           LEFT JOIN on_ramps r ON r.id = t.on_ramp_id
           WHERE mine.owner = $1"#,
        reader.uuid(),
        transfer.uuid()
    )
    .fetch_optional(executor)
    .await
}

/// The welcome credit of an account, if it had one.
pub(super) async fn welcome(executor: impl PgExecutor<'_>, account: AccountId) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM transfers WHERE credit_account = $1 AND kind = 'welcome'",
        account.get()
    )
    .fetch_optional(executor)
    .await
}
