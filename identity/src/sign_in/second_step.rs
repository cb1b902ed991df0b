//! From the first step of signing in to a session: at once, or, for whoever has a second factor, by a code of it.

use domain::UserId;

use super::{SignInError, log, repo};
use crate::{
    Attempt, CurrentUser, Identity, Network, SecondCode, SecondFactorError, notice::Event, session::Device,
    throttle::Count,
};

/// Codes that may be tried after one first step (`pending_sign_ins_tries`).
const TRIES: i64 = 5;

/// What the first step has opened, whichever it was: a password, or an account at a provider.
#[derive(Debug)]
pub enum Opened {
    /// A session.
    Session(CurrentUser),
    /// The second step, for ten minutes and five tries, and nothing else: a browser knows it by this.
    SecondStep(Attempt),
}

/// Whom both steps have let in.
#[derive(Debug)]
pub struct SecondStepTaken {
    /// Who.
    pub user: CurrentUser,
    /// How many recovery codes are left, where one was used.
    pub recovery_codes: Option<i64>,
}

impl Identity {
    /// What is open to whoever has just shown, otherwise than by a password, that they are this person; `None` where
    /// there is no such person or no way in of theirs.
    pub async fn open(&self, person: UserId) -> Result<Option<Opened>, sqlx::Error> {
        match self.current_user(person).await? {
            Some(user) => {
                let opened = self.opened(user).await?;
                log::note("provider", Some(person), &opened);
                Ok(Some(opened))
            }
            None => {
                log::note("provider", Some(person), &Err::<Opened, _>(SignInError::Suspended));
                Ok(None)
            }
        }
    }

    pub(super) async fn opened(&self, user: CurrentUser) -> Result<Opened, sqlx::Error> {
        let attempt = Attempt::random();
        match repo::begin(&self.0.pool, attempt, &user).await? {
            true => Ok(Opened::SecondStep(attempt)),
            false => Ok(Opened::Session(user)),
        }
    }

    /// Whether this sign-in waits for its second step.
    pub async fn awaits_second_step(&self, attempt: Attempt) -> Result<bool, sqlx::Error> {
        Ok(repo::find(&self.0.pool, attempt).await?.is_some())
    }

    /// Takes the second step by a code, which is then used up as the attempt is. [`SecondFactorError::Over`] where there
    /// is no such attempt, or no more. Whatever changes a way in of the person's meanwhile ends it too.
    pub async fn take_second_step(
        &self,
        attempt: Attempt,
        code: &SecondCode,
        network: Network,
        device: Option<Device>,
    ) -> Result<SecondStepTaken, SecondFactorError> {
        let person = repo::find(&self.0.pool, attempt).await?;
        let taken = self.try_second_step(attempt, person, code, network, device).await;
        log::note("code", person, &taken);
        taken
    }

    async fn try_second_step(
        &self,
        attempt: Attempt,
        person: Option<UserId>,
        code: &SecondCode,
        network: Network,
        device: Option<Device>,
    ) -> Result<SecondStepTaken, SecondFactorError> {
        let counted_by =
            person.map(|person| [Count::second_step(person), Count::second_step_in_a_day(person)]);
        let counts = counted_by.into_iter().flatten().chain([Count::try_code_from(network)]);
        self.0.throttle.take(counts).await??;
        let (person, tries) = repo::try_code(&self.0.pool, attempt).await?.ok_or(SecondFactorError::Over)?;
        let here = device.clone();
        let taken = self.take_second_code(person, code, device.clone()).await;
        if tries == TRIES && matches!(taken, Err(SecondFactorError::Refused)) {
            self.tell(person, Event::SecondStepRefused, device); // who came so far knows the password
        }
        let recovery_codes = taken?;
        let user = repo::finish(&self.0.pool, attempt).await?.ok_or(SecondFactorError::Over)?;
        self.not_lost(person, here).await;
        Ok(SecondStepTaken { user, recovery_codes })
    }
}
