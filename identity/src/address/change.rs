//! Another number or e-mail address in the place of the one that somebody has. Both ends are proven by a code; whoever
//! had the one that is left is told, and can undo it for a day (migrations/0022). One that is somebody's and one
//! that is free must not differ until both codes are right, as in signing up.

use axum_login::tower_sessions::session::Id;
use domain::{Email, Phone, UserId};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Address, UndoToken, repo};
use crate::{
    Attempt, Code, Identity, Network, SendCodeError,
    notice::Event,
    session::{self, Device},
    throttle::{Count, Wait, span},
};

/// What of a person is to become another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The number.
    Phone,
    /// The e-mail address.
    Email,
}

impl Kind {
    /// The word in tables.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Kind::Phone => "phone",
            Kind::Email => "email",
        }
    }

    pub(crate) fn parse(code: &str) -> Option<Self> {
        [Kind::Phone, Kind::Email].into_iter().find(|kind| kind.code() == code)
    }
}

/// What somebody wants.
#[derive(Debug, Clone)]
pub enum Wish {
    /// This number in the place of theirs.
    Phone(Phone),
    /// This e-mail address, in the place of theirs if they have one.
    Email(Email),
    /// No e-mail address any more.
    NoEmail,
}

impl Wish {
    fn kind(&self) -> Kind {
        match self {
            Wish::Phone(_) => Kind::Phone,
            Wish::Email(_) | Wish::NoEmail => Kind::Email,
        }
    }

    fn address(&self) -> Option<Address> {
        match self {
            Wish::Phone(phone) => Some(Address::Phone(phone.clone())),
            Wish::Email(email) => Some(Address::Email(email.clone())),
            Wish::NoEmail => None,
        }
    }
}

/// A change that is not proven yet.
#[derive(Debug, Clone)]
pub struct PendingAddress {
    pub(crate) attempt: Attempt,
    /// What is to be changed.
    pub kind: Kind,
    /// What it is now; `None` where there is none.
    pub from: Option<Address>,
    /// Where the code for this end went: there, or to the number of whoever has no e-mail address yet.
    pub proves: Address,
    /// What it is to be; `None` where it is to be removed.
    pub to: Option<Address>,
}

/// Why nothing was begun. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It is what they have.
    #[error("This is what you have already.")]
    Same,
    /// There is nothing to remove.
    #[error("You have no email address. Nothing was changed.")]
    None,
    /// The last change is not a day ago.
    #[error("{}", cooling(*until))]
    Cooling {
        /// When another is possible.
        until: Timestamp,
    },
    /// No code was sent.
    #[error(transparent)]
    Code(#[from] SendCodeError),
}

/// Why nothing was changed. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Not the newest codes, or too late, or after too many tries, or it was begun elsewhere anew.
    #[error("This is over: codes hold for ten minutes and five tries. Begin again.")]
    Over,
    /// The code of the present end is wrong.
    #[error("This code is not right. Look at the newest message there.")]
    FromRefused,
    /// The same of the new one; said also where it is somebody else's, to whom no code went.
    #[error("This code is not right. Look at the newest message there.")]
    ToRefused,
    /// Right, and meanwhile it became somebody's.
    #[error("Somebody has this already. Nothing was changed.")]
    Taken,
    /// The last change is not a day ago.
    #[error("Another change was made within a day, and until that is over there is no second one.")]
    Cooling,
    /// Too many tries.
    #[error("Many codes were tried here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("an address could not be changed")]
    Storage(#[source] sqlx::Error),
}

fn cooling(until: Timestamp) -> String {
    let until = domain::moment::in_india(until);
    format!(
        "Your phone number, email or second step was changed within a day. You can change this again after {until}."
    )
}

impl From<Wait> for ChangeError {
    fn from(Wait { seconds }: Wait) -> Self {
        ChangeError::TooMany { seconds }
    }
}

/// The walls are Postgres' own; here they become answers.
impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("users_phone_unique" | "users_email_unique") => ChangeError::Taken,
            Some("users_cooling_off") => ChangeError::Cooling,
            _ => ChangeError::Storage(error),
        }
    }
}

/// Both codes.
#[derive(Debug, Clone)]
pub struct BothCodes {
    /// The one that went to the present end.
    pub from: Code,
    /// The one that went to the new one; none where there is no new one.
    pub to: Option<Code>,
}

impl Identity {
    /// Until when a person cannot change number or address again, and nobody gets another password by the new one;
    /// `None` where that is not so.
    pub async fn addresses_cool_until(&self, person: UserId) -> sqlx::Result<Option<Timestamp>> {
        repo::cools_until(&self.0.pool, person).await
    }

