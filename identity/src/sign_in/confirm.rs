//! Saying one's password again, within a session that is open.

use domain::UserId;
use secrecy::{ExposeSecret, SecretString};

use super::SignInError;
use crate::{
    Identity,
    password::{MAX_BYTES, UNKNOWN, repo},
    throttle::Count,
};

impl Identity {
    /// Whether this is the person's password; [`SignInError::Refused`] where it is not. Counted apart from signing
    /// in: whoever tries to sign in as somebody does not keep them from what they are doing.
    pub async fn confirm(&self, person: UserId, password: SecretString) -> Result<(), SignInError> {
        if password.expose_secret().len() > MAX_BYTES {
            return Err(SignInError::Refused);
        }
        self.throttle.take([Count::confirm(person)]).await??;
        let hash = repo::hash_of(&self.pool, person).await?;
        let known = hash.is_some();
        let right = self.hasher.verify(password, hash.unwrap_or_else(|| UNKNOWN.to_owned())).await?;
        if known && right { Ok(()) } else { Err(SignInError::Refused) }
    }
}
