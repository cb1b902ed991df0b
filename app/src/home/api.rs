//! What the home page reads.

use leptos::prelude::*;

use super::Home;
use crate::ui::form::PageError;

/// The home page of whoever is signed in.
#[server(name = ReadHome, prefix = "/fn", endpoint = "home")]
pub async fn home() -> Result<Home, PageError> {
    use ledger::activity::Recent;

    use crate::server::{handles, missing, movements, require_user, storage};

    const RECENT: usize = 5;
    let user = require_user()?;
    let handles = handles();
    let me = handles.identity.profile(user).await.map_err(storage)?.ok_or_else(missing)?.view;
    let balance = handles.ledger.balance(user).await.map_err(storage)?;
    let Recent { mut page, waiting, incoming, freeze } =
        handles.ledger.recent(user).await.map_err(storage)?;
    page.movements.truncate(RECENT);
    let recent = movements(&handles.identity, page.movements).await.map_err(storage)?;
    let held = movements(&handles.identity, waiting).await.map_err(storage)?;
    Ok(Home { me, balance, held, recent, incoming, freeze })
}
