//! Proving who one is. Somebody unknown and a wrong password must not differ, in answer or in cost.

mod confirm;
pub(crate) mod log;
pub(crate) mod repo;
mod second_step;

use domain::UserId;
use secrecy::{ExposeSecret, SecretString};

pub use second_step::{Opened, SecondStepTaken};

use crate::{
    Address, CurrentUser, Identity, Network,
    password::{
        MAX_BYTES, UNKNOWN, is_outdated,
        repo::{Credential, credential, renew},
    },
    suspension::SENTENCE,
    throttle::{Count, Wait, span},
};

/// Why nobody was signed in. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nobody by that name, or not with that password.
    #[error("The phone number, e-mail address or password is not right.")]
    Refused,
    /// It was the right one, and nobody signs in to that account.
    #[error("{SENTENCE}")]
    Suspended,
    /// Too many tries by that name, or from that network. Sessions that are open stay open.
    #[error("There were many tries to sign in here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("credentials could not be read")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for SignInError {
    fn from(Wait { seconds }: Wait) -> Self {
        SignInError::TooMany { seconds }
    }
}

impl Identity {
    /// What is open to whoever has this phone number or e-mail address and this password. Right or wrong, it counts as a
    /// try of the name and of the network.
    pub async fn sign_in(
        &self,
        identifier: &str,
        password: SecretString,
        network: Network,
    ) -> Result<Opened, SignInError> {
        let mut whose = None;
        let opened = self.try_password(identifier, password, network, &mut whose).await;
        log::note("password", whose, &opened);
        opened
    }

    async fn try_password(
        &self,
        identifier: &str,
        password: SecretString,
        network: Network,
        whose: &mut Option<UserId>,
    ) -> Result<Opened, SignInError> {
        if password.expose_secret().len() > MAX_BYTES {
            return Err(SignInError::Refused); // nobody's, and known before anybody is looked up
        }
        let identifier = Address::parse(identifier);
        let name = identifier.as_ref().map(|identifier| Count::sign_in(identifier.as_str()));
        self.0.throttle.take(name.into_iter().chain([Count::sign_in_from(network)])).await??;
        let found = match identifier {
            Some(identifier) => credential(&self.0.pool, identifier.as_str()).await?,
            None => None,
        };
        *whose = found.as_ref().map(|credential| credential.user);
        let hash = found.as_ref().map_or(UNKNOWN, |credential| &credential.hash).to_owned();
        let right = self.0.hasher.verify(password.clone(), hash).await?;
        let found = found.filter(|_| right).ok_or(SignInError::Refused)?;
        self.renew(&found, password).await;
        let session_hash = found.session_hash.ok_or(SignInError::Suspended)?;
        Ok(self.opened(CurrentUser::new(found.user, session_hash)).await?)
    }

    /// Hashes a password anew whose hash is not made as hashes are made now. It was right, whether or not that is done.
    async fn renew(&self, credential: &Credential, password: SecretString) {
        if !is_outdated(&credential.hash) {
            return;
        }
        let hash = self.0.hasher.hash_again(password).await;
        if let Err(error) = renew(&self.0.pool, credential.user, &credential.hash, &hash).await {
            tracing::warn!(%error, "a password could not be hashed anew");
        }
    }
}
