//! Transfers between people, and what they leave behind: receipts.

mod fresh;
mod receipt;
mod repo;
mod welcome;

use domain::view::{Balance, TransferStatus};
use domain::{Amount, IdempotencyKey, Note, TransferId, TransferRefusal, UserId};
use jiff::Timestamp;
pub(crate) use repo::{Pay, status};

use crate::posting::WriteError;
use crate::{Ledger, account, balance};

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct TransferRequest {
    /// Who is paid.
    pub to: UserId,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub note: Note,
    /// The name of this attempt: asked again under it, the same transfer is the answer.
    pub key: IdempotencyKey,
    /// How long it can be undone.
    pub undo: Undo,
}

/// How long a payment waits so that its sender can undo it. A large payment to somebody who is not known yet waits
/// longer in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// As long as the sender has set for themselves, and for the first payment to somebody a moment at least.
    AsUsual,
    /// This many seconds.
    Seconds(u16),
}

impl Undo {
    /// Of so many seconds; `None` for more than an hour.
    pub fn seconds(seconds: u16) -> Option<Self> {
        (seconds <= 3600).then_some(Undo::Seconds(seconds))
    }
}

/// A transfer that was made, now or when its key was first used.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Its id, the address of its receipt.
    pub id: TransferId,
    /// Whether it has moved or waits.
    pub status: TransferStatus,
    /// When it was made.
    pub at: Timestamp,
    /// How much.
    pub amount: Amount,
    /// Who was paid.
    pub to: UserId,
    /// The payer's balance as it stands now.
    pub balance: Balance,
    /// The key had been used before, and this is what came of it.
    pub replayed: bool,
}

/// Why there is no transfer.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A "no", with nothing written.
    #[error(transparent)]
    Refused(#[from] TransferRefusal),
    /// Trouble on our side.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Ledger {
    /// Moves money from one person to another, or sets it aside until it can no longer be undone; once per key.
    pub async fn transfer(&self, from: UserId, request: TransferRequest) -> Result<Transfer, TransferError> {
        if from == request.to {
            return Err(TransferRefusal::ToSelf.into());
        }
        let to = request.to;
        let paid = self.0.pay.write((from, request)).await?;
        let transfer = paid.outcome?;
        if !transfer.replayed {
            tracing::info!(transfer = %transfer.id, amount = transfer.amount.get(), "a transfer was made");
        }
        // Of what was made before as well: whoever made it may have died before the cache heard of it, and from now
        // on its sender knows of it and must not be shown the balance before it.
        balance::publish(&self.0.cache, &[(from, transfer.balance), (to, paid.payee_balance)]).await;
        if !paid.fresh.is_empty() {
            // Nobody waits for it: whoever looks before finds the page old, and reads it from Postgres.
            let ledger = self.clone();
            tokio::spawn(async move { ledger.push(paid.fresh).await });
        }
        Ok(transfer)
    }

    /// What came of a key of this person, if anything did. From then on they know of it, and so must the cache.
    pub async fn transfer_by_key(
        &self,
        from: UserId,
        key: &IdempotencyKey,
    ) -> sqlx::Result<Option<TransferId>> {
        let account = account::repo::id(&self.0.pool, from).await?;
        let found = repo::by_key(&self.0.pool, account, key).await?;
        if let Some(transfer) = found {
            self.publish_transfers(&[transfer]).await?;
        }
        Ok(found)
    }
}
