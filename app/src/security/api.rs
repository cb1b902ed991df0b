//! How the account of whoever asks is kept.

use leptos::prelude::*;

use super::Security;
use crate::ui::form::PageError;

/// How each of its parts stands.
#[server(name = ReadSecurity, prefix = "/fn", endpoint = "settings/security")]
pub async fn security() -> Result<Security, PageError> {
    use crate::server::{handles, missing, require_user, storage, this_session};

    let user = require_user()?;
    let handles = handles();
    let identity = &handles.identity;
    let sessions = identity.open_sessions(user, &this_session().await?).await.map_err(storage)?.len();
    let profile = identity.profile(user).await.map_err(storage)?.ok_or_else(missing)?.view;
    let (phone, email) = (profile.phone, profile.email);
    let Some(provider) = &handles.openid else {
        let has_password = identity.has_password(user).await.map_err(storage)?;
        return Ok(Security { has_password, google: None, sessions, phone, email });
    };
    let ways = identity.ways_in(user, provider.issuer()).await.map_err(storage)?;
    Ok(Security {
        has_password: ways.has_password,
        google: Some(ways.link.is_some()),
        sessions,
        phone,
        email,
    })
}
