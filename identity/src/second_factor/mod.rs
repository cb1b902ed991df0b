//! The second step of signing in: codes of an app, and recovery codes for whoever has lost it. A code of either kind is
//! taken once, and the statement that takes it decides (RFC 6238, 5.2; ASVS 5.0, 6.5.1).

mod code;
mod key;
pub(crate) mod repo;
mod vault;

use axum_login::tower_sessions::session::Id;
use domain::UserId;
use jiff::Timestamp;

pub use code::{MalformedSecondCode, RecoveryCode, SecondCode};
use key::Key;
pub(crate) use vault::Vault;

use crate::{
    Address, Attempt, Code, CurrentUser, Identity, Network, SendCodeError,
    notice::Event,
    session::{self, Device},
    throttle::{Count, Wait, span},
};

/// How many recovery codes there are in a set.
pub const RECOVERY_CODES: usize = 10;

/// That somebody has one, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactor {
    /// When it was turned on.
    pub since: Timestamp,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// From when on somebody who says that it is lost can turn it off, where somebody does.
    pub way_back: Option<Timestamp>,
}

/// A secret for an app, shown until a code of it was said. It has no `Debug`.
pub struct Offer {
    /// For the app's camera: an `otpauth:` address.
    pub uri: String,
    /// For typing.
    pub key: String,
}

/// Why a code opened nothing. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// Not a code of now, or one that was taken before, or nothing is there to say one of.
    #[error(
        "This code is not right, or was used before. Wait for your app to show the next one, or use a recovery code."
    )]
    Refused,
    /// Not the code that went to the number.
    #[error("This code is not right. Look at the newest message on your phone.")]
    SentRefused,
    /// Nothing was begun in this session, or it is too long ago.
    #[error("This holds for ten minutes and five tries, in one browser, and is over. Begin again.")]
    Over,
    /// Too many tries.
    #[error("Many codes were tried here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a second factor could not be looked at")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for SecondFactorError {
    fn from(Wait { seconds }: Wait) -> Self {
        SecondFactorError::TooMany { seconds }
    }
}

/// Recovery codes as they are kept.
struct Hashes {
    salt: [u8; 16],
    hashes: Vec<Vec<u8>>,
}

impl Identity {
    /// How it stands; `None` for whoever has none.
    pub async fn second_factor(&self, person: UserId) -> Result<Option<SecondFactor>, sqlx::Error> {
        repo::find(&self.0.pool, person).await
    }

    /// Makes a secret that is shown to this session for ten minutes, and sends a code to the person's number. It changes
    /// nothing yet.
    pub async fn offer_second_factor(
        &self,
        person: UserId,
        this: &Id,
        network: Network,
    ) -> Result<(), SendCodeError> {
        let (to, attempt, code, sent) = self.second_factor_code(person, network).await?;
        let sealed = self.0.vault.seal(person, &Key::random());
        repo::offer(&self.0.pool, person, &session::key(this), &sealed, (attempt, &sent)).await?;
        self.0.post.second_factor_code(to, code);
        Ok(())
    }

    /// Sends another code, which alone holds from now on; nothing where nothing is shown to this session.
    pub async fn send_second_factor_code(
        &self,
        person: UserId,
        this: &Id,
        network: Network,
    ) -> Result<(), SendCodeError> {
        let (to, attempt, code, sent) = self.second_factor_code(person, network).await?;
        if repo::send_again(&self.0.pool, person, &session::key(this), (attempt, &sent)).await? {
            self.0.post.second_factor_code(to, code);
        }
        Ok(())
    }

    /// A code for a person's number, and its seal.
    async fn second_factor_code(
        &self,
        person: UserId,
        network: Network,
    ) -> Result<(Address, Attempt, Code, Vec<u8>), SendCodeError> {
        self.0.throttle.take([Count::ask_second_factor(person), Count::send_code_from(network)]).await??;
        let to = Address::Phone(self.stored(person).await?.ok_or(sqlx::Error::RowNotFound)?.phone);
        let (attempt, code) = (Attempt::random(), Code::random());
        let sent = self.0.post.seal.of(attempt, &to, &code);
        Ok((to, attempt, code, sent))
    }

    /// The secret that is shown to this session; `None` where none is.
    pub async fn offered_second_factor(
        &self,
        person: UserId,
        this: &Id,
    ) -> Result<Option<Offer>, sqlx::Error> {
        let Some(sealed) = repo::offered(&self.0.pool, person, &session::key(this)).await? else {
            return Ok(None);
        };
        let Some(user) = self.stored(person).await? else { return Ok(None) };
        let key = self.0.vault.open(person, &sealed)?;
        Ok(Some(Offer { uri: key.uri(user.phone.as_str()), key: key.typed() }))
    }

