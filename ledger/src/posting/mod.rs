//! Posting: the one place that moves money.
//!
//! A movement is a row of `transfers`; Postgres writes its two entries, both balances and the outbox row
//! in the same statement (migrations/0003). What is done here, and why in this order:
//!
//! 1. Every account involved is locked by one statement in id order. Two transfers that cross wait for each
//!    other instead of deadlocking, and what the lock returns cannot change until commit.
//! 2. Everything is checked on the locked values before the first write, so a refusal leaves nothing behind.
//! 3. The row is inserted. The constraints of the table are the second wall, not the first.
//!
//! A waiter sees the balances as they are when it gets the lock (READ COMMITTED re-reads the locked rows).

pub(crate) mod repo;

use domain::{AccountId, Amount, IdempotencyKey, Note, OnRampId, Paise, TransferId};

/// A movement about to be written.
pub(crate) struct Posting {
    pub(crate) id: TransferId,
    pub(crate) debit: AccountId,
    pub(crate) credit: AccountId,
    pub(crate) amount: Paise,
    pub(crate) cause: Cause,
}

/// Why money moves; each service's role may write its own causes only.
pub(crate) enum Cause {
    /// A person pays another.
    P2p { key: IdempotencyKey, note: Note },
    /// A bank's money reaches the wallet it was asked for.
    OnRamp { on_ramp: OnRampId, event: String },
    /// A bank's money comes after its intent had ended.
    Suspense { on_ramp: OnRampId, event: String },
    /// The welcome credit.
    Welcome,
}

impl Posting {
    /// A movement with a fresh id.
    pub(crate) fn new(debit: AccountId, credit: AccountId, amount: Amount, cause: Cause) -> Self {
        let id = TransferId::new(uuid::Uuid::now_v7());
        Posting { id, debit, credit, amount: amount.paise(), cause }
    }
}

/// Runs a whole transaction again when Postgres gave it up for the sake of another one, or when the
/// connection was lost and with it perhaps the answer to a COMMIT. Every transaction here looks for its own
/// key or event under a lock first, so running it again is the same attempt and finds what the first one did.
pub(crate) async fn retrying<T, E, A>(attempt: impl Fn() -> A) -> Result<T, E>
where
    E: AsStorage,
    A: Future<Output = Result<T, E>>,
{
    const ATTEMPTS: usize = 5;
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if error.storage().is_some_and(|error| gave_way(error) || was_cut_off(error)) => {
                tracing::warn!("a transaction did not come to its end and is run again");
            }
            outcome => return outcome,
        }
    }
    attempt().await
}

/// An error that may be trouble with storage.
pub(crate) trait AsStorage {
    /// The trouble, where it is that.
    fn storage(&self) -> Option<&sqlx::Error>;
}

impl AsStorage for sqlx::Error {
    fn storage(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

/// The connection broke; what was under way may or may not have been committed.
fn was_cut_off(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_))
}

/// `deadlock_detected` and `serialization_failure` (PostgreSQL, appendix A).
fn gave_way(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code());
    matches!(code.as_deref(), Some("40P01" | "40001"))
}
