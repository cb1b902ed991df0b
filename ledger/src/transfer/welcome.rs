//! The welcome credit: a real transfer from promotions, once per person.

use domain::{AccountId, Amount, TransferId, UserId};

use super::repo;
use crate::posting::{self, Cause, Posting};
use crate::{Ledger, account, balance};

impl Ledger {
    /// Gives a person the welcome credit unless they had it. Answers with the transfer if it was made now.
    pub async fn welcome(&self, person: UserId, amount: Amount) -> sqlx::Result<Option<TransferId>> {
        let account = account::repo::id(&self.pool, person).await?;
        if repo::welcome(&self.pool, account).await?.is_some() {
            return Ok(None);
        }
        let mut tx = self.pool.begin().await?;
        account::repo::lock_in_tx(&mut tx, &[AccountId::PROMOTIONS, account]).await?;
        if repo::welcome(&mut *tx, account).await?.is_some() {
            return Ok(None);
        }
        let posting = Posting::new(AccountId::PROMOTIONS, account, amount, Cause::Welcome);
        posting::repo::insert_in_tx(&mut tx, &posting).await?;
        let balances = account::repo::balances(&mut *tx, &[account]).await?;
        tx.commit().await?;
        balance::publish(&self.cache, &balances).await;
        Ok(Some(posting.id))
    }
}
