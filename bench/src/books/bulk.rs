//! Many entries before the first round: transfers in big statements, posted by the trigger like any others.

use anyhow::{Context as _, Result};
use uuid::Uuid;

use super::{Books, repo};
use crate::{crowd::Shape, figures::grouped};

/// Transfers of one statement.
const BATCH: u64 = 50_000;

impl Books {
    /// Lets the first so many people pay one another until there are so many entries. Checks that only
    /// repeat what is so by construction, foreign keys and the sum of each transfer, stand aside meanwhile;
    /// the audit at the end makes up for them.
    pub async fn fill(&self, entries: u64, among: usize) -> Result<()> {
        let accounts = repo::accounts(&self.owner, &self.ids()[..among]).await?;
        let mut connection = self.owner.acquire().await?;
        repo::put_checks_aside(&mut connection).await.context("checks could not be put aside")?;
        let mut random = fastrand::Rng::with_seed(entries);
        let transfers = entries / 2;
        for begun in (0..transfers).step_by(BATCH as usize) {
            let count = BATCH.min(transfers - begun);
            let pairs = (0..count).map(|_| Shape::Uniform.pair(accounts.len(), &mut random));
            let (from, to): (Vec<_>, Vec<_>) = pairs.map(|(from, to)| (accounts[from], accounts[to])).unzip();
            let ids: Vec<_> = (0..count).map(|_| Uuid::now_v7()).collect();
            repo::insert_transfers(&mut connection, &ids, &from, &to).await.context("a batch was refused")?;
            if begun % (20 * BATCH) == 0 {
                eprintln!("  {} of {} entries", grouped(2 * (begun + count)), grouped(entries));
            }
        }
        repo::take_checks_back(&mut connection).await?;
        Ok(())
    }
}
