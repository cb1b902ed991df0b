//! What a session remembers of what was asked of a device, and why an answer did nothing.

use identity::{Attempt, PasskeyError};

use super::{AuthSession, Handles, Trouble, begin_whole, form_trouble, too_many, unavailable};
use crate::ui::form::FormError;

/// For what a device was asked. Each is remembered by itself: who signs a payment in one tab adds a passkey in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Add,
    SignIn,
    Approve,
    Prove,
}

impl Ceremony {
    const fn key(self) -> &'static str {
        match self {
            Ceremony::Add => "passkey.add",
            Ceremony::SignIn => "passkey.sign_in",
            Ceremony::Approve => "passkey.approve",
            Ceremony::Prove => "passkey.prove",
        }
    }
}

/// Remembers what this browser was asked last: an answer of another one is none.
pub(crate) async fn keep_asked(ceremony: Ceremony, attempt: Attempt) -> Result<(), FormError> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    auth.session.insert(ceremony.key(), attempt).await.map_err(|error| form_trouble(&error))
}

/// What this browser was asked.
pub(crate) async fn own_asked(ceremony: Ceremony) -> Result<Option<Attempt>, Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| Trouble(unavailable(&error)))?;
    auth.session.get(ceremony.key()).await.map_err(|error| Trouble(unavailable(&error)))
}

/// The same, which is answered now. That it is answered once is seen to where it is kept.
pub(crate) async fn take_asked(ceremony: Ceremony) -> Result<Attempt, FormError> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let asked = auth.session.remove(ceremony.key()).await.map_err(|error| form_trouble(&error))?;
    asked.ok_or_else(|| FormError::summary(PasskeyError::Over))
}

/// Begins the session of whoever a device answers for. It is both steps at once: something one has, which has seen who one
/// is.
pub(crate) async fn sign_in_by_passkey(handles: &Handles, answer: &str) -> Result<(), FormError> {
    let attempt = take_asked(Ceremony::SignIn).await?;
    let user = handles.identity.sign_in_by_passkey(attempt, answer).await.map_err(no_passkey)?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    Ok(begin_whole(&mut auth, handles, user).await?)
}

/// A passkey that did nothing.
pub(crate) fn no_passkey(error: PasskeyError) -> FormError {
    match error {
        PasskeyError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        PasskeyError::Storage(error) => form_trouble(&error),
        refusal => FormError::summary(refusal),
    }
}
