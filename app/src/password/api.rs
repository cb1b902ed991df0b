//! From the password one has to another.

use leptos::prelude::*;

use super::PasswordForm;
use crate::ui::form::FormError;

/// Changes the password of whoever asks and ends their other sessions; answers with the page that says so.
#[server(name = ChangePassword, prefix = "/fn", endpoint = "settings/password/change")]
pub async fn change(form: PasswordForm) -> Result<String, FormError> {
    use domain::view::Profile;
    use identity::{NewPassword, SignInError};

    use crate::server::{
        AuthSession, device, form_trouble, go_on, handles, require_user, this_session, too_many,
    };

    let user = require_user()?;
    let identity = handles().identity;
    let profile = identity.profile(user).await.map_err(|error| form_trouble(&error))?;
    let Profile { name, phone, email, handle, .. } = profile.ok_or_else(FormError::stale)?.view;
    let handle = handle.as_ref().map_or("", |handle| handle.as_str());
    let own = [&*name, &phone, email.as_deref().unwrap_or_default(), handle];

    let mut error = FormError::default();
    let current =
        if form.confirm.is_empty() { Err("Enter the password you have now.") } else { Ok(form.confirm) };
    let current = error.take("confirm", current);
    let new = error.take("password", NewPassword::parse(form.password, &own));
    let (Some(current), Some(new)) = (current, new) else { return Err(error) };
    let this = this_session().await?;
    let changed = identity.change_password(user, current.into(), new, &this, device()).await;
    let user = changed.map_err(|error| match error {
        SignInError::Refused => FormError::field("confirm", "This is not your password."),
        SignInError::TooMany { seconds } => too_many(seconds, FormError::field("confirm", error)),
        SignInError::Suspended => FormError::summary(error),
        SignInError::Storage(error) => form_trouble(&error),
    })?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    go_on(&mut auth, &user).await?;
    Ok("/settings/password?changed=1".to_owned())
}
