//! Statements on `on_ramps` and `bank_events`.

use domain::view::Balance;
use domain::{AccountId, IdempotencyKey, OnRampId, UserId};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::{BankEvent, BankMessage, OnRampRequest, PaymentOutcome, Settlement};
use crate::account;
use crate::posting::writer::Batch;

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
    let ended = sqlx::query_scalar!(r#"SELECT expire_on_ramps() AS "ended!""#).fetch_one(pool).await?;
    Ok(ended.unsigned_abs())
}

/// What the banks say, as the writer takes it.
pub(crate) struct Settle;

/// What came of one message.
pub(crate) struct Settled {
    pub(super) settlement: Settlement,
    /// Whose account it changed, and how it stands.
    pub(super) changed: Option<(UserId, Balance)>,
}

impl Batch for Settle {
    type Request = BankEvent;
    type Answer = Settled;

    /// What was decided is kept under the message's id, and every later attempt finds it.
    fn is_final(_: &Settled) -> bool {
        true
    }

    async fn apply(connection: &mut PgConnection, events: &[BankEvent]) -> sqlx::Result<Vec<Settled>> {
        let ids: Vec<_> = events.iter().map(|_| Uuid::now_v7()).collect();
        let messages: Vec<_> = events.iter().map(|event| event.id.clone()).collect();
        let bodies: Vec<_> = events.iter().map(|event| event.body.clone()).collect();
        let payments: Vec<_> = events.iter().map(|event| Payment::of(&event.message)).collect();
        let tokens: Vec<_> = payments.iter().map(|payment| payment.token.clone()).collect();
        let paid: Vec<_> = payments.iter().map(|payment| payment.paid).collect();
        let amounts: Vec<_> = payments.iter().map(|payment| payment.amount).collect();
        let currencies: Vec<_> = payments.iter().map(|payment| payment.currency.clone()).collect();
        let references: Vec<_> = payments.iter().map(|payment| payment.bank_reference.clone()).collect();
        let rows = sqlx::query!(
            r#"SELECT outcome AS "outcome!", owner, balance, held, revision
               FROM settle($1, $2, $3, $4, $5, $6, $7, $8)"#,
            &ids,
            &messages,
            &bodies,
            &tokens as &[Option<String>],
            &paid,
            &amounts,
            &currencies,
            &references
        )
        .fetch_all(connection)
        .await?;
        rows.into_iter()
            .map(|row| {
                let settlement = Settlement::parse(&row.outcome)
                    .ok_or_else(|| sqlx::Error::Decode(format!("unknown outcome {}", row.outcome).into()))?;
                let changed = match (row.owner, row.balance, row.held, row.revision) {
                    (Some(owner), Some(balance), Some(held), Some(revision)) => {
                        Some((UserId::new(owner), account::balance(balance, held, revision)))
                    }
                    _ => None,
                };
                Ok(Settled { settlement, changed })
            })
            .collect()
    }
}

/// A message in the columns that `settle` reads; one that is not of the agreed form has no token.
#[derive(Default)]
struct Payment {
    token: Option<String>,
    paid: bool,
    amount: i64,
    currency: String,
    bank_reference: String,
}

impl Payment {
    fn of(message: &BankMessage) -> Self {
        match message {
            BankMessage::Malformed => Payment::default(),
            BankMessage::Payment { outcome, token, amount_minor, currency, bank_reference } => Payment {
                token: Some(token.clone()),
                paid: *outcome == PaymentOutcome::Succeeded,
                amount: *amount_minor,
                currency: currency.clone(),
                bank_reference: bank_reference.clone(),
            },
        }
    }
}
