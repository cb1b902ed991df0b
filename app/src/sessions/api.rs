//! The sessions of whoever asks.

use leptos::prelude::*;

use super::{EndForm, Session};
use crate::ui::form::{FormError, PageError};

/// Where whoever asks is signed in, the last used first.
#[server(name = ReadSessions, prefix = "/fn", endpoint = "settings/sessions")]
pub async fn sessions() -> Result<Vec<Session>, PageError> {
    use crate::server::{handles, require_user, storage, this_session};

    let user = require_user()?;
    let this = this_session().await?;
    let sessions = handles().identity.open_sessions(user, &this).await.map_err(storage)?;
    let session = |one: identity::session::OpenSession| {
        let (device, network) = one.device.map(|device| (device.name, device.network)).unzip();
        Session {
            name: one.name,
            device,
            network,
            last_network: one.last_network,
            also_network: one.also_network,
            since: one.since,
            last_use: one.last_use,
            is_this: one.is_this,
        }
    };
    Ok(sessions.into_iter().map(session).collect())
}

/// Ends one of them, or all but this; one that is over already is over. Answers with the page that says so.
#[server(name = EndSessions, prefix = "/fn", endpoint = "settings/sessions/end")]
pub async fn end(form: EndForm) -> Result<String, FormError> {
    use domain::Digest;

    use crate::server::{form_trouble, handles, require_present, this_session};

    let user = require_present()?;
    let identity = handles().identity;
    if form.others.is_some() {
        let this = this_session().await?;
        identity.end_other_sessions(user, &this).await.map_err(|error| form_trouble(&error))?;
        return Ok("/settings/sessions?ended=others".to_owned());
    }
    let name: Option<Digest> = form.end.as_deref().and_then(|name| name.parse().ok());
    let name = name.ok_or_else(FormError::stale)?;
    identity.end_session(user, name).await.map_err(|error| form_trouble(&error))?;
    Ok("/settings/sessions?ended=one".to_owned())
}
