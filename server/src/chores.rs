//! One-shot commands; the exit code tells.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};
use cache::Cache;
use ledger::Ledger;
use secrecy::ExposeSecret as _;
use service::pool;
use sqlx::PgPool;

use crate::settings::{Database, Warm};

/// Brings the schema up to date. Two at once wait for each other (sqlx takes an advisory lock).
pub(crate) async fn migrate(settings: &Database) -> anyhow::Result<ExitCode> {
    let pool =
        PgPool::connect(settings.database_url.expose_secret()).await.context("no database to migrate")?;
    ledger::MIGRATIONS.run(&pool).await.context("the schema could not be brought up to date")?;
    println!("the schema is up to date");
    Ok(ExitCode::SUCCESS)
}

/// Prints what was read, and every broken rule with its first row.
pub(crate) async fn audit(settings: &Database) -> anyhow::Result<ExitCode> {
    let pool =
        PgPool::connect(settings.database_url.expose_secret()).await.context("no database to audit")?;
    let began = Instant::now();
    let audit = ledger::audit::audit(&pool).await?;
    println!(
        "read {} accounts, {} transfers and {} entries in {} ms",
        audit.accounts,
        audit.transfers,
        audit.entries,
        began.elapsed().as_millis()
    );
    for finding in &audit.findings {
        println!("BROKEN: {} — {}", finding.rule, finding.row);
    }
    if audit.findings.is_empty() {
        println!("every balance equals its entries, and all balances together are zero");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// People warmed between two lines of progress.
const WARM_BATCH: i64 = 200;

/// Fills the cache for those who moved money last, and says what was done. May be interrupted and run again.
pub(crate) async fn warm(settings: &Warm) -> anyhow::Result<ExitCode> {
    let pool = pool::open(settings.database.database_url.expose_secret(), "okane-warm", 2)
        .context("DATABASE_URL cannot be read")?;
    let cache = Cache::connect(Some(settings.redis_url.expose_secret()));
    if !cache.is_shared() {
        bail!("REDIS_URL cannot be used: there is nothing to warm");
    }
    let ledger = Ledger::new(pool, cache.clone());
    let (began, mut before) = (Instant::now(), None);
    let (mut people, mut keys, mut bytes, mut skipped) = (0, 0, 0, 0);
    while people < settings.people {
        let batch = ledger.warm(before, WARM_BATCH.min(settings.people - people)).await?;
        if !cache.is_usable() {
            bail!("Redis stopped answering after {people} people; run this again, it goes on where it ended");
        }
        people += batch.people.len() as i64;
        (keys, bytes, skipped) = (keys + batch.keys, bytes + batch.bytes, skipped + batch.skipped);
        before = batch.next;
        if before.is_none() {
            break;
        }
        eprintln!("{people} people so far");
    }
    let seconds = began.elapsed().as_millis();
    println!("{people} people: {keys} keys, {bytes} bytes, {skipped} skipped, {seconds} ms");
    Ok(ExitCode::SUCCESS)
}
