//! Paying, in each of the ways that are compared.

mod repo;

use anyhow::Result;
use domain::{Amount, IdempotencyKey, Note, UserId};
use ledger::Ledger;
use ledger::transfer::{TransferRequest, Undo};
use sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::{books::Books, crowd::Crowd, load::Requester};

/// A way to pay.
#[derive(Clone)]
pub enum Way {
    /// `ledger.transfer()`, as the web server calls it, with its pool and without a cache.
    Ledger(Box<Ledger>),
    /// What a batch of the ledger calls, called by each payer alone, on a connection of their own.
    OneCall(Box<PgConnectOptions>),
}

impl Way {
    /// One call for each payment; nothing where the schema has no `pay`.
    pub async fn one_call(books: &Books) -> Result<Option<Way>> {
        let options: Box<PgConnectOptions> = Box::new(books.urls.web.parse()?);
        let there = repo::is_there(&mut options.connect().await?).await?;
        Ok(there.then_some(Way::OneCall(options)))
    }

    /// So many who pay, each with a sequence of payers and payees that is the same in every round.
    pub async fn payers(&self, crowd: &Crowd, count: usize) -> Result<Vec<Payer>> {
        let mut payers = Vec::new();
        for seed in 0..count as u64 {
            let hand = match self {
                Way::Ledger(ledger) => Hand::Ledger(ledger.clone()),
                Way::OneCall(options) => Hand::OneCall(options.connect().await?),
            };
            let note = Note::parse("tea").unwrap_or_default();
            payers.push(Payer { hand, crowd: crowd.clone(), random: fastrand::Rng::with_seed(seed), note });
        }
        Ok(payers)
    }
}

/// A way to pay, in the hand of one who pays.
enum Hand {
    Ledger(Box<Ledger>),
    OneCall(PgConnection),
}

/// Somebody who pays one paisa after another, each under a key of its own.
pub struct Payer {
    hand: Hand,
    crowd: Crowd,
    random: fastrand::Rng,
    note: Note,
}

impl Requester for Payer {
    async fn request(&mut self) -> Result<(), String> {
        let (from, to) = self.crowd.pair(&mut self.random);
        let key = IdempotencyKey::parse(&Uuid::new_v4().to_string()).map_err(|error| error.to_string())?;
        let amount = Amount::new(1).map_err(|error| error.to_string())?;
        let undo = Undo::Seconds(0);
        let request = TransferRequest { to, amount, note: self.note.clone(), key, undo };
        let paid = match &mut self.hand {
            Hand::Ledger(ledger) => pay(ledger, from, request).await,
            Hand::OneCall(connection) => call(connection, from, request).await,
        };
        paid.map_err(|error| format!("{error:#}"))
    }
}

async fn pay(ledger: &Ledger, from: UserId, request: TransferRequest) -> Result<()> {
    ledger.transfer(from, request).await?;
    Ok(())
}

async fn call(connection: &mut PgConnection, from: UserId, request: TransferRequest) -> Result<()> {
    let outcome = repo::pay(connection, from, &request).await?;
    anyhow::ensure!(outcome == "made", "the answer was {outcome}");
    Ok(())
}
