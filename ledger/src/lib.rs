//! The ledger: the only crate that moves money.
//!
//! A noun of the field is a folder; in it `mod.rs` owns the transaction and `repo.rs` the statements.
//! Names ending in `_in_tx` work in the caller's transaction. This crate knows no HTTP, no pages, and
//! people only by id. Reads may go through the cache; decisions never do.

pub mod account;
pub mod activity;
pub mod approval;
pub mod audit;
pub mod balance;
pub mod cooling_off;
pub mod dealing;
pub mod freeze;
pub mod hold;
pub mod limit;
pub mod on_ramp;
pub mod outbox;
mod posting;
pub mod transfer;

use std::sync::Arc;

use cache::{Cache, Loader, Standing};
use domain::{UserId, view::Balance};
pub use posting::WriteError;
use posting::writer::Writer;
use sqlx::PgPool;

/// Trouble with the database, for those who must not know which.
pub type StorageError = sqlx::Error;

/// The migrations of the whole schema; the role that runs them must be able to create roles.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// A handle to the ledger with the rights of its pool's role; cheap to clone.
#[derive(Clone)]
pub struct Ledger(Arc<Parts>);

/// Every request passes its ledger through many hands.
struct Parts {
    pool: PgPool,
    cache: Cache,
    balances: Loader<UserId, Balance, sqlx::Error>,
    pay: Writer<transfer::Pay>,
    settle: Writer<on_ramp::Settle>,
}

impl Ledger {
    /// A ledger on this database, reading through this cache. Called inside a Tokio runtime, where its
    /// writers and its loader live until the last handle is gone.
    pub fn new(pool: PgPool, cache: Cache) -> Self {
        let (pay, settle) = (Writer::start(pool.clone()), Writer::start(pool.clone()));
        let balances = Loader::start({
            let pool = pool.clone();
            move |people| account::repo::balances(pool.clone(), people)
        });
        Ledger(Arc::new(Parts { pool, cache, balances, pay, settle }))
    }

    /// Succeeds when the database answers and its schema is as new as this program; says how the cache stands, which
    /// makes no difference to that.
    pub async fn ready(&self) -> Result<Standing, sqlx::Error> {
        account::repo::touch(&self.0.pool).await?;
        Ok(self.0.cache.standing())
    }
}
