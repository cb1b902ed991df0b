//! Shutting somebody out, and ending sessions, for whoever runs OKANE: by the owner's role, never by the web's. What a
//! person does about their own wallet is a freeze.

mod repo;

use domain::UserId;
use sqlx::PgPool;

use crate::{Address, Identity};

/// What somebody who is suspended reads where they have shown who they are.
pub(crate) const SENTENCE: &str = "This account is suspended: nobody can sign in to it. Your money is where it was, and what is sent to you arrives. Ask whoever runs this OKANE.";

/// Whose number or e-mail address this is.
pub async fn whose(owner: &PgPool, address: &Address) -> sqlx::Result<Option<UserId>> {
    repo::whose(owner, address.as_str()).await
}

/// Shuts a person out and ends their sessions, on every server with their next request; says whether they were let in until
/// now. The reason, of 1 to 200 characters, is for whoever runs OKANE and is never shown.
pub async fn suspend(owner: &PgPool, person: UserId, reason: &str) -> sqlx::Result<bool> {
    repo::suspend(owner, person, reason).await
}

/// Lets them in again; says whether they were shut out. Their sessions stay ended, and a wallet that is frozen stays so
/// until they thaw it.
pub async fn restore(owner: &PgPool, person: UserId) -> sqlx::Result<bool> {
    repo::restore(owner, person).await
}

/// Ends the sessions of a person, or everybody's; says how many there were.
pub async fn end_sessions(owner: &PgPool, person: Option<UserId>) -> sqlx::Result<u64> {
    repo::end_sessions(owner, person).await
}

impl Identity {
    /// Whether a person is shut out.
    pub async fn is_suspended(&self, person: UserId) -> sqlx::Result<bool> {
        repo::is_there(&self.0.pool, person).await
    }
}
