//! What is new since somebody last looked: for pages that stay open.

use std::{fmt, str::FromStr};

use domain::UserId;
use domain::view::{Balance, Movement};

use super::{movement, repo};
use crate::{Ledger, account};

/// Movements told at a time.
const LIMIT: i64 = 50;

/// How far somebody has seen their account: `12.7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The account's revision, which counts all that can be seen.
    pub revision: i64,
    /// The version of the newest entry, which counts entries, without gaps.
    pub version: i64,
}

/// What is new, and how far that is.
#[derive(Debug, Clone)]
pub struct Changes {
    /// Where the next changes begin.
    pub place: Place,
    /// The balance at this place or later.
    pub balance: Balance,
    /// The entries since, the oldest first.
    pub movements: Vec<Movement<UserId>>,
    /// There are more.
    pub more: bool,
}

impl Ledger {
    /// What happened to a person's account after this place: every entry, once. Without a place, or with one that
    /// never was, how it stands now and no movements.
    pub async fn changes(&self, person: UserId, after: Option<Place>) -> sqlx::Result<Changes> {
        let (account, balance, version) = account::repo::standing(&self.0.pool, person).await?;
        let now = Place { revision: balance.version, version };
        let after = after.filter(|after| after.version <= version).unwrap_or(now);
        if after.version == version {
            return Ok(Changes { place: now, balance, movements: vec![], more: false });
        }
        let rows = repo::since(&self.0.pool, account, after.version, LIMIT).await?;
        let reached = after.version + rows.len() as i64;
        let movements = rows.into_iter().map(movement).collect::<sqlx::Result<_>>()?;
        Ok(Changes { place: Place { version: reached, ..now }, balance, movements, more: reached < version })
    }

    /// Looks how the accounts of these people stand, and tells caches and listeners of whatever nobody told before.
    pub async fn catch_up(&self, people: Vec<UserId>) -> sqlx::Result<()> {
        let balances = account::repo::balances(self.0.pool.clone(), people).await?;
        let is_news = |(person, balance): &(UserId, Balance)| {
            self.seen(*person).is_none_or(|seen| seen < balance.version)
        };
        let news: Vec<_> = balances.into_iter().filter(is_news).collect();
        crate::balance::publish(&self.0.cache, &news).await;
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.revision, self.version)
    }
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (revision, version) = text.split_once('.').ok_or(NotAPlace)?;
        let number = |text: &str| text.parse().ok().filter(|number| *number >= 0).ok_or(NotAPlace);
        Ok(Place { revision: number(revision)?, version: number(version)? })
    }
}

/// The text is no place in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in an account")]
pub struct NotAPlace;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_as_it_is_written_and_nothing_else_is_one() {
        let place = Place { revision: 12, version: 7 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in ["", ".", "1", "1.", "-1.2", "1.-2", "1.2.3", "x.y", "99999999999999999999.1"] {
            assert_eq!(text.parse::<Place>(), Err(NotAPlace), "{text}");
        }
    }
}