    /// Turns it on for whoever says a code of what is shown to this session, and the one that went to their number. All other sessions of the person end; this
    /// one is theirs from now on as the answer says. The recovery codes are told here and never again.
    pub async fn turn_on_second_factor(
        &self,
        person: UserId,
        (code, sent): (&Code, &Code),
        this: &Id,
        device: Option<Device>,
    ) -> Result<(CurrentUser, Vec<RecoveryCode>), SecondFactorError> {
        let counts = [Count::second_factor(person), Count::turn_on_second_factor(person)];
        self.0.throttle.take(counts).await??;
        let this = session::key(this);
        let shown = repo::try_codes(&self.0.pool, person, &this).await?.ok_or(SecondFactorError::Over)?;
        let user = self.stored(person).await?.ok_or(sqlx::Error::RowNotFound)?;
        if !self.0.post.seal.is_of(&shown.sent, shown.attempt, &Address::Phone(user.phone), sent) {
            return Err(SecondFactorError::SentRefused);
        }
        let step = self.0.vault.open(person, &shown.sealed)?.step_of(code, shown.now.unsigned_abs());
        let step = step.ok_or(SecondFactorError::Refused)?;
        let codes = fresh_codes();
        let Hashes { salt, hashes } = self.hashes(&codes).await;
        if !repo::turn_on(&self.0.pool, person, &this, (&shown.sealed, step), &salt, &hashes).await? {
            return Err(SecondFactorError::Over);
        }
        self.tell(person, Event::SecondFactorOn, device);
        Ok((self.current(person).await?, codes))
    }

    /// Takes it away for a code. All other sessions of the person end; this one is theirs from now on as the answer says.
    pub async fn turn_off_second_factor(
        &self,
        person: UserId,
        code: &SecondCode,
        this: &Id,
        device: Option<Device>,
    ) -> Result<CurrentUser, SecondFactorError> {
        self.prove_second_factor(person, code, device.clone()).await?;
        repo::turn_off(&self.0.pool, person, &session::key(this)).await?;
        self.tell(person, Event::SecondFactorOff, device);
        self.current(person).await
    }

    /// Ten other recovery codes for a code; those there were are worth nothing from then on.
    pub async fn renew_recovery_codes(
        &self,
        person: UserId,
        code: &SecondCode,
        device: Option<Device>,
    ) -> Result<Vec<RecoveryCode>, SecondFactorError> {
        self.prove_second_factor(person, code, device.clone()).await?;
        let codes = fresh_codes();
        let Hashes { salt, hashes } = self.hashes(&codes).await;
        if !repo::renew_recovery_codes(&self.0.pool, person, &salt, &hashes).await? {
            return Err(SecondFactorError::Refused);
        }
        self.tell(person, Event::RecoveryCodesRenewed, device);
        Ok(codes)
    }

    /// Whether this is a code of the person's, which is then used up. Counted apart from signing in: whoever tries to
    /// sign in as somebody does not keep them from what they are doing.
    pub async fn prove_second_factor(
        &self,
        person: UserId,
        code: &SecondCode,
        device: Option<Device>,
    ) -> Result<(), SecondFactorError> {
        self.0.throttle.take([Count::second_factor(person)]).await??;
        self.take_second_code(person, code, device).await.map(drop)
    }

    /// Uses a code up; says how many recovery codes are left where it was one, which its person is also told.
    pub(crate) async fn take_second_code(
        &self,
        person: UserId,
        code: &SecondCode,
        device: Option<Device>,
    ) -> Result<Option<i64>, SecondFactorError> {
        let noted = repo::noted(&self.0.pool, person).await?.ok_or(SecondFactorError::Refused)?;
        match code {
            SecondCode::App(code) => {
                let key = self.0.vault.open(person, &noted.sealed)?;
                let step = key.step_of(code, noted.now.unsigned_abs()).ok_or(SecondFactorError::Refused)?;
                match repo::take_step(&self.0.pool, person, &noted.sealed, step).await? {
                    true => Ok(None),
                    false => Err(SecondFactorError::Refused),
                }
            }
            SecondCode::Recovery(code) => {
                let hash = self.0.hasher.digest(vec![code.secret()], noted.salt).await;
                let left = repo::take_recovery_code(&self.0.pool, person, &hash.concat()).await?;
                let left = left.ok_or(SecondFactorError::Refused)?;
                self.tell(person, Event::RecoveryCodeUsed, device);
                Ok(Some(left))
            }
        }
    }

    async fn hashes(&self, codes: &[RecoveryCode]) -> Hashes {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).expect("randomness");
        let secrets = codes.iter().map(RecoveryCode::secret).collect();
        Hashes { salt, hashes: self.0.hasher.digest(secrets, salt.to_vec()).await }
    }

    async fn current(&self, person: UserId) -> Result<CurrentUser, SecondFactorError> {
        Ok(self.current_user(person).await?.ok_or(sqlx::Error::RowNotFound)?)
    }
}

fn fresh_codes() -> Vec<RecoveryCode> {
    (0..RECOVERY_CODES).map(|_| RecoveryCode::random()).collect()
}
