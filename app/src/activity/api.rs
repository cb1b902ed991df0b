//! What the activity page reads.

use domain::view;
use leptos::prelude::*;

use crate::ui::form::PageError;

/// A page of the activity; `before` is the `next` of the page before it.
#[server(name = ReadActivity, prefix = "/fn", endpoint = "activity")]
pub async fn activity(before: Option<String>) -> Result<view::ActivityPage, PageError> {
    use ledger::activity::Cursor;

    use crate::server::{handles, missing, movements, read_too_often, require_user, storage};

    const ROWS: usize = 30;
    let user = require_user()?;
    let handles = handles();
    let before = match before {
        Some(text) => {
            let before = text.parse::<Cursor>().map_err(|_| missing())?;
            handles.identity.take_older_page(user).await.map_err(read_too_often)?;
            Some(before)
        }
        None => None,
    };
    let page = handles.ledger.activity(user, before, ROWS).await.map_err(storage)?;
    let movements = movements(&handles.identity, page.movements).await.map_err(storage)?;
    Ok(view::ActivityPage { movements, next: page.next })
}
