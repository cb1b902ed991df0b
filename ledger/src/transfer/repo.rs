//! Statements on `transfers`, and the one that pays.

use domain::view::{Balance, HoldReason, TransferStatus};
use domain::{AccountId, Amount, IdempotencyKey, Paise, Period, TransferId, TransferRefusal, UserId};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{Transfer, TransferRequest, Undo, fresh};
use crate::account;
use crate::activity::Fresh;
use crate::posting::writer::Batch;

/// Payments from person to person, as the writer takes them.
pub(crate) struct Pay;

/// What came of one request.
pub(crate) struct Paid {
    pub(super) outcome: Result<Transfer, TransferRefusal>,
    pub(super) payee_balance: Balance,
    /// What its batch put on pages; each is with one of those who made it.
    pub(super) fresh: Vec<Fresh>,
}

impl Batch for Pay {
    type Request = (UserId, TransferRequest);
    type Answer = Paid;

    fn is_final(paid: &Paid) -> bool {
        matches!(paid.outcome, Ok(_) | Err(TransferRefusal::KeyReused))
    }

    async fn apply(connection: &mut PgConnection, requests: &[Self::Request]) -> sqlx::Result<Vec<Paid>> {
        // Made here, one after the other, so that they rise in the order of the batch.
        let ids: Vec<_> = requests.iter().map(|_| Uuid::now_v7()).collect();
        let payers: Vec<_> = requests.iter().map(|(from, _)| from.uuid()).collect();
        let payees: Vec<_> = requests.iter().map(|(_, request)| request.to.uuid()).collect();
        let amounts: Vec<_> = requests.iter().map(|(_, request)| request.amount.get()).collect();
        let notes: Vec<_> = requests.iter().map(|(_, request)| request.note.as_str().to_owned()).collect();
        let keys: Vec<_> = requests.iter().map(|(_, request)| request.key.as_str().to_owned()).collect();
        let undos: Vec<_> = requests.iter().map(|(_, request)| seconds(request.undo)).collect();
        let rows = sqlx::query_as!(
            PaidRow,
            r#"SELECT outcome AS "outcome!", transfer_id, status, at AS "at: jiff_sqlx::Timestamp",
                      release_at AS "release_at: jiff_sqlx::Timestamp", reason, most, remains,
                      payer_balance, payer_held, payer_revision, payee_balance, payee_held, payee_revision
               FROM pay($1, $2, $3, $4, $5, $6, $7)"#,
            &ids,
            &payers,
            &payees,
            &amounts,
            &notes,
            &keys,
            &undos as &[Option<i32>]
        )
        .fetch_all(connection)
        .await?;
        let paid = rows.into_iter().zip(requests).map(|(row, (_, request))| row.into_paid(request));
        let mut paid = paid.collect::<sqlx::Result<Vec<_>>>()?;
        fresh::find(requests, &mut paid);
        Ok(paid)
    }
}

/// What `pay` is told: nothing leaves it to the sender's setting and the policy.
fn seconds(undo: Undo) -> Option<i32> {
    match undo {
        Undo::AsUsual => None,
        Undo::Seconds(seconds) => Some(i32::from(seconds)),
    }
}

/// A row of `pay`'s answer.
struct PaidRow {
    outcome: String,
    transfer_id: Option<Uuid>,
    status: Option<String>,
    at: Option<jiff_sqlx::Timestamp>,
    release_at: Option<jiff_sqlx::Timestamp>,
    reason: Option<String>,
    most: Option<i64>,
    remains: Option<i64>,
    payer_balance: Option<i64>,
    payer_held: Option<i64>,
    payer_revision: Option<i64>,
    payee_balance: Option<i64>,
    payee_held: Option<i64>,
    payee_revision: Option<i64>,
}

impl PaidRow {
    fn into_paid(self, request: &TransferRequest) -> sqlx::Result<Paid> {
        let balance = |balance: Option<i64>, held: Option<i64>, revision: Option<i64>| {
            account::balance(balance.unwrap_or(0), held.unwrap_or(0), revision.unwrap_or(0))
        };
        let payer_balance = balance(self.payer_balance, self.payer_held, self.payer_revision);
        let payee_balance = balance(self.payee_balance, self.payee_held, self.payee_revision);
        let outcome = match self.outcome.as_str() {
            outcome @ ("made" | "replayed") => Ok(Transfer {
                id: TransferId::new(self.transfer_id.ok_or(sqlx::Error::RowNotFound)?),
                status: status(self.status.as_deref(), self.release_at, self.reason.as_deref())?,
                at: self.at.ok_or(sqlx::Error::RowNotFound)?.to_jiff(),
                amount: request.amount,
                to: request.to,
                balance: payer_balance,
                replayed: outcome == "replayed",
            }),
            refused => Err(self.refusal(refused)?),
        };
        Ok(Paid { outcome, payee_balance, fresh: vec![] })
    }

    fn refusal(&self, code: &str) -> sqlx::Result<TransferRefusal> {
        let remains = Paise::new(self.remains.unwrap_or(0));
        let above = |period| {
            let most = Paise::new(self.most.unwrap_or(0));
            TransferRefusal::AboveLimit { period, most, remains }
        };
        Ok(match code {
            "not_enough_money" => TransferRefusal::NotEnoughMoney { available: remains },
            "to_self" => TransferRefusal::ToSelf,
            "unknown_payee" => TransferRefusal::UnknownPayee,
            "frozen" => TransferRefusal::Frozen,
            "approval_needed" => {
                TransferRefusal::ApprovalNeeded { above: Paise::new(self.most.unwrap_or(0)) }
            }
            "key_reused" => TransferRefusal::KeyReused,
            "cooling_off" => TransferRefusal::CoolingOff {
                most: Paise::new(self.most.unwrap_or(0)),
                remains,
                until: self.release_at.ok_or(sqlx::Error::RowNotFound)?.to_jiff(),
            },
            "above_transfer_limit" => above(Period::Transfer),
            "above_day_limit" => above(Period::Day),
            "above_month_limit" => above(Period::Month),
            other => return Err(sqlx::Error::Decode(format!("unknown outcome {other}").into())),
        })
    }
}

