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
        self.verified(person, password).await.map(drop)
    }

    /// The same; answers with the hash that it has.
    pub(crate) async fn verified(
        &self,
        person: UserId,
        password: SecretString,
    ) -> Result<String, SignInError> {
        if password.expose_secret().len() > MAX_BYTES {
            return Err(SignInError::Refused);
        }
        self.0.throttle.take([Count::confirm(person)]).await??;
        let hash = repo::hash_of(&self.0.pool, person).await?;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| UNKNOWN.to_owned());
        let right = self.0.hasher.verify(password, hash.clone()).await?;
        if known && right { Ok(hash) } else { Err(SignInError::Refused) }
    }
}
