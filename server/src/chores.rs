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

/// Fills the cache with the balances of those who moved money last.
pub(crate) async fn warm(settings: &Warm) -> anyhow::Result<ExitCode> {
    let pool = pool::open(settings.database.database_url.expose_secret(), "okane-warm", 2)
        .context("DATABASE_URL cannot be read")?;
    let cache = Cache::connect(Some(settings.redis_url.expose_secret()));
    if !cache.is_on() {
        bail!("REDIS_URL cannot be used: there is nothing to warm");
    }
    let began = Instant::now();
    let people = Ledger::new(pool, cache).warm_balances(settings.people).await?;
    println!("{people} balances are warm after {} ms", began.elapsed().as_millis());
    Ok(ExitCode::SUCCESS)
}
