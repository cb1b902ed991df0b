//! The slow way back of whoever has lost both the app and the recovery codes: codes read at number and e-mail address after
//! the first step of signing in, days in which everybody concerned is told and can end it, and the first step again. Nobody
//! comes so far without a first step, and so learns nothing here.

pub(crate) mod repo;

use domain::{UserId, moment};
use jiff::Timestamp;
use repo::Standing;

use crate::{
    Address, Attempt, Code, CurrentUser, Identity, Network,
    address::UndoToken,
    notice::Event,
    session::Device,
    sign_in::log,
    throttle::{Count, Wait, span},
};

/// How it stands with whoever has taken the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack {
    /// Codes come next: before the wait, and after it once more.
    Codes {
        /// One goes to an e-mail address too.
        has_email: bool,
        /// They are on their way.
        are_sent: bool,
        /// They turn the second step off.
        has_waited: bool,
    },
    /// A password, a number or an address is too new to prove anything by.
    Cooling {
        /// Until then.
        until: Timestamp,
    },
    /// They wait.
    Waits {
        /// Until then.
        until: Timestamp,
    },
}

/// What came at either end.
#[derive(Debug, Clone)]
pub struct WayBackCodes {
    /// At the number.
    pub phone: Code,
    /// At the e-mail address, if there is one.
    pub email: Option<Code>,
}

/// Why nobody came further on the way back. The text of all but `Storage` is the sentence to show.
#[derive(Debug, thiserror::Error)]
pub enum WayBackError {
    /// No sign-in waits for its second step here, or no codes are on their way.
    #[error(
        "This is over: it holds for ten minutes and five tries, in one browser. Nothing was changed. Sign in again."
    )]
    Over,
    /// It has begun and is not over yet.
    #[error("You can sign in without a code from {}, and not before.", moment::in_india(*until))]
    Waits {
        /// From when on.
        until: Timestamp,
    },
    /// A password, a number or an address is too new to prove anything by.
    #[error(
        "Your password, phone number or email was changed lately. You can ask for this from {}.",
        moment::in_india(*until)
    )]
    Cooling {
        /// From when on.
        until: Timestamp,
    },
    /// Not the code that went to the number.
    #[error("This code is not right. Look at the newest message on your phone.")]
    PhoneRefused,
    /// Not the one that went to the e-mail address.
    #[error("This code is not right. Look at the newest message in your email.")]
    EmailRefused,
    /// Too many tries, or codes asked for.
    #[error("Many codes were asked for or tried here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a way back could not be looked at")]
    Storage(#[source] sqlx::Error),
}

/// Codes that were right.
struct CodesRead {
    /// As it is kept; used up by what it opens.
    phone_code: Vec<u8>,
    /// Where they were read.
    ends: Vec<Address>,
}

/// The walls are Postgres' own; here they become answers.
impl From<sqlx::Error> for WayBackError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("ways_back_cooling") => WayBackError::Over, // a number or an address changed at this very moment
            _ => WayBackError::Storage(error),
        }
    }
}

impl From<Wait> for WayBackError {
    fn from(Wait { seconds }: Wait) -> Self {
        WayBackError::TooMany { seconds }
    }
}

impl Identity {
    /// How it stands; `None` where this sign-in is over.
    pub async fn way_back(&self, sign_in: Attempt) -> sqlx::Result<Option<WayBack>> {
        let Some(standing) = repo::standing(&self.0.pool, sign_in).await? else { return Ok(None) };
        Ok(Some(match standing.is_time() {
            Err(WayBackError::Waits { until }) => WayBack::Waits { until },
            Err(WayBackError::Cooling { until }) => WayBack::Cooling { until },
            _ => WayBack::Codes {
                has_email: standing.email.is_some(),
                are_sent: standing.is_asked,
                has_waited: standing.is_ready,
            },
        }))
    }

    /// Sends codes to the number and the e-mail address of whoever has taken this first step; only the newest hold.
    pub async fn ask_for_way_back(&self, sign_in: Attempt, network: Network) -> Result<(), WayBackError> {
        let standing = repo::standing(&self.0.pool, sign_in).await?.ok_or(WayBackError::Over)?;
        standing.is_time()?;
        let person = standing.person;
        let counts = [
            Count::ask_way_back(person),
            Count::ask_way_back_in_a_day(person),
            Count::send_code_from(network),
        ];
        self.0.throttle.take(counts).await??;
        let (phone, email) = standing.ends().ok_or(WayBackError::Over)?;
        let seal = &self.0.post.seal;
        let phone_code = Code::random();
        let email = email.map(|email| (email, Code::random()));
        let email_sealed = email.as_ref().map(|(email, code)| seal.of(sign_in, email, code));
        let phone_sealed = seal.of(sign_in, &phone, &phone_code);
        repo::ask(&self.0.pool, sign_in, &phone_sealed, email_sealed.as_deref()).await?;
        self.0.post.way_back_code(phone, phone_code);
        if let Some((email, code)) = email {
            self.0.post.way_back_code(email, code);
        }
        Ok(())
    }

