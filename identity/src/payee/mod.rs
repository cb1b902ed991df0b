//! Finding whom to pay, by the exact number or handle and no other way: there is no directory to walk through.

use domain::{Payee, UserId, view};

use futures_util::future::try_join;

use crate::{
    Identity, Network,
    throttle::{Count, Wait, span},
    user::repo,
};

/// The person who has the number or handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPayee {
    /// For the ledger; not for pages.
    pub id: UserId,
    /// What the asker may see of them.
    pub payee: view::Person,
}

/// What somebody is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// To be shown.
    Look,
    /// To be paid at once: takes one of the asker's payments too, in the same round trip.
    Pay,
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
    /// The asker looked up too many, or, where they were about to pay, paid too often.
    #[error(
        "You looked up many people in a short time. Wait {} and try again. No money moved.",
        span(*seconds)
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
    pub async fn find_payee(
        &self,
        asker: UserId,
        network: Network,
        payee: &Payee,
        errand: Errand,
    ) -> Result<FoundPayee, PayeeError> {
        let pays = (errand == Errand::Pay).then(|| [Count::payment(asker), Count::payment_from(network)]);
        let looks = [Count::look_up(asker), Count::look_up_from(network)];
        let counts = looks.into_iter().chain(pays.into_iter().flatten());
        // Side by side, so that counting takes no time of its own; who has no try left is told nothing of what was found.
        let (taken, found) =
            try_join(self.0.throttle.take(counts), repo::by_payee(&self.0.pool, payee)).await?;
        taken?;
        let user = found.ok_or(match payee {
            Payee::Phone(_) => PayeeError::Unknown,
            Payee::Handle(_) => PayeeError::UnknownHandle,
        })?;
        Ok(FoundPayee { id: user.id, payee: user.seen_by_others() })
    }
}
