//! Beginning and ending a session, and what it remembers between two pages.

use axum_login::tower_sessions::session::Id;
use domain::{IdempotencyKey, UserId};
use identity::{Attempt, CurrentUser, Identity};

use super::openid::note_way;
use super::presence::forget_program;
use super::{Handles, Trouble, unavailable};
use crate::send::Draft;

/// The session of a request, as axum-login gives it.
pub type AuthSession = axum_login::AuthSession<Identity>;

/// Drafts of payments that a session remembers at most.
const MAX_DRAFTS: usize = 8;
/// The number rises when a draft takes another shape: what an older program kept is not read.
const DRAFTS: &str = "drafts.2";

/// By which attempt this browser signs up.
const SIGN_UP: &str = "sign_up";
/// By which it takes the second step of signing in.
const SIGN_IN: &str = "sign_in";
/// By which attempt this session changes a number or an address.
const CHANGE: &str = "address";

/// Remembers by which attempt this browser signs up: what is proven there is its own, and not what a link leads to.
pub(crate) async fn keep_attempt(attempt: Attempt) -> Result<(), Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    auth.session.insert(SIGN_UP, attempt).await.map_err(|error| trouble(&error))
}

/// The attempt of this name, if this browser has begun it.
pub(crate) async fn own_attempt(name: &str) -> Result<Option<Attempt>, Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    let own: Option<Attempt> = auth.session.get(SIGN_UP).await.map_err(|error| trouble(&error))?;
    Ok(own.filter(|own| Attempt::parse(name) == Some(*own)))
}

/// Remembers that this browser has taken the first step of signing in, and ends the session it had. Under another id:
/// whoever knew the session until now has no part in the second step.
pub async fn keep_sign_in(auth: &mut AuthSession, attempt: Attempt) -> Result<(), Trouble> {
    if auth.user.is_some() {
        auth.logout().await.map_err(|error| trouble(&error))?;
    }
    auth.session.insert(SIGN_IN, attempt).await.map_err(|error| trouble(&error))?;
    auth.session.cycle_id().await.map_err(|error| trouble(&error))
}

/// The sign-in of which this browser has taken the first step.
pub async fn own_sign_in(auth: &AuthSession) -> Result<Option<Attempt>, Trouble> {
    auth.session.get(SIGN_IN).await.map_err(|error| trouble(&error))
}

/// Begins the session of whoever has taken both steps. One of somebody who has no password knows that it was begun by the
/// provider.
pub async fn begin_whole(
    auth: &mut AuthSession,
    handles: &Handles,
    user: CurrentUser,
) -> Result<(), Trouble> {
    let person = user.id;
    auth.session.remove_value(SIGN_IN).await.map_err(|error| trouble(&error))?;
    begin(auth, handles, user).await?;
    note_way(auth, handles, person).await
}

/// Remembers by which attempt this session changes its owner's number or address: another session of theirs, which
/// may be somebody else's, proves nothing by what was asked for here.
pub(crate) async fn keep_change(attempt: Attempt) -> Result<(), Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    auth.session.insert(CHANGE, attempt).await.map_err(|error| trouble(&error))
}

/// The attempt that this session has begun last.
pub(crate) async fn own_change() -> Result<Option<Attempt>, Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    auth.session.get(CHANGE).await.map_err(|error| trouble(&error))
}

/// Begins a session under a fresh id, and gives the welcome credit to whoever has not had it.
pub async fn begin(auth: &mut AuthSession, handles: &Handles, user: CurrentUser) -> Result<(), Trouble> {
    if auth.user.is_some() {
        auth.logout().await.map_err(|error| trouble(&error))?;
    }
    forget_program(auth).await?;
    go_on(auth, &user).await?;
    if let Some(amount) = handles.welcome {
        handles.ledger.welcome(user.id, amount).await.map_err(|error| trouble(&error))?;
    }
    Ok(())
}

/// The session is this person's, as they are now, under a fresh id.
pub(crate) async fn go_on(auth: &mut AuthSession, user: &CurrentUser) -> Result<(), Trouble> {
    auth.login(user).await.map_err(|error| trouble(&error))?;
    // `login` renews the id for strangers only; whoever came with a session of somebody's would keep it.
    auth.session.cycle_id().await.map_err(|error| trouble(&error))
}

/// A person as a session is begun for them, who has proven who they are otherwise than by a password.
pub async fn as_current(identity: &Identity, person: UserId) -> Result<CurrentUser, Trouble> {
    let user = identity.current_user(person).await.map_err(|error| trouble(&error))?;
    user.ok_or_else(|| trouble(&Missing(person)))
}

/// Ends the session; its id is worth nothing from now on.
pub async fn end(auth: &mut AuthSession) -> Result<(), Trouble> {
    auth.logout().await.map(|_| ()).map_err(|error| trouble(&error))
}

/// The id of the session of a request, which is signed in.
pub(crate) async fn this_session() -> Result<Id, Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    auth.session.id().ok_or_else(|| trouble(&Nameless))
}

/// The drafts of this session.
pub(crate) async fn drafts() -> Result<Vec<Draft>, Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    drafts_of(&auth).await
}

/// The drafts of a session.
pub(super) async fn drafts_of(auth: &AuthSession) -> Result<Vec<Draft>, Trouble> {
    auth.session.get(DRAFTS).await.map(Option::unwrap_or_default).map_err(|error| trouble(&error))
}

/// Remembers a draft in the place of one with the same key, and forgets the oldest beyond the bound.
pub(crate) async fn keep_draft(draft: Draft) -> Result<(), Trouble> {
    let auth: AuthSession = leptos_axum::extract().await.map_err(|error| trouble(&error))?;
    let mut drafts = drafts().await?;
    drafts.retain(|kept| kept.key != draft.key);
    drafts.push(draft);
    let excess = drafts.len().saturating_sub(MAX_DRAFTS);
    drafts.drain(..excess);
    auth.session.insert(DRAFTS, drafts).await.map_err(|error| trouble(&error))
}

#[derive(Debug, thiserror::Error)]
#[error("person {0} has no credentials")]
struct Missing(UserId);

#[derive(Debug, thiserror::Error)]
#[error("a session that is signed in has no id")]
struct Nameless;

fn trouble(error: &dyn std::error::Error) -> Trouble {
    Trouble(unavailable(error))
}

/// A fresh name for one attempt, for the hidden field of a form.
pub(crate) fn fresh_key() -> IdempotencyKey {
    uuid::Uuid::now_v7().into()
}
