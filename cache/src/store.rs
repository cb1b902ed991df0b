//! Reading and writing entries.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::sync::{Mutex, broadcast, mpsc};
use uuid::Uuid;

use crate::entry::{self, Key};
use crate::news::News;
use crate::remote::{Clock, Remote};

/// How long this process remembers the newest version it has seen.
const MEMORY: Duration = Duration::from_secs(60);
/// Bytes of entries that a process keeps itself, where there is no Redis to keep them.
const ROOM: u64 = 16 * 1024 * 1024;
/// How long one reader waits for another that is already loading the same.
const COMPANY: Duration = Duration::from_millis(100);
/// News that a listener may be behind before it misses some.
const BACKLOG: usize = 1024;

/// A handle to the cache; cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Parts>);

struct Parts {
    remote: Option<Remote>,
    /// What this process keeps itself while there is no Redis to use.
    local: moka::sync::Cache<Key, (i64, Arc<[u8]>)>,
    /// The newest version this process knows of, by clock and owner: nothing older is believed.
    floors: moka::sync::Cache<(String, Uuid), i64>,
    /// Whoever loads an entry holds its lock, so that others find what it found.
    loading: moka::sync::Cache<Key, Arc<Mutex<()>>>,
    news: broadcast::Sender<News>,
}

/// Where a process keeps entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In the Redis that all share.
    Shared,
    /// By itself, until its Redis works again.
    Resting,
    /// By itself, as it was told of no Redis.
    Own,
}

impl Cache {
    /// Connects in the background. Without an address, or with one that cannot be read, each process keeps its
    /// own entries.
    pub fn connect(url: Option<&str>) -> Self {
        let remote = url.and_then(|url| match Remote::open(url) {
            Ok(remote) => Some(remote),
            Err(error) => {
                tracing::error!(%error, "REDIS_URL cannot be used; this process keeps its own entries");
                None
            }
        });
        let weight = |_: &Key, (_, bytes): &(i64, Arc<[u8]>)| bytes.len() as u32 + 200;
        Cache(Arc::new(Parts {
            remote,
            local: moka::sync::Cache::builder()
                .max_capacity(ROOM)
                .weigher(weight)
                .time_to_live(MEMORY * 10)
                .build(),
            floors: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(MEMORY).build(),
            loading: moka::sync::Cache::builder().max_capacity(10_000).time_to_idle(MEMORY).build(),
            news: broadcast::Sender::new(BACKLOG),
        }))
    }

    /// A cache without Redis.
    pub fn local() -> Self {
        Cache::connect(None)
    }

    /// Whether there is a Redis, in use or not.
    pub fn is_shared(&self) -> bool {
        self.0.remote.is_some()
    }

    /// Whether there is a Redis that works.
    pub fn is_usable(&self) -> bool {
        self.remote().is_some()
    }

    /// Where entries are kept now.
    pub fn standing(&self) -> Standing {
        match (self.is_shared(), self.is_usable()) {
            (false, _) => Standing::Own,
            (true, true) => Standing::Shared,
            (true, false) => Standing::Resting,
        }
    }

    /// The value under `key`: from the cache where it is certainly not old, else by `load`, which fills the cache.
    ///
    /// It is certain where its clock stands at its version, or where `version`, the truth's own, is the same;
    /// and where this process has not seen a newer one. Neither is asked unless it is needed, and of many who
    /// miss the same at once one loads it for all.
    pub async fn read<T, E, V>(
        &self,
        key: &Key,
        version: impl Fn() -> V,
        load: impl Future<Output = Result<(i64, T), E>>,
    ) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        V: Future<Output = Result<i64, E>>,
    {
        let mut stood = match self.believed(key, &version).await? {
            Ok(value) => return Ok(value),
            Err(stood) => stood,
        };
        let lock = self.0.loading.get_with(*key, Arc::default);
        let turn = match lock.clone().try_lock_owned() {
            Ok(turn) => Some(turn),
            Err(_) => {
                // Somebody is at it. What they find is looked at as anything else is.
                let turn = tokio::time::timeout(COMPANY, lock.lock_owned()).await.ok();
                stood = match self.believed(key, &version).await? {
                    Ok(value) => return Ok(value),
                    Err(stood) => stood,
                };
                turn
            }
        };
        let (version, value) = load.await?;
        if stood > Some(version) {
            // Read before the truth was, and yet of a later version: nobody ever committed that.
            self.drop_unsound(key).await;
        }
        self.put(key, version, &value).await;
        drop(turn);
        Ok(counted(key, "miss", value))
    }

    /// What stands under the key, if it is certain now or the truth says so; else the highest version that stood there.
    async fn believed<T: DeserializeOwned, E, V>(
        &self,
        key: &Key,
        version: impl Fn() -> V,
    ) -> Result<Result<T, Option<i64>>, E>
    where
        V: Future<Output = Result<i64, E>>,
    {
        let (clock, found) = self.find(key).await;
        let Some((at, value)) = found else { return Ok(Err(clock)) };
        let stood = clock.max(Some(at));
        if self.seen(key).is_some_and(|floor| at < floor) {
            return Ok(Err(stood));
        }
        if clock == Some(at) {
            return Ok(Ok(counted(key, "hit", value)));
        }
        if clock.is_some() || version().await? != at || self.newest(key, at) != at {
            return Ok(Err(stood));
        }
        self.write(key, at, &[]).await;
        Ok(Ok(counted(key, "checked", value)))
    }

