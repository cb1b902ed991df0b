//! The welcome credit: a real transfer from promotions, once per person.

use domain::{Amount, TransferId, UserId};
use uuid::Uuid;

use super::repo;
use crate::{Ledger, account, balance};

impl Ledger {
    /// Gives a person the welcome credit unless they had it. Answers with the transfer if it was made now.
    pub async fn welcome(&self, person: UserId, amount: Amount) -> sqlx::Result<Option<TransferId>> {
        // Looked at first without any lock, because everybody who signs in comes by here.
        let account = account::repo::id(&self.0.pool, person).await?;
        if repo::had_welcome(&self.0.pool, account).await? {
            return Ok(None);
        }
        let gift = TransferId::new(Uuid::now_v7());
        let Some(balance) = repo::give_welcome(&self.0.pool, gift, person, amount).await? else {
            return Ok(None);
        };
        balance::publish(&self.0.cache, &[(person, balance)]).await;
        Ok(Some(gift))
    }
}
