//! Statements on `on_ramps` and `bank_events`.

use domain::view::OnRampStatus;
use domain::{AccountId, Amount, IdempotencyKey, OnRampId, TransferId, UserId};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::{BankEvent, OnRampRequest, Settlement};

/// Opens an intent; false where the key has been used.
pub(super) async fn insert_in_tx(
    tx: &mut PgConnection,
    id: OnRampId,
    account: AccountId,
    request: &OnRampRequest,
    token: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT on_ramps_one_per_key DO NOTHING",
        id.uuid(),
        account.get(),
        request.key.as_str(),
        request.bank.code(),
        request.amount.get(),
        token
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An intent as its key finds it.
pub(super) struct KeyRow {
    pub(super) id: Uuid,
    pub(super) bank: String,
    pub(super) amount: i64,
    pub(super) token: String,
    pub(super) status: String,
    pub(super) bank_page: Option<String>,
}

pub(super) async fn by_key(
    executor: impl PgExecutor<'_>,
    account: AccountId,
    key: &IdempotencyKey,
) -> sqlx::Result<KeyRow> {
    sqlx::query_as!(
        KeyRow,
        "SELECT id, bank, amount, token, status, bank_page FROM on_ramps WHERE account_id = $1 AND idempotency_key = $2",
        account.get(),
        key.as_str()
    )
    .fetch_one(executor)
    .await
}

/// Does nothing where the bank was so quick that the intent has ended.
pub(super) async fn at_bank_in_tx(tx: &mut PgConnection, id: OnRampId, page: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE on_ramps SET bank_page = $2, at_bank_at = now()
         WHERE id = $1 AND status = 'PROCESSING' AND at_bank_at IS NULL",
        id.uuid(),
        page
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What the bank has not been told.
pub(super) struct UntoldRow {
    pub(super) bank: String,
    pub(super) amount: i64,
    pub(super) token: String,
}

pub(super) async fn untold(pool: &PgPool, id: OnRampId) -> sqlx::Result<Option<UntoldRow>> {
    sqlx::query_as!(
        UntoldRow,
        "SELECT bank, amount, token FROM on_ramps WHERE id = $1 AND status = 'PROCESSING' AND at_bank_at IS NULL",
        id.uuid()
    )
    .fetch_optional(pool)
    .await
}

/// An intent as its owner sees it.
pub(super) struct ViewRow {
    pub(super) id: Uuid,
    pub(super) bank: String,
    pub(super) amount: i64,
    pub(super) status: String,
    pub(super) created_at: jiff_sqlx::Timestamp,
    pub(super) expires_at: jiff_sqlx::Timestamp,
    pub(super) at_bank_at: Option<jiff_sqlx::Timestamp>,
    pub(super) bank_page: Option<String>,
    pub(super) settled_at: Option<jiff_sqlx::Timestamp>,
    pub(super) bank_reference: Option<String>,
    pub(super) transfer_id: Option<Uuid>,
    pub(super) late: bool,
}

pub(super) async fn of_owner(pool: &PgPool, owner: UserId, id: OnRampId) -> sqlx::Result<Option<ViewRow>> {
    sqlx::query_as!(
        ViewRow,
        r#"SELECT r.id, bank, amount, status, r.created_at AS "created_at: jiff_sqlx::Timestamp",
                  expires_at AS "expires_at: jiff_sqlx::Timestamp", at_bank_at AS "at_bank_at: jiff_sqlx::Timestamp",
                  bank_page, settled_at AS "settled_at: jiff_sqlx::Timestamp", bank_reference, transfer_id,
                  EXISTS (SELECT FROM transfers t WHERE t.on_ramp_id = r.id AND t.kind = 'suspense') AS "late!"
           FROM on_ramps r JOIN accounts a ON a.id = r.account_id
           WHERE a.owner = $1 AND r.id = $2"#,
        owner.uuid(),
        id.uuid()
    )
    .fetch_optional(pool)
    .await
}

pub(super) async fn open_of_owner(pool: &PgPool, owner: UserId) -> sqlx::Result<Vec<ViewRow>> {
    sqlx::query_as!(
        ViewRow,
        r#"SELECT r.id, bank, amount, status, r.created_at AS "created_at: jiff_sqlx::Timestamp",
                  expires_at AS "expires_at: jiff_sqlx::Timestamp", at_bank_at AS "at_bank_at: jiff_sqlx::Timestamp",
                  bank_page, settled_at AS "settled_at: jiff_sqlx::Timestamp", bank_reference, transfer_id,
                  false AS "late!"
           FROM on_ramps r JOIN accounts a ON a.id = r.account_id
           WHERE a.owner = $1 AND status = 'PROCESSING' ORDER BY r.created_at DESC LIMIT 20"#,
        owner.uuid()
    )
    .fetch_all(pool)
    .await
}

pub(super) async fn expire(pool: &PgPool) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE on_ramps SET status = 'EXPIRED', settled_at = now() WHERE status = 'PROCESSING' AND expires_at < now()"
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// An intent under the lock of the current transaction.
pub(super) struct LockedIntent {
    pub(super) id: OnRampId,
    pub(super) account: AccountId,
    pub(super) amount: Amount,
    pub(super) status: OnRampStatus,
    /// Its money came after its end and is set aside already.
    pub(super) paid_late: bool,
}

pub(super) async fn lock_by_token_in_tx(
    tx: &mut PgConnection,
    token: &str,
) -> sqlx::Result<Option<LockedIntent>> {
    let row = sqlx::query!(
        "SELECT id, account_id, amount, status FROM on_ramps WHERE token = $1 FOR UPDATE",
        token
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    // A statement of its own, after the lock: it must see what the transaction before this one did.
    let paid_late = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM transfers WHERE on_ramp_id = $1 AND kind = 'suspense') AS "late!""#,
        row.id
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(Some(LockedIntent {
        id: OnRampId::new(row.id),
        account: AccountId::new(row.account_id),
        amount: Amount::new(row.amount).map_err(|error| sqlx::Error::Decode(error.into()))?,
        status: OnRampStatus::parse(&row.status).ok_or(sqlx::Error::RowNotFound)?,
        paid_late,
    }))
}

/// What is known of a message's id.
pub(super) struct Heard {
    /// What came of the first message under it.
    pub(super) outcome: String,
    /// Whether that one said the same, byte for byte.
    pub(super) same_body: bool,
}

/// What was heard under a message's id before.
pub(super) async fn heard(executor: impl PgExecutor<'_>, event: &BankEvent) -> sqlx::Result<Option<Heard>> {
    sqlx::query_as!(
        Heard,
        r#"SELECT outcome, body = $2 AS "same_body!" FROM bank_events WHERE id = $1"#,
        event.id,
        event.body
    )
    .fetch_optional(executor)
    .await
}

/// Keeps a message; false where one of its id is kept already. Two of one id that arrive at once and do not
/// name the same intent meet here, at the id itself.
pub(super) async fn keep_event_in_tx(
    tx: &mut PgConnection,
    event: &BankEvent,
    settlement: Settlement,
    on_ramp: Option<OnRampId>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO bank_events (id, body, outcome, on_ramp_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT bank_events_pkey DO NOTHING",
        event.id,
        event.body,
        settlement.code(),
        on_ramp.map(OnRampId::uuid)
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn succeed_in_tx(
    tx: &mut PgConnection,
    id: OnRampId,
    transfer: TransferId,
    bank_reference: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE on_ramps SET status = 'SUCCESS', settled_at = now(), transfer_id = $2, bank_reference = $3 WHERE id = $1",
        id.uuid(),
        transfer.uuid(),
        bank_reference
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn fail_in_tx(
    tx: &mut PgConnection,
    id: OnRampId,
    bank_reference: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE on_ramps SET status = 'FAILURE', settled_at = now(), bank_reference = $2 WHERE id = $1",
        id.uuid(),
        bank_reference
    )
    .execute(tx)
    .await?;
    Ok(())
}
