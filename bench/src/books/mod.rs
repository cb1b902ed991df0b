//! Books to measure on: a database of their own with 10,000 people, each with ₹1,000.

mod bulk;
mod repo;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use cache::Cache;
use domain::UserId;
use ledger::Ledger;
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::time::sleep;
use uuid::Uuid;

use crate::{figures::grouped, load::Round, settings::Urls};

/// How many people there are.
pub const PEOPLE: usize = 10_000;
/// Connections of a ledger's pool: as many as `okane serve` has unless told otherwise.
const CONNECTIONS: u32 = 24;
/// How long an outbox may take to be worked off.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(100);

/// A database, who is in it, and what must still be true at the end.
pub struct Books {
    /// Names the database.
    pub name: &'static str,
    /// Addresses of it.
    pub urls: Urls,
    /// Whoever has an account.
    pub people: Arc<[UserId]>,
    owner: PgPool,
    /// Paise of all people, and their transfers, before the first round.
    begun_with: (i64, i64),
    answers: AtomicU64,
    failures: AtomicU64,
}

impl Books {
    /// Makes the database where it is missing, brings its schema up to date and fills it with people.
    pub async fn open(urls: &Urls, name: &'static str) -> Result<Books> {
        let first = pool(&urls.owner).await?;
        let urls = urls.of_database(name);
        if PgPool::connect(&urls.owner).await.is_err() {
            repo::create_database(&first, name).await?;
        }
        first.close().await;
        let owner = pool(&urls.owner).await?;
        ledger::MIGRATIONS.run(&owner).await.context("the schema could not be brought up to date")?;

        let ids = || (0..PEOPLE).map(|_| Uuid::now_v7()).collect::<Vec<_>>();
        let people = ids();
        repo::insert_people(&owner, &people).await.context("people could not be made")?;
        let accounts = repo::accounts(&owner, &people).await?;
        ensure!(accounts.len() == PEOPLE, "there are {} accounts for {PEOPLE} people", accounts.len());
        repo::welcome(&owner, &ids(), &accounts).await.context("people could not be given money")?;
        let people = people.into_iter().map(UserId::new).collect();
        let (answers, failures) = Default::default();
        Ok(Books { name, urls, people, owner, begun_with: (0, 0), answers, failures })
    }

    /// To be called last before the first round.
    pub async fn begin(&mut self) -> Result<()> {
        repo::settle_down(&self.owner).await?;
        self.begun_with = repo::totals(&self.owner).await?;
        Ok(())
    }

    /// A ledger on these books, as the web server has it, without a cache.
    pub fn ledger(&self) -> Result<Ledger> {
        let pool = service::pool::open(&self.urls.web.as_str().into(), "okane-bench", CONNECTIONS)
            .context("the address of the database cannot be read")?;
        Ok(Ledger::new(pool, Cache::local()))
    }

    /// The numbers of all people, in their order.
    pub async fn phones(&self) -> Result<Vec<String>> {
        Ok(repo::phones(&self.owner, &self.ids()).await?)
    }

    /// Gives the first so many the password of whoever has this number.
    pub async fn give_password(&self, phone: &str, count: usize) -> Result<()> {
        let ids = self.ids();
        Ok(repo::copy_password(&self.owner, phone, &ids[..count.min(ids.len())]).await?)
    }

    /// Everybody who has an entry of this version and thirty after it, with its place in their activity.
    pub async fn places(&self, version: i64) -> Result<Vec<(UserId, String)>> {
        let places = repo::places(&self.owner, version).await?;
        ensure!(!places.is_empty(), "{}: nobody has a history that long", self.name);
        Ok(places.into_iter().map(|(id, place)| (UserId::new(id), place)).collect())
    }

    /// Waits until a server has told what it must tell of its transfers: that is to burden nobody else's round.
    pub async fn told(&self) -> Result<()> {
        let begun = Instant::now();
        while repo::untold(&self.owner).await? > 0 {
            ensure!(begun.elapsed() < PATIENCE, "the outbox is not empty after {PATIENCE:?}");
            sleep(PAUSE).await;
        }
        Ok(())
    }

    fn ids(&self) -> Vec<Uuid> {
        self.people.iter().map(|person| person.uuid()).collect()
    }

    /// Remembers how many transfers were answered in a round, and how many ended otherwise.
    pub fn note(&self, round: &Round) {
        self.answers.fetch_add(round.answers, Ordering::Relaxed);
        self.failures.fetch_add(round.failures, Ordering::Relaxed);
    }

    /// A sentence that says that the books are right; fails where they are not.
    pub async fn check(&self) -> Result<String> {
        let (paise, transfers) = repo::totals(&self.owner).await?;
        let (paise_before, transfers_before) = self.begun_with;
        ensure!(paise == paise_before, "{}: people had {paise_before} paise and have {paise} now", self.name);
        let made = u64::try_from(transfers - transfers_before)?;
        let answers = self.answers.load(Ordering::Relaxed);
        let most = answers + self.failures.load(Ordering::Relaxed); // a lost answer may have been a yes
        ensure!(
            (answers..=most).contains(&made),
            "{}: {answers} transfers were answered, and {made} are there",
            self.name
        );
        let auditor = pool(&self.urls.auditor).await?;
        let audit = ledger::audit::audit(&auditor).await?;
        ensure!(audit.findings.is_empty(), "{}: {:?}", self.name, audit.findings);
        Ok(format!(
            "`{}`: {} transfers answered, {} made; people had and have {} paise; the audit read {} entries and found nothing.",
            self.name,
            grouped(answers),
            grouped(made),
            grouped(u64::try_from(paise)?),
            grouped(u64::try_from(audit.entries)?),
        ))
    }
}

/// The version of the database at this address, and what it promises, as it says itself.
pub async fn postgres(url: &str) -> Result<String> {
    Ok(repo::postgres(&pool(url).await?).await?)
}

/// A few connections, for whoever prepares and checks.
async fn pool(url: &str) -> Result<PgPool> {
    let pool = PgPoolOptions::new().max_connections(2).connect(url).await;
    pool.context("the database for measuring cannot be reached")
}
