//! The passkeys of whoever asks, and what their browsers are told.

use leptos::prelude::*;

use super::{NewForm, Passkey, PasskeysForm, Wanted};
use crate::ui::form::{FormError, PageError};

/// Their passkeys, the newest first.
#[server(name = ReadPasskeys, prefix = "/fn", endpoint = "settings/passkeys")]
pub async fn passkeys() -> Result<Vec<Passkey>, PageError> {
    use crate::server::{handles, missing, require_user, storage};

    let user = require_user()?;
    let identity = handles().identity;
    if !identity.has_passkeys() {
        return Err(missing());
    }
    let passkeys = identity.passkeys(user).await.map_err(storage)?.into_iter().map(|passkey| Passkey {
        id: passkey.id.to_string(),
        name: passkey.name,
        made_at: passkey.made_at,
        last_used_at: passkey.last_used_at,
    });
    Ok(passkeys.collect())
}

/// Asks for another one, or removes one, both for the password; another one for a code of the second step too, where that
/// is on. Or calls one otherwise, for which it is enough to be there. Answers with where to go on.
#[server(name = ChangePasskeys, prefix = "/fn", endpoint = "settings/passkeys/change")]
pub async fn change(form: PasskeysForm) -> Result<String, FormError> {
    use identity::PasskeyName;

    use crate::server::{
        AuthSession, Ceremony, device, form_trouble, go_on, handles, keep_asked, no_passkey,
        require_both_steps, require_present, require_proof, this_session,
    };

    let identity = handles().identity;
    if form.begin.is_some() {
        let name = PasskeyName::parse(&form.name).map_err(|error| FormError::field("name", error))?;
        let asked = "Enter your password to add a passkey.";
        let user = require_both_steps(form.confirm, &form.code, asked).await?;
        let attempt = identity.ask_for_passkey(user, &name).await.map_err(no_passkey)?;
        keep_asked(Ceremony::Add, attempt).await?;
        return Ok("/settings/passkeys/new".to_owned());
    }
    if let Some(id) = form.rename {
        let user = require_present()?;
        let id = id.parse().map_err(|_| FormError::stale())?;
        let name = PasskeyName::parse(&form.name).map_err(|error| FormError::field("name", error))?;
        return match identity.rename_passkey(user, id, &name).await {
            Ok(true) => Ok("/settings/passkeys?changed=renamed".to_owned()),
            Ok(false) => Err(FormError::stale()),
            Err(error) => Err(form_trouble(&error)),
        };
    }
    let id = form.remove.and_then(|id| id.parse().ok()).ok_or_else(FormError::stale)?;
    let user = require_proof(form.confirm, "Enter your password to remove a passkey.").await?;
    let this = this_session().await?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let user = identity.remove_passkey(user, id, &this, device()).await;
    go_on(&mut auth, &user.map_err(|error| form_trouble(&error))?).await?;
    Ok("/settings/passkeys?changed=removed".to_owned())
}

/// The one that this session has asked for; `None` where that is over.
#[server(name = ReadWantedPasskey, prefix = "/fn", endpoint = "settings/passkeys/wanted")]
pub async fn wanted() -> Result<Option<Wanted>, PageError> {
    use crate::server::{Ceremony, handles, own_asked, require_user, storage};

    let user = require_user()?;
    let Some(attempt) = own_asked(Ceremony::Add).await? else { return Ok(None) };
    let asked = handles().identity.asked_for_passkey(user, attempt).await.map_err(storage)?;
    Ok(asked.map(|(name, options)| Wanted { name, options }))
}

/// Adds what the device has made. Answers with the page that says so.
#[server(name = AddPasskey, prefix = "/fn", endpoint = "settings/passkeys/add")]
pub async fn add(form: NewForm) -> Result<String, FormError> {
    use crate::server::{
        AuthSession, Ceremony, device, form_trouble, go_on, handles, no_passkey, require_user, take_asked,
        this_session,
    };

    let user = require_user()?;
    let attempt = take_asked(Ceremony::Add).await?;
    let this = this_session().await?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let added = handles().identity.add_passkey(user, attempt, &form.passkey, &this, device()).await;
    go_on(&mut auth, &added.map_err(no_passkey)?).await?;
    Ok("/settings/passkeys?changed=added".to_owned())
}

/// Asks whoever is signed in for a passkey, to show that it is them; answers with what the browser is told, as JSON.
#[server(name = AskToProve, prefix = "/fn", endpoint = "settings/passkeys/prove")]
pub async fn ask_to_prove() -> Result<String, FormError> {
    use identity::Asking;

    use crate::server::{Ceremony, handles, keep_asked, no_passkey, require_user};

    let user = require_user()?;
    let asked = handles().identity.ask_by_passkey(user, Asking::Prove).await.map_err(no_passkey)?;
    keep_asked(Ceremony::Prove, asked.attempt).await?;
    Ok(asked.options)
}

/// Asks whoever is at this browser for a passkey to sign in by; answers with what the browser is told, as JSON.
#[server(name = AskToSignIn, prefix = "/fn", endpoint = "sign_in/passkey")]
pub async fn ask_to_sign_in() -> Result<String, FormError> {
    use crate::server::{Ceremony, handles, keep_asked, network, no_passkey};

    let asked = handles().identity.ask_to_sign_in(network()).await.map_err(no_passkey)?;
    keep_asked(Ceremony::SignIn, asked.attempt).await?;
    Ok(asked.options)
}
