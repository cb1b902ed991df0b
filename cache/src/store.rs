//! Reading and writing entries.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, RedisResult, Script};
use serde::{Serialize, de::DeserializeOwned};

use crate::breaker::Breaker;
use crate::entry::{self, Key};

/// A cache must never be slower than what it caches.
const REPLY_TIMEOUT: Duration = Duration::from_millis(50);
/// How long another server's missed write can be seen, at most.
const LIFETIME: Duration = Duration::from_secs(30);

/// Sets KEYS[1] to ARGV[2] for ARGV[3] ms unless an entry of the same or a newer version than ARGV[1] is there.
/// Looks at no more of it than ARGV[4] bytes: whatever is longer is none of ours, and would hold Redis up.
const PUT_IF_NEWER: &str = r"
local held = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[4])
if type(held) == 'string' then
    local ok, entry = pcall(cjson.decode, held)
    if ok and type(entry) == 'table' and type(entry.version) == 'number' and entry.version >= tonumber(ARGV[1]) then
        return 0
    end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1";

/// A handle to the cache; cheap to clone. Off where there is no Redis: every read is then a miss.
#[derive(Clone)]
pub struct Cache {
    redis: Option<Redis>,
    /// The newest version this process knows of, by key: nothing older is believed.
    floors: moka::sync::Cache<Key, i64>,
}

#[derive(Clone)]
struct Redis {
    connection: ConnectionManager,
    put_if_newer: Arc<Script>,
    breaker: Arc<Breaker>,
}

impl Cache {
    /// Connects in the background. Without an address, or with one that cannot be read, the cache is off.
    pub fn connect(url: Option<&str>) -> Self {
        let redis = url.and_then(|url| match Redis::open(url) {
            Ok(redis) => Some(redis),
            Err(error) => {
                tracing::error!(%error, "REDIS_URL cannot be used; reads go to Postgres");
                None
            }
        });
        let floors = moka::sync::Cache::builder().max_capacity(100_000).time_to_live(LIFETIME * 2).build();
        Cache { redis, floors }
    }

    /// A cache that is off.
    pub fn off() -> Self {
        Cache::connect(None)
    }

    /// Whether there is a Redis to ask at all.
    pub fn is_on(&self) -> bool {
        self.redis.is_some()
    }

    /// The entry under `key`, if it is sound and not older than what this process has seen.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        let redis = self.redis.as_ref()?;
        let mut connection = redis.connection.clone();
        let bytes = redis.ask(read(&mut connection, key)).await?;
        if bytes.is_empty() {
            return None;
        }
        let Some((version, value)) = entry::decode(key, &bytes) else {
            tracing::warn!(key = key.name(), "an unsound cache entry was dropped");
            redis.ask(connection.del::<_, ()>(key.name())).await;
            return None;
        };
        (self.newest(key, version) == version).then_some(value)
    }

    /// Writes the entry unless a newer one is there, and remembers its version. Called after commit.
    pub async fn put<T: Serialize>(&self, key: &Key, version: i64, value: &T) {
        let Some(redis) = &self.redis else { return };
        self.newest(key, version);
        let Ok(bytes) = entry::encode(key, version, value) else { return };
        let mut connection = redis.connection.clone();
        let mut call = redis.put_if_newer.key(key.name());
        call.arg(version).arg(&bytes).arg(LIFETIME.as_millis() as u64).arg(entry::MAX_BYTES);
        redis.ask(call.invoke_async::<()>(&mut connection)).await;
    }

    /// The newest version known here, this one among them. Only news makes the memory of it last longer.
    fn newest(&self, key: &Key, version: i64) -> i64 {
        match self.floors.get(key) {
            Some(known) if known >= version => known,
            _ => {
                let entry = self.floors.entry(*key);
                entry.and_upsert_with(|h| h.map_or(version, |h| h.into_value().max(version))).into_value()
            }
        }
    }
}

/// What stands under the key, as far as an entry can reach; empty where there is nothing.
async fn read(connection: &mut ConnectionManager, key: &Key) -> RedisResult<Vec<u8>> {
    match connection.getrange(key.name(), 0, entry::MAX_BYTES as isize).await {
        // A list where an entry should be is one unsound entry, and no failure of Redis.
        Err(error) if error.code() == Some("WRONGTYPE") => Ok(b"not a string".to_vec()),
        answer => answer,
    }
}

impl Redis {
    fn open(url: &str) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(REPLY_TIMEOUT))
            .set_response_timeout(Some(REPLY_TIMEOUT))
            .set_number_of_retries(0);
        let connection = ConnectionManager::new_lazy_with_config(redis::Client::open(url)?, config)?;
        Ok(Redis {
            connection,
            put_if_newer: Arc::new(Script::new(PUT_IF_NEWER)),
            breaker: Arc::new(Breaker::new()),
        })
    }

    /// Asks Redis, within its time and unless it failed a moment ago; any failure is a miss.
    async fn ask<T>(&self, question: impl Future<Output = RedisResult<T>>) -> Option<T> {
        if self.breaker.is_open() {
            return None;
        }
        let answer = tokio::time::timeout(REPLY_TIMEOUT, question).await;
        let failure = match answer {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        if self.breaker.trip() {
            tracing::warn!(failure, "Redis does not answer; reads go to Postgres");
        }
        None
    }
}
