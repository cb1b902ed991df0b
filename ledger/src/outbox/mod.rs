//! What must still be told after a commit. A row is written in the transaction it tells of and deleted
//! once told; a teller that dies leaves it to the next one.

pub(crate) mod repo;

use domain::{OnRampId, TransferId};

use crate::{Ledger, balance};

/// Seconds the process that wrote a row has to tell it itself, before the relay does.
pub(crate) const HEAD_START: i32 = 3;

/// A row that is due, leased to whoever took it: if it is not done by its next due time, it is taken again.
#[derive(Debug, Clone)]
pub struct Task {
    /// Names the row.
    pub id: i64,
    /// What is to be told.
    pub topic: Topic,
    /// How often it was taken, this time included.
    pub attempts: i32,
}

/// What is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// To caches: the balances of both sides.
    TransferPosted(TransferId),
    /// To caches: the balance of whoever had money set aside or given back.
    HoldChanged(TransferId),
    /// To the bank: that somebody wants to add money.
    BankPayment(OnRampId),
    /// To an operator: that money came too late and is set aside.
    SuspenseAlert(OnRampId),
}

impl Ledger {
    /// Takes rows that are due, the oldest first. Each comes back later by itself, with growing and
    /// scattered delays up to five minutes, until [`Ledger::outbox_done`] is called for it.
    pub async fn outbox_take(&self, limit: i64) -> sqlx::Result<Vec<Task>> {
        repo::take(&self.pool, limit).await
    }

    /// Deletes rows that were told.
    pub async fn outbox_done(&self, ids: &[i64]) -> sqlx::Result<()> {
        repo::done(&self.pool, ids).await
    }

    /// Puts the balances of both sides of transfers into the cache, should their writer have died before.
    pub async fn publish_transfers(&self, transfers: &[TransferId]) -> sqlx::Result<()> {
        if self.cache.is_on() && !transfers.is_empty() {
            balance::publish(&self.cache, &repo::balances_of(&self.pool, transfers).await?).await;
        }
        Ok(())
    }
}
