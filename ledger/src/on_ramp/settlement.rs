//! The webhook's part: what the bank says, settled exactly once.
//!
//! Callbacks come in storms: whatever waits is settled as one batch, by `settle` of the migrations (0013), which
//! locks the intents and decides. An id names one message: under an id that was heard before, only the same
//! bytes are a repeat.

use super::repo;
use crate::{Ledger, WriteError, balance};

/// A message of the bank whose signature was verified.
#[derive(Debug, Clone)]
pub struct BankEvent {
    /// `webhook-id`: one message, however often it is delivered.
    pub id: String,
    /// The signed bytes, kept as they came.
    pub body: Vec<u8>,
    /// What they say.
    pub message: BankMessage,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum BankMessage {
    /// Signed, and yet not of the agreed form.
    Malformed,
    /// About a payment.
    Payment {
        /// Whether the bank paid.
        outcome: PaymentOutcome,
        /// Names the intent.
        token: String,
        /// In minor units; must equal the intent's.
        amount_minor: i64,
        /// Must be `INR`.
        currency: String,
        /// The bank's own name for the payment.
        bank_reference: String,
    },
}

/// Whether the bank paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// It did.
    Succeeded,
    /// It did not and will not.
    Failed,
}

/// What came of a message. The first five are done; the rest are refused and, but for the last, kept for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// The wallet was credited, now.
    Settled,
    /// The intent ended as FAILURE, now.
    Failed,
    /// Heard before, or the same payment under another message; nothing more was done.
    Repeated,
    /// A failure after the end: nothing to do.
    Ignored,
    /// A success after the end: the money is set aside.
    Suspense,
    /// Not the amount that was asked for.
    WrongAmount,
    /// Not the currency that was asked for.
    WrongCurrency,
    /// No intent has this token.
    UnknownToken,
    /// Not of the agreed form.
    Malformed,
    /// Its id was heard before with other bytes. Not kept: what was first said under the id stays.
    Contradicted,
}

impl Settlement {
    /// The word in `bank_events`, and in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Settlement::Settled => "settled",
            Settlement::Failed => "failed",
            Settlement::Repeated => "repeated",
            Settlement::Ignored => "ignored",
            Settlement::Suspense => "suspense",
            Settlement::WrongAmount => "wrong_amount",
            Settlement::WrongCurrency => "wrong_currency",
            Settlement::UnknownToken => "unknown_token",
            Settlement::Malformed => "malformed",
            Settlement::Contradicted => "contradicted",
        }
    }

    /// The settlement with this word.
    pub(super) fn parse(code: &str) -> Option<Self> {
        use Settlement::*;
        [
            Settled,
            Failed,
            Repeated,
            Ignored,
            Suspense,
            WrongAmount,
            WrongCurrency,
            UnknownToken,
            Malformed,
            Contradicted,
        ]
        .into_iter()
        .find(|settlement| settlement.code() == code)
    }
}

impl Ledger {
    /// Takes a verified message of the bank and does what it says, once. After an error it is for the bank to
    /// say it again: whatever became of it is found by its id.
    pub async fn settle(&self, event: BankEvent) -> Result<Settlement, WriteError> {
        let id = event.id.clone();
        let repo::Settled { settlement, changed } = self.0.settle.write(event).await?;
        match settlement {
            Settlement::Settled | Settlement::Failed | Settlement::Repeated | Settlement::Ignored => {
                tracing::info!(event = id, outcome = settlement.code(), "a bank event was taken");
            }
            _ => tracing::error!(event = id, outcome = settlement.code(), "a bank event needs review"),
        }
        if let Some(changed) = changed {
            balance::publish(&self.0.cache, &[changed]).await;
        }
        Ok(settlement)
    }
}
