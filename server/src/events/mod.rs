//! What happens while a page is open.
//!
//! A stream is woken when its owner's account has a new revision, and then reads from Postgres what is new since the
//! place it told last. So it makes no difference which of the ways woke it, or how often: in this process the
//! ledger's own news, between processes those of Redis, and in any case a look at the revisions of everybody who
//! has a page open.

mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cache::{Cache, News};
use domain::UserId;
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

/// Who has a page open in this process; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    by_owner: Arc<Mutex<HashMap<Uuid, watch::Sender<i64>>>>,
}

impl Watchers {
    /// The newest revision of a person's account that was heard of, from now on; `None` where they have too many
    /// pages open.
    fn join(&self, person: UserId) -> Option<watch::Receiver<i64>> {
        let mut by_owner = self.lock();
        let sender = by_owner.entry(person.uuid()).or_insert_with(|| watch::Sender::new(0));
        (sender.receiver_count() < MAX_STREAMS).then(|| sender.subscribe())
    }

    /// Ends every stream: the process stops, and their browsers come again.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn wake(&self, news: &News) {
        if let Some(sender) = self.lock().get(&news.owner) {
            sender.send_if_modified(|known| {
                let is_new = news.version > *known;
                *known = news.version.max(*known);
                is_new
            });
        }
    }

    /// Everybody who has a page open; whoever has none any more is forgotten.
    fn people(&self) -> Vec<UserId> {
        let mut by_owner = self.lock();
        by_owner.retain(|_, sender| sender.receiver_count() > 0);
        by_owner.keys().copied().map(UserId::new).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, watch::Sender<i64>>> {
        // Nothing that holds the lock can leave the map half changed.
        self.by_owner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes streams, until aborted.
pub(crate) async fn run(watchers: Watchers, ledger: Ledger, cache: Cache) {
    tokio::join!(cache.hear(), tell(&watchers, &cache), look(&watchers, &ledger, &cache));
}

async fn tell(watchers: &Watchers, cache: &Cache) {
    let mut news = cache.news();
    loop {
        match news.recv().await {
            Ok(news) if news.clock == balance::CLOCK => watchers.wake(&news),
            // What was missed, the next look finds.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn look(watchers: &Watchers, ledger: &Ledger, cache: &Cache) {
    loop {
        tokio::time::sleep(if cache.is_usable() { LOOK } else { LOOK_ALONE }).await;
        let people = watchers.people();
        if people.is_empty() {
            continue;
        }
        if let Err(error) = ledger.catch_up(people.clone()).await {
            tracing::warn!(%error, "open pages could not be looked after");
            continue;
        }
        for person in people {
            let version = ledger.seen(person).unwrap_or_default();
            watchers.wake(&News { clock: balance::CLOCK.to_owned(), owner: person.uuid(), version });
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
        let news =
            |owner: u128, version| News { clock: "money".to_owned(), owner: Uuid::from_u128(owner), version };
        watchers.wake(&news(8, 5));
        assert!(!own.has_changed().expect("open"));
        watchers.wake(&news(7, 5));
        assert_eq!(*own.borrow_and_update(), 5);
        watchers.wake(&news(7, 4));
        watchers.wake(&news(7, 5));
        assert!(!own.has_changed().expect("open"));
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
