//! The two addresses of the way to the provider: out by the first, back in by the second. Whatever goes wrong between
//! them is logged once, here, and told in a sentence where one can go on.

use std::error::Error;
use std::path::Path;

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Extension, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_login::tower_sessions::Session;
use domain::{LocalPath, UserId};
use identity::session::Device;
use identity::{CurrentUser, Network, Opened, TooMany};
use serde::Deserialize;

use super::super::context::Pages;
use super::super::pages::{not_found, trouble};
use super::super::{
    AuthSession, Handles, Trouble, as_current, begin, failure_page, keep_sign_in, unavailable,
};
use super::memory::{self, Attempt, Newcomer, Purpose};
use super::provider::{Answer, Provider};
use super::{Interrupted, OpenidError};
use crate::second_factor::step;

/// Where the provider sends people back to.
pub const CALLBACK: &str = "/sign-in/google/callback";
/// The pages and functions of all this.
const PLACES: [&str; 4] = ["/sign-in/google", "/sign-up/google", "/settings/google", "/fn/google"];

/// Where there is no provider, there is nothing at its addresses.
pub(in crate::server) async fn configured(pages: State<Pages>, request: Request, next: Next) -> Response {
    let path = Path::new(request.uri().path());
    if pages.handles.openid.is_none() && PLACES.iter().any(|place| path.starts_with(place)) {
        return not_found(pages, request).await;
    }
    next.run(request).await
}

/// What the button brings along.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Leaving {
    /// Where one was going.
    next: String,
    /// From where one is to say again who one is; that is where it leads back to.
    again: Option<String>,
}

/// `POST /sign-in/google`: to the provider.
pub(in crate::server) async fn start(
    State(pages): State<Pages>,
    auth: AuthSession,
    network: Option<Extension<Network>>,
    leaving: Result<Form<Leaving>, FormRejection>,
) -> Response {
    let handles = &pages.handles;
    let network = network.map_or(Network::UNKNOWN, |Extension(network)| network);
    if let Err(refusal) = handles.identity.take_way_to_provider(network).await {
        return too_many(&refusal);
    }
    let Leaving { next, again } = leaving.map(|Form(leaving)| leaving).unwrap_or_default();
    let (purpose, next) = match (&auth.user, again) {
        (Some(user), Some(here)) => (Purpose::Confirm(user.id), here),
        _ => (Purpose::SignIn, next),
    };
    let next = LocalPath::parse(&next).unwrap_or_else(LocalPath::home);
    match lead(handles, &auth.session, purpose, next).await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(refusal) => refused(&auth, &refusal),
    }
}

/// Where to lead whoever has this session, for this purpose; the session remembers it.
pub(crate) async fn lead(
    handles: &Handles,
    session: &Session,
    purpose: Purpose,
    next: LocalPath,
) -> Result<String, OpenidError> {
    let (address, attempt) = provider(handles)?.ask(purpose, next).await?;
    memory::keep(session, &attempt).await.map_err(Interrupted::from)?;
    Ok(address)
}

