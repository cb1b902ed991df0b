//! The notices of whoever asks.

use leptos::prelude::*;

use super::Notice;
use crate::ui::form::PageError;

/// What they were told in the last ninety days, the newest first.
#[server(name = ReadNotices, prefix = "/fn", endpoint = "settings/notices")]
pub async fn notices() -> Result<Vec<Notice>, PageError> {
    use crate::server::{handles, require_user, storage};

    let user = require_user()?;
    let notices = handles().identity.notices(user).await.map_err(storage)?;
    let notice = |one: identity::notice::Notice| {
        let (device, network) = one.device.map(|device| (device.name, device.network)).unzip();
        Notice { sentence: one.event.sentence().to_owned(), device, network, at: one.at }
    };
    Ok(notices.into_iter().map(notice).collect())
}
