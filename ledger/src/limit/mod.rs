//! How much somebody may pay, at a time, in a day and in a month. Checked where payments are decided
//! (migrations/0011); here limits are read and set.

mod repo;

use domain::{Paise, Period, UserId, view::Limit};

use crate::Ledger;

/// Why a limit was not set.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// Nobody's own limit is above the one that holds for everybody.
    #[error("A limit here is at most {}.", highest.short())]
    TooHigh {
        /// That one.
        highest: Paise,
    },
    /// Trouble with the database.
    #[error("the limit could not be stored")]
    Storage(#[from] sqlx::Error),
}

impl Ledger {
    /// A person's limits, with what is used of each.
    pub async fn limits(&self, person: UserId) -> sqlx::Result<Vec<Limit>> {
        let rows = repo::of(&self.0.pool, person).await?;
        let limit = |row: repo::Row| {
            Some(Limit {
                period: Period::parse(&row.period)?,
                most: Paise::new(row.most),
                highest: Paise::new(row.highest),
                used: Paise::new(row.used),
                next: row.next_most.map(Paise::new).zip(row.next_at.map(|at| at.to_jiff())),
            })
        };
        rows.into_iter().map(|row| limit(row).ok_or(sqlx::Error::RowNotFound)).collect()
    }

    /// Sets a limit: lower at once, higher after the policy's delay.
    pub async fn set_limit(&self, person: UserId, period: Period, most: Paise) -> Result<(), LimitError> {
        match repo::set(&self.0.pool, person, period, most).await {
            Ok(()) => Ok(()),
            Err(error) if constraint(&error) == Some("limits_within_policy") => {
                let limits = self.limits(person).await?;
                let highest = limits.iter().find(|limit| limit.period == period).map(|limit| limit.highest);
                Err(LimitError::TooHigh { highest: highest.unwrap_or_default() })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says whether a large first payment to somebody need not wait.
    pub async fn trust(&self, payer: UserId, payee: UserId, trust: bool) -> sqlx::Result<()> {
        repo::trust(&self.0.pool, payer, payee, trust).await
    }
}

fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}
