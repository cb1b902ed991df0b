//! Reading histories: the page that everybody opens, and one that somebody scrolled to.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use domain::UserId;
use ledger::{Ledger, activity::Cursor};

use crate::{books::Books, load::Requester};

/// Movements on a page.
const LIMIT: usize = 30;
/// The deep page ends just before the first entries of an account.
const DEEP_VERSION: i64 = 35;

/// Where pages begin, for everybody who has a history.
#[derive(Clone)]
pub struct Places {
    ledger: Ledger,
    before: Arc<[(UserId, Option<Cursor>)]>,
}

impl Places {
    /// The newest page and the deep page of everybody whose history has both.
    pub async fn newest_and_deep(ledger: &Ledger, books: &Books) -> Result<[Places; 2]> {
        let deep = books.places(DEEP_VERSION).await?;
        let newest = deep.iter().map(|(person, _)| (*person, None)).collect();
        let deep = deep.into_iter().map(|(person, text)| {
            let cursor = text.parse().with_context(|| format!("{text} is no place in a history"))?;
            Ok((person, Some(cursor)))
        });
        let deep = deep.collect::<Result<_>>()?;
        Ok([newest, deep].map(|before| Places { ledger: ledger.clone(), before }))
    }

    /// So many who read, each a sequence of histories that is the same in every round.
    pub fn readers(&self, count: usize) -> Vec<Reader> {
        let reader = |seed| Reader { places: self.clone(), random: fastrand::Rng::with_seed(seed) };
        (0..count as u64).map(reader).collect()
    }
}

/// Somebody who opens one history after another.
pub struct Reader {
    places: Places,
    random: fastrand::Rng,
}

impl Requester for Reader {
    async fn request(&mut self) -> Result<(), String> {
        let (person, before) = self.places.before[self.random.usize(..self.places.before.len())];
        match self.places.ledger.activity(person, before, LIMIT).await {
            Ok(page) if page.movements.len() == LIMIT => Ok(()),
            Ok(page) => Err(format!("a page of {}", page.movements.len())),
            Err(error) => Err(error.to_string()),
        }
    }
}
