//! What the people pages read, and how somebody is added, starred and removed.

use leptos::prelude::*;

use super::{AddForm, Between, People, PersonForm};
use crate::ui::form::{FormError, PageError};

/// The people of whoever asks whose name, handle or shown digits hold the text.
#[server(name = ReadPeople, prefix = "/fn", endpoint = "people")]
pub async fn people(search: String) -> Result<People, PageError> {
    use crate::server::{acquaintances, handles, require_user, storage};

    let user = require_user()?;
    let mut found = acquaintances(&handles(), user).await.map_err(storage)?;
    let all = found.len();
    let search = search.trim().to_lowercase();
    found.retain(|one| {
        let handle = one.person.handle.as_ref().map(ToString::to_string).unwrap_or_default();
        one.person.name.to_lowercase().contains(&search)
            || handle.contains(&search)
            || one.person.phone.contains(&search)
    });
    Ok(People { found, all })
}

/// Finds somebody by their whole number or handle and keeps them; answers with their page.
#[server(name = AddPerson, prefix = "/fn", endpoint = "people/add")]
pub async fn add(form: AddForm) -> Result<String, FormError> {
    use domain::Payee;
    use identity::{ContactError, Errand, PayeeError};

    use crate::server::{form_trouble, handles, network, require_user, too_many};

    let user = require_user()?;
    let identity = handles().identity;
    let refused = |sentence: &dyn ToString| FormError::field("to", sentence.to_string());
    let payee = Payee::parse(&form.to).map_err(|error| refused(&error))?;
    let found = match identity.find_payee(user, network(), &payee, Errand::Look).await {
        Ok(found) => found,
        Err(PayeeError::Storage(error)) => return Err(form_trouble(&error)),
        Err(refusal @ PayeeError::TooMany { seconds }) => return Err(too_many(seconds, refused(&refusal))),
        Err(refusal) => return Err(refused(&refusal)),
    };
    match identity.add_contact(user, found.id).await {
        Ok(()) => Ok(format!("/people/{}", found.id)),
        Err(ContactError::Storage(error)) => Err(form_trouble(&error)),
        Err(refusal) => Err(refused(&refusal)),
    }
}

/// Somebody that whoever asks has to do with, and a page of what lies between them; a stranger is not there.
#[server(name = ReadPerson, prefix = "/fn", endpoint = "people/person")]
pub async fn person(id: String, before: Option<String>) -> Result<Between, PageError> {
    use domain::view::ActivityPage;
    use ledger::activity::Cursor;

    use crate::server::{acquaintance, handles, missing, movements, read_too_often, require_user, storage};

    const ROWS: usize = 30;
    let user = require_user()?;
    let handles = handles();
    let id = id.parse().map_err(|_| missing())?;
    let before = before.map(|text| text.parse::<Cursor>()).transpose().map_err(|_| missing())?;
    if before.is_some() {
        handles.identity.take_older_page(user).await.map_err(read_too_often)?;
    }
    let known = acquaintance(&handles, user, id).await.map_err(storage)?.ok_or_else(missing)?;
    let position = handles.ledger.position(user, id).await.map_err(storage)?;
    let page = handles.ledger.between(user, id, before, ROWS).await.map_err(storage)?;
    let movements = movements(&handles.identity, page.movements).await.map_err(storage)?;
    Ok(Between {
        person: known.person,
        favourite: known.favourite,
        only_added: !known.has_dealt,
        position,
        page: ActivityPage { movements, next: page.next },
    })
}

/// Stars or removes the person that the address of the form names; answers with the page it was pressed on.
#[server(name = ChangePerson, prefix = "/fn", endpoint = "people/change")]
pub async fn change(form: PersonForm) -> Result<String, FormError> {
    use axum::extract::Path;
    use domain::{LocalPath, UserId};
    use identity::ContactError;

    use crate::server::{acquaintance, form_trouble, handles, require_user};

    let user = require_user()?;
    let handles = handles();
    let address = leptos_axum::extract::<Path<UserId>>().await;
    let Path(id) = address.map_err(|_| FormError::stale())?;
    let trouble = |error| form_trouble(&error);
    if acquaintance(&handles, user, id).await.map_err(trouble)?.is_none() {
        return Err(FormError::stale());
    }
    if form.remove.is_some() {
        handles.identity.remove_contact(user, id).await.map_err(trouble)?;
        return Ok("/people".to_owned());
    }
    match handles.identity.set_favourite(user, id, form.favourite.as_deref() == Some("1")).await {
        Ok(()) => {
            let back = LocalPath::parse(&form.next).map(|path| path.as_str().to_owned());
            Ok(back.unwrap_or_else(|| format!("/people/{id}")))
        }
        Err(ContactError::Storage(error)) => Err(trouble(error)),
        Err(refusal) => Err(FormError::summary(refusal)),
    }
}