    /// Notes what a person wants in the place of what they wanted before, and sends a code to either end; to an address
    /// that is somebody's, word of that.
    pub async fn ask_for_address(
        &self,
        person: UserId,
        wish: Wish,
        network: Network,
    ) -> Result<Attempt, AskError> {
        let user = self.stored(person).await.map_err(SendCodeError::from)?;
        let user = user.ok_or(SendCodeError::Storage(sqlx::Error::RowNotFound))?;
        let phone = Address::Phone(user.phone);
        let (kind, to) = (wish.kind(), wish.address());
        let from = match kind {
            Kind::Phone => Some(phone.clone()),
            Kind::Email => user.email.as_deref().and_then(Address::parse),
        };
        match (&from, &to) {
            (None, None) => return Err(AskError::None),
            (from, to) if from == to => return Err(AskError::Same),
            _ => {}
        }
        if let Some(until) = self.addresses_cool_until(person).await.map_err(SendCodeError::from)? {
            return Err(AskError::Cooling { until });
        }
        let proves = from.clone().unwrap_or(phone);
        let pending = PendingAddress { attempt: Attempt::random(), kind, from, proves, to };
        self.send_both(person, &pending, network).await?;
        Ok(pending.attempt)
    }

    /// Sends new codes, which alone hold from now on; nothing where it is over.
    pub async fn send_both_again(
        &self,
        person: UserId,
        attempt: Attempt,
        network: Network,
    ) -> Result<(), SendCodeError> {
        match self.pending_address(person, attempt).await? {
            Some(pending) => self.send_both(person, &pending, network).await,
            None => Ok(()),
        }
    }

    async fn send_both(
        &self,
        person: UserId,
        pending: &PendingAddress,
        network: Network,
    ) -> Result<(), SendCodeError> {
        let to = pending.to.as_ref().map(|to| Count::send_change(to.as_str()));
        let counts = to.into_iter().chain([Count::ask_change(person), Count::send_code_from(network)]);
        self.0.throttle.take(counts).await??;
        let post = &self.0.post;
        let code = |end: &Address| {
            let code = Code::random();
            (post.seal.of(pending.attempt, end, &code), code)
        };
        let (from_sealed, from_code) = code(&pending.proves);
        let to = pending.to.as_ref().map(code);
        let to_sealed = to.as_ref().map(|(sealed, _)| sealed.as_slice());
        let is_taken = repo::begin(&self.0.pool, person, pending, &from_sealed, to_sealed).await?;
        post.change_code_from(pending, from_code);
        match (&pending.to, to) {
            (Some(address), _) if is_taken => post.has_account(address.clone()),
            (Some(address), Some((_, code))) => post.change_code_to(address.clone(), code),
            _ => {}
        }
        Ok(())
    }

    /// What a person wants by this attempt; `None` where it is over, or another was begun.
    pub async fn pending_address(
        &self,
        person: UserId,
        attempt: Attempt,
    ) -> sqlx::Result<Option<PendingAddress>> {
        repo::find(&self.0.pool, person, attempt).await
    }

    /// Puts the one in the place of the other, ends all sessions but this one, and tells whoever reads at the old end, and
    /// at the person's address of the other kind, how to undo it.
    pub async fn change_address(
        &self,
        person: UserId,
        attempt: Attempt,
        codes: BothCodes,
        this: &Id,
        (network, device): (Network, Option<Device>),
    ) -> Result<(), ChangeError> {
        let counts =
            [Count::try_change(person), Count::try_change_in_a_day(person), Count::try_code_from(network)];
        self.0.throttle.take(counts).await.map_err(ChangeError::Storage)??;
        let pending = self.pending_address(person, attempt).await?.ok_or(ChangeError::Over)?;
        let sealed = repo::try_codes(&self.0.pool, attempt).await?.ok_or(ChangeError::Over)?;
        let seal = &self.0.post.seal;
        if !seal.is_of(&sealed.from, attempt, &pending.proves, &codes.from) {
            return Err(ChangeError::FromRefused);
        }
        if let (Some(to), Some(sealed)) = (&pending.to, &sealed.to) {
            let right = codes.to.as_ref().is_some_and(|code| seal.is_of(sealed, attempt, to, code));
            if !right {
                return Err(ChangeError::ToRefused);
            }
        }
        let undo = UndoToken::random();
        let hash = Sha256::digest(undo.as_str());
        let changed = repo::change(&self.0.pool, attempt, &sealed.from, &hash, &session::key(this)).await?;
        if !changed {
            return Err(ChangeError::Over);
        }
        self.renewed_profile(person).await;
        let ends = self.other_ends(person, &pending).await;
        for end in &ends {
            self.0.post.address_changed(&pending, end.clone(), &undo, device.as_ref());
        }
        self.tell_but(person, event(&pending), device, ends);
        Ok(())
    }

    /// Who hears how to undo a change: the end that was left, and, should whoever made it read there too, the address of
    /// the other kind.
    async fn other_ends(&self, person: UserId, pending: &PendingAddress) -> Vec<Address> {
        let other = match self.stored(person).await {
            Ok(Some(user)) => match pending.kind {
                Kind::Phone => user.email.as_deref().and_then(Address::parse),
                Kind::Email => Some(Address::Phone(user.phone)),
            },
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "where else a person is reached could not be read");
                None
            }
        };
        let other = other.filter(|other| *other != pending.proves);
        [pending.proves.clone()].into_iter().chain(other).collect()
    }
}

fn event(pending: &PendingAddress) -> Event {
    match (pending.kind, &pending.from, &pending.to) {
        (Kind::Phone, ..) => Event::PhoneChanged,
        (Kind::Email, None, _) => Event::EmailAdded,
        (Kind::Email, _, None) => Event::EmailRemoved,
        (Kind::Email, Some(_), Some(_)) => Event::EmailChanged,
    }
}
