//! Whom people keep: found by exact number or handle, or dealt with before. Only their owner sees this.

pub(crate) mod repo;

use domain::{
    UserId,
    view::{Contact, Versioned},
};

use crate::Identity;

/// The most that one person keeps.
pub const MAX_CONTACTS: i64 = 500;

/// Why somebody was not kept. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    /// Nobody keeps themself.
    #[error("This is you. Add somebody else.")]
    Oneself,
    /// There is no room.
    #[error("You keep {MAX_CONTACTS} people already. Remove one to add another.")]
    Full,
    /// The database did not do its part.
    #[error("a contact could not be stored")]
    Storage(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ContactError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("contacts_two_people") => ContactError::Oneself,
            _ => ContactError::Storage(error),
        }
    }
}

impl Identity {
    /// Whom a person keeps, favourites first and then the latest added, and how new that is. What they are
    /// called is not in it: that is theirs to change ([`Identity::people`]).
    pub async fn contacts(&self, owner: UserId) -> Result<Versioned<Vec<Contact>>, sqlx::Error> {
        self.kept(owner).await
    }

    /// Whether, and how, one person keeps another.
    pub async fn contact(&self, owner: UserId, person: UserId) -> Result<Option<Contact>, sqlx::Error> {
        repo::one(&self.0.pool, owner, person).await
    }

    /// Keeps somebody; whoever is kept already stays as they are. Whether the owner may know of them is the
    /// caller's to have found out.
    pub async fn add_contact(&self, owner: UserId, person: UserId) -> Result<(), ContactError> {
        self.keep(owner, person, None).await
    }

    /// Stars somebody, who is kept from then on, or takes the star away again.
    pub async fn set_favourite(
        &self,
        owner: UserId,
        person: UserId,
        favourite: bool,
    ) -> Result<(), ContactError> {
        self.keep(owner, person, Some(favourite)).await
    }

    async fn keep(&self, owner: UserId, person: UserId, favourite: Option<bool>) -> Result<(), ContactError> {
        if !repo::keep(&self.0.pool, owner, person, favourite).await? {
            return Err(ContactError::Full);
        }
        self.renewed_contacts(owner).await;
        Ok(())
    }

    /// Keeps somebody no longer.
    pub async fn remove_contact(&self, owner: UserId, person: UserId) -> Result<(), sqlx::Error> {
        repo::remove(&self.0.pool, owner, person).await?;
        self.renewed_contacts(owner).await;
        Ok(())
    }
}
