//! A person's PIN: six digits, by which they approve payments and nothing else. It is kept as the argon2id of its seal: of
//! a million PINs all can be tried against a bare hash, and none without the key that the database does not have.

mod guessable;
mod repo;

use std::fmt;

use domain::{UserId, approval::PinState};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    Identity,
    notice::Event,
    session::Device,
    throttle::{Count, Wait, span},
};

/// Wrong tries in a row that make a PIN void.
pub const PIN_TRIES: i64 = 10;

/// Six digits as somebody typed them.
#[derive(Clone)]
pub struct Pin(SecretString);

impl Pin {
    /// Takes six decimal digits; spaces between them are none of it.
    pub fn parse(text: &SecretString) -> Result<Self, MalformedPin> {
        let digits: String = text.expose_secret().chars().filter(|c| !c.is_whitespace()).take(7).collect();
        let sound = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit());
        if sound { Ok(Pin(digits.into())) } else { Err(MalformedPin) }
    }

    pub(crate) fn digits(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// Not six digits. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A PIN is six digits.")]
pub struct MalformedPin;

/// A PIN that may be chosen.
#[derive(Debug, Clone)]
pub struct NewPin(Pin);

impl NewPin {
    /// Takes what a person chose; `phone` is their number.
    pub fn parse(text: &SecretString, phone: &str) -> Result<Self, NewPinError> {
        let pin = Pin::parse(text)?;
        let number: String = phone.chars().filter(char::is_ascii_digit).collect();
        if guessable::is_guessed_first(pin.digits()) {
            Err(NewPinError::Guessable)
        } else if number.contains(pin.digits()) {
            Err(NewPinError::Own)
        } else {
            Ok(NewPin(pin))
        }
    }
}

/// Why a chosen PIN was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPinError {
    /// Not six digits.
    #[error(transparent)]
    Malformed(#[from] MalformedPin),
    /// Among the first that anybody tries.
    #[error("This PIN is one of the first that thieves try. Choose six digits that follow no pattern.")]
    Guessable,
    /// Part of the person's number.
    #[error("These digits stand in your phone number. Choose others.")]
    Own,
}

/// Why a PIN approved nothing. The text of all but `Storage` is the sentence to show.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// Another one.
    #[error("This is not your PIN. {} No money moved.", left(*tries))]
    Wrong {
        /// Tries that are left before it is void.
        tries: i64,
    },
    /// Wrong too often, or sealed under a key that the servers have no more.
    #[error(
        "Your PIN holds no longer: it was wrong ten times in a row, or our key to it was exchanged. Set a new one under Settings, Approvals. No money moved."
    )]
    Void,
    /// They have none.
    #[error("You have no PIN. Set one under Settings, Approvals. No money moved.")]
    None,
    /// Right or wrong, very often in a short time.
    #[error("Your PIN was tried very often. Wait {} and try again. No money moved.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a PIN could not be looked at")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for PinError {
    fn from(Wait { seconds }: Wait) -> Self {
        PinError::TooMany { seconds }
    }
}

fn left(tries: i64) -> String {
    match tries {
        1 => "One more wrong try and it holds no longer.".to_owned(),
        _ => format!("You have {tries} more tries."),
    }
}

impl Identity {
    /// How it stands with a person's PIN.
    pub async fn pin_state(&self, person: UserId) -> sqlx::Result<PinState> {
        let key = self.0.post.seal.name();
        Ok(match repo::holds(&self.0.pool, person, &key, PIN_TRIES).await? {
            None => PinState::None,
            Some(true) => PinState::Set,
            Some(false) => PinState::Void,
        })
    }

    /// Gives a person this PIN, in the place of the one they had; whether it is the person is the caller's to have found
    /// out.
    pub async fn set_pin(
        &self,
        person: UserId,
        NewPin(pin): NewPin,
        device: Option<Device>,
    ) -> sqlx::Result<()> {
        let hash = self.0.hasher.hash_again(self.0.post.seal.of_pin(person, &pin)).await;
        repo::set(&self.0.pool, person, &hash, &self.0.post.seal.name()).await?;
        self.tell(person, Event::PinSet, device);
        Ok(())
    }

    /// Takes a person's PIN away, and with it, if they have nothing else to approve by, that they are asked at all.
    pub async fn remove_pin(&self, person: UserId, device: Option<Device>) -> sqlx::Result<()> {
        repo::remove(&self.0.pool, person).await?;
        self.tell(person, Event::PinRemoved, device);
        Ok(())
    }

    /// Whether this is the person's PIN. The try is counted, and committed, before it is looked at: however many come at
    /// once, no more than ten are looked at without a right one among them.
    pub async fn check_pin(&self, person: UserId, pin: &Pin) -> Result<(), PinError> {
        self.0.throttle.take([Count::pin(person)]).await??;
        let Some(tried) = repo::try_once(&self.0.pool, person, &self.0.post.seal.name(), PIN_TRIES).await?
        else {
            let state = self.pin_state(person).await?;
            return Err(if state == PinState::None { PinError::None } else { PinError::Void });
        };
        let sealed = self.0.post.seal.of_pin(person, pin);
        if self.0.hasher.verify(sealed, tried.hash.clone()).await?
            && repo::forget_failures(&self.0.pool, person, &tried.hash).await?
        {
            return Ok(());
        }
        match PIN_TRIES - tried.failures {
            1.. => Err(PinError::Wrong { tries: PIN_TRIES - tried.failures }),
            _ => {
                // Unless it was set anew meanwhile, or was right where it was tried at the same time.
                if self.pin_state(person).await? == PinState::Void {
                    self.tell(person, Event::PinVoid, None);
                }
                Err(PinError::Void)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_six_digits_and_no_pattern_nor_part_of_ones_number() {
        let new = |text: &str| NewPin::parse(&text.into(), "+91 98450 12264").err();
        assert_eq!(new("314 159"), None);
        assert_eq!(new("123456"), Some(NewPinError::Guessable));
        assert_eq!(new("012264"), Some(NewPinError::Own));
        for text in ["", "31415", "3141592", "31415a", "३१४१५९"] {
            assert_eq!(new(text), Some(NewPinError::Malformed(MalformedPin)), "{text}");
        }
    }

    #[test]
    fn a_pin_is_not_shown_by_debug() {
        let new = NewPin::parse(&"314159".into(), "").expect("no pattern");
        assert!(!format!("{new:?} {:#?}", new.0).contains("314"));
    }
}
