//! From a name and a password to a session.

use leptos::prelude::*;

use super::SignInForm;
use crate::ui::form::FormError;

/// Begins a session; answers with where one was going, or, for whoever has a second factor and came by a password, with the
/// page that asks for it.
#[server(name = SignInWith, prefix = "/fn", endpoint = "sign_in")]
pub async fn sign_in(form: SignInForm) -> Result<String, FormError> {
    use domain::LocalPath;
    use identity::{Opened, SignInError};

    use crate::second_factor::step;
    use crate::server::{
        AuthSession, begin, form_trouble, handles, keep_sign_in, network, sign_in_by_passkey, too_many,
    };

    let handles = handles();
    if !form.passkey.is_empty() {
        sign_in_by_passkey(&handles, &form.passkey).await?;
        return Ok(LocalPath::parse(&form.next).unwrap_or_else(LocalPath::home).into());
    }
    let opened = match handles.identity.sign_in(&form.identifier, form.password.into(), network()).await {
        Ok(opened) => opened,
        Err(SignInError::Storage(error)) => return Err(form_trouble(&error)),
        Err(refusal @ SignInError::TooMany { seconds }) => {
            return Err(too_many(seconds, FormError::summary(refusal)));
        }
        Err(refusal) => return Err(FormError::summary(refusal)),
    };
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let next = LocalPath::parse(&form.next).unwrap_or_else(LocalPath::home);
    match opened {
        Opened::Session(user) => begin(&mut auth, &handles, user).await?,
        Opened::SecondStep(attempt) => {
            keep_sign_in(&mut auth, attempt).await?;
            return Ok(step::address(next.as_str()));
        }
    }
    Ok(next.into())
}