/// `GET /sign-in/google/callback`: back from the provider.
pub(in crate::server) async fn callback(
    State(pages): State<Pages>,
    mut auth: AuthSession,
    device: Option<Extension<Device>>,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Response {
    let answer = answer.map(|Query(answer)| answer).unwrap_or_default();
    match arrive(&pages.handles, &mut auth, answer, device.map(|Extension(device)| device)).await {
        Ok(path) => Redirect::to(&path).into_response(),
        Err(refusal) => refused(&auth, &refusal),
    }
}

async fn arrive(
    handles: &Handles,
    auth: &mut AuthSession,
    answer: Answer,
    device: Option<Device>,
) -> Result<String, OpenidError> {
    let state = answer.state.as_deref().unwrap_or_default();
    let attempt = memory::take(&handles.identity, &auth.session, state).await?.ok_or(OpenidError::Stale)?;
    let arrival = provider(handles)?.believe(&attempt, answer).await?;
    let Attempt { purpose, next, .. } = attempt;
    let known = handles.identity.by_account(&arrival.account).await.map_err(Interrupted::from)?;
    let whose = auth.user.as_ref().map(|user| user.id);
    match (purpose, known) {
        (Purpose::SignIn, Some(person)) => {
            match handles.identity.open(person).await.map_err(Interrupted::from)? {
                Some(Opened::SecondStep(attempt)) => {
                    keep_sign_in(auth, attempt).await.map_err(Interrupted::from)?;
                    return Ok(step::address(next.as_str()));
                }
                // As they were when that was looked at: should a second step be turned on meanwhile, this session is none.
                Some(Opened::Session(user)) => {
                    begin_by_google(auth, handles, user).await.map_err(Interrupted::from)?;
                }
                None if is_suspended(handles, person).await? => return Err(OpenidError::Suspended),
                None => return Err(OpenidError::Stale),
            }
            Ok(next.into())
        }
        (Purpose::SignIn, None) => {
            let newcomer = Newcomer::new(arrival, next);
            memory::welcome(&auth.session, &newcomer).await.map_err(Interrupted::from)?;
            Ok("/sign-up/google".to_owned())
        }
        (Purpose::Confirm(person), known) if whose == Some(person) && known == Some(person) => {
            is_back(handles, &auth.session, person).await?;
            Ok(next.into())
        }
        (Purpose::Connect(person), _) if whose == Some(person) => {
            handles.identity.link(person, &arrival.account, device).await?;
            let person = as_current(&handles.identity, person).await.map_err(Interrupted::from)?;
            begin(auth, handles, person).await.map_err(Interrupted::from)?;
            Ok(next.into())
        }
        (Purpose::Confirm(_) | Purpose::Connect(_), _) => Err(OpenidError::Other),
    }
}

/// Begins a session. One of somebody who has no password knows that it was begun by the provider.
pub(crate) async fn begin_by_google(
    auth: &mut AuthSession,
    handles: &Handles,
    user: CurrentUser,
) -> Result<(), Trouble> {
    let person = user.id;
    begin(auth, handles, user).await?;
    note_way(auth, handles, person).await
}

/// Notes in a session that was just begun whether the provider is all its owner can show.
pub(crate) async fn note_way(auth: &AuthSession, handles: &Handles, person: UserId) -> Result<(), Trouble> {
    let noted = note(handles, &auth.session, person).await;
    noted.map_err(|error| Trouble(unavailable(&error)))
}

async fn is_suspended(handles: &Handles, person: UserId) -> Result<bool, Interrupted> {
    Ok(handles.identity.is_suspended(person).await?)
}

async fn is_back(handles: &Handles, session: &Session, person: UserId) -> Result<(), Interrupted> {
    if let Some(id) = session.id() {
        handles.identity.is_back(&id).await?;
    }
    note(handles, session, person).await
}

/// Whoever has a password is asked for it where anybody is asked: that their browser is signed in at the provider is less.
async fn note(handles: &Handles, session: &Session, person: UserId) -> Result<(), Interrupted> {
    let has_password = handles.identity.has_password(person).await?;
    Ok(memory::note(session, !has_password).await?)
}

fn provider(handles: &Handles) -> Result<&Provider, OpenidError> {
    handles.openid.as_deref().ok_or(OpenidError::Stale) // `configured` lets nobody come so far
}

/// To a page that says why and how to go on. What was refused is told by its kind alone.
fn refused(auth: &AuthSession, refusal: &OpenidError) -> Response {
    match refusal {
        OpenidError::Interrupted(Interrupted::Logged(_)) => {}
        OpenidError::Interrupted(error) => drop(unavailable(error)),
        _ => tracing::warn!(error = refusal as &dyn Error, "nobody came in by the OpenID provider"),
    }
    let page = if auth.user.is_some() { "/settings/google" } else { "/sign-in" };
    Redirect::to(&format!("{page}?google={}", refusal.code())).into_response()
}

fn too_many(refusal: &TooMany) -> Response {
    let TooMany::Wait { seconds } = refusal else {
        return trouble(&Trouble(unavailable(refusal)));
    };
    let sentence = refusal.to_string();
    let mut answer = failure_page(StatusCode::TOO_MANY_REQUESTS, "Too many tries to sign in", &sentence);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    answer
}
