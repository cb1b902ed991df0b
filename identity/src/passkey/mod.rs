//! Passkeys: a way in that is a device and its owner together, a proof that they are there, and an approval of a payment.
//! An answer of a device is one to one question, asked in one session for one purpose, and that once.

mod name;
mod relying_party;
pub(crate) mod repo;

use axum_login::tower_sessions::session::Id;
use domain::UserId;
use jiff::Timestamp;
pub use name::{MalformedPasskeyName, PasskeyName};
pub(crate) use relying_party::RelyingParty;
use relying_party::{Answer, Question};
use uuid::Uuid;

use crate::{
    Attempt, CurrentUser, Identity, Network,
    notice::Event,
    session::{self, Device},
    sign_in::log,
    suspension::SENTENCE,
    throttle::{Count, Wait, span},
};

/// How many passkeys one person has at most; a trigger counts them too (migrations/0027).
pub const MAX_PASSKEYS: usize = 10;

/// A passkey, as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// By which its owner tells us which one they mean.
    pub id: Uuid,
    /// What they called it.
    pub name: String,
    /// When it was added.
    pub made_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// What a device is asked for within a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking<'a> {
    /// That its owner is there.
    Prove,
    /// That they approve what this says, and nothing else.
    Approve(&'a str),
}

impl<'a> Asking<'a> {
    fn kind(self) -> Kind {
        match self {
            Asking::Prove => Kind::Prove,
            Asking::Approve(_) => Kind::Approve,
        }
    }

    fn about(self) -> Option<&'a str> {
        match self {
            Asking::Prove => None,
            Asking::Approve(about) => Some(about),
        }
    }
}

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    SignIn,
    Prove,
    Approve,
}

impl Kind {
    /// The word in the table.
    const fn code(self) -> &'static str {
        match self {
            Kind::Add => "add",
            Kind::SignIn => "sign_in",
            Kind::Prove => "prove",
            Kind::Approve => "approve",
        }
    }
}

/// A question to a device.
#[derive(Debug)]
pub struct Asked {
    /// By which the session that asked knows it, and no other.
    pub attempt: Attempt,
    /// What the browser is told, as JSON.
    pub options: String,
}

/// Why a passkey did nothing. The text of all but `Storage` is the sentence to show.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// Not an answer to what was asked, or not by a passkey that is known here, or not as it has to be.
    #[error("This passkey could not be believed, or is not known here any more.")]
    Refused,
    /// Nothing was asked in this session, or it is too long ago, or answered already.
    #[error(
        "This was begun more than five minutes ago, or in another browser, or is done already. Begin again."
    )]
    Over,
    /// It is known, and nobody signs in to its account.
    #[error("{SENTENCE}")]
    Suspended,
    /// It is there already.
    #[error("This passkey is added already.")]
    Known,
    /// There are as many as there may be.
    #[error("You have ten passkeys. Remove one that you do not use before you add another.")]
    Full,
    /// Too many tries.
    #[error("Passkeys were asked for very often here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a passkey could not be looked at")]
    Storage(#[source] sqlx::Error),
}

impl From<Wait> for PasskeyError {
    fn from(Wait { seconds }: Wait) -> Self {
        PasskeyError::TooMany { seconds }
    }
}

/// The walls are Postgres' own; here they become answers.
impl From<sqlx::Error> for PasskeyError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("passkeys_one_owner") => PasskeyError::Known,
            Some("passkeys_ten_at_most") => PasskeyError::Full,
            Some("passkeys_counter_rises") => PasskeyError::Refused,
            _ => PasskeyError::Storage(error),
        }
    }
}

impl Identity {
    /// Whether there can be passkeys at the origin that we have.
    pub fn has_passkeys(&self) -> bool {
        self.0.relying_party.is_possible()
    }

    /// A person's passkeys, the newest first.
    pub async fn passkeys(&self, person: UserId) -> sqlx::Result<Vec<Passkey>> {
        repo::of(&self.0.pool, person).await
    }

    /// Asks for a new passkey that is to be called so; whether it is the person who asks is the caller's to have found
    /// out.
    pub async fn ask_for_passkey(&self, person: UserId, name: &PasskeyName) -> Result<Attempt, PasskeyError> {
        self.0.throttle.take([Count::passkey(person)]).await??;
        let present = repo::credentials(&self.0.pool, person).await?;
        if present.len() >= MAX_PASSKEYS {
            return Err(PasskeyError::Full);
        }
        let user = self.stored(person).await?.ok_or(sqlx::Error::RowNotFound)?;
        let handle = repo::handle(&self.0.pool, person).await?;
        let question = self.0.relying_party.ask_for_new(handle, user.phone.as_str(), &user.name, &present)?;
        let attempt = Attempt::random();
        let about = Some(name.as_str());
        repo::ask(&self.0.pool, attempt, Kind::Add, Some(person), about, &question).await?;
        Ok(attempt)
    }

    /// What was asked for by this attempt, for the page that shows it: the name, and what the browser is told, as JSON.
    pub async fn asked_for_passkey(
        &self,
        person: UserId,
        attempt: Attempt,
    ) -> sqlx::Result<Option<(String, String)>> {
        repo::asked(&self.0.pool, attempt, person).await
    }

