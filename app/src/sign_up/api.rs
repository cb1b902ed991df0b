//! From a form to a person with an account and a session.

use leptos::prelude::*;

use super::SignUpForm;
use crate::ui::form::FormError;

/// Creates the person and begins a session; answers with where one was going.
#[server(name = SignUpWith, prefix = "/fn", endpoint = "sign_up")]
pub async fn sign_up(form: SignUpForm) -> Result<String, FormError> {
    use domain::{Email, LocalPath, PersonName, Phone};
    use identity::{NewPassword, SignUp, SignUpError};

    use crate::server::{AuthSession, as_current, begin, form_trouble, handles, network, too_many};

    let handles = handles();
    let mut error = FormError::default();
    let name = error.take("name", PersonName::parse(&form.name));
    let phone = error.take("phone", Phone::parse(&form.phone));
    let email = match form.email.trim() {
        "" => Some(None),
        email => error.take("email", Email::parse(email)).map(Some),
    };
    let own = [&*form.name, &form.phone, &form.email];
    let password = error.take("password", NewPassword::parse(form.password, &own));
    let (Some(name), Some(phone), Some(email), Some(password)) = (name, phone, email, password) else {
        return Err(error);
    };
    let person = match handles.identity.sign_up(SignUp { name, phone, email, password }, network()).await {
        Ok(person) => person,
        Err(SignUpError::Storage(error)) => return Err(form_trouble(&error)),
        Err(refusal @ SignUpError::TooMany { seconds }) => {
            return Err(too_many(seconds, FormError::summary(refusal)));
        }
        Err(refusal) => return Err(FormError::summary(refusal)),
    };
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    begin(&mut auth, &handles, as_current(&handles.identity, person).await?).await?;
    Ok(LocalPath::parse(&form.next).unwrap_or_else(LocalPath::home).into())
}
