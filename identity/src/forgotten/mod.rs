//! A password for whoever has forgotten theirs, or has come by a provider and never had one, and can read what is sent to their number or address. Known and unknown
//! must not differ, in answer or in cost.

pub(crate) mod repo;

use crate::{
    Address, Attempt, Code, CodeError, Identity, Network, NewPassword, PasswordError, SendCodeError,
    address::{self, Former},
    notice::Event,
    session::Device,
    throttle::Count,
};

/// Why nobody got another password.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The code proved nothing.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The code was right and still holds, but the password is too much like its person.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

impl Identity {
    /// Sends a code to whoever has this number or address; only the newest holds. To nobody nothing is sent, and what is
    /// answered is the same.
    pub async fn forgotten(&self, address: Address, network: Network) -> Result<Attempt, SendCodeError> {
        let counts = [Count::send_reset(address.as_str()), Count::send_code_from(network)];
        self.0.throttle.take(counts).await??;
        // Whoever else asks for the same meanwhile does not make a page of no use that its owner has open: all have one
        // attempt, which is worth nothing without the code.
        let attempt = repo::begin(&self.0.pool, Attempt::random(), &address).await?;
        let code = Code::random();
        let sealed = self.0.post.seal.of(attempt, &address, &code);
        if repo::renew(&self.0.pool, attempt, &sealed).await? {
            self.0.post.reset_code(address, code);
        }
        Ok(attempt)
    }

    /// Gives whoever proves by the code that they have the number or address this password, and ends all their sessions. Where
    /// it is one that was theirs until today, that is answered: it can be put back by [`Identity::restore_address`].
    pub async fn reset_password(
        &self,
        attempt: Attempt,
        code: Code,
        password: NewPassword,
        (network, device): (Network, Option<Device>),
    ) -> Result<Option<Former>, ResetError> {
        let pending = repo::find(&self.0.pool, attempt).await.map_err(CodeError::from)?;
        let counted_by = pending.as_ref().map_or_else(|| attempt.to_string(), Address::to_string);
        let counts = [
            Count::try_reset(&counted_by),
            Count::try_reset_in_a_day(&counted_by),
            Count::try_code_from(network),
        ];
        self.0.throttle.take(counts).await.map_err(CodeError::from)?.map_err(CodeError::from)?;
        let address = pending.ok_or(CodeError::Refused)?;
        let noted = repo::try_code(&self.0.pool, attempt).await.map_err(CodeError::from)?;
        let noted = noted.ok_or(CodeError::Refused)?;
        let person = noted.person.filter(|_| self.0.post.seal.is_of(&noted.code, attempt, &address, &code));
        let person = person.ok_or(CodeError::Refused)?;

        let user = self.stored(person).await.map_err(CodeError::from)?.ok_or(CodeError::Refused)?;
        let is_former =
            user.phone.as_str() != address.as_str() && user.email.as_deref() != Some(address.as_str());
        // The day may have ended since the code was sent.
        if is_former {
            let former = address::repo::former(&self.0.pool, person).await.map_err(CodeError::from)?;
            if !former.iter().any(|former| former == address.as_str()) {
                return Err(CodeError::Refused.into());
            }
        }
        let handle = user.handle.as_ref().map_or("", |handle| handle.as_str());
        password.is_not_about(&[
            &*user.name,
            user.phone.as_str(),
            user.email.as_deref().unwrap_or_default(),
            handle,
        ])?;
        let hash = self.0.hasher.hash(password).await;
        let changed =
            repo::reset(&self.0.pool, attempt, &noted.code, &hash).await.map_err(CodeError::from)?;
        if !changed {
            return Err(CodeError::Refused.into()); // another code was sent, or it was used, meanwhile
        }
        self.tell(person, Event::PasswordReset, device);
        Ok(is_former.then_some(Former { person, address }))
    }
}
