//! Setting the PIN of whoever asks, and when it is asked for.

use leptos::prelude::*;

use super::{ApprovalForm, Approvals};
use crate::ui::form::{FormError, PageError};

/// How it stands.
#[server(name = ReadApproval, prefix = "/fn", endpoint = "settings/approval")]
pub async fn state() -> Result<Approvals, PageError> {
    use crate::server::{handles, require_user, storage};

    let user = require_user()?;
    let handles = handles();
    let above = handles.ledger.approval_limit(user).await.map_err(storage)?;
    let pin = handles.identity.pin_state(user).await.map_err(storage)?;
    let has_passkeys = !handles.identity.passkeys(user).await.map_err(storage)?.is_empty();
    Ok(Approvals { pin, has_passkeys, above })
}

/// Sets or removes the PIN for the password, or changes when it is asked for: stricter at once, looser for the password.
/// Answers with the page that says so.
#[server(name = ChangeApproval, prefix = "/fn", endpoint = "settings/approval/change")]
pub async fn change(form: ApprovalForm) -> Result<String, FormError> {
    use domain::Paise;
    use identity::NewPin;
    use identity::notice::Event;
    use ledger::approval::ApprovalLimitError;
    use secrecy::SecretString;

    use crate::server::{device, form_trouble, handles, require_present, require_proof, require_user};

    let handles = handles();
    let done = if form.set.is_some() {
        let user = require_user()?;
        let profile = handles.identity.profile(user).await.map_err(|error| form_trouble(&error))?;
        let phone = profile.ok_or_else(FormError::stale)?.view.phone;
        let new = NewPin::parse(&SecretString::from(form.pin), &phone);
        let new = new.map_err(|error| FormError::field("pin", error))?;
        let user = require_proof(form.confirm, "Enter your password to set a PIN.").await?;
        handles.identity.set_pin(user, new, device()).await.map_err(|error| form_trouble(&error))?;
        "pin"
    } else if form.remove.is_some() {
        let user = require_proof(form.confirm, "Enter your password to remove your PIN.").await?;
        handles.identity.remove_pin(user, device()).await.map_err(|error| form_trouble(&error))?;
        "removed"
    } else {
        let user = require_present()?;
        let above = match form.ask.as_deref() {
            Some("always") => Some(Paise::ZERO),
            Some("above") => {
                Some(Paise::parse(&form.above).map_err(|error| FormError::field("above", error))?)
            }
            Some("never") => None,
            _ => return Err(FormError::field("ask", "Choose one of these.")),
        };
        let mut set = handles.ledger.set_approval_limit(user, above, false).await;
        if matches!(set, Err(ApprovalLimitError::NeedsProof)) {
            require_proof(form.confirm, "Enter your password to be asked less often.").await?;
            set = handles.ledger.set_approval_limit(user, above, true).await;
            if set.is_ok() {
                handles.identity.tell(user, Event::ApprovalLoosened, device());
            }
        }
        set.map_err(|error| match error {
            ApprovalLimitError::Storage(error) => form_trouble(&error),
            refusal => FormError::summary(refusal),
        })?;
        "limit"
    };
    Ok(format!("/settings/approval?changed={done}"))
}
