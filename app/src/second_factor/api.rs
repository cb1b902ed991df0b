//! The second step of signing in, and turning it on and off.

use leptos::prelude::*;

use super::{Changed, SecondFactorForm, State, StepForm};
use crate::ui::form::{FormError, PageError};

/// Whether this browser has taken the first step and not the second.
#[server(name = ReadSecondStep, prefix = "/fn", endpoint = "sign_in/second_step")]
pub async fn is_awaited() -> Result<bool, PageError> {
    use crate::server::{AuthSession, handles, own_sign_in, storage};

    let auth: AuthSession = leptos_axum::extract().await.map_err(storage)?;
    let Some(attempt) = own_sign_in(&auth).await? else { return Ok(false) };
    handles().identity.awaits_second_step(attempt).await.map_err(storage)
}

/// Begins the session for a code; answers with where one was going, or, where a recovery code was used, with the page that
/// says how many are left.
#[server(name = TakeSecondStep, prefix = "/fn", endpoint = "sign_in/code")]
pub async fn sign_in(form: StepForm) -> Result<String, FormError> {
    use domain::LocalPath;
    use identity::{SecondCode, SecondFactorError};

    use super::step::OVER;
    use crate::server::{
        AuthSession, begin_whole, device, form_trouble, handles, network, no_second_code, own_sign_in,
    };

    let handles = handles();
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let attempt = own_sign_in(&auth).await?.ok_or_else(|| FormError::summary(OVER))?;
    let code = SecondCode::parse(&form.code).map_err(|error| FormError::field("code", error))?;
    let taken = handles.identity.take_second_step(attempt, &code, network(), device()).await;
    let taken = taken.map_err(|error| match error {
        SecondFactorError::Over => FormError::summary(OVER),
        error => no_second_code(error),
    })?;
    begin_whole(&mut auth, &handles, taken.user).await?;
    Ok(match taken.recovery_codes {
        Some(_) => "/settings/second-factor?changed=recovered".to_owned(),
        None => LocalPath::parse(&form.next).unwrap_or_else(LocalPath::home).into(),
    })
}

/// How it stands with whoever asks.
#[server(name = ReadSecondFactor, prefix = "/fn", endpoint = "settings/second_factor")]
pub async fn state() -> Result<State, PageError> {
    use identity::SecondFactor;

    use super::qr;
    use crate::server::{handles, missing, require_user, storage, this_session};

    let user = require_user()?;
    let identity = handles().identity;
    if let Some(on) = identity.second_factor(user).await.map_err(storage)? {
        let SecondFactor { since, recovery_codes, way_back } = on;
        return Ok(State::On { since, recovery_codes, way_back });
    }
    let offer = identity.offered_second_factor(user, &this_session().await?).await.map_err(storage)?;
    let Some(offer) = offer else { return Ok(State::Off) };
    let (qr, side) = qr::outline(&offer.uri).ok_or_else(missing)?;
    Ok(State::Offered { qr, side, key: offer.key })
}

/// Shows a secret, turns on what is shown, makes other recovery codes, or turns it off.
#[server(name = ChangeSecondFactor, prefix = "/fn", endpoint = "settings/second_factor/change")]
pub async fn change(form: SecondFactorForm) -> Result<Changed, FormError> {
    use identity::{Code, SecondCode};

    use super::Codes;
    use crate::server::{
        AuthSession, device, form_trouble, go_on, handles, network, no_second_code, not_sent,
        require_first_step, require_user, this_session,
    };

    const ASKED: &str = "Enter your password to change your second step.";

    let user = require_user()?;
    let identity = handles().identity;
    let this = this_session().await?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let shown = |codes: Vec<identity::RecoveryCode>| Codes(codes.iter().map(|code| code.shown()).collect());
    if form.keep.is_some() {
        // Ending it is what somebody does who is afraid: it takes nothing.
        identity.stop_way_back(user, device()).await.map_err(|error| form_trouble(&error))?;
        return Ok(Changed::Page("/settings/second-factor?changed=kept".to_owned()));
    }
    if form.begin.is_some() {
        require_first_step(form.confirm, ASKED).await?;
        identity.offer_second_factor(user, &this, network()).await.map_err(not_sent)?;
        return Ok(Changed::Page("/settings/second-factor".to_owned()));
    }
    if form.again.is_some() {
        identity.send_second_factor_code(user, &this, network()).await.map_err(not_sent)?;
        return Ok(Changed::Page("/settings/second-factor?changed=sent".to_owned()));
    }
    if form.turn_on.is_some() {
        let mut error = FormError::default();
        let code = error.take("code", Code::parse(&form.code));
        let sent = error.take("sent", Code::parse(&form.sent));
        let (Some(code), Some(sent)) = (code, sent) else { return Err(error) };
        let on = identity.turn_on_second_factor(user, (&code, &sent), &this, device()).await;
        let (user, codes) = on.map_err(no_second_code)?;
        go_on(&mut auth, &user).await?;
        return Ok(Changed::Codes(shown(codes)));
    }
    if form.renew.is_none() && form.turn_off.is_none() {
        return Err(FormError::stale());
    }
    // The code is read first, and used up last: a wrong password costs none.
    let code = SecondCode::parse(&form.code).map_err(|error| FormError::field("code", error))?;
    require_first_step(form.confirm, ASKED).await?;
    if form.renew.is_some() {
        let codes = identity.renew_recovery_codes(user, &code, device()).await.map_err(no_second_code)?;
        return Ok(Changed::Codes(shown(codes)));
    }
    let user = identity.turn_off_second_factor(user, &code, &this, device()).await.map_err(no_second_code)?;
    go_on(&mut auth, &user).await?;
    Ok(Changed::Page("/settings/second-factor?changed=off".to_owned()))
}
