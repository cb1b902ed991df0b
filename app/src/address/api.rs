//! From a wish to two codes, from the codes to another number or address, and back.

use leptos::prelude::*;

use super::{AddressForm, Asked, CodesForm, Reached, UndoForm, Undoable};
use crate::ui::form::{FormError, PageError};

/// Where whoever asks is reached, and whether that can be changed now.
#[server(name = ReadReached, prefix = "/fn", endpoint = "settings/address")]
pub async fn reached() -> Result<Reached, PageError> {
    use crate::server::{handles, missing, require_user, storage};

    let user = require_user()?;
    let handles = handles();
    let profile = handles.identity.profile(user).await.map_err(storage)?.ok_or_else(missing)?.view;
    Ok(Reached {
        phone: profile.phone,
        email: profile.email,
        cools_until: handles.identity.addresses_cool_until(user).await.map_err(storage)?,
        cooling: handles.ledger.cooling_off(user).await.map_err(storage)?,
    })
}

/// Sends a code to either end, for the password; answers with the page that asks for them. One that is somebody's is
/// answered alike.
#[server(name = AskForAddress, prefix = "/fn", endpoint = "settings/address/ask")]
pub async fn ask(form: AddressForm) -> Result<String, FormError> {
    use domain::{Email, Phone};
    use identity::address::{AskError, Wish};

    use super::What;
    use crate::server::{handles, keep_change, network, not_sent, require_proof, require_user};

    require_user()?;
    let (what, field, wish) = match (&form.phone, &form.email, &form.remove) {
        (.., Some(_)) => (What::Email, "email", Ok(Wish::NoEmail)),
        (Some(phone), ..) => {
            (What::Phone, "phone", Phone::parse(phone).map(Wish::Phone).map_err(|e| e.to_string()))
        }
        (_, Some(email), _) => {
            (What::Email, "email", Email::parse(email).map(Wish::Email).map_err(|e| e.to_string()))
        }
        _ => return Err(FormError::stale()),
    };
    let wish = wish.map_err(|sentence| FormError::field(field, sentence))?;
    let user = require_proof(form.confirm, "Enter your password to change how you are reached.").await?;
    let asked = handles().identity.ask_for_address(user, wish, network()).await;
    let attempt = asked.map_err(|error| match error {
        AskError::Same => FormError::field(field, error),
        AskError::None | AskError::Cooling { .. } => FormError::summary(error),
        AskError::Code(error) => not_sent(error),
    })?;
    keep_change(attempt).await?;
    Ok(what.code_href().to_owned())
}

/// Where the codes went that this session has asked for; `None` where that is over.
#[server(name = ReadAsked, prefix = "/fn", endpoint = "settings/address/asked")]
pub async fn asked() -> Result<Option<Asked>, PageError> {
    use identity::{Address, address::Kind};

    use super::What;
    use crate::server::{handles, own_change, require_user, storage};

    let user = require_user()?;
    let Some(attempt) = own_change().await? else { return Ok(None) };
    let pending = handles().identity.pending_address(user, attempt).await.map_err(storage)?;
    let shown = |address: &Address| match address {
        Address::Phone(phone) => phone.spaced(),
        Address::Email(email) => email.to_string(),
    };
    Ok(pending.map(|pending| Asked {
        what: match pending.kind {
            Kind::Phone => What::Phone,
            Kind::Email => What::Email,
        },
        proves: shown(&pending.proves),
        is_first: pending.from.is_none(),
        to: pending.to.as_ref().map(shown),
    }))
}

/// Changes it for both codes, or sends new ones; answers with the page that says so.
#[server(name = ChangeAddress, prefix = "/fn", endpoint = "settings/address/change")]
pub async fn change(form: CodesForm) -> Result<String, FormError> {
    use identity::Code;
    use identity::address::{BothCodes, ChangeError, Kind};

    use super::What;
    use crate::server::{
        device, form_trouble, handles, network, not_sent, own_change, require_present, this_session, too_many,
    };

    let user = require_present()?;
    let identity = handles().identity;
    let over = || FormError::summary(ChangeError::Over);
    let attempt = own_change().await?.ok_or_else(over)?;
    let pending = identity.pending_address(user, attempt).await.map_err(|error| form_trouble(&error))?;
    let pending = pending.ok_or_else(over)?;
    let what = if pending.kind == Kind::Phone { What::Phone } else { What::Email };
    if form.again.is_some() {
        identity.send_both_again(user, attempt, network()).await.map_err(not_sent)?;
        return Ok(format!("{}?sent=1", what.code_href()));
    }
    let mut error = FormError::default();
    let from = error.take("from_code", Code::parse(&form.from_code));
    let to = match pending.to {
        Some(_) => error.take("to_code", Code::parse(&form.to_code)).map(Some),
        None => Some(None),
    };
    let (Some(from), Some(to)) = (from, to) else { return Err(error) };
    let this = this_session().await?;
    let codes = BothCodes { from, to };
    let changed = identity.change_address(user, attempt, codes, &this, (network(), device())).await;
    changed.map_err(|error| match error {
        ChangeError::FromRefused => FormError::field("from_code", error),
        ChangeError::ToRefused => FormError::field("to_code", error),
        ChangeError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        ChangeError::Over | ChangeError::Taken | ChangeError::Cooling => FormError::summary(error),
        ChangeError::Storage(error) => form_trouble(&error),
    })?;
    let done = match (pending.from.is_some(), pending.to.is_some()) {
        (false, _) => "added",
        (true, true) => "changed",
        (true, false) => "removed",
    };
    Ok(format!("{}?changed={done}", what.href()))
}

/// What the link in a message undoes; `None` where that is over.
#[server(name = ReadUndoable, prefix = "/fn", endpoint = "undo_change/read")]
pub async fn undoable(token: String) -> Result<Option<Undoable>, PageError> {
    use identity::address::{Kind, UndoToken};

    use super::What;
    use crate::server::{handles, storage};

    let Some(token) = UndoToken::parse(&token) else { return Ok(None) };
    let found = handles().identity.undoable(&token).await.map_err(storage)?;
    Ok(found.map(|found| Undoable {
        what: if found.kind == Kind::Phone { What::Phone } else { What::Email },
        at: found.at,
    }))
}

/// Freezes the wallet, puts back what was there before, and ends all sessions; answers with the page that says so.
#[server(name = UndoAddress, prefix = "/fn", endpoint = "undo_change")]
pub async fn undo(form: UndoForm) -> Result<String, FormError> {
    use identity::address::UndoToken;

    use crate::server::{device, form_trouble, handles};

    const OVER: &str =
        "This link is over: it was used, or a day has gone by. Nothing was changed by this press.";

    let handles = handles();
    let over = || FormError::summary(OVER);
    let token = UndoToken::parse(&form.token).ok_or_else(over)?;
    let found = handles.identity.undoable(&token).await.map_err(|error| form_trouble(&error))?;
    let found = found.ok_or_else(over)?;
    // First: should this end half-way, the link still holds, and nothing leaves meanwhile.
    handles.ledger.freeze(found.person).await.map_err(|error| form_trouble(&error))?;
    match handles.identity.undo_address(&token, device()).await {
        Ok(true) => Ok("/undo-change?done=1".to_owned()),
        Ok(false) => Err(over()),
        Err(error) => Err(form_trouble(&error)),
    }
}
