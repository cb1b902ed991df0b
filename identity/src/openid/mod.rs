//! People whom an OpenID provider knows, by issuer and subject and never by e-mail address: whoever has an address
//! today need not be who gave it here (OpenID Connect Core 1.0, 5.7). What is asked of the provider, and whether its
//! answer is believed, is not this crate's: what comes here is believed.

mod repo;

use domain::{Email, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Identity, Network, TooMany, notice::Event, password, session::Device, throttle::Count};

/// Somebody as a provider knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    email: Option<String>,
}

impl Account {
    /// Takes who a provider says it is; `None` for a subject that no provider may give: empty, over 255 characters, or
    /// not ASCII (OpenID Connect Core 1.0, 2). The address is one that the provider has verified, and tells the
    /// account's owner which one it is; nothing is decided by it.
    pub fn new(issuer: &str, subject: &str, email: Option<Email>) -> Option<Self> {
        let sound =
            (1..=255).contains(&subject.len()) && subject.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        sound.then(|| Account {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            email: email.map(String::from),
        })
    }

    /// The address, where the provider has verified one.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

/// An account at a provider that somebody has connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its address when it was connected, if it had one that was verified.
    pub email: Option<String>,
    /// When.
    pub since: Timestamp,
}

/// How a person can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaysIn {
    /// By a password.
    pub has_password: bool,
    /// By their account at the provider.
    pub link: Option<Link>,
}

/// Why an account was not connected. The text of all but `Storage` is the sentence to show.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It is somebody else's way in.
    #[error("This Google account opens another wallet already. Nothing was changed.")]
    Taken,
    /// This person has connected one of this provider's.
    #[error("You have connected a Google account already. Disconnect it first.")]
    Linked,
    /// The database did not do its part.
    #[error("an account at a provider could not be connected")]
    Storage(#[source] sqlx::Error),
}

/// The walls are Postgres' own; here they become answers.
impl From<sqlx::Error> for LinkError {
    fn from(error: sqlx::Error) -> Self {
        match constraint(&error) {
            Some("openid_identities_pkey") => LinkError::Taken,
            Some("openid_identities_one_each") => LinkError::Linked,
            _ => LinkError::Storage(error),
        }
    }
}

/// Why an account was not disconnected. The text of the first is the sentence to show.
#[derive(Debug, thiserror::Error)]
pub enum UnlinkError {
    /// There is no other way in.
    #[error("Google is your only way to sign in, so it stays connected.")]
    LastWayIn,
    /// The database did not do its part.
    #[error("an account at a provider could not be disconnected")]
    Storage(#[source] sqlx::Error),
}

impl From<sqlx::Error> for UnlinkError {
    fn from(error: sqlx::Error) -> Self {
        match constraint(&error) {
            Some("openid_identities_last_way_in") => UnlinkError::LastWayIn,
            _ => UnlinkError::Storage(error),
        }
    }
}

impl Identity {
    /// Takes one of the ways to a provider that a network has; counted with its tries to sign in.
    pub async fn take_way_to_provider(&self, network: Network) -> Result<(), TooMany> {
        self.take([Count::sign_in_from(network)]).await
    }

    /// Whose account at the provider this is.
    pub async fn by_account(&self, account: &Account) -> Result<Option<UserId>, sqlx::Error> {
        repo::owner(&self.0.pool, account).await
    }

    /// Gives a person this account as another way in, and tells them where they read. All of their sessions end; the one
    /// that did it has to begin anew.
    pub async fn link(
        &self,
        person: UserId,
        account: &Account,
        device: Option<Device>,
    ) -> Result<(), LinkError> {
        repo::insert(&self.0.pool, person, account).await?;
        self.tell(person, Event::GoogleConnected, device);
        Ok(())
    }

    /// Takes a person's account at this provider away, unless it is their last way in; says whether they had one. All of
    /// their sessions end; the one that did it has to begin anew.
    pub async fn unlink(
        &self,
        person: UserId,
        issuer: &str,
        device: Option<Device>,
    ) -> Result<bool, UnlinkError> {
        let had = repo::delete(&self.0.pool, person, issuer).await?;
        if had {
            self.tell(person, Event::GoogleDisconnected, device);
        }
        Ok(had)
    }

    /// Whether a person has a password.
    pub async fn has_password(&self, person: UserId) -> Result<bool, sqlx::Error> {
        password::repo::is_there(&self.0.pool, person).await
    }

    /// How a person can sign in, as far as this provider goes.
    pub async fn ways_in(&self, person: UserId, issuer: &str) -> Result<WaysIn, sqlx::Error> {
        Ok(WaysIn {
            has_password: self.has_password(person).await?,
            link: repo::link(&self.0.pool, person, issuer).await?,
        })
    }
}

fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_what_a_provider_may_give() {
        for subject in ["1", "110169484474386276334", "auth0|5f7c8ec7c33c6c004bbafe82", &"s".repeat(255)] {
            assert!(Account::new("https://id.example", subject, None).is_some(), "{subject}");
        }
        for subject in ["", "\0", "आशा", "a\nb", &"s".repeat(256)] {
            assert!(Account::new("https://id.example", subject, None).is_none(), "{subject}");
        }
    }
}
