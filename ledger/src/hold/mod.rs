//! Holds: payments that are set aside before they move, so that their sender can undo them.
//!
//! PENDING → POSTED, VOIDED or EXPIRED, once. A hold is posted by itself when its time comes; the relay of
//! whichever server is alive does it, and whatever it was doing when it died is done again by the next one.

mod outlook;
mod repo;
mod undo;

use domain::view::Movement;
use domain::{Note, Paise, TransferId, UserId};

use crate::activity::counterparty;
use crate::{Ledger, transfer};

/// Holds ended in one go.
const BATCH: i64 = 256;

/// What came of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// Cancelled, now or before: the money is free again.
    Cancelled,
    /// It has moved.
    TooLate,
    /// Its time has come and it is about to move.
    Moving,
}

impl Ledger {
    /// What of a person's money is set aside, soonest to move first: movements of the kind `Hold`, all pending.
    pub async fn waiting(&self, payer: UserId) -> sqlx::Result<Vec<Movement<UserId>>> {
        let rows = repo::waiting(&self.0.pool, payer).await?;
        let movement = |row: repo::Waiting| {
            Ok(Movement::Hold {
                transfer: TransferId::new(row.id),
                counterparty: counterparty(row.payee, None),
                amount: Paise::new(-row.amount),
                status: transfer::status(Some("PENDING"), Some(row.release_at), Some(&row.reason))?,
                note: Note::parse(&row.note).unwrap_or_default(),
                at: row.created_at.to_jiff(),
            })
        };
        rows.into_iter().map(movement).collect()
    }

    /// Cancels a payment of this person that still waits; `None` where they have no such payment.
    pub async fn cancel(&self, payer: UserId, hold: TransferId) -> sqlx::Result<Option<Cancellation>> {
        let Some(status) = repo::cancel(&self.0.pool, payer, hold).await? else { return Ok(None) };
        let cancellation = match status.as_str() {
            "VOIDED" | "EXPIRED" => Cancellation::Cancelled,
            "POSTED" => Cancellation::TooLate,
            _ => Cancellation::Moving,
        };
        if cancellation == Cancellation::Cancelled {
            tracing::info!(%hold, "a payment was cancelled");
            // It is cancelled whether or not a cache hears of it now; the outbox tells it again.
            if let Err(error) = self.publish_transfers(&[hold]).await {
                tracing::warn!(%hold, %error, "a cancellation could not be published");
            }
        }
        Ok(Some(cancellation))
    }

    /// Posts the holds whose time has come; says how many. One that cannot be posted is given back.
    pub async fn post_due_holds(&self) -> sqlx::Result<usize> {
        let due = repo::due(&self.0.pool, BATCH).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let posted = match repo::post(&self.0.pool, &due).await {
            Ok(posted) => posted,
            Err(error) if error.as_database_error().is_some() => self.post_one_by_one(&due).await?,
            Err(error) => return Err(error),
        };
        self.publish_transfers(&posted.iter().copied().map(TransferId::new).collect::<Vec<_>>()).await?;
        Ok(posted.len())
    }

    /// One hold that Postgres refuses, or whose accounts are locked, must not keep the others.
    async fn post_one_by_one(&self, due: &[uuid::Uuid]) -> sqlx::Result<Vec<uuid::Uuid>> {
        let mut ended = Vec::new();
        for hold in due {
            let outcome = match repo::post(&self.0.pool, &[*hold]).await {
                Err(error) if was_refused(&error) => {
                    tracing::error!(%hold, %error, "a payment could not be posted and is given back");
                    repo::expire(&self.0.pool, &[*hold]).await
                }
                outcome => outcome,
            };
            match outcome {
                Ok(hold) => ended.extend(hold),
                Err(error) if error.as_database_error().is_some() => {
                    tracing::error!(%hold, %error, "a payment could be neither posted nor given back");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(ended)
    }
}

/// Postgres will refuse it the next time too: a value that does not fit, or a constraint (classes 22 and 23).
fn was_refused(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}
