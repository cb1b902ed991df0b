//! Transfers between people, and what they leave behind: receipts.

mod receipt;
mod repo;
mod welcome;

use domain::view::Balance;
use domain::{Amount, IdempotencyKey, Note, TransferId, TransferRefusal, UserId};
use jiff::Timestamp;

use crate::account::{self, LockedAccount};
use crate::posting::{self, AsStorage, Cause, Posting};
use crate::{Ledger, balance};

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
}

/// A transfer that was made, now or when its key was first used.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Its id, the address of its receipt.
    pub id: TransferId,
    /// When it was made.
    pub at: Timestamp,
    /// How much.
    pub amount: Amount,
    /// Who was paid.
    pub to: UserId,
    /// The payer's balance as it stands now.
    pub balance: Balance,
    /// The key had been used before, and this is what came of it then.
    pub replayed: bool,
}

/// Why there is no transfer.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A "no", with nothing written.
    #[error(transparent)]
    Refused(#[from] TransferRefusal),
    /// Trouble with the database; whether the transfer was made is not known. Asking again under the same
    /// key tells, and cannot make it twice.
    #[error("the transfer could not be stored")]
    Storage(#[from] sqlx::Error),
}

impl AsStorage for TransferError {
    fn storage(&self) -> Option<&sqlx::Error> {
        match self {
            TransferError::Storage(error) => Some(error),
            TransferError::Refused(_) => None,
        }
    }
}

impl Ledger {
    /// Moves money from one person to another, once per key, in one transaction.
    pub async fn transfer(&self, from: UserId, request: TransferRequest) -> Result<Transfer, TransferError> {
        if from == request.to {
            return Err(TransferRefusal::ToSelf.into());
        }
        let (transfer, balances) = posting::retrying(|| self.transfer_once(from, &request)).await?;
        balance::publish(&self.cache, &balances).await;
        Ok(transfer)
    }

    async fn transfer_once(
        &self,
        from: UserId,
        request: &TransferRequest,
    ) -> Result<(Transfer, Vec<(UserId, Balance)>), TransferError> {
        let mut tx = self.pool.begin().await?;
        let locked = account::repo::lock_of_in_tx(&mut tx, &[from, request.to]).await?;
        let find = |owner| locked.iter().find(|account| account.owner == owner);
        let (Some(payer), Some(payee)) = (find(from), find(request.to)) else {
            return Err(TransferRefusal::UnknownPayee.into());
        };
        // Under the payer's lock: whoever used this key first has committed by now, or never will.
        if let Some(earlier) = repo::by_key(&mut *tx, payer.id, &request.key).await? {
            let same = earlier.is_for(request, payee);
            let transfer = earlier.into_transfer(payer.balance, request.to)?;
            return if same { Ok((transfer, vec![])) } else { Err(TransferRefusal::KeyReused.into()) };
        }
        if payer.balance.available < request.amount.paise() {
            return Err(TransferRefusal::NotEnoughMoney { available: payer.balance.available }.into());
        }
        let cause = Cause::P2p { key: request.key.clone(), note: request.note.clone() };
        let posting = Posting::new(payer.id, payee.id, request.amount, cause);
        posting::repo::insert_in_tx(&mut tx, &posting).await?;
        let balances = account::repo::balances(&mut *tx, &[payer.id, payee.id]).await?;
        let at = repo::posted_at(&mut *tx, posting.id).await?;
        tx.commit().await?;

        let balance = balances.iter().find(|(owner, _)| *owner == from).map_or(payer.balance, |(_, b)| *b);
        let transfer =
            Transfer { id: posting.id, at, amount: request.amount, to: request.to, balance, replayed: false };
        tracing::info!(transfer = %transfer.id, amount = request.amount.get(), "a transfer was posted");
        Ok((transfer, balances))
    }

    /// What came of a key of this person, if anything did.
    pub async fn transfer_by_key(
        &self,
        from: UserId,
        key: &IdempotencyKey,
    ) -> sqlx::Result<Option<TransferId>> {
        let account = account::repo::id(&self.pool, from).await?;
        Ok(repo::by_key(&self.pool, account, key).await?.map(|row| row.id()))
    }

    /// Whether one person has ever paid another.
    pub async fn has_paid(&self, from: UserId, to: UserId) -> sqlx::Result<bool> {
        repo::has_paid(&self.pool, from, to).await
    }
}

impl repo::Row {
    /// The same request under the same key, or another one?
    fn is_for(&self, request: &TransferRequest, payee: &LockedAccount) -> bool {
        self.credit_account == payee.id.get()
            && self.amount == request.amount.get()
            && self.note == request.note.as_str()
    }

    fn into_transfer(self, balance: Balance, to: UserId) -> sqlx::Result<Transfer> {
        let amount = Amount::new(self.amount).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Transfer { id: self.id(), at: self.created_at.to_jiff(), amount, to, balance, replayed: true })
    }
}
