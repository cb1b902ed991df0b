//! The rules, one after the other.

use sqlx::PgConnection;

use super::repo;

/// What must be true of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A transfer and its entries say the same.
    TransfersBalance,
    /// So do an account and its entries.
    BalancesAreSums,
    /// An account's entries follow each other.
    HistoryHasNoGaps,
    /// Nothing came out of nowhere.
    NothingIsInvented,
    /// An account and its waiting payments say the same.
    HeldIsWhatWaits,
    /// A payment that waited became its transfer or none.
    HoldsBecomeTransfers,
    /// No entry was changed since it was written.
    ChainHolds,
    /// Nobody was below zero.
    NobodyIsOverdrawn,
    /// What counts against limits was paid.
    SpentIsWhatWasPaid,
    /// An intent and its credit say the same.
    IntentsAreCredited,
}

impl Rule {
    /// In the order in which they are checked.
    pub const ALL: [Rule; 10] = [
        Rule::TransfersBalance,
        Rule::BalancesAreSums,
        Rule::HistoryHasNoGaps,
        Rule::NothingIsInvented,
        Rule::HeldIsWhatWaits,
        Rule::HoldsBecomeTransfers,
        Rule::ChainHolds,
        Rule::NobodyIsOverdrawn,
        Rule::SpentIsWhatWasPaid,
        Rule::IntentsAreCredited,
    ];

    /// The rule in words.
    pub const fn sentence(self) -> &'static str {
        match self {
            Rule::TransfersBalance => {
                "the entries of a transfer are its amount, out of one account and into the other"
            }
            Rule::BalancesAreSums => {
                "an account's balance is the sum of its entries, and its version their number"
            }
            Rule::HistoryHasNoGaps => {
                "each entry follows the one before it, without gaps, and its running balance adds up"
            }
            Rule::NothingIsInvented => "all balances together are zero",
            Rule::HeldIsWhatWaits => "what is held on an account is what its waiting payments say",
            Rule::HoldsBecomeTransfers => {
                "a payment that waited has moved exactly when it was posted, as it was made"
            }
            Rule::ChainHolds => {
                "each entry's hash covers it, its transfer and the hash before it, and the account knows the newest"
            }
            Rule::NobodyIsOverdrawn => "nobody has spent more than they had",
            Rule::SpentIsWhatWasPaid => {
                "what counts as spent on the day and in the month of the newest payment is what was paid then"
            }
            Rule::IntentsAreCredited => {
                "an intent is SUCCESS exactly when it was credited, once, to its account, with its amount"
            }
        }
    }

    /// The first row that breaks it, in words.
    pub(super) async fn first_broken_in_tx(self, tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
        match self {
            Rule::TransfersBalance => repo::unbalanced_transfer(tx).await,
            Rule::BalancesAreSums => repo::wrong_balance(tx).await,
            Rule::HistoryHasNoGaps => repo::broken_history(tx).await,
            Rule::NothingIsInvented => repo::invented_money(tx).await,
            Rule::HeldIsWhatWaits => repo::wrong_held(tx).await,
            Rule::HoldsBecomeTransfers => repo::wrong_hold(tx).await,
            Rule::ChainHolds => repo::broken_chain(tx).await,
            Rule::NobodyIsOverdrawn => repo::overdrawn_account(tx).await,
            Rule::SpentIsWhatWasPaid => repo::wrong_spent(tx).await,
            Rule::IntentsAreCredited => repo::wrong_on_ramp(tx).await,
        }
    }
}
