//! What must still be told after a commit. A row is written in the transaction it tells of and deleted
//! once told; a teller that dies leaves it to the next one.

pub(crate) mod repo;

use domain::{OnRampId, TransferId};
use uuid::Uuid;

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
    /// To caches: the account of whoever asked a bank for money that does not come.
    OnRampEnded(OnRampId),
    /// To the bank: that somebody wants to add money.
    BankPayment(OnRampId),
    /// To an operator: that money came too late and is set aside.
    SuspenseAlert(OnRampId),
}

impl Ledger {
    /// Takes rows that are due, the oldest first. Each comes back later by itself, with growing and
    /// scattered delays up to five minutes, until [`Ledger::outbox_done`] is called for it.
    pub async fn outbox_take(&self, limit: i64) -> sqlx::Result<Vec<Task>> {
        repo::take(&self.0.pool, limit).await
    }

    /// Deletes rows that were told.
    pub async fn outbox_done(&self, ids: &[i64]) -> sqlx::Result<()> {
        repo::done(&self.0.pool, ids).await
    }

    /// Tells caches of the accounts that these tasks changed, should the process that changed them not have.
    pub async fn publish(&self, tasks: &[Task]) -> sqlx::Result<()> {
        let subjects: Vec<_> = tasks.iter().filter_map(|task| task.topic.changed()).collect();
        if self.0.cache.is_shared() && !subjects.is_empty() {
            balance::publish(&self.0.cache, &repo::balances_of(&self.0.pool, &subjects).await?).await;
        }
        Ok(())
    }

    /// Tells caches of both sides of these transfers, posted or waiting.
    pub(crate) async fn publish_transfers(&self, transfers: &[TransferId]) -> sqlx::Result<()> {
        let subjects: Vec<_> = transfers.iter().map(|transfer| transfer.uuid()).collect();
        balance::publish(&self.0.cache, &repo::balances_of(&self.0.pool, &subjects).await?).await;
        Ok(())
    }
}

impl Topic {
    /// What changed accounts, where this tells of such a thing.
    pub fn changed(&self) -> Option<Uuid> {
        match self {
            Topic::TransferPosted(id) | Topic::HoldChanged(id) => Some(id.uuid()),
            Topic::OnRampEnded(id) => Some(id.uuid()),
            Topic::BankPayment(_) | Topic::SuspenseAlert(_) => None,
        }
    }
}
