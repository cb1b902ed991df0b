//! Who a session belongs to, in axum-login's words.

use std::fmt;

use axum_login::{AuthUser, AuthnBackend};
use domain::UserId;
use secrecy::SecretString;

use crate::{Identity, Network, Opened, SignInError, looked_up};

/// The person a session belongs to, and the hash that ends it with any change of their ways in (migrations/0019).
#[derive(Clone, PartialEq, Eq)]
pub struct CurrentUser {
    /// Who.
    pub id: UserId,
    session_hash: Vec<u8>,
}

impl CurrentUser {
    pub(crate) fn new(id: UserId, session_hash: Vec<u8>) -> Self {
        CurrentUser { id, session_hash }
    }
}

/// Shows who and nothing else: axum-login writes users to its spans.
impl fmt::Debug for CurrentUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentUser").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AuthUser for CurrentUser {
    type Id = UserId;

    fn id(&self) -> UserId {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.session_hash
    }
}

/// What a person types to sign in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Phone number or e-mail address.
    pub identifier: String,
    /// The password.
    pub password: SecretString,
    /// From where.
    pub network: Network,
}

impl Identity {
    /// The person as a session knows them; `None` where they are gone or have no way in.
    pub async fn current_user(&self, id: UserId) -> Result<Option<CurrentUser>, sqlx::Error> {
        let hash = self.0.session_hashes.load(id).await.map_err(looked_up)?;
        Ok(hash.map(|session_hash| CurrentUser { id, session_hash }))
    }
}

impl AuthnBackend for Identity {
    type User = CurrentUser;
    type Credentials = Credentials;
    type Error = SignInError;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<CurrentUser>, SignInError> {
        match self.sign_in(&credentials.identifier, credentials.password, credentials.network).await {
            Ok(Opened::Session(user)) => Ok(Some(user)),
            Ok(Opened::SecondStep(_)) | Err(SignInError::Refused) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<CurrentUser>, SignInError> {
        Ok(self.current_user(*id).await?)
    }
}
