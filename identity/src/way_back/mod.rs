//! The slow way back of whoever has lost both the app and the recovery codes: codes read at number and e-mail address after
//! the first step of signing in, days in which everybody concerned is told and can end it, and the first step again. Nobody
//! comes so far without a first step, and so learns nothing here.

pub(crate) mod repo;

use domain::{UserId, moment};
use jiff::Timestamp;

use crate::{
    Attempt, Code, CurrentUser, Identity, Network,
    address::UndoToken,
    notice::Event,
    session::Device,
    sign_in::log,
    throttle::{Count, Wait, span},
};

/// How it stands with whoever has taken the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack {
    /// Nothing was asked for.
    Blank {
        /// A code goes to an e-mail address too.
        has_email: bool,
    },
    /// Codes are on their way.
    Asked {
        /// To an e-mail address too.
        has_email: bool,
    },
    /// They wait.
    Waits {
        /// Until then.
        until: Timestamp,
    },
    /// They have waited.
    Ready,
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
        let has_email = standing.email.is_some();
        Ok(Some(match standing.until {
            Some(_) if standing.is_ready => WayBack::Ready,
            Some(until) => WayBack::Waits { until },
            None if standing.is_asked => WayBack::Asked { has_email },
            None => WayBack::Blank { has_email },
        }))
    }

    /// Sends codes to the number and the e-mail address of whoever has taken this first step; only the newest hold.
    pub async fn ask_for_way_back(&self, sign_in: Attempt, network: Network) -> Result<(), WayBackError> {
        let standing = repo::standing(&self.0.pool, sign_in).await?.ok_or(WayBackError::Over)?;
        if let Some(until) = standing.until {
            return Err(WayBackError::Waits { until });
        }
        if let Some(until) = standing.open_from {
            return Err(WayBackError::Cooling { until });
        }
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
        let token = UndoToken::random();
        let until = repo::begin(&self.0.pool, sign_in, &sealed.phone, &token.hash()).await?;
        let until = until.ok_or(WayBackError::Over)?;
        let told: Vec<_> = [phone].into_iter().chain(email).collect();
        for end in &told {
            self.0.post.way_back_begun(end.clone(), until, &token, device.as_ref());
        }
        self.tell_but(person, Event::WayBackBegun, device, told);
        Ok(until)
    }

    /// Turns the second step off for whoever has waited and has just taken the first step again; answers with whom that lets
    /// in. All sessions end, and for a day little leaves the wallet.
    pub async fn take_way_back(
        &self,
        sign_in: Attempt,
        device: Option<Device>,
    ) -> Result<CurrentUser, WayBackError> {
        let taken = repo::take(&self.0.pool, sign_in).await.map_err(WayBackError::from);
        log::note("way_back", taken.as_ref().ok().copied().flatten(), &taken);
        let Some(person) = taken? else {
            return Err(match self.way_back(sign_in).await? {
                Some(WayBack::Waits { until }) => WayBackError::Waits { until },
                _ => WayBackError::Over,
            });
        };
        self.tell(person, Event::WayBackTaken, device);
        self.current_user(person).await?.ok_or(WayBackError::Over)
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
