//! How the account of whoever asks is kept.

use leptos::prelude::*;

use super::Security;
use crate::ui::form::PageError;

/// How each of its parts stands.
#[server(name = ReadSecurity, prefix = "/fn", endpoint = "settings/security")]
pub async fn security() -> Result<Security, PageError> {
    use crate::approval::Approvals;
    use crate::server::{handles, require_user, storage, this_session};

    let user = require_user()?;
    let handles = handles();
    let identity = &handles.identity;
    let sessions = identity.open_sessions(user, &this_session().await?).await.map_err(storage)?.len();
    let pin = identity.pin_state(user).await.map_err(storage)?;
    let above = handles.ledger.approval_limit(user).await.map_err(storage)?;
    let approvals = Approvals { pin, above };
    let has_second_factor = identity.second_factor(user).await.map_err(storage)?.is_some();
    let Some(provider) = &handles.openid else {
        let has_password = identity.has_password(user).await.map_err(storage)?;
        return Ok(Security { has_password, google: None, has_second_factor, approvals, sessions });
    };
    let ways = identity.ways_in(user, provider.issuer()).await.map_err(storage)?;
    let google = Some(ways.link.is_some());
    Ok(Security { has_password: ways.has_password, google, has_second_factor, approvals, sessions })
}
