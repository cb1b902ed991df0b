//! Asking for the way back, taking it, and ending it.

use jiff::Timestamp;
use leptos::prelude::*;

use super::{Standing, StopForm, WayBackForm};
use crate::ui::form::{FormError, PageError};

/// How it stands with whoever has taken the first step in this browser.
#[server(name = ReadWayBack, prefix = "/fn", endpoint = "way_back")]
pub async fn standing() -> Result<Standing, PageError> {
    use identity::WayBack;

    use crate::server::{AuthSession, handles, own_sign_in, storage};

    let auth: AuthSession = leptos_axum::extract().await.map_err(storage)?;
    let Some(attempt) = own_sign_in(&auth).await? else { return Ok(Standing::Over) };
    Ok(match handles().identity.way_back(attempt).await.map_err(storage)? {
        None => Standing::Over,
        Some(WayBack::Codes { has_email, are_sent, has_waited }) => {
            Standing::Codes { has_email, are_sent, has_waited }
        }
        Some(WayBack::Cooling { until }) => Standing::Cooling { until },
        Some(WayBack::Waits { until }) => Standing::Waits { until },
    })
}

/// Sends codes, begins the wait, or turns the second step off and begins a session. Answers with where to go on.
#[server(name = GoWayBack, prefix = "/fn", endpoint = "way_back/go")]
pub async fn go(form: WayBackForm) -> Result<String, FormError> {
    use identity::{Code, WayBackCodes, WayBackError};

    use crate::server::{
        AuthSession, begin_whole, device, form_trouble, handles, network, no_way_back, own_sign_in,
    };

    const HERE: &str = "/sign-in/way-back";

    let handles = handles();
    let identity = &handles.identity;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let attempt = own_sign_in(&auth).await?.ok_or_else(|| FormError::summary(WayBackError::Over))?;
    if let Some(ask) = form.ask {
        identity.ask_for_way_back(attempt, network()).await.map_err(no_way_back)?;
        return Ok(if ask == "again" { format!("{HERE}?sent=1") } else { HERE.to_owned() });
    }
    let mut error = FormError::default();
    let phone = error.take("phone_code", Code::parse(&form.phone_code));
    let email =
        (!form.email_code.is_empty()).then(|| error.take("email_code", Code::parse(&form.email_code)));
    let (Some(phone), true) = (phone, error == FormError::default()) else { return Err(error) };
    let codes = WayBackCodes { phone, email: email.flatten() };
    if form.begin.is_some() {
        identity.begin_way_back(attempt, codes, (network(), device())).await.map_err(no_way_back)?;
        return Ok(HERE.to_owned());
    }
    if form.take.is_none() {
        return Err(FormError::stale());
    }
    let user = identity.take_way_back(attempt, codes, (network(), device())).await.map_err(no_way_back)?;
    begin_whole(&mut auth, &handles, user).await?;
    Ok("/settings/second-factor?changed=off".to_owned())
}

/// Until when the wait lasts that a link ends; `None` where there is none.
#[server(name = ReadStoppable, prefix = "/fn", endpoint = "stop_way_back/read")]
pub async fn stoppable(token: String) -> Result<Option<Timestamp>, PageError> {
    use identity::address::UndoToken;

    use crate::server::{handles, storage};

    let Some(token) = UndoToken::parse(&token) else { return Ok(None) };
    handles().identity.stoppable_way_back(&token).await.map_err(storage)
}

/// Ends the wait; answers with the page that says so.
#[server(name = StopWayBack, prefix = "/fn", endpoint = "stop_way_back")]
pub async fn stop(form: StopForm) -> Result<String, FormError> {
    use identity::address::UndoToken;

    use crate::server::{device, form_trouble, handles};

    const OVER: &str =
        "This link is over: the wait was ended, or is over. Nothing was changed by this press.";

    let token = UndoToken::parse(&form.token).ok_or_else(|| FormError::summary(OVER))?;
    match handles().identity.stop_way_back_by(&token, device()).await {
        Ok(true) => Ok("/stop-way-back?done=1".to_owned()),
        Ok(false) => Err(FormError::summary(OVER)),
        Err(error) => Err(form_trouble(&error)),
    }
}
