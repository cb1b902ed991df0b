//! Accounts: who holds value. Opened by Postgres itself when a person is created.

pub(crate) mod repo;

use domain::{Paise, view::Balance};

/// A balance from its columns.
pub(crate) fn balance(balance: i64, held: i64, revision: i64) -> Balance {
    Balance { available: Paise::new(balance - held), held: Paise::new(held), version: revision }
}
