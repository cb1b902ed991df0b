//! Redis: what all processes share.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult, Script};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;

use crate::breaker::Breaker;
use crate::entry::{self, Key};
use crate::news::News;

/// A cache must never be slower than what it caches.
const REPLY_TIMEOUT: Duration = Duration::from_millis(40);
/// How long an entry is kept. It is believed only as long as its clock says so.
const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);
/// How long a clock is believed before Postgres is asked whether it is right: the longest that a write can be
/// overlooked whose news were lost.
const CLOCK_LIFETIME: Duration = Duration::from_secs(30);
/// Between two looks whether a Redis that failed works again.
const PROBING: Duration = Duration::from_millis(250);
/// Between two attempts to hear the news again.
const RETRY: Duration = Duration::from_millis(500);
/// Where processes tell one another of new versions.
const CHANNEL: &str = "okane:news";

static FIND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/find.lua")));
static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/put.lua")));

#[derive(Clone)]
pub(crate) struct Remote {
    client: Client,
    connection: ConnectionManager,
    breaker: Arc<Breaker>,
}

/// What stands under a key; its bytes are not yet known to be sound.
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    pub(crate) clock: Clock,
}

/// What stands under a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Unknown,
    At(i64),
    Unsound,
}

impl Clock {
    pub(crate) fn version(self) -> Option<i64> {
        match self {
            Clock::At(version) => Some(version),
            Clock::Unknown | Clock::Unsound => None,
        }
    }

    fn read(bytes: &[u8]) -> Clock {
        match std::str::from_utf8(bytes) {
            Ok("") => Clock::Unknown,
            Ok(text) => text.parse().map_or(Clock::Unsound, Clock::At),
            Err(_) => Clock::Unsound,
        }
    }
}

impl Remote {
    /// Connects when first used. To `rediss://` by TLS alone, and only where a root that this machine believes in
    /// (`SSL_CERT_FILE`, `SSL_CERT_DIR`) says that it is the host of the address.
    pub(crate) fn open(url: &str) -> RedisResult<Self> {
        // Says no where the process has chosen one before, which is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(REPLY_TIMEOUT))
            .set_response_timeout(Some(REPLY_TIMEOUT))
            .set_number_of_retries(0);
        let client = Client::open(url)?;
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        Ok(Remote { client, connection, breaker: Arc::default() })
    }

    /// Whether it is worth asking.
    pub(crate) fn is_usable(&self) -> bool {
        !self.breaker.is_open()
    }

    /// What stands under this key and its clock; `None` where Redis failed.
    pub(crate) async fn find(&self, key: &Key) -> Option<Found> {
        let mut connection = self.connection.clone();
        let mut call = FIND.key(key.name());
        call.key(key.clock_name()).arg(entry::MAX_BYTES);
        let (bytes, clock): (Vec<u8>, Vec<u8>) = self.ask(call.invoke_async(&mut connection)).await?;
        Some(Found { bytes, clock: Clock::read(&clock) })
    }

    /// Writes an entry, or with empty bytes its clock alone, unless something newer is there.
    pub(crate) async fn put(&self, key: &Key, version: i64, bytes: &[u8]) {
        let mut connection = self.connection.clone();
        let mut call = PUT.key(key.name());
        call.key(key.clock_name()).arg(version).arg(bytes).arg(LIFETIME.as_millis() as u64);
        call.arg(CLOCK_LIFETIME.as_millis() as u64).arg(CHANNEL);
        call.arg(News::of(key, version).to_string());
        if self.ask(call.invoke_async::<i64>(&mut connection)).await == Some(-1) {
            self.failed("it takes no writes".to_owned());
        }
    }

    /// Takes away an entry and its clock.
    pub(crate) async fn forget(&self, key: &Key) {
        let mut connection = self.connection.clone();
        let mut delete = redis::cmd("DEL");
        delete.arg(key.name()).arg(key.clock_name());
        self.ask(delete.query_async::<()>(&mut connection)).await;
    }

    /// Hears what processes tell one another, and hears again where the line was cut. Ends with its listener.
    pub(crate) async fn hear(self, told: mpsc::Sender<News>) {
        while !told.is_closed() {
            if let Ok(mut line) = self.client.get_async_pubsub().await
                && line.subscribe(CHANNEL).await.is_ok()
            {
                let mut messages = line.into_on_message();
                while let Some(message) = messages.next().await {
                    let text = message.get_payload::<String>().unwrap_or_default();
                    if let Ok(news) = text.parse()
                        && told.send(news).await.is_err()
                    {
                        return;
                    }
                }
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Asks Redis, within its time and unless it is known to fail; any failure is a miss.
    async fn ask<T>(&self, question: impl Future<Output = RedisResult<T>>) -> Option<T> {
        if self.breaker.is_open() {
            return None;
        }
        match tokio::time::timeout(REPLY_TIMEOUT, question).await {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => self.failed(error.to_string()),
            Err(_) => self.failed("no answer in time".to_owned()),
        }
        None
    }

    fn failed(&self, failure: String) {
        if self.breaker.trip() {
            tracing::warn!(failure, "Redis cannot be used; reads go on without it");
            metrics::gauge!("okane_cache_usable").set(0.0);
            tokio::spawn(self.clone().probe());
        }
    }

    /// Looks now and then, on nobody's time, whether Redis takes and answers again.
    async fn probe(self) {
        loop {
            tokio::time::sleep(PROBING).await;
            let mut connection = self.connection.clone();
            let mut ping = redis::cmd("SET");
            ping.arg("okane:probe").arg(1).arg("PX").arg(1000);
            let answer = tokio::time::timeout(REPLY_TIMEOUT, ping.query_async::<()>(&mut connection)).await;
            if matches!(answer, Ok(Ok(()))) {
                self.breaker.close();
                metrics::gauge!("okane_cache_usable").set(1.0);
                tracing::info!("Redis can be used again");
                return;
            }
        }
    }
}
