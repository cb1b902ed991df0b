//! Reading and changing how somebody shows themself.

use domain::view::Profile;
use leptos::prelude::*;

use super::ProfileForm;
use crate::ui::form::{FormError, PageError};

/// How whoever asks shows themself.
#[server(name = ReadProfile, prefix = "/fn", endpoint = "settings/profile")]
pub async fn profile() -> Result<Profile, PageError> {
    use crate::server::{handles, missing, require_user, storage};

    let user = require_user()?;
    let profile = handles().identity.profile(user).await.map_err(storage)?;
    Ok(profile.ok_or_else(missing)?.view)
}

/// Changes the one thing that was typed; answers with the page that says so.
#[server(name = ChangeProfile, prefix = "/fn", endpoint = "settings/profile/change")]
pub async fn change(form: ProfileForm) -> Result<String, FormError> {
    use domain::{Handle, PersonName};
    use identity::ChooseHandleError;

    use crate::server::{form_trouble, handles, require_user, too_many};

    let user = require_user()?;
    let identity = handles().identity;
    if let Some(typed) = form.handle {
        let handle = Handle::choose(&typed).map_err(|error| FormError::field("handle", error))?;
        match identity.choose_handle(user, &handle).await {
            Ok(()) => Ok("/settings/profile?changed=handle".to_owned()),
            Err(ChooseHandleError::Storage(error)) => Err(form_trouble(&error)),
            Err(refusal @ ChooseHandleError::TooMany { seconds }) => {
                Err(too_many(seconds, FormError::field("handle", refusal)))
            }
            Err(refusal @ ChooseHandleError::Chosen) => Err(FormError::summary(refusal)), // there is no field
            Err(refusal) => Err(FormError::field("handle", refusal)),
        }
    } else if let Some(typed) = form.name {
        let name = PersonName::parse(&typed).map_err(|error| FormError::field("name", error))?;
        identity.rename(user, &name).await.map_err(|error| form_trouble(&error))?;
        Ok("/settings/profile?changed=name".to_owned())
    } else if form.remove_picture.is_some() {
        identity.remove_picture(user).await.map_err(|error| form_trouble(&error))?;
        Ok("/settings/profile?changed=picture".to_owned())
    } else {
        Err(FormError::stale())
    }
}
