//! From somebody whom the provider knows to a person with an account, and between accounts that one has.

use leptos::prelude::*;

use super::{ArrivalForm, Arriving, Ways, WaysForm};
use crate::ui::form::{FormError, PageError};

/// Who has come to this session by the provider and is nobody here yet; `None` where nobody has, or too long ago.
#[server(name = ReadArrival, prefix = "/fn", endpoint = "google/arrival")]
pub async fn arrival() -> Result<Option<Arriving>, PageError> {
    use crate::server::{AuthSession, openid, storage};

    let auth: AuthSession = leptos_axum::extract().await.map_err(storage)?;
    let newcomer = openid::newcomer(&auth.session).await.map_err(storage)?;
    Ok(newcomer.map(|newcomer| Arriving {
        name: newcomer.name.map(String::from),
        email: newcomer.account.email().map(str::to_owned),
    }))
}

/// Sends a code to the number they choose, by which they then become a person; answers with the page that asks for it. A number
/// that has an account is answered alike.
#[server(name = SignUpByGoogle, prefix = "/fn", endpoint = "google/sign_up")]
pub async fn sign_up(form: ArrivalForm) -> Result<String, FormError> {
    use domain::{PersonName, Phone};
    use identity::{SignUp, WayIn};

    use crate::server::{AuthSession, form_trouble, handles, keep_attempt, network, not_sent, openid};

    const TOO_LATE: &str = "It is too long since you came from Google, and no account was made. Go to Sign in and continue with Google again.";

    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    let newcomer = openid::newcomer(&auth.session).await.map_err(|error| form_trouble(&error))?;
    let newcomer = newcomer.ok_or_else(|| FormError::summary(TOO_LATE))?;
    let mut error = FormError::default();
    let name = error.take("name", PersonName::parse(&form.name));
    let phone = error.take("phone", Phone::parse(&form.phone));
    let (Some(name), Some(phone)) = (name, phone) else { return Err(error) };
    let person = SignUp { name, phone, email: None, way_in: WayIn::Account(newcomer.account) };
    let attempt = handles().identity.sign_up(person, network()).await.map_err(not_sent)?;
    keep_attempt(attempt).await?;
    Ok(crate::sign_up::verify::address(&attempt.to_string(), newcomer.next.as_str()))
}

/// How whoever asks can sign in.
#[server(name = ReadWays, prefix = "/fn", endpoint = "google/ways")]
pub async fn ways() -> Result<Ways, PageError> {
    use super::Connected;
    use crate::server::{handles, missing, require_user, storage};

    let user = require_user()?;
    let handles = handles();
    let provider = handles.openid.ok_or_else(missing)?;
    let ways = handles.identity.ways_in(user, provider.issuer()).await.map_err(storage)?;
    let google = ways.link.map(|link| Connected { email: link.email, since: link.since });
    Ok(Ways { has_password: ways.has_password, google })
}

/// Leads to the provider to connect an account, or disconnects the one there is; both for the password alone. Answers with
/// where to go on.
#[server(name = ChangeWays, prefix = "/fn", endpoint = "google/change")]
pub async fn change(form: WaysForm) -> Result<String, FormError> {
    use domain::LocalPath;
    use identity::openid::UnlinkError;

    use crate::server::openid::{self, OpenidError, Purpose};
    use crate::server::{
        AuthSession, as_current, begin, confirm_password, device, form_trouble, handles, require_user,
    };

    const AWAY: &str = "Google does not answer just now, so nothing was changed. Try again in a moment.";

    require_user()?;
    let handles = handles();
    let provider = handles.openid.clone().ok_or_else(FormError::stale)?;
    if form.connect.is_none() && form.disconnect.is_none() {
        return Err(FormError::stale());
    }
    if form.confirm.is_empty() {
        return Err(FormError::field("confirm", "Enter your password to change how you sign in."));
    }
    let user = confirm_password(form.confirm.into()).await?;
    let mut auth: AuthSession = leptos_axum::extract().await.map_err(|error| form_trouble(&error))?;
    if form.connect.is_some() {
        let back = LocalPath::parse("/settings/google?changed=connected").unwrap_or_else(LocalPath::home);
        let led = openid::lead(&handles, &auth.session, Purpose::Connect(user), back).await;
        return led.map_err(|error| {
            if let OpenidError::Interrupted(error) = error {
                return form_trouble(&error);
            }
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "nobody could be led to the OpenID provider"
            );
            FormError::summary(AWAY)
        });
    }
    match handles.identity.unlink(user, provider.issuer(), device()).await {
        Ok(_) => {}
        Err(UnlinkError::Storage(error)) => return Err(form_trouble(&error)),
        Err(refusal @ UnlinkError::LastWayIn) => return Err(FormError::summary(refusal)),
    }
    begin(&mut auth, &handles, as_current(&handles.identity, user).await?).await?;
    Ok("/settings/google?changed=disconnected".to_owned())
}
