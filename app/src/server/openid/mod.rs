//! Signing in by Google or any other OpenID provider: the authorization code flow with PKCE (OpenID Connect Core 1.0,
//! 3.1; RFC 7636; RFC 9700). What is asked of the provider stands in the session that asked, and is used once. What it
//! answers is believed only as far as `token` says, and none of its tokens is kept.

mod discovery;
mod door;
mod keys;
mod memory;
mod provider;
mod ring;
mod token;
mod web;

use std::sync::Arc;

use axum_login::tower_sessions::session;
use identity::openid::LinkError;

pub use self::{door::CALLBACK, provider::Provider};
pub(crate) use self::{
    door::{begin_by_google, lead, note_way},
    memory::{Purpose, newcomer},
};
pub(super) use self::{
    door::{callback, configured, start},
    memory::begun,
};
use self::{token::TokenError, web::WebError};
use super::Trouble;

/// Why nobody came in by the provider. Carries no token: its text goes into the log.
#[derive(Debug, thiserror::Error)]
pub enum OpenidError {
    /// This browser has asked nothing of the kind, or has had its answer, or it is too long ago.
    #[error("no attempt of this browser has this state")]
    Stale,
    /// Nobody signs in to that account.
    #[error("the account is suspended")]
    Suspended,
    /// They thought better of it.
    #[error("whoever was asked declined")]
    Cancelled,
    /// The provider says no.
    #[error("the provider refused")]
    Refused,
    /// It is not said whose answer it is, or it is somebody else's (RFC 9207).
    #[error("the answer is of another issuer")]
    MixUp,
    /// The provider does not take its own code.
    #[error("the provider refused the code")]
    Code,
    /// There is no ID token in what it gave for the code.
    #[error("the provider gave no ID token")]
    NoToken,
    /// The ID token is not believed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The provider is of no use just now.
    #[error("the provider cannot be used")]
    Provider(#[from] Arc<WebError>),
    /// All of it took too long.
    #[error("the provider takes too long")]
    Slow,
    /// Whoever came back is not whose session it is.
    #[error("another account came back than was asked for")]
    Other,
    /// The account was not connected.
    #[error(transparent)]
    Link(LinkError),
    /// Our own trouble.
    #[error("it could not be gone on with")]
    Interrupted(#[from] Interrupted),
}

/// Our own trouble on the way.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// The session cannot be read or written.
    #[error("the session could not be used")]
    Session(#[from] session::Error),
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Storage(#[from] ledger::StorageError),
    /// Already logged, under this reference.
    #[error("it was logged under {0}")]
    Logged(String),
}

impl From<Trouble> for Interrupted {
    fn from(Trouble(reference): Trouble) -> Self {
        Interrupted::Logged(reference)
    }
}

impl From<LinkError> for OpenidError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Storage(error) => OpenidError::Interrupted(error.into()),
            refusal => OpenidError::Link(refusal),
        }
    }
}

impl OpenidError {
    /// By which the pages know it: [`crate::google::Refusal`] has the sentences.
    fn code(&self) -> &'static str {
        match self {
            OpenidError::Stale => "stale",
            OpenidError::Suspended => "suspended",
            OpenidError::Cancelled => "cancelled",
            OpenidError::Other => "other",
            OpenidError::Link(LinkError::Linked) => "linked",
            OpenidError::Link(_) => "taken",
            OpenidError::Provider(_) | OpenidError::Slow => "away",
            OpenidError::Interrupted(_) => "trouble",
            OpenidError::Refused
            | OpenidError::MixUp
            | OpenidError::Code
            | OpenidError::NoToken
            | OpenidError::Token(_) => "refused",
        }
    }
}
