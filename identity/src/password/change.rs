//! Another password in the place of the one that somebody has.

use axum_login::tower_sessions::session::Id;
use domain::UserId;
use secrecy::SecretString;

use super::{NewPassword, repo};
use crate::{
    CurrentUser, Identity, SignInError,
    notice::Event,
    session::{self, Device},
};

impl Identity {
    /// Puts a new password in the place of the current one and ends all sessions of the person but this one, which is
    /// theirs from now on as the answer says. [`SignInError::Refused`] where it is not the current one.
    pub async fn change_password(
        &self,
        person: UserId,
        current: SecretString,
        new: NewPassword,
        this: &Id,
        device: Option<Device>,
    ) -> Result<CurrentUser, SignInError> {
        let old = self.verified(person, current).await?;
        let new = self.0.hasher.hash(new).await;
        let ended = repo::change(&self.0.pool, person, &old, &new, &session::key(this)).await?;
        ended.ok_or(SignInError::Refused)?; // somebody was faster
        self.tell(person, Event::PasswordChanged, device);
        self.current_user(person).await?.ok_or(SignInError::Refused)
    }
}
