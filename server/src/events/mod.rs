//! What happens while a page is open.
//!
//! A stream is woken when its owner's account has a new revision, and then reads from Postgres what is new since the
//! place it told last; or when its owner shows themself in another way, or keeps others. So it makes no difference
//! which of the ways woke it, or how often: in this process the news of ledger and identity, between processes those
//! of Redis, and in any case a look at how new everything is of everybody who has a page open.

mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cache::{Cache, News};
use domain::UserId;
use identity::Identity;
use ledger::{Ledger, balance};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use uuid::Uuid;

#[doc(hidden)]
pub(crate) use stream::__path_follow;
pub(crate) use stream::follow;

/// Between two looks while processes tell one another; a safety net.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks while they cannot.
const LOOK_ALONE: Duration = Duration::from_millis(200);
/// Open pages of one person, at most, in this process.
const MAX_STREAMS: usize = 24;

/// The newest versions that were heard of, of what one person can see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Heard {
    money: i64,
    profile: i64,
    contacts: i64,
}

impl Heard {
    /// Whether this was news.
    fn hear(&mut self, news: &News) -> bool {
        let known = match news.clock.as_str() {
            balance::CLOCK => &mut self.money,
            identity::PROFILE => &mut self.profile,
            identity::CONTACTS => &mut self.contacts,
            _ => return false,
        };
        let is_new = news.version > *known;
        *known = news.version.max(*known);
        is_new
    }

    /// The same but for the money.
    fn is_like(self, other: Heard) -> bool {
        (self.profile, self.contacts) == (other.profile, other.contacts)
    }
}

/// Who has a page open in this process; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    by_owner: Arc<Mutex<HashMap<Uuid, watch::Sender<Heard>>>>,
}

impl Watchers {
    /// What is heard of a person from now on; `None` where they have too many pages open.
    fn join(&self, person: UserId) -> Option<watch::Receiver<Heard>> {
        let mut by_owner = self.lock();
        let sender = by_owner.entry(person.uuid()).or_default();
        (sender.receiver_count() < MAX_STREAMS).then(|| sender.subscribe())
    }

    /// Ends every stream: the process stops, and their browsers come again.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn wake(&self, news: &News) {
        if let Some(sender) = self.lock().get(&news.owner) {
            sender.send_if_modified(|heard| heard.hear(news));
        }
    }

    /// Wakes whoever has not heard of these versions.
    fn know(&self, versions: impl IntoIterator<Item = (UserId, &'static str, i64)>) {
        for (person, clock, version) in versions {
            self.wake(&News { clock: clock.to_owned(), owner: person.uuid(), version });
        }
    }

    /// Everybody who has a page open; whoever has none any more is forgotten.
    fn people(&self) -> Vec<UserId> {
        let mut by_owner = self.lock();
        by_owner.retain(|_, sender| sender.receiver_count() > 0);
        by_owner.keys().copied().map(UserId::new).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, watch::Sender<Heard>>> {
        // Nothing that holds the lock can leave the map half changed.
        self.by_owner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes streams, until aborted.
pub(crate) async fn run(watchers: Watchers, ledger: Ledger, identity: Identity, cache: Cache) {
    tokio::join!(cache.hear(), tell(&watchers, &cache), look(&watchers, &ledger, &identity, &cache));
}

async fn tell(watchers: &Watchers, cache: &Cache) {
    let mut news = cache.news();
    loop {
        match news.recv().await {
            Ok(news) => watchers.wake(&news),
            // What was missed, the next look finds.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn look(watchers: &Watchers, ledger: &Ledger, identity: &Identity, cache: &Cache) {
    loop {
        tokio::time::sleep(if cache.is_usable() { LOOK } else { LOOK_ALONE }).await;
        let people = watchers.people();
        if people.is_empty() {
            continue;
        }
        let caught_up = tokio::try_join!(ledger.catch_up(people.clone()), identity.catch_up(&people));
        match caught_up {
            Ok(((), versions)) => {
                let money = |person| (person, balance::CLOCK, ledger.seen(person).unwrap_or_default());
                watchers.know(versions.into_iter().chain(people.into_iter().map(money)));
            }
            Err(error) => tracing::warn!(%error, "open pages could not be looked after"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_watcher_is_woken_by_what_is_newer_and_by_nothing_else() {
        let (watchers, person) = (Watchers::default(), UserId::new(Uuid::from_u128(7)));
        let mut own = watchers.join(person).expect("room");
        let news = |clock: &str, owner: u128, version| News {
            clock: clock.to_owned(),
            owner: Uuid::from_u128(owner),
            version,
        };
        watchers.wake(&news("money", 8, 5));
        assert!(!own.has_changed().expect("open"));
        watchers.wake(&news("money", 7, 5));
        assert_eq!(*own.borrow_and_update(), Heard { money: 5, ..Heard::default() });
        for (clock, version) in [("money", 4), ("money", 5), ("profile", 0), ("another", 9)] {
            watchers.wake(&news(clock, 7, version));
            assert!(!own.has_changed().expect("open"), "{clock} {version}");
        }
        watchers.wake(&news("profile", 7, 2));
        assert_eq!(*own.borrow_and_update(), Heard { money: 5, profile: 2, contacts: 0 });
    }

    #[tokio::test]
    async fn nobody_opens_streams_without_end_and_who_left_is_forgotten() {
        let (watchers, person) = (Watchers::default(), UserId::new(Uuid::from_u128(7)));
        let open: Vec<_> = (0..MAX_STREAMS).filter_map(|_| watchers.join(person)).collect();
        assert_eq!((open.len(), watchers.join(person).is_none()), (MAX_STREAMS, true));
        assert_eq!(watchers.people(), [person]);
        drop(open);
        assert!(watchers.join(person).is_some());
        assert!(watchers.people().is_empty());
    }
}
