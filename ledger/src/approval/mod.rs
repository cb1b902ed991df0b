//! Payments that their payer approves one by one, above an amount of their choice. Checked where payments are decided
//! (`pay`, migrations/0024); here the amount is set, and approvals are noted. Whether somebody may approve is the
//! caller's to have found out.

mod repo;

use domain::{Amount, IdempotencyKey, Paise, UserId, approval::ApprovalMethod};
use jiff::Timestamp;

use crate::Ledger;

/// One payment, as it is approved: nothing else can be paid by that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approving {
    /// The name of the attempt.
    pub key: IdempotencyKey,
    /// Who is paid.
    pub to: UserId,
    /// How much.
    pub amount: Amount,
}

/// Why the amount was not set. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalLimitError {
    /// There is neither a PIN nor anything else to approve by.
    #[error("Set a PIN first: there is nothing yet that you could approve a payment by.")]
    NothingToApproveBy,
    /// They would be asked less often, and have not proven who they are.
    #[error("You would be asked less often than now. Prove that it is you.")]
    NeedsProof,
    /// The database did not do its part.
    #[error("the amount could not be stored")]
    Storage(#[source] sqlx::Error),
}

/// The walls are Postgres' own; here they become answers.
impl From<sqlx::Error> for ApprovalLimitError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("approval_limits_by_something") => ApprovalLimitError::NothingToApproveBy,
            Some("approval_limits_looser_with_proof") => ApprovalLimitError::NeedsProof,
            _ => ApprovalLimitError::Storage(error),
        }
    }
}

impl Ledger {
    /// Above which amount a person approves payments; `None` for whoever is never asked.
    pub async fn approval_limit(&self, person: UserId) -> sqlx::Result<Option<Paise>> {
        Ok(repo::limit(&self.0.pool, person).await?.map(Paise::new))
    }

    /// Sets it, at once; `None` asks for none. To be asked less often takes a proof of who wants that.
    pub async fn set_approval_limit(
        &self,
        person: UserId,
        above: Option<Paise>,
        is_proven: bool,
    ) -> Result<(), ApprovalLimitError> {
        Ok(repo::set_limit(&self.0.pool, person, above, is_proven).await?)
    }

    /// Notes that a person has approved this payment; says until when that holds.
    pub async fn approve(
        &self,
        person: UserId,
        payment: &Approving,
        method: ApprovalMethod,
    ) -> sqlx::Result<Timestamp> {
        repo::approve(&self.0.pool, person, payment, method).await
    }

    /// Whether a person has approved this payment, and it still holds.
    pub async fn is_approved(&self, person: UserId, payment: &Approving) -> sqlx::Result<bool> {
        repo::is_approved(&self.0.pool, person, payment).await
    }

    /// Forgets approvals that hold no longer. To be run now and then.
    pub async fn forget_approvals(&self) -> sqlx::Result<()> {
        repo::forget(&self.0.pool).await
    }
}
