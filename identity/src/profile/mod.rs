//! How people show themselves: their name, and the handle they choose once.

mod repo;

use domain::{
    Handle, PersonName, UserId,
    view::{self, Versioned},
};

use crate::{
    Identity,
    throttle::{Count, Wait, span},
};

/// Why a handle was not given. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum ChooseHandleError {
    /// Somebody else has it.
    #[error("Somebody has this handle already. Choose another.")]
    Taken,
    /// This person has another one, and keeps it.
    #[error("You have chosen a handle already. It stays yours and cannot be changed.")]
    Chosen,
    /// Too many tries: whether a handle is taken tells that somebody has it, as a look-up does.
    #[error("You tried many handles in a short time. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a handle could not be stored")]
    Storage(#[source] sqlx::Error),
}

impl From<Wait> for ChooseHandleError {
    fn from(Wait { seconds }: Wait) -> Self {
        ChooseHandleError::TooMany { seconds }
    }
}

/// The walls are Postgres' own; here they become answers.
impl From<sqlx::Error> for ChooseHandleError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("users_handle_unique") => ChooseHandleError::Taken,
            Some("users_handle_once") => ChooseHandleError::Chosen,
            _ => ChooseHandleError::Storage(error),
        }
    }
}

impl Identity {
    /// What a person sees of themself, and how new it is; `None` where there is no such person.
    pub async fn profile(&self, id: UserId) -> Result<Option<Versioned<view::Profile>>, sqlx::Error> {
        self.myself(id).await
    }

    /// Gives a person another name, which from now on stands on what is past as well.
    pub async fn rename(&self, id: UserId, name: &PersonName) -> Result<(), sqlx::Error> {
        repo::rename(&self.0.pool, id, name).await?;
        self.renewed_profile(id).await;
        Ok(())
    }

    /// Gives a person their handle, for good. Choosing the one they have changes nothing.
    pub async fn choose_handle(&self, id: UserId, handle: &Handle) -> Result<(), ChooseHandleError> {
        self.0.throttle.take([Count::look_up(id)]).await??;
        repo::choose_handle(&self.0.pool, id, handle).await?;
        self.renewed_profile(id).await;
        Ok(())
    }
}
