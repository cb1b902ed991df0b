//! What a person sees first: the newest movements, what waits, what is on its way in. Read often and changed
//! seldom, so it is what the cache keeps of an account's history.

use cache::Key;
use domain::UserId;
use domain::view::{ActivityPage, Freeze, Movement, OnRamp};
use serde::{Deserialize, Serialize};

use super::Cursor;
use crate::{Ledger, balance};

/// Movements that are kept.
pub(super) const KEPT: usize = 30;

/// The first look at an account, of one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// The newest movements.
    pub page: ActivityPage<UserId>,
    /// Payments of theirs that wait, the soonest to move first.
    pub waiting: Vec<Movement<UserId>>,
    /// Intents that wait for a bank, the newest first.
    pub incoming: Vec<OnRamp>,
    /// Whether anything leaves it; without the delays.
    pub freeze: Freeze,
}

/// All that changed of what one person sees between two revisions: these movements.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    pub(crate) person: UserId,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) movements: Vec<Movement<UserId>>,
}

impl Recent {
    /// With these movements in their places. `None` where it shows one of them already: it was read while they were made.
    fn with(mut self, movements: Vec<Movement<UserId>>) -> Option<Self> {
        for movement in movements {
            let place = Cursor::after(&movement);
            let newer = self.page.movements.partition_point(|known| Cursor::after(known) > place);
            if self.page.movements.get(newer).is_some_and(|known| Cursor::after(known) == place) {
                return None;
            }
            self.page.movements.insert(newer, movement);
        }
        self.page = beginning(self.page, KEPT);
        Some(self)
    }
}

impl Ledger {
    /// Puts what is fresh on the page that the cache keeps, where it keeps the one of just before.
    pub(crate) async fn push(&self, fresh: Vec<Fresh>) {
        for Fresh { person, from, to, movements } in fresh {
            self.0.cache.renew(&key(person), from, to, |recent: Recent| recent.with(movements)).await;
        }
    }

    /// The first look at a person's account: from the cache, else from Postgres, which then fills the cache.
    pub async fn recent(&self, person: UserId) -> sqlx::Result<Recent> {
        let load = async {
            // The revision first: what is read after it is at least as new.
            let revision = self.revision(person).await?;
            Ok((revision, self.recent_now(person).await?))
        };
        self.0.cache.read(&key(person), || self.revision(person), load).await
    }

    /// The first look as Postgres has it now.
    pub async fn recent_now(&self, person: UserId) -> sqlx::Result<Recent> {
        let page = self.activity_now(person, None, KEPT).await?;
        let (waiting, incoming) = (self.waiting(person).await?, self.open_on_ramps(person).await?);
        // The delay is not of the first look: it changes without the account's revision, which is the clock of this page.
        let Freeze { since, thaws_at, .. } = self.freeze_of(person).await?;
        let freeze = Freeze { since, thaws_at, ..Freeze::default() };
        Ok(Recent { page, waiting, incoming, freeze })
    }
}

/// The beginning of a page.
pub(super) fn beginning(page: ActivityPage<UserId>, limit: usize) -> ActivityPage<UserId> {
    let ActivityPage { mut movements, mut next } = page;
    if movements.len() > limit {
        movements.truncate(limit);
        next = movements.last().map(|last| Cursor::after(last).to_string());
    }
    ActivityPage { movements, next }
}

pub(super) fn key(person: UserId) -> Key {
    Key { kind: "history", schema: 2, clock: balance::CLOCK, owner: person.uuid() }
}
