//! A person's own sessions, as they see them, and how they end them. Ended is ended everywhere with the next
//! request: every server asks Postgres for the session each time.

use axum_login::tower_sessions::session::Id;
use domain::{Digest, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{key, repo};
use crate::Identity;

/// What a session remembers of where it was begun, under the name `device`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// In plain words: `Firefox on Windows`.
    pub name: String,
    /// Coarsely: `203.0.113.…`.
    pub network: String,
}

impl Device {
    /// The name it stands under.
    pub const KEY: &'static str = "device";
}

/// A session that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// By which its owner names it. It is the hash of the id: knowing it signs nobody in.
    pub name: Digest,
    /// Where it was begun, as far as it is known.
    pub device: Option<Device>,
    /// From where it was last used, coarsely; the same.
    pub last_network: Option<String>,
    /// From where it was used before that, where it was used from elsewhere; the same.
    pub also_network: Option<String>,
    /// When it was begun.
    pub since: Timestamp,
    /// When it was last used, to the minute.
    pub last_use: Timestamp,
    /// It is the one that asks.
    pub is_this: bool,
}

impl Identity {
    /// A person's open sessions, the last used first; `this` is the one that asks.
    pub async fn open_sessions(&self, person: UserId, this: &Id) -> sqlx::Result<Vec<OpenSession>> {
        let this = key(this);
        let rows = repo::of(&self.0.pool, person).await?;
        let session = |row: repo::Row| {
            let hash: [u8; 32] = row.id_hash.try_into().ok()?; // 32 bytes by a constraint
            let last_network = row.last_network.or_else(|| row.network.clone());
            let device = row.device.zip(row.network).map(|(name, network)| Device { name, network });
            let (since, last_use) = (row.since.to_jiff(), row.last_use.to_jiff());
            let (name, is_this) = (Digest::new(hash), hash == this);
            let also_network = row.also_network;
            Some(OpenSession { name, device, last_network, also_network, since, last_use, is_this })
        };
        Ok(rows.into_iter().filter_map(session).collect())
    }

    /// Ends one of a person's sessions by its name; says whether they had it.
    pub async fn end_session(&self, person: UserId, name: Digest) -> sqlx::Result<bool> {
        repo::end(&self.0.pool, person, name.bytes()).await
    }

    /// Ends all of a person's sessions but this one; says how many there were.
    pub async fn end_other_sessions(&self, person: UserId, this: &Id) -> sqlx::Result<u64> {
        repo::end_others(&self.0.pool, person, &key(this)).await
    }

    /// Notes that this session is used from there now.
    pub async fn used_from(&self, this: &Id, network: &str) -> sqlx::Result<()> {
        repo::note_network(&self.0.pool, &key(this), network).await
    }

    /// Whoever uses this session has just said who they are, by their password or at their provider.
    pub async fn is_back(&self, this: &Id) -> sqlx::Result<()> {
        repo::confirm(&self.0.pool, &key(this)).await
    }
}
