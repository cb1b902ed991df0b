//! From a form to a code, and from the code to a person with an account and a session.

use leptos::prelude::*;

use super::{Sent, SignUpForm, VerifyForm};
use crate::ui::form::{FormError, PageError};

/// Sends the codes; answers with the page that asks for them. A number that has an account is answered alike.
#[server(name = SignUpWith, prefix = "/fn", endpoint = "sign_up")]
pub async fn sign_up(form: SignUpForm) -> Result<String, FormError> {
    use domain::{Email, PersonName, Phone};
    use identity::{NewPassword, SignUp, WayIn};

    use crate::server::{handles, keep_attempt, network, not_sent};

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
    let person = SignUp { name, phone, email, way_in: WayIn::Password(password) };
    let attempt = handles().identity.sign_up(person, network()).await.map_err(not_sent)?;
    keep_attempt(attempt).await?;
    Ok(super::verify::address(&attempt.to_string(), &form.next))
}

/// Where the codes of an attempt of this browser went; `None` where it is over.
#[server(name = SignUpSent, prefix = "/fn", endpoint = "sign_up/sent")]
pub async fn sent(attempt: String) -> Result<Option<Sent>, PageError> {
    use crate::server::{handles, own_attempt, storage};

    let Some(attempt) = own_attempt(&attempt).await? else { return Ok(None) };
    let pending = handles().identity.pending_sign_up(attempt).await.map_err(storage)?;
    let email = |email: domain::Email| email.to_string();
    Ok(pending.map(|pending| Sent {
        phone: pending.phone.spaced(),
        email: pending.email.map(email),
        by_google: pending.by_account,
    }))
}

/// Makes the person and begins a session; answers with where one was going. Or sends new codes.
#[server(name = VerifySignUp, prefix = "/fn", endpoint = "sign_up/verify")]
pub async fn verify(form: VerifyForm) -> Result<String, FormError> {
    use domain::LocalPath;
    use identity::{Code, Proof, Which};

    use crate::server::{
        AuthSession, as_current, begin, form_trouble, handles, network, not_proven, not_sent, openid,
        own_attempt,
    };

    let handles = handles();
    let attempt = own_attempt(&form.attempt).await?.ok_or_else(FormError::stale)?;
    if form.again.is_some() {
        handles.identity.send_again(attempt, network()).await.map_err(not_sent)?;
        return Ok(format!("{}&sent=1", super::verify::address(&form.attempt, &form.next)));
    }
    let mut error = FormError::default();
    let code = error.take("code", Code::parse(&form.code));
    let email_code = match form.email_code.trim() {
        "" => Some(None),
        code => error.take("email_code", Code::parse(code)).map(Some),
    };
    let (Some(code), Some(email_code)) = (code, email_code) else { return Err(error) };
    let proof = Proof { code, email_code };
    let proven = handles.identity.prove_sign_up(Which::Attempt(attempt), proof, network()).await;
    let person = proven.map_err(not_proven)?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let user = as_current(&handles.identity, person).await?;
    if handles.identity.has_password(person).await.map_err(|error| form_trouble(&error))? {
        begin(&mut auth, &handles, user).await?;
    } else {
        openid::begin_by_google(&mut auth, &handles, user).await?;
    }
    Ok(LocalPath::parse(&form.next).unwrap_or_else(LocalPath::home).into())
}
