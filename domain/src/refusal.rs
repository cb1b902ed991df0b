//! A business "no": a value with a name, carried unchanged from the ledger to the sentence on the screen.
//! Each sentence ends with where the money is.

use serde::{Deserialize, Serialize};

use crate::Paise;

/// Why a transfer was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TransferRefusal {
    /// More than is there.
    #[error("You have {available} to spend, which is not enough. No money moved.")]
    NotEnoughMoney {
        /// What can be spent now.
        available: Paise,
    },
    /// Payer and payee are one.
    #[error("This is your own number. No money moved.")]
    ToSelf,
    /// Nobody by that number, or nobody who can be paid.
    #[error("Nobody with this number uses OKANE. Check it with them. No money moved.")]
    UnknownPayee,
    /// The key already names another payment.
    #[error("This form already made a different payment. Start a new one. No more money moved.")]
    KeyReused,
}

/// Why an intent to add money was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum OnRampRefusal {
    /// The key already names another intent.
    #[error("This form already asked for a different amount. Start a new one. No more money moved.")]
    KeyReused,
}
