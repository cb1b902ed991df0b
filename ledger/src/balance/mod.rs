//! Balances for reading. What may be spent is decided in `posting`, under a lock, never here.
//!
//! `Balance.version` is the account's revision, which counts everything its owner can see of their money: it is the
//! clock of all that is cached of an account.

use cache::{Cache, Key, LoadError};
use domain::{UserId, view::Balance};

use crate::Ledger;

/// What the versions of everything cached here count.
pub const CLOCK: &str = "money";

impl Ledger {
    /// A person's balance: from the cache, else from Postgres, which then fills the cache.
    pub async fn balance(&self, person: UserId) -> sqlx::Result<Balance> {
        if !self.0.cache.is_usable() {
            // One row by primary key is as cheap as asking for its version.
            return self.balance_now(person).await;
        }
        let load = async { self.balance_now(person).await.map(|balance| (balance.version, balance)) };
        self.0.cache.read(&key(person), || self.revision(person), load).await
    }

    /// A person's balance as Postgres has it now: for sentences that refuse.
    pub async fn balance_now(&self, person: UserId) -> sqlx::Result<Balance> {
        let balance = self.0.balances.load(person).await.map_err(|error| match error {
            LoadError::Failed(error) => sqlx::Error::Io(std::io::Error::other(error)),
            LoadError::Busy => sqlx::Error::PoolTimedOut,
        })?;
        balance.ok_or(sqlx::Error::RowNotFound)
    }

    /// At which revision a person's account stands, as Postgres has it now.
    pub async fn revision(&self, person: UserId) -> sqlx::Result<i64> {
        self.balance_now(person).await.map(|balance| balance.version)
    }

    /// The newest revision of a person's account that this process has seen.
    pub fn seen(&self, person: UserId) -> Option<i64> {
        self.0.cache.seen(&key(person))
    }

    /// This person has seen this revision, here or elsewhere: they are not shown anything older.
    pub fn saw(&self, person: UserId, revision: i64) {
        self.0.cache.saw(&key(person), revision);
    }
}

/// Puts balances into the cache after the commit that made them, and with them the news.
pub(crate) async fn publish(cache: &Cache, balances: &[(UserId, Balance)]) {
    for (person, balance) in balances {
        if cache.is_usable() {
            cache.put(&key(*person), balance.version, balance).await;
        } else {
            cache.outdate(&key(*person), balance.version).await;
        }
    }
}

pub(crate) fn key(person: UserId) -> Key {
    Key { kind: "balance", schema: 1, clock: CLOCK, owner: person.uuid() }
}
