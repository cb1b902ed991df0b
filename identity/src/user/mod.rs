//! People themselves, and what others may see of one.

pub(crate) mod repo;

use std::collections::HashMap;

use domain::{
    Digest, Handle, Payee, Phone, UserId,
    view::{self, Versioned},
};
use futures_util::future::try_join_all;

use crate::Identity;

impl Identity {
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
        let found = repo::by_payee(&self.0.pool, &Payee::Phone(phone.clone())).await?;
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
