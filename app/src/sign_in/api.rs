//! From a name and a password to a session.

use leptos::prelude::*;

use super::SignInForm;
use crate::ui::form::FormError;

/// Begins a session; answers with where one was going.
#[server(name = SignInWith, prefix = "/fn", endpoint = "sign_in")]
pub async fn sign_in(form: SignInForm) -> Result<String, FormError> {
    use domain::LocalPath;
    use identity::SignInError;

    use crate::server::{AuthSession, begin, form_trouble, handles, network, too_many};

    let handles = handles();
    let user = match handles.identity.sign_in(&form.identifier, form.password.into(), network()).await {
        Ok(user) => user,
        Err(SignInError::Storage(error)) => return Err(form_trouble(&error)),
        Err(refusal @ SignInError::TooMany { seconds }) => {
            return Err(too_many(seconds, FormError::summary(refusal)));
        }
        Err(refusal) => return Err(FormError::summary(refusal)),
    };
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    begin(&mut auth, &handles, user).await?;
    Ok(LocalPath::parse(&form.next).unwrap_or_else(LocalPath::home).into())
}
