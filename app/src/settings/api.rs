//! Reading and changing what a person decides for themself.

use leptos::prelude::*;

use super::{LimitForm, Settings};
use crate::ui::form::{FormError, PageError};

/// What whoever asks has decided, with what is used of each limit.
#[server(name = ReadLimits, prefix = "/fn", endpoint = "settings/limits")]
pub async fn limits() -> Result<Settings, PageError> {
    use crate::server::{handles, require_user, storage};

    let user = require_user()?;
    let ledger = handles().ledger;
    let limits = ledger.limits(user).await.map_err(storage)?;
    let undo = ledger.undo_window(user).await.map_err(storage)?;
    Ok(Settings { limits, undo, cooling: ledger.cooling_off(user).await.map_err(storage)? })
}

/// Sets the one limit that was typed, or the time to undo; answers with the page that says from when it holds.
#[server(name = ChangeLimit, prefix = "/fn", endpoint = "settings/limits/change")]
pub async fn change(form: LimitForm) -> Result<String, FormError> {
    use domain::{Paise, Period, UndoWindow};
    use ledger::limit::LimitError;

    use crate::server::{form_trouble, handles, require_present};

    let user = require_present()?;
    if let Some(seconds) = &form.undo {
        let window = seconds.parse().ok().and_then(UndoWindow::of_seconds);
        let window = window.ok_or_else(|| FormError::field("undo", "Choose one of these times."))?;
        handles().ledger.set_undo_window(user, window).await.map_err(|error| form_trouble(&error))?;
        return Ok("/settings/limits?changed=undo".to_owned());
    }
    let typed = Period::ALL.into_iter().find_map(|period| Some((period, form.of(period)?)));
    let (period, typed) = typed.ok_or_else(FormError::stale)?;
    let most = Paise::parse(typed).map_err(|error| FormError::field(period.code(), error))?;
    match handles().ledger.set_limit(user, period, most).await {
        Ok(()) => Ok(format!("/settings/limits?changed={}", period.code())),
        Err(LimitError::Storage(error)) => Err(form_trouble(&error)),
        Err(refusal @ LimitError::TooHigh { .. }) => Err(FormError::field(period.code(), refusal)),
    }
}
