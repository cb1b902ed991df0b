//! Freezing: nothing leaves a wallet any more, at once and on every server, because it is decided where payments are
//! (`pay`, migrations/0016). What comes in still arrives.

mod repo;

use domain::{ThawDelay, TransferId, UserId, view::Freeze};

use crate::{Ledger, balance};

impl Ledger {
    /// Freezes a person's wallet, and gives back what waits; says how many payments that were.
    pub async fn freeze(&self, person: UserId) -> sqlx::Result<usize> {
        let mut back = Vec::new();
        // Twice: what began to wait while the first waited for the payer's lock, whose payee it has not locked, is
        // left to the second; and once the first is committed nothing begins to wait.
        for _ in 0..2 {
            let some = repo::freeze(&self.0.pool, person).await?;
            back.extend(some.into_iter().map(TransferId::new));
        }
        tracing::info!(back = back.len(), "a wallet was frozen");
        self.tell_of_freeze(person, &back).await;
        Ok(back.len())
    }

    /// Asks for the thaw, which comes after the person's delay. Whether it is the person is the caller's to have found out.
    pub async fn thaw(&self, person: UserId) -> sqlx::Result<()> {
        repo::thaw(&self.0.pool, person).await?;
        self.tell_of_freeze(person, &[]).await;
        Ok(())
    }

    /// Chooses the delay: a longer one at once, a shorter one when the present one has gone by.
    pub async fn set_thaw_delay(&self, person: UserId, delay: ThawDelay) -> sqlx::Result<()> {
        repo::set_delay(&self.0.pool, person, delay).await
    }

    /// How it stands with a person's freeze, as Postgres has it now.
    pub async fn freeze_of(&self, person: UserId) -> sqlx::Result<Freeze> {
        let Some(row) = repo::of(&self.0.pool, person).await? else { return Ok(Freeze::default()) };
        Ok(Freeze {
            since: row.frozen_at.map(|at| at.to_jiff()),
            thaws_at: row.thaw_at.map(|at| at.to_jiff()),
            delay: repo::delay(row.delay_minutes)?,
            next: match row.next_delay_minutes.zip(row.next_delay_at) {
                Some((minutes, at)) => Some((repo::delay(minutes)?, at.to_jiff())),
                None => None,
            },
        })
    }

    /// It is so whether or not a cache hears of it now: the revision has risen.
    async fn tell_of_freeze(&self, person: UserId, back: &[TransferId]) {
        let told = async {
            self.publish_transfers(back).await?;
            balance::publish(&self.0.cache, &[(person, self.balance_now(person).await?)]).await;
            Ok::<_, sqlx::Error>(())
        };
        if let Err(error) = told.await {
            tracing::warn!(%error, "a freeze could not be told of");
        }
    }
}
