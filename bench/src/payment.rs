//! Paying, in each of the ways that are compared.

use anyhow::{Context as _, Result};
use cache::Cache;
use domain::{Amount, IdempotencyKey, Note, UserId};
use ledger::{Ledger, transfer::TransferRequest};
use service::pool;
use uuid::Uuid;

use crate::{books::Books, crowd::Crowd, load::Requester};

/// Connections of the ledger's pool: as many as `okane serve` has unless told otherwise.
const CONNECTIONS: u32 = 24;

/// A way to pay.
#[derive(Clone)]
pub enum Way {
    /// `ledger.transfer()`, as the web server calls it, with its pool and without a cache.
    Ledger(Ledger),
}

impl Way {
    /// The ledger in this process.
    pub fn ledger(books: &Books) -> Result<Way> {
        let pool = pool::open(&books.urls.web, "okane-bench", CONNECTIONS)
            .context("the address of the database cannot be read")?;
        Ok(Way::Ledger(Ledger::new(pool, Cache::off())))
    }

    /// So many who pay, each with a sequence of payers and payees that is the same in every round.
    pub async fn payers(&self, crowd: &Crowd, count: usize) -> Result<Vec<Payer>> {
        let payer = |seed| Payer {
            way: self.clone(),
            crowd: crowd.clone(),
            random: fastrand::Rng::with_seed(seed),
            note: Note::parse("tea").unwrap_or_default(),
        };
        Ok((0..count as u64).map(payer).collect())
    }
}

/// Somebody who pays one paisa after another, each under a key of its own.
pub struct Payer {
    way: Way,
    crowd: Crowd,
    random: fastrand::Rng,
    note: Note,
}

impl Requester for Payer {
    async fn request(&mut self) -> Result<(), String> {
        let (from, to) = self.crowd.pair(&mut self.random);
        let key = IdempotencyKey::parse(&Uuid::new_v4().to_string()).map_err(|error| error.to_string())?;
        let amount = Amount::new(1).map_err(|error| error.to_string())?;
        let request = TransferRequest { to, amount, note: self.note.clone(), key };
        match &self.way {
            Way::Ledger(ledger) => pay(ledger, from, request).await,
        }
    }
}

async fn pay(ledger: &Ledger, from: UserId, request: TransferRequest) -> Result<(), String> {
    match ledger.transfer(from, request).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{:#}", anyhow::Error::new(error))),
    }
}