    /// Adds what a device has made. All other sessions of the person end; this one is theirs from now on as the answer
    /// says.
    pub async fn add_passkey(
        &self,
        person: UserId,
        attempt: Attempt,
        answer: &str,
        this: &Id,
        device: Option<Device>,
    ) -> Result<CurrentUser, PasskeyError> {
        let asked = repo::take(&self.0.pool, attempt, Kind::Add, Some(person), None).await?;
        let (state, name) = asked.ok_or(PasskeyError::Over)?;
        let made = self.0.relying_party.made(answer, state)?;
        let name = name.unwrap_or_default();
        repo::insert(&self.0.pool, person, &made, &name, &session::key(this)).await?;
        self.tell(person, Event::PasskeyAdded, device);
        Ok(self.current_user(person).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    /// Calls a passkey otherwise; says whether there is one.
    pub async fn rename_passkey(&self, person: UserId, id: Uuid, name: &PasskeyName) -> sqlx::Result<bool> {
        repo::rename(&self.0.pool, person, id, name.as_str()).await
    }

    /// Takes a passkey away; one that is gone is gone. All other sessions of the person end; this one is theirs from now on
    /// as the answer says.
    pub async fn remove_passkey(
        &self,
        person: UserId,
        id: Uuid,
        this: &Id,
        device: Option<Device>,
    ) -> sqlx::Result<CurrentUser> {
        if repo::delete(&self.0.pool, person, id, &session::key(this)).await? {
            self.tell(person, Event::PasskeyRemoved, device);
        }
        self.current_user(person).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Asks whoever is at this browser for a passkey, to sign in; counted with the tries of its network to do so.
    pub async fn ask_to_sign_in(&self, network: Network) -> Result<Asked, PasskeyError> {
        self.0.throttle.take([Count::sign_in_from(network)]).await??;
        let question = self.0.relying_party.ask(&[])?;
        self.asked(Kind::SignIn, None, None, question).await
    }

    /// Whom the answer lets in. It is both steps at once: a device that one has, and that has seen who one is.
    pub async fn sign_in_by_passkey(
        &self,
        attempt: Attempt,
        answer: &str,
    ) -> Result<CurrentUser, PasskeyError> {
        let mut whose = None;
        let answered = self.try_passkey(attempt, answer, &mut whose).await;
        log::note("passkey", whose, &answered);
        let person = answered?;
        self.not_lost(person, None).await;
        self.current_user(person).await?.ok_or(PasskeyError::Refused)
    }

    async fn try_passkey(
        &self,
        attempt: Attempt,
        answer: &str,
        whose: &mut Option<UserId>,
    ) -> Result<UserId, PasskeyError> {
        let person = self.answered(attempt, Kind::SignIn, None, None, answer).await?;
        *whose = Some(person);
        if self.is_suspended(person).await? {
            return Err(PasskeyError::Suspended);
        }
        Ok(person)
    }

    /// Asks a person who is signed in for one of their passkeys.
    pub async fn ask_by_passkey(&self, person: UserId, asking: Asking<'_>) -> Result<Asked, PasskeyError> {
        self.0.throttle.take([Count::passkey(person)]).await??;
        let present = repo::credentials(&self.0.pool, person).await?;
        if present.is_empty() {
            return Err(PasskeyError::Refused);
        }
        let question = self.0.relying_party.ask(&present)?;
        self.asked(asking.kind(), Some(person), asking.about(), question).await
    }

    /// Whether a passkey of the person's has answered what was asked for.
    pub async fn check_passkey(
        &self,
        person: UserId,
        asking: Asking<'_>,
        attempt: Attempt,
        answer: &str,
    ) -> Result<(), PasskeyError> {
        self.answered(attempt, asking.kind(), Some(person), asking.about(), answer).await.map(drop)
    }

    async fn asked(
        &self,
        kind: Kind,
        person: Option<UserId>,
        about: Option<&str>,
        question: Question,
    ) -> Result<Asked, PasskeyError> {
        let attempt = Attempt::random();
        repo::ask(&self.0.pool, attempt, kind, person, about, &question).await?;
        Ok(Asked { attempt, options: question.options.to_string() })
    }

    /// Uses the question up, right or wrong, and says whose passkey has answered it.
    async fn answered(
        &self,
        attempt: Attempt,
        kind: Kind,
        person: Option<UserId>,
        about: Option<&str>,
        answer: &str,
    ) -> Result<UserId, PasskeyError> {
        let asked = repo::take(&self.0.pool, attempt, kind, person, about).await?;
        let (state, _) = asked.ok_or(PasskeyError::Over)?;
        let answer = Answer::parse(answer)?;
        let known = repo::find(&self.0.pool, answer.credential_id()).await?.ok_or(PasskeyError::Refused)?;
        // Whoever signs in says by the handle who they are; of anybody else it is known, and a handle may be left out.
        let is_theirs = match (person, answer.handle()) {
            (None, handle) => handle == Some(known.handle),
            (Some(person), handle) => {
                person == known.person && handle.is_none_or(|handle| handle == known.handle)
            }
        };
        if !is_theirs {
            return Err(PasskeyError::Refused);
        }
        let (credential, counter) = self.0.relying_party.believe(&answer, state, known.credential)?;
        match repo::used(&self.0.pool, known.id, &credential, counter).await? {
            true => Ok(known.person),
            false => Err(PasskeyError::Refused), // removed meanwhile
        }
    }
}
