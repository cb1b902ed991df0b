//! Filling the cache before anybody asks.

use domain::UserId;
use jiff::Timestamp;

use super::recent;
use crate::{Ledger, account, balance};

/// What was done for some people.
#[derive(Debug, Clone, Default)]
pub struct Warmed {
    /// Who they are, whoever moved money last first.
    pub people: Vec<UserId>,
    /// Entries that were written.
    pub keys: usize,
    /// Bytes of them.
    pub bytes: usize,
    /// People of whom everything was there already, as new as it is: whatever was interrupted goes on quickly.
    pub skipped: usize,
    /// Where the next begin; `None` after the last.
    pub next: Option<Timestamp>,
}

impl Ledger {
    /// Puts the balance and the first look of so many people into the cache: those who moved money before this
    /// moment, the latest first. Safe beside live writes, since an entry never replaces a newer one.
    pub async fn warm(&self, before: Option<Timestamp>, people: i64) -> sqlx::Result<Warmed> {
        let candidates = account::repo::recently_active(&self.0.pool, before, people).await?;
        let next = candidates.last().map(|(_, _, at)| *at);
        let mut warmed = Warmed { next, ..Warmed::default() };
        for (person, balance, _) in candidates {
            warmed.people.push(person);
            let (balance_key, recent_key) = (balance::key(person), recent::key(person));
            let held = (self.0.cache.holds(&balance_key).await, self.0.cache.holds(&recent_key).await);
            if held == (Some(balance.version), Some(balance.version)) {
                warmed.skipped += 1;
                continue;
            }
            let recent = self.recent_now(person).await?;
            warmed.bytes += self.0.cache.put(&balance_key, balance.version, &balance).await
                + self.0.cache.put(&recent_key, balance.version, &recent).await;
            warmed.keys += 2;
        }
        Ok(warmed)
    }
}
