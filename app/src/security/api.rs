//! How the account of whoever asks is kept.

use leptos::prelude::*;

use super::Security;
use crate::ui::form::PageError;

/// How each of its parts stands.
#[server(name = ReadSecurity, prefix = "/fn", endpoint = "settings/security")]
pub async fn security() -> Result<Security, PageError> {
    use crate::approval::Approvals;
    use crate::server::{handles, missing, require_user, storage, this_session};

    let user = require_user()?;
    let handles = handles();
    let identity = &handles.identity;
    let sessions = identity.open_sessions(user, &this_session().await?).await.map_err(storage)?.len();
    let profile = identity.profile(user).await.map_err(storage)?.ok_or_else(missing)?.view;
    let pin = identity.pin_state(user).await.map_err(storage)?;
    let above = handles.ledger.approval_limit(user).await.map_err(storage)?;
    let has_second_factor = identity.second_factor(user).await.map_err(storage)?.is_some();
    let count = identity.passkeys(user).await.map_err(storage)?.len();
    let passkeys = identity.has_passkeys().then_some(count);
    let (has_password, google) = match &handles.openid {
        None => (identity.has_password(user).await.map_err(storage)?, None),
        Some(provider) => {
            let ways = identity.ways_in(user, provider.issuer()).await.map_err(storage)?;
            (ways.has_password, Some(ways.link.is_some()))
        }
    };
    Ok(Security {
        has_password,
        google,
        passkeys,
        has_second_factor,
        approvals: Approvals { pin, has_passkeys: count > 0, above },
        sessions,
        phone: profile.phone,
        email: profile.email,
    })
}