    /// The value under `key`, where it is certain without asking anybody.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        let (clock, found) = self.find(key).await;
        let (at, value) = found?;
        let is_certain = clock == Some(at) && self.seen(key).is_none_or(|floor| at >= floor);
        is_certain.then_some(value)
    }

    /// The version of the sound entry that stands under `key`, whatever its clock says.
    pub async fn holds(&self, key: &Key) -> Option<i64> {
        self.find::<IgnoredAny>(key).await.1.map(|(version, _)| version)
    }

    /// Writes an entry unless a newer one is there, and tells of its version. Called after commit. Answers with the
    /// bytes that it takes; what is too long to be kept takes none.
    pub async fn put<T: Serialize>(&self, key: &Key, version: i64, value: &T) -> usize {
        self.newest(key, version);
        let bytes = entry::encode(key, version, value).ok().filter(|bytes| bytes.len() <= entry::MAX_BYTES);
        let bytes = bytes.unwrap_or_default();
        self.write(key, version, &bytes).await;
        bytes.len()
    }

    /// Makes the entry of one version into that of a later: where the one stands under `key`, what `renew` makes of it
    /// is written as the other, unless something newer is there by then. Called after commit, by whoever knows all
    /// that changed between the two.
    pub async fn renew<T: Serialize + DeserializeOwned>(
        &self,
        key: &Key,
        from: i64,
        to: i64,
        renew: impl FnOnce(T) -> Option<T>,
    ) {
        let found = self.find(key).await.1.filter(|(at, _)| *at == from);
        if let Some(value) = found.and_then(|(_, value)| renew(value)) {
            self.put(key, to, &value).await;
        }
    }

    /// Tells that everything of this clock and owner before this version is old. Called after commit.
    pub async fn outdate(&self, key: &Key, version: i64) {
        self.newest(key, version);
        self.write(key, version, &[]).await;
    }

    /// The newest version this process has seen; nothing older is believed here.
    pub fn seen(&self, key: &Key) -> Option<i64> {
        self.0.floors.get(&(key.clock.to_owned(), key.owner))
    }

    /// Somebody has seen this version elsewhere: nothing older is believed here either. No news: it may not be so.
    pub fn saw(&self, key: &Key, version: i64) {
        let _ = self.remember(&News::of(key, version));
    }

    /// What becomes new from now on, as this process hears of it.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.0.news.subscribe()
    }

    /// Hears what other processes tell through Redis, until aborted.
    pub async fn hear(&self) {
        let Some(remote) = &self.0.remote else { return };
        let (told, mut heard) = mpsc::channel(BACKLOG);
        let listener = tokio::spawn(remote.clone().hear(told));
        while let Some(news) = heard.recv().await {
            let _ = self.remember(&news);
            let _ = self.0.news.send(news); // whether or not its version was known: that may not have been told
        }
        listener.abort();
    }

    /// Where the clock stands, and what is kept of which version. What is unsound is dropped.
    async fn find<T: DeserializeOwned>(&self, key: &Key) -> (Option<i64>, Option<(i64, T)>) {
        let (bytes, clock) = match self.remote() {
            Some(remote) => match remote.find(key).await {
                Some(found) => (Arc::from(found.bytes), found.clock),
                None => return (None, None),
            },
            None => match self.0.local.get(key) {
                Some((_, bytes)) => (bytes, Clock::Unknown),
                None => return (None, None),
            },
        };
        let found = entry::decode(key, &bytes);
        if clock == Clock::Unsound || found.is_none() && !bytes.is_empty() {
            self.drop_unsound(key).await;
            return (None, None);
        }
        (clock.version(), found)
    }

    async fn write(&self, key: &Key, version: i64, bytes: &[u8]) {
        match self.remote() {
            Some(remote) => remote.put(key, version, bytes).await,
            None if bytes.is_empty() => {}
            None => {
                let entry = self.0.local.entry(*key);
                entry.and_upsert_with(|held| match held.map(|held| held.into_value()) {
                    Some(held) if held.0 > version => held,
                    _ => (version, bytes.into()),
                });
            }
        }
    }

    async fn drop_unsound(&self, key: &Key) {
        tracing::warn!(key = key.name(), "something unsound stood in the cache and was dropped");
        metrics::counter!("okane_cache_unsound_total", "kind" => key.kind).increment(1);
        match self.remote() {
            Some(remote) => remote.forget(key).await,
            None => self.0.local.invalidate(key),
        }
    }

    fn remote(&self) -> Option<&Remote> {
        self.0.remote.as_ref().filter(|remote| remote.is_usable())
    }

    /// The newest version known here, this one among them. A newer one is news.
    fn newest(&self, key: &Key, version: i64) -> i64 {
        self.raise(News::of(key, version))
    }

    fn raise(&self, news: News) -> i64 {
        match self.remember(&news) {
            Ok(newest) => {
                let _ = self.0.news.send(news); // nobody may be listening
                newest
            }
            Err(known) => known,
        }
    }

    /// The newest version known from now on; as an error where that was known before.
    fn remember(&self, news: &News) -> Result<i64, i64> {
        let (place, version) = ((news.clock.clone(), news.owner), news.version);
        match self.0.floors.get(&place) {
            Some(known) if known >= version => Err(known),
            _ => {
                let entry = self.0.floors.entry(place);
                let newest = |held: Option<moka::Entry<_, i64>>| {
                    held.map_or(version, |held| held.into_value().max(version))
                };
                Ok(entry.and_upsert_with(newest).into_value())
            }
        }
    }
}

fn counted<T>(key: &Key, outcome: &'static str, value: T) -> T {
    metrics::counter!("okane_cache_reads_total", "kind" => key.kind, "outcome" => outcome).increment(1);
    value
}
