//! Reading and changing what a person decides for themself.

use domain::view::Limit;
use leptos::prelude::*;

use super::LimitForm;
use crate::ui::form::{FormError, PageError};

/// The limits of whoever asks, with what is used of each.
#[server(name = ReadLimits, prefix = "/fn", endpoint = "settings/limits")]
pub async fn limits() -> Result<Vec<Limit>, PageError> {
    use crate::server::{handles, require_user, storage};

    let user = require_user()?;
    handles().ledger.limits(user).await.map_err(storage)
}

/// Sets the one limit that was typed; answers with the page that says from when it holds.
#[server(name = ChangeLimit, prefix = "/fn", endpoint = "settings/limits/change")]
pub async fn change(form: LimitForm) -> Result<String, FormError> {
    use domain::{Paise, Period};
    use ledger::limit::LimitError;

    use crate::server::{form_trouble, handles, require_user};

    let user = require_user()?;
    let typed = Period::ALL.into_iter().find_map(|period| Some((period, form.of(period)?)));
    let (period, typed) = typed.ok_or_else(FormError::stale)?;
    let most = Paise::parse(typed).map_err(|error| FormError::field(period.code(), error))?;
    match handles().ledger.set_limit(user, period, most).await {
        Ok(()) => Ok(format!("/settings/limits?changed={}", period.code())),
        Err(LimitError::Storage(error)) => Err(form_trouble(&error)),
        Err(refusal @ LimitError::TooHigh { .. }) => Err(FormError::field(period.code(), refusal)),
    }
}
