//! What the cache keeps of people: how others see them, how they see themselves, whom they keep. Postgres raises the
//! versions by itself (migrations/0012); whoever has changed something here tells which they are now.

use cache::Key;
use domain::{
    UserId,
    view::{Contact, Person, Profile, Versioned},
};

use crate::{
    Identity, contact, looked_up,
    user::{self, User},
};

/// Counts changes of how a person shows themself.
pub const PROFILE: &str = "profile";
/// Counts changes of whom a person keeps.
pub const CONTACTS: &str = "contacts";

impl Identity {
    /// A person as others see them.
    pub(crate) async fn person(&self, id: UserId) -> sqlx::Result<Option<Versioned<Person>>> {
        self.read(key("person", PROFILE, id), id, User::seen_by_others).await
    }

    /// A person as they see themself.
    pub(crate) async fn myself(&self, id: UserId) -> sqlx::Result<Option<Versioned<Profile>>> {
        self.read(key("profile", PROFILE, id), id, User::seen_by_themself).await
    }

    async fn read<T>(
        &self,
        key: Key,
        id: UserId,
        view: impl Fn(User) -> T,
    ) -> sqlx::Result<Option<Versioned<T>>>
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        let seen = |user: User| Versioned { version: user.version, view: view(user) };
        if !self.0.cache.is_usable() {
            // One row by primary key is as cheap as asking for its version.
            return Ok(self.stored(id).await?.map(seen));
        }
        let there = async || self.stored(id).await?.ok_or(sqlx::Error::RowNotFound);
        let version = async || Ok(there().await?.version);
        let load = async { there().await.map(seen).map(|seen| (seen.version, seen)) };
        match self.0.cache.read(&key, version, load).await {
            Err(sqlx::Error::RowNotFound) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whom a person keeps.
    pub(crate) async fn kept(&self, owner: UserId) -> sqlx::Result<Versioned<Vec<Contact>>> {
        let load = async { contact::repo::all(&self.0.pool, owner).await };
        if !self.0.cache.is_usable() {
            return load.await;
        }
        let load = async { load.await.map(|kept| (kept.version, kept)) };
        let version = || contact::repo::version(&self.0.pool, owner);
        self.0.cache.read(&key("contacts", CONTACTS, owner), version, load).await
    }

    /// Tells that a person shows themself in another way. It is so whether or not a cache hears of it now.
    pub(crate) async fn renewed_profile(&self, id: UserId) {
        match self.stored(id).await {
            Ok(Some(user)) => self.0.cache.outdate(&key("person", PROFILE, id), user.version).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a new profile could not be told of"),
        }
    }

    /// Tells that a person keeps others than before.
    pub(crate) async fn renewed_contacts(&self, owner: UserId) {
        match contact::repo::version(&self.0.pool, owner).await {
            Ok(version) => self.0.cache.outdate(&key("contacts", CONTACTS, owner), version).await,
            Err(error) => tracing::warn!(%error, "new contacts could not be told of"),
        }
    }

    /// Looks how new it is what these people show of themselves, and whom they keep; tells caches of whatever nobody
    /// told before. By person and by what the version counts.
    pub async fn catch_up(&self, people: &[UserId]) -> sqlx::Result<Vec<(UserId, &'static str, i64)>> {
        let versions = user::repo::versions(&self.0.pool, people).await?;
        let versions = versions.into_iter().flat_map(|(person, profile, contacts)| {
            [(key("person", PROFILE, person), profile), (key("contacts", CONTACTS, person), contacts)]
        });
        let mut found = vec![];
        for (key, version) in versions {
            if self.0.cache.seen(&key).is_none_or(|seen| seen < version) {
                self.0.cache.outdate(&key, version).await;
            }
            found.push((UserId::new(key.owner), key.clock, version));
        }
        Ok(found)
    }

    pub(crate) async fn stored(&self, id: UserId) -> sqlx::Result<Option<User>> {
        self.0.users.load(id).await.map_err(looked_up)
    }

    /// Puts what is shown of these people, and whom they keep, into the cache; says how many entries. What is there
    /// and new is left.
    pub async fn warm(&self, people: &[UserId]) -> sqlx::Result<usize> {
        for person in people {
            self.person(*person).await?;
            self.myself(*person).await?;
            self.kept(*person).await?;
        }
        Ok(people.len() * 3)
    }
}

fn key(kind: &'static str, clock: &'static str, owner: UserId) -> Key {
    Key { kind, schema: 1, clock, owner: owner.uuid() }
}