    /// Begins the wait of whoever says both codes, and tells everybody concerned how to end it; answers with until when.
    pub async fn begin_way_back(
        &self,
        sign_in: Attempt,
        codes: WayBackCodes,
        (network, device): (Network, Option<Device>),
    ) -> Result<Timestamp, WayBackError> {
        let standing = repo::standing(&self.0.pool, sign_in).await?.ok_or(WayBackError::Over)?;
        if standing.is_ready {
            return Err(WayBackError::Over); // a page of before the wait
        }
        let read = self.read_codes(sign_in, &standing, codes, network).await?;
        let token = UndoToken::random();
        let until = repo::begin(&self.0.pool, sign_in, &read.phone_code, &token.hash()).await?;
        let until = until.ok_or(WayBackError::Over)?;
        for end in &read.ends {
            self.0.post.way_back_begun(end.clone(), until, &token, device.as_ref());
        }
        self.tell_but(standing.person, Event::WayBackBegun, device, read.ends);
        Ok(until)
    }

    /// Whether these are the codes that went to both ends; one try less, of those there are.
    async fn read_codes(
        &self,
        sign_in: Attempt,
        standing: &Standing,
        codes: WayBackCodes,
        network: Network,
    ) -> Result<CodesRead, WayBackError> {
        standing.is_time()?;
        if !standing.is_asked {
            return Err(WayBackError::Over); // nobody uses up the tries of somebody else's codes
        }
        let person = standing.person;
        let counts = [
            Count::try_way_back(person),
            Count::try_way_back_in_a_day(person),
            Count::try_code_from(network),
        ];
        self.0.throttle.take(counts).await??;
        let sealed = repo::try_codes(&self.0.pool, sign_in).await?.ok_or(WayBackError::Over)?;
        let (phone, email) = standing.ends().ok_or(WayBackError::Over)?;
        let seal = &self.0.post.seal;
        if !seal.is_of(&sealed.phone, sign_in, &phone, &codes.phone) {
            return Err(WayBackError::PhoneRefused);
        }
        let email_is_right = match (&email, &sealed.email, &codes.email) {
            (None, None, _) => true,
            (Some(email), Some(sealed), Some(code)) => seal.is_of(sealed, sign_in, email, code),
            _ => false,
        };
        if !email_is_right {
            return Err(WayBackError::EmailRefused);
        }
        let ends = [phone].into_iter().chain(email).collect();
        Ok(CodesRead { phone_code: sealed.phone, ends })
    }

    /// Turns the second step off for whoever has waited, has just taken the first step again and says both codes once more;
    /// answers with whom that lets in. All sessions end, and for a day little leaves the wallet.
    pub async fn take_way_back(
        &self,
        sign_in: Attempt,
        codes: WayBackCodes,
        (network, device): (Network, Option<Device>),
    ) -> Result<CurrentUser, WayBackError> {
        let standing = repo::standing(&self.0.pool, sign_in).await?.ok_or(WayBackError::Over)?;
        let taken = self.try_way_back(sign_in, &standing, codes, network).await;
        log::note("way_back", Some(standing.person), &taken);
        let person = taken?;
        self.tell(person, Event::WayBackTaken, device);
        self.current_user(person).await?.ok_or(WayBackError::Over)
    }

    async fn try_way_back(
        &self,
        sign_in: Attempt,
        standing: &Standing,
        codes: WayBackCodes,
        network: Network,
    ) -> Result<UserId, WayBackError> {
        let read = self.read_codes(sign_in, standing, codes, network).await?;
        repo::take(&self.0.pool, sign_in, &read.phone_code).await?.ok_or(WayBackError::Over)
    }

    /// Tells everybody again whose wait ends within a day. To be run now and then, by any server: each is told once.
    pub async fn remind_of_ways_back(&self) -> sqlx::Result<()> {
        for person in repo::to_remind(&self.0.pool).await? {
            let token = UndoToken::random();
            let Some(reminder) = repo::remind(&self.0.pool, person, &token.hash()).await? else { continue };
            for end in reminder.ends {
                self.0.post.way_back_near(end, reminder.until, &token);
            }
        }
        Ok(())
    }

    /// Ends a person's, for whoever has shown that it is on: they need none. Says whether there was one.
    pub async fn stop_way_back(&self, person: UserId, device: Option<Device>) -> sqlx::Result<bool> {
        let is_stopped = repo::stop(&self.0.pool, person).await?;
        if is_stopped {
            self.tell(person, Event::WayBackEnded, device);
        }
        Ok(is_stopped)
    }

    /// The same for whoever has just signed in by a code or a passkey, who is not kept out where this fails: the link and the
    /// settings end it too.
    pub(crate) async fn not_lost(&self, person: UserId, device: Option<Device>) {
        if let Err(error) = self.stop_way_back(person, device).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a way back was not ended by signing in"
            );
        }
    }

    /// Until when the wait lasts that this token ends; `None` where there is none.
    pub async fn stoppable_way_back(&self, token: &UndoToken) -> sqlx::Result<Option<Timestamp>> {
        repo::stoppable(&self.0.pool, &token.hash()).await
    }

    /// Ends it, signed in or not; says whether it was still there.
    pub async fn stop_way_back_by(&self, token: &UndoToken, device: Option<Device>) -> sqlx::Result<bool> {
        let Some(person) = repo::stop_by(&self.0.pool, &token.hash()).await? else { return Ok(false) };
        self.tell(person, Event::WayBackEnded, device);
        Ok(true)
    }
}
