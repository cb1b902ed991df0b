//! People themselves: becoming one, and what others may see of one.

pub(crate) mod repo;

use std::collections::HashMap;

use domain::{
    Digest, Email, Handle, Payee, PersonName, Phone, UserId,
    view::{self, Versioned},
};
use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::{
    Identity, Network, NewPassword,
    throttle::{Count, Wait, span},
};

/// What it takes to become a person here.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Shown to whoever is about to pay them.
    pub name: PersonName,
    /// The address money is sent to.
    pub phone: Phone,
    /// Another name to sign in by.
    pub email: Option<Email>,
    /// The password they chose.
    pub password: NewPassword,
}

/// Why nobody was signed up. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The phone or the e-mail belongs to somebody; which one is not for strangers to know.
    #[error("We could not create an account with these details. If you already have one, sign in.")]
    Taken,
    /// Too many tries for this number, or from this network.
    #[error("There were many tries to create an account here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a person could not be stored")]
    Storage(#[source] sqlx::Error),
}

impl From<Wait> for SignUpError {
    fn from(Wait { seconds }: Wait) -> Self {
        SignUpError::TooMany { seconds }
    }
}

impl Identity {
    /// Makes a person with a password; their account opens with them.
    pub async fn sign_up(&self, person: SignUp, network: Network) -> Result<UserId, SignUpError> {
        let counts = [Count::sign_up(person.phone.as_str()), Count::sign_up_from(network)];
        self.throttle.take(counts).await.map_err(SignUpError::Storage)??;
        let SignUp { name, phone, email, password } = person;
        // Before anybody knows whether the number is free, so that taken and free cost the same.
        let hash = self.hasher.hash(password).await;
        let id = UserId::new(Uuid::now_v7());
        match repo::insert(&self.pool, id, &name, &phone, email.as_ref(), &hash).await {
            Ok(()) => Ok(id),
            Err(error) if is_taken(&error) => Err(SignUpError::Taken),
            Err(error) => Err(SignUpError::Storage(error)),
        }
    }

    /// What others may see of those of these people who exist, each with how new it is.
    pub async fn people(
        &self,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Versioned<view::Person>>, sqlx::Error> {
        let people = try_join_all(ids.iter().map(|id| self.person(*id))).await?;
        Ok(ids.iter().copied().zip(people).filter_map(|(id, person)| Some((id, person?))).collect())
    }

    /// Who has this number; not for people, who look up by [`Identity::find_payee`].
    pub async fn by_phone(&self, phone: &Phone) -> Result<Option<UserId>, sqlx::Error> {
        let found = repo::by_payee(&self.pool, &Payee::Phone(phone.clone())).await?;
        Ok(found.map(|user| user.id))
    }
}

/// A person as stored, without anything secret.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) phone: Phone,
    pub(crate) email: Option<String>,
    pub(crate) handle: Option<Handle>,
    pub(crate) picture: Option<Digest>,
    pub(crate) version: i64,
}

impl User {
    pub(crate) fn seen_by_others(self) -> view::Person {
        let User { id, name, phone, handle, picture, .. } = self;
        view::Person { id, name, phone: phone.masked(), handle, picture }
    }

    pub(crate) fn seen_by_themself(self) -> view::Profile {
        let User { id, name, phone, email, handle, picture, .. } = self;
        view::Profile { id, name, phone: phone.spaced(), email, handle, picture }
    }
}

fn is_taken(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().and_then(|e| e.constraint());
    matches!(constraint, Some("users_phone_unique" | "users_email_unique"))
}
