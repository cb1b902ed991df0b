//! Freezing and thawing the wallet of whoever asks.

use domain::view::Freeze;
use leptos::prelude::*;

use super::FreezeForm;
use crate::ui::form::{FormError, PageError};

/// How it stands.
#[server(name = ReadFreeze, prefix = "/fn", endpoint = "settings/freeze")]
pub async fn state() -> Result<Freeze, PageError> {
    use crate::server::{handles, require_user, storage};

    let user = require_user()?;
    handles().ledger.freeze_of(user).await.map_err(storage)
}

/// Freezes at once, with nothing asked; thaws for the password; chooses the delay. Answers with the page that says so.
#[server(name = ChangeFreeze, prefix = "/fn", endpoint = "settings/freeze/change")]
pub async fn change(form: FreezeForm) -> Result<String, FormError> {
    use domain::ThawDelay;
    use identity::notice::Event;

    use crate::server::{device, form_trouble, handles, require_present, require_proof, require_user};

    let ledger = handles().ledger;
    let done = if form.freeze.is_some() {
        let user = require_user()?;
        ledger.freeze(user).await.map_err(|error| form_trouble(&error))?;
        "frozen"
    } else if form.thaw.is_some() {
        let user = require_proof(form.confirm, "Enter your password to thaw your wallet.").await?;
        ledger.thaw(user).await.map_err(|error| form_trouble(&error))?;
        handles().identity.tell(user, Event::Thawed, device());
        "thaw"
    } else {
        let user = require_present()?;
        let minutes = form.delay.as_deref().and_then(|minutes| minutes.parse().ok());
        let delay = minutes.and_then(ThawDelay::of_minutes);
        let delay = delay.ok_or_else(|| FormError::field("delay", "Choose one of these times."))?;
        ledger.set_thaw_delay(user, delay).await.map_err(|error| form_trouble(&error))?;
        "delay"
    };
    Ok(format!("/settings/freeze?changed={done}"))
}
