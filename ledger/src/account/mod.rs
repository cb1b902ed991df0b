//! Accounts: who holds value. Opened by Postgres itself when a person is created.

pub(crate) mod repo;

use domain::{AccountId, Paise, UserId, view::Balance};

/// An account under the lock of the current transaction: what it says cannot change until commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LockedAccount {
    pub(crate) id: AccountId,
    pub(crate) owner: UserId,
    pub(crate) balance: Balance,
}

/// A balance from its columns.
pub(crate) fn balance(balance: i64, held: i64, version: i64) -> Balance {
    Balance { available: Paise::new(balance - held), held: Paise::new(held), version }
}
