//! Sessions in Postgres, for tower-sessions. The table holds the SHA-256 of each id, never an id:
//! whoever reads it cannot sign in with what they read.

mod device;
mod once;
mod repo;

use std::{collections::HashMap, fmt};

use axum_login::tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};
use cache::Loader;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use time::OffsetDateTime;

pub use self::device::{Device, OpenSession};
use self::repo::{Key, Stored};
use crate::looked_up;

/// Two random ids of 128 bits are never equal; a machine whose randomness is broken is told to stop.
const TRIES_FOR_A_NEW_ID: usize = 4;

/// What a session is told of itself with each request: whether it was left alone for a quarter of an hour, and nobody has
/// said since who they are. The table decides; what is saved under this name is not read.
pub const AWAY: &str = "away";

/// From where it was last used, coarsely, where that is another place than where it was begun; the same holds for it.
pub const LAST_NETWORK: &str = "last_network";

/// Keeps sessions in the table `sessions`. None outlives twelve hours, however busy it is, nor two hours in
/// which it is not used; a use within a minute of the last one that was noted is not noted.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
    /// Every request asks for its session; many at once ask in one look.
    sessions: Loader<Key, Stored, sqlx::Error>,
}

/// Shows nothing of the sessions.
impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Works on this pool. Called inside a Tokio runtime.
    pub fn new(pool: PgPool) -> Self {
        let sessions = Loader::start({
            let pool = pool.clone();
            move |keys| repo::find(pool.clone(), keys)
        });
        PostgresStore { pool, sessions }
    }

    /// Whether a session is not over. Asking is not using.
    pub async fn is_alive(&self, id: &Id) -> Result<bool> {
        Ok(self.stored(id).await?.is_some())
    }

    async fn stored(&self, id: &Id) -> Result<Option<Stored>> {
        self.sessions.load(key(id)).await.map_err(|error| backend(looked_up(error)))
    }

    /// Deletes what can no longer be loaded and tells how many. To be run now and then.
    pub async fn delete_expired(&self) -> sqlx::Result<u64> {
        repo::delete_expired(&self.pool).await
    }
}

#[async_trait::async_trait]
impl SessionStore for PostgresStore {
    /// Always under an id of its own making. After sign-out tower-sessions hands in a record that still has
    /// the old id, and whoever signs in next must not go on under it.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = serde_json::to_value(&record.data).map_err(encode)?;
        let expires_at = timestamp(record.expiry_date);
        for _ in 0..TRIES_FOR_A_NEW_ID {
            record.id = Id::default();
            if repo::insert(&self.pool, &key(&record.id), &data, expires_at).await.map_err(backend)? {
                return Ok(());
            }
        }
        Err(Error::Backend("random session ids repeat themselves".to_owned()))
    }

    /// Writes to a session that exists. One that ended meanwhile stays ended: a request that was under
    /// way during sign-out must not bring it back, nor a cookie name an id of its own choice.
    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_value(&record.data).map_err(encode)?;
        repo::update(&self.pool, &key(&record.id), &data, timestamp(record.expiry_date))
            .await
            .map_err(backend)
    }

    /// Loading is using.
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(stored) = self.stored(id).await? else { return Ok(None) };
        if stored.use_is_due
            && let Err(error) = repo::note_use(&self.pool, &key(id)).await
        {
            // Where nothing can be written, what is there can still be read.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the use of a session could not be noted"
            );
        }
        let mut data: HashMap<String, Value> =
            serde_json::from_value(stored.data).map_err(|e| Error::Decode(e.to_string()))?;
        data.insert(AWAY.to_owned(), stored.is_away.into());
        data.insert(LAST_NETWORK.to_owned(), stored.last_network.into());
        Ok(Some(Record { id: *id, data, expiry_date: date(stored.expires_at) }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        repo::delete(&self.pool, &key(id)).await.map_err(backend)
    }
}

/// What the table knows a session by.
pub(crate) fn key(id: &Id) -> Key {
    Sha256::digest(id.0.to_le_bytes()).into()
}

fn timestamp(date: OffsetDateTime) -> Timestamp {
    Timestamp::from_nanosecond(date.unix_timestamp_nanos()).unwrap_or(Timestamp::MAX)
}

fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(at.as_nanosecond()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn encode(error: serde_json::Error) -> Error {
    Error::Encode(error.to_string())
}

/// tower-sessions carries a text and no source; sqlx's own text names its cause.
fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}
