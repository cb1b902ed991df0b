//! Finding whom to pay, by the exact number or handle and no other way: there is no directory to walk through.

use domain::{Payee, UserId, view};

use crate::{Identity, throttle::Wait, user::repo};

/// The person who has the number or handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPayee {
    /// For the ledger; not for pages.
    pub id: UserId,
    /// What the asker may see of them.
    pub payee: view::Person,
}

/// Why nobody was found. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum PayeeError {
    /// Nobody has the number.
    #[error("Nobody with this number uses OKANE. Check it with them. No money moved.")]
    Unknown,
    /// Nobody has the handle.
    #[error("Nobody has this handle. Check it with them. No money moved.")]
    UnknownHandle,
    /// The asker looked up too many.
    #[error(
        "You looked up many people in a short time. Wait {seconds} seconds and try again. No money moved."
    )]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a payee could not be looked up")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for PayeeError {
    fn from(Wait { seconds }: Wait) -> Self {
        PayeeError::TooMany { seconds }
    }
}

impl Identity {
    /// Who has this number or handle, as `asker` may see them. Found or not, a look-up counts. The asker finds
    /// themself too: that one cannot pay oneself is the ledger's to say.
    pub async fn find_payee(&self, asker: UserId, payee: &Payee) -> Result<FoundPayee, PayeeError> {
        self.throttles.payee.check(&asker)?;
        let user = repo::by_payee(&self.pool, payee).await?.ok_or(match payee {
            Payee::Phone(_) => PayeeError::Unknown,
            Payee::Handle(_) => PayeeError::UnknownHandle,
        })?;
        Ok(FoundPayee { id: user.id, payee: user.seen_by_others() })
    }
}