/// How far a transfer is, from the columns of its hold; without one it was posted at once.
pub(crate) fn status(
    status: Option<&str>,
    release_at: Option<jiff_sqlx::Timestamp>,
    reason: Option<&str>,
) -> sqlx::Result<TransferStatus> {
    let unknown = |what: Option<&str>| sqlx::Error::Decode(format!("unknown hold {what:?}").into());
    Ok(match status {
        None | Some("POSTED") => TransferStatus::Posted,
        Some("VOIDED") => TransferStatus::Voided,
        Some("EXPIRED") => TransferStatus::Expired,
        Some("PENDING") => TransferStatus::Pending {
            until: release_at.ok_or(sqlx::Error::RowNotFound)?.to_jiff(),
            reason: match reason {
                Some("undo") => HoldReason::Undo,
                Some("first_payment") => HoldReason::FirstPayment,
                other => return Err(unknown(other)),
            },
        },
        other => return Err(unknown(other)),
    })
}

/// The transfer this account made under this key, waiting ones among them.
pub(super) async fn by_key(
    executor: impl PgExecutor<'_>,
    payer: AccountId,
    key: &IdempotencyKey,
) -> sqlx::Result<Option<TransferId>> {
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM transfers WHERE debit_account = $1 AND idempotency_key = $2
           UNION SELECT id FROM holds WHERE payer_account = $1 AND idempotency_key = $2"#,
        payer.get(),
        key.as_str()
    )
    .fetch_optional(executor)
    .await?;
    Ok(id.map(TransferId::new))
}

/// One side of a transfer, with what is known of the other.
pub(super) struct ReceiptRow {
    pub(super) amount: i64,
    pub(super) balance_after: Option<i64>,
    pub(super) posted_at: Option<jiff_sqlx::Timestamp>,
    pub(super) note: String,
    pub(super) other_owner: Option<Uuid>,
    pub(super) on_ramp_id: Option<Uuid>,
    pub(super) bank: Option<String>,
    pub(super) hold_status: Option<String>,
    pub(super) held_at: Option<jiff_sqlx::Timestamp>,
    pub(super) release_at: Option<jiff_sqlx::Timestamp>,
    pub(super) reason: Option<String>,
    pub(super) ended_at: Option<jiff_sqlx::Timestamp>,
}

/// A transfer from the side of one person; `None` for whoever has no side in it. A payee sees what waits
/// only where it waits long: not the sender's moment to undo, and nothing that was cancelled.
pub(super) async fn receipt(
    executor: impl PgExecutor<'_>,
    reader: UserId,
    transfer: TransferId,
) -> sqlx::Result<Option<ReceiptRow>> {
    sqlx::query_as!(
        ReceiptRow,
        r#"SELECT e.amount AS "amount!", e.balance_after AS "balance_after?",
                  e.created_at AS "posted_at?: jiff_sqlx::Timestamp", t.note AS "note!", other.owner AS "other_owner?",
                  t.on_ramp_id AS "on_ramp_id?", r.bank AS "bank?", h.status AS "hold_status?",
                  h.created_at AS "held_at?: jiff_sqlx::Timestamp", h.release_at AS "release_at?: jiff_sqlx::Timestamp",
                  h.reason AS "reason?", h.ended_at AS "ended_at?: jiff_sqlx::Timestamp"
           FROM accounts mine
           JOIN entries e ON e.account_id = mine.id AND e.transfer_id = $2
           JOIN transfers t ON t.id = e.transfer_id
           JOIN accounts other ON other.id = t.debit_account + t.credit_account - mine.id
           LEFT JOIN on_ramps r ON r.id = t.on_ramp_id
           LEFT JOIN holds h ON h.id = t.id
           WHERE mine.owner = $1
           UNION ALL
           SELECT CASE mine.id WHEN h.payer_account THEN -h.amount ELSE h.amount END, NULL, NULL, h.note, other.owner,
                  NULL, NULL, h.status, h.created_at, h.release_at, h.reason, h.ended_at
           FROM accounts mine
           JOIN holds h ON h.id = $2 AND (h.payer_account = mine.id
               OR h.payee_account = mine.id AND h.status = 'PENDING' AND h.reason = 'first_payment')
           JOIN accounts other ON other.id = h.payer_account + h.payee_account - mine.id
           WHERE mine.owner = $1 AND h.status <> 'POSTED'"#,
        reader.uuid(),
        transfer.uuid()
    )
    .fetch_optional(executor)
    .await
}

/// Whether an account had its welcome credit.
pub(super) async fn had_welcome(executor: impl PgExecutor<'_>, account: AccountId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM transfers WHERE credit_account = $1 AND kind = 'welcome') AS "had!""#,
        account.get()
    )
    .fetch_one(executor)
    .await
}

/// Gives the welcome credit; `None` for whoever had it.
pub(super) async fn give_welcome(
    executor: impl PgExecutor<'_>,
    gift: TransferId,
    person: UserId,
    amount: Amount,
) -> sqlx::Result<Option<Balance>> {
    let row = sqlx::query!(
        r#"SELECT balance AS "balance!", held AS "held!", revision AS "revision!" FROM give_welcome($1, $2, $3)"#,
        gift.uuid(),
        person.uuid(),
        amount.get()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| account::balance(row.balance, row.held, row.revision)))
}
