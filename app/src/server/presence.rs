//! Whether whoever uses a session is still its owner. One that was left alone for a quarter of an hour asks for the
//! password before it does anything with money, on the page where that is asked for, and keeps what was typed (ASVS
//! 5.0, 7.3.1 and 7.5.3; NIST SP 800-63B-4, 2.2.3). The sessions that the API begins are programs': they have nobody to ask.

use domain::UserId;
use identity::session::AWAY;
use identity::{Asking, SecondCode, SecondFactorError, SignInError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::context::of_request;
use super::passkey::{Ceremony, no_passkey, take_asked};
use super::{
    AuthSession, Trouble, device, form_trouble, handles, no_second_code, require_user, too_many, unavailable,
};
use crate::google::ByGoogle;
use crate::ui::form::FormError;

/// The field that asks.
pub(super) const FIELD: &str = "confirm";

/// Whether a session was left alone; stands in the extensions of every request that reaches a page or a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is being used.
    Here,
    /// Nobody has said who they are since it was left alone.
    Away,
    /// It is being used, and with this form a passkey of its owner's has shown that it is by them.
    Proven,
}

impl Presence {
    /// As the session says; where it cannot be asked, somebody has to.
    pub(super) async fn of(auth: &AuthSession) -> Self {
        match auth.session.get(AWAY).await {
            Ok(Some(false)) => Presence::Here,
            _ => Presence::Away,
        }
    }
}

/// What a session keeps that a program has begun.
const BY_PROGRAM: &str = "by_program";

/// Remembers that the session just begun is a program's.
pub async fn begun_by_program(auth: &AuthSession) -> Result<(), Trouble> {
    auth.session.insert(BY_PROGRAM, true).await.map_err(|error| Trouble(unavailable(&error)))
}

/// A session that begins is a page's unless it is said to be a program's afterwards, whatever stood in it.
pub(super) async fn forget_program(auth: &AuthSession) -> Result<(), Trouble> {
    let forgotten = auth.session.remove_value(BY_PROGRAM).await;
    forgotten.map(drop).map_err(|error| Trouble(unavailable(&error)))
}

/// Whether a call of this session is to say first who it is by: one that a page has begun, and that was left alone. What a
/// page must not do then, a call by its cookie must not do either.
pub async fn is_left_alone(auth: &AuthSession) -> bool {
    let is_programs = matches!(auth.session.get(BY_PROGRAM).await, Ok(Some(true)));
    !is_programs && Presence::of(auth).await == Presence::Away
}

/// The first line of every server function that changes what can be done with money.
pub(crate) fn require_present() -> Result<UserId, FormError> {
    let user = require_user()?;
    match of_request() {
        Some(Presence::Here | Presence::Proven) => Ok(user),
        _ => Err(FormError::away()),
    }
}

/// The first line of what asks anew who is there, however short ago that was said: for the password or a passkey, or, of a
/// session that the provider began, for having just been there again, and for a code where a second step is on: that a
/// browser is signed in at the provider says little of who sits there. Where it is not given, says `asked` beside the field.
pub(crate) async fn require_proof(given: String, asked: &str) -> Result<UserId, FormError> {
    let is_proven = of_request() == Some(Presence::Proven);
    if is_proven || of_request() != Some(ByGoogle { is_fresh: true }) {
        return require_first_step(given, asked).await;
    }
    let user = require_user()?;
    let identity = handles().identity;
    if identity.second_factor(user).await.map_err(|error| form_trouble(&error))?.is_none() {
        return Ok(user);
    }
    let code = SecondCode::parse(&given).map_err(|error| FormError::field(FIELD, error))?;
    identity.prove_second_factor(user, &code, device()).await.map_err(|error| match error {
        SecondFactorError::Refused => FormError::field(FIELD, error),
        error => no_second_code(error),
    })?;
    Ok(user)
}

/// The same of what asks for a code by itself.
pub(crate) async fn require_first_step(password: String, asked: &str) -> Result<UserId, FormError> {
    let user = require_user()?;
    let presence = of_request();
    match of_request() {
        _ if presence == Some(Presence::Proven) => Ok(user),
        Some(ByGoogle { is_fresh: true }) => Ok(user),
        _ if password.is_empty() => Err(FormError::field(FIELD, asked)),
        _ => confirm_password(password.into()).await,
    }
}

/// The same before somebody gets a way in that asks for no second step: where one is on, for a code of it besides the
/// password. A passkey is both steps by itself.
pub(crate) async fn require_both_steps(
    password: String,
    code: &str,
    asked: &str,
) -> Result<UserId, FormError> {
    let user = require_user()?;
    let identity = handles().identity;
    let is_proven = of_request() == Some(Presence::Proven);
    let second_factor = identity.second_factor(user).await.map_err(|error| form_trouble(&error))?;
    if is_proven || second_factor.is_none() {
        return require_first_step(password, asked).await;
    }
    // The code is read first, and used up last: a wrong password costs none.
    let code = SecondCode::parse(code).map_err(|error| FormError::field("code", error))?;
    let user = require_first_step(password, asked).await?;
    identity.prove_second_factor(user, &code, device()).await.map_err(no_second_code)?;
    Ok(user)
}

/// What any form may bring besides its own fields.
#[derive(Default, Deserialize)]
pub(super) struct Confirmation {
    #[serde(default)]
    confirm: Option<SecretString>,
    /// In the place of the password: the answer of a device.
    #[serde(default)]
    proof: String,
}

/// Reads the password of a form that was asked for it, or the passkey in its place; whoever has said it is here again. A form
/// without either goes on, and is asked where it matters.
pub(super) async fn confirm(given: Confirmation) -> Result<Presence, FormError> {
    let presence = of_request().unwrap_or(Presence::Away);
    if !given.proof.is_empty() {
        return prove(&given.proof).await;
    }
    let password = given.confirm.filter(|password| !password.expose_secret().is_empty());
    let (Presence::Away, Some(password)) = (presence, password) else { return Ok(presence) };
    confirm_password(password).await?;
    Ok(Presence::Here)
}

/// Whether a passkey of whoever is signed in has answered what this session asked, who then is here.
async fn prove(answer: &str) -> Result<Presence, FormError> {
    let user = require_user()?;
    let attempt = take_asked(Ceremony::Prove).await?;
    handles().identity.check_passkey(user, Asking::Prove, attempt, answer).await.map_err(no_passkey)?;
    is_back().await?;
    Ok(Presence::Proven)
}

/// Whether this is the password of whoever is signed in, who then is here.
pub(crate) async fn confirm_password(password: SecretString) -> Result<UserId, FormError> {
    let user = require_user()?;
    let identity = handles().identity;
    identity.confirm(user, password).await.map_err(|error| match error {
        SignInError::Refused => FormError::field(FIELD, "This is not your password."),
        SignInError::TooMany { seconds } => too_many(seconds, FormError::field(FIELD, error)),
        SignInError::Suspended => FormError::summary(error),
        SignInError::Storage(error) => form_trouble(&error),
    })?;
    is_back().await?;
    Ok(user)
}

/// The session was left alone no longer.
pub(super) async fn is_back() -> Result<(), FormError> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    if let Some(id) = auth.session.id() {
        handles().identity.is_back(&id).await.map_err(|error| form_trouble(&error))?;
    }
    Ok(())
}
