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
pub(crate) mod writer;

use domain::{AccountId, Amount, OnRampId, Paise, TransferId};
pub use writer::WriteError;

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
pub(crate) async fn retrying<T, A>(attempt: impl Fn() -> A) -> sqlx::Result<T>
where
    A: Future<Output = sqlx::Result<T>>,
{
    const ATTEMPTS: usize = 5;
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if gave_way(&error) || was_cut_off(&error) => {
                tracing::warn!("a transaction did not come to its end and is run again");
            }
            outcome => return outcome,
        }
    }
    attempt().await
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
