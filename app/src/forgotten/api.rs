//! From a number or an address to a code, and from the code to another password.

use leptos::prelude::*;

use super::{ForgottenForm, ResetForm};
use crate::ui::form::FormError;

/// Sends a code to whoever has this number or address; answers with the page that asks for it, whether or not anybody has.
#[server(name = Forgotten, prefix = "/fn", endpoint = "forgotten")]
pub async fn ask(form: ForgottenForm) -> Result<String, FormError> {
    use identity::Address;

    use crate::server::{handles, network, not_sent};

    let address = Address::parse(&form.identifier);
    let address = address.ok_or_else(|| {
        FormError::field("identifier", "Enter a phone number, or an email address such as asha@example.in.")
    })?;
    let attempt = handles().identity.forgotten(address, network()).await.map_err(not_sent)?;
    Ok(format!("/forgotten/code?attempt={attempt}"))
}

/// Gives whoever has the code another password and ends all their sessions; answers with the sign-in page, which says so.
#[server(name = ResetPassword, prefix = "/fn", endpoint = "forgotten/reset")]
pub async fn reset(form: ResetForm) -> Result<String, FormError> {
    use identity::{Attempt, Code, NewPassword, ResetError};

    use crate::server::{device, form_trouble, handles, network, not_proven};

    let attempt = Attempt::parse(&form.attempt).ok_or_else(FormError::stale)?;
    let mut error = FormError::default();
    let code = error.take("code", Code::parse(&form.code));
    let password = error.take("password", NewPassword::parse(form.password, &[]));
    let (Some(code), Some(password)) = (code, password) else { return Err(error) };
    let handles = handles();
    let reset = handles.identity.reset_password(attempt, code, password, (network(), device())).await;
    let former = reset.map_err(|error| match error {
        ResetError::Code(error) => not_proven(error),
        ResetError::Password(error) => FormError::field("password", error),
    })?;
    let Some(former) = former else { return Ok("/sign-in?changed=password".to_owned()) };
    // Whoever comes by a number or an address that was changed today gets it back as by the link in the message there.
    // The password is changed by now, whatever comes of that.
    let restored = async {
        handles.ledger.freeze(former.person).await.map_err(|error| form_trouble(&error))?;
        handles.identity.restore_address(&former, device()).await.map_err(|error| form_trouble(&error))
    };
    Ok(match restored.await {
        Ok(true) => "/sign-in?changed=restored",
        Ok(false) | Err(_) => "/sign-in?changed=half",
    }
    .to_owned())
}
