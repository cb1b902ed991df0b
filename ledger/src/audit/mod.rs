//! Proof that entries and balances agree. Reads everything, believes nothing, changes nothing.

mod repo;

use sqlx::{Acquire, PgPool};

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
    let mut connection = pool.acquire().await?;
    let mut tx = connection.begin().await?;
    repo::freeze_in_tx(&mut tx).await?;
    let (accounts, transfers, entries) = repo::counts(&mut tx).await?;
    let checks = [
        (
            "the entries of a transfer are its amount, out of one account and into the other",
            repo::unbalanced_transfer(&mut tx).await?,
        ),
        (
            "an account's balance is the sum of its entries, and its version their number",
            repo::wrong_balance(&mut tx).await?,
        ),
        (
            "each entry follows the one before it, without gaps, and its running balance adds up",
            repo::broken_history(&mut tx).await?,
        ),
        ("all balances together are zero", repo::invented_money(&mut tx).await?),
        ("what is held on an account is what its waiting payments say", repo::wrong_held(&mut tx).await?),
        (
            "a payment that waited has moved exactly when it was posted, as it was made",
            repo::wrong_hold(&mut tx).await?,
        ),
        (
            "each entry's hash covers it, its transfer and the hash before it, and the account knows the newest",
            repo::broken_chain(&mut tx).await?,
        ),
        ("nobody has spent more than they had", repo::overdrawn_account(&mut tx).await?),
        (
            "an intent is SUCCESS exactly when it was credited, once, to its account, with its amount",
            repo::wrong_on_ramp(&mut tx).await?,
        ),
    ];
    let findings =
        checks.into_iter().filter_map(|(rule, row)| row.map(|row| Finding { rule, row })).collect();
    tx.rollback().await?;
    Ok(Audit { accounts, transfers, entries, findings })
}
