//! One-shot commands; the exit code tells.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cache::Cache;
use identity::{Identity, Inbox, Post};
use indicatif::{ProgressBar, ProgressStyle};
use ledger::Ledger;
use ledger::audit::Rule;
use secrecy::{ExposeSecret as _, SecretString};
use service::{pool, secret::in_address};
use sqlx::{ConnectOptions as _, PgPool};

use crate::settings::{Database, Warm};

/// Brings the schema up to date. Two at once wait for each other (sqlx takes an advisory lock).
pub(crate) async fn migrate(settings: &Database) -> anyhow::Result<ExitCode> {
    let options = pool::options(&settings.database_url)?;
    let pool = PgPool::connect_with(options).await.context("no database to migrate")?;
    ledger::MIGRATIONS.run(&pool).await.context("the schema could not be brought up to date")?;
    println!("the schema is up to date");
    Ok(ExitCode::SUCCESS)
}

/// Prints what was read, and every broken rule with its first row; on a terminal, how far it is meanwhile.
pub(crate) async fn audit(settings: &Database) -> anyhow::Result<ExitCode> {
    // Reading everything takes its time, and is no news.
    let options = pool::options(&settings.database_url)?.disable_statement_logging();
    let pool = PgPool::connect_with(options).await.context("no database to audit")?;
    let began = Instant::now();
    let progress = progress(Rule::ALL.len())?;
    let audit = ledger::audit::audit_and_tell(&pool, |rule| {
        progress.inc(1);
        progress.set_message(rule.sentence());
    })
    .await;
    progress.finish_and_clear();
    let audit = audit?;
    let millis = began.elapsed().as_millis().max(1);
    println!(
        "read {} accounts, {} transfers and {} entries in {millis} ms, {} entries a second",
        audit.accounts,
        audit.transfers,
        audit.entries,
        u128::try_from(audit.entries).unwrap_or(0) * 1000 / millis
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

/// One line on the standard error, where that is a terminal; elsewhere it says nothing.
fn progress(rules: usize) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{spinner} rule {pos} of {len}, {elapsed}: {wide_msg}")?;
    let progress = ProgressBar::new(rules as u64).with_style(style);
    progress.enable_steady_tick(Duration::from_millis(100));
    Ok(progress)
}

/// People warmed between two lines of progress.
const WARM_BATCH: i64 = 200;

/// Fills the cache for those who moved money last, and says what was done. May be interrupted and run again.
pub(crate) async fn warm(settings: &Warm) -> anyhow::Result<ExitCode> {
    let pool = pool::open(&settings.database.database_url, "okane-warm", 2)?;
    in_address("REDIS_URL", &settings.redis_url)?;
    let cache = Cache::connect(Some(settings.redis_url.expose_secret()));
    if !cache.is_shared() {
        bail!("REDIS_URL cannot be used: there is nothing to warm");
    }
    let ledger = Ledger::new(pool.clone(), cache.clone());
    // Warming sends nothing to anybody.
    let post = Post::new(Arc::new(Inbox::default()), "", SecretString::default());
    let identity = Identity::new(pool, cache.clone(), 1, post);
    let (began, mut before) = (Instant::now(), None);
    let (mut people, mut keys, mut bytes, mut skipped) = (0, 0, 0, 0);
    while people < settings.people {
        let batch = ledger.warm(before, WARM_BATCH.min(settings.people - people)).await?;
        if !cache.is_usable() {
            bail!("Redis stopped answering after {people} people; run this again, it goes on where it ended");
        }
        people += batch.people.len() as i64;
        keys += identity.warm(&batch.people).await?;
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
