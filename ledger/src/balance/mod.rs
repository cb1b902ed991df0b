//! Balances for reading. What may be spent is decided in `posting`, under a lock, never here.

use cache::{Cache, Key};
use domain::{UserId, view::Balance};

use crate::{Ledger, account};

impl Ledger {
    /// A person's balance: from the cache, else from Postgres, which then fills the cache.
    pub async fn balance(&self, person: UserId) -> sqlx::Result<Balance> {
        if let Some(balance) = self.cache.get(&key(person)).await {
            return Ok(balance);
        }
        let balance = account::repo::balance(&self.pool, person).await?;
        publish(&self.cache, &[(person, balance)]).await;
        Ok(balance)
    }

    /// A person's balance as Postgres has it now: for sentences that refuse.
    pub async fn balance_now(&self, person: UserId) -> sqlx::Result<Balance> {
        account::repo::balance(&self.pool, person).await
    }

    /// Puts the balances of at most `people` people into the cache, those with the newest movements first;
    /// says how many. Safe beside live writes: an entry never replaces a newer one.
    pub async fn warm_balances(&self, people: i64) -> sqlx::Result<usize> {
        let balances = account::repo::recently_active(&self.pool, people).await?;
        publish(&self.cache, &balances).await;
        Ok(balances.len())
    }
}

/// Puts balances into the cache after the commit that made them.
pub(crate) async fn publish(cache: &Cache, balances: &[(UserId, Balance)]) {
    for (person, balance) in balances {
        cache.put(&key(*person), balance.version, balance).await;
    }
}

fn key(person: UserId) -> Key {
    Key { kind: "balance", schema: 1, owner: person.uuid() }
}
