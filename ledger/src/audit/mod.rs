//! Proof that entries and balances agree. Reads everything, believes nothing, changes nothing.

mod repo;
mod rule;

pub use rule::Rule;
use sqlx::{Acquire, PgConnection, PgPool};

/// A rule of the ledger, and the first row that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as a sentence.
    pub rule: &'static str,
    /// The row, in words.
    pub row: String,
}

/// What an audit read, and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Accounts read.
    pub accounts: i64,
    /// Transfers read.
    pub transfers: i64,
    /// Entries read.
    pub entries: i64,
    /// Broken rules; empty where the books are right.
    pub findings: Vec<Finding>,
}

/// Checks every rule on one snapshot, while others go on writing.
pub async fn audit(pool: &PgPool) -> sqlx::Result<Audit> {
    audit_and_tell(pool, |_| {}).await
}

/// The same, and tells of each rule when its check begins.
pub async fn audit_and_tell(pool: &PgPool, tell: impl FnMut(Rule) + Send) -> sqlx::Result<Audit> {
    let mut connection = pool.acquire().await?;
    let mut tx = connection.begin().await?;
    repo::freeze_in_tx(&mut tx).await?;
    let audit = audit_in_tx(&mut tx, tell).await?;
    tx.rollback().await?;
    Ok(audit)
}

/// Checks every rule on what this transaction sees, which is one moment only where it reads repeatably.
pub async fn audit_in_tx(tx: &mut PgConnection, mut tell: impl FnMut(Rule) + Send) -> sqlx::Result<Audit> {
    let (accounts, transfers, entries) = repo::counts(tx).await?;
    let mut findings = vec![];
    for rule in Rule::ALL {
        tell(rule);
        if let Some(row) = rule.first_broken_in_tx(tx).await? {
            findings.push(Finding { rule: rule.sentence(), row });
        }
    }
    Ok(Audit { accounts, transfers, entries, findings })
}
