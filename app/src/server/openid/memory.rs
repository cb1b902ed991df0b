//! What a session remembers of a way to the provider: first what was asked there, then who came back from it and is
//! nobody here yet, and at last that it was begun by it. All of it on the server; the browser has the session's id.

use axum_login::tower_sessions::Session;
use axum_login::tower_sessions::session::Error;
use domain::{LocalPath, PersonName, UserId};
use identity::Identity;
use identity::openid::Account;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::token::Arrival;
use crate::google::ByGoogle;

/// How long the way there and back may take, and choosing a name and a number after it.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// How long somebody is known to be there who has just said at the provider who they are.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

const ATTEMPT: &str = "openid";
const NEWCOMER: &str = "openid.newcomer";
const BEGUN: &str = "openid.begun";

/// Where a way to the provider is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// In a session.
    SignIn,
    /// In another way in for this person, who has just said their password.
    Connect(UserId),
    /// In knowing that this person, whose session it is, is there.
    Confirm(UserId),
}

/// A way to the provider that somebody is on. One a session: who begins another has left it.
#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) purpose: Purpose,
    pub(super) next: LocalPath,
    pub(super) begun: Timestamp,
}

/// Somebody whom the provider knows and who is nobody here yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Newcomer {
    pub(crate) account: Account,
    pub(crate) name: Option<PersonName>,
    pub(crate) next: LocalPath,
    since: Timestamp,
}

impl Newcomer {
    pub(super) fn new(arrival: Arrival, next: LocalPath) -> Self {
        Newcomer { account: arrival.account, name: arrival.name, next, since: Timestamp::now() }
    }
}

pub(super) async fn keep(session: &Session, attempt: &Attempt) -> Result<(), Error> {
    session.insert(ATTEMPT, attempt).await
}

/// The attempt of this session that has this state, which is then over; `None` where there is none that is not too old.
pub(super) async fn take(
    identity: &Identity,
    session: &Session,
    state: &str,
) -> Result<Option<Attempt>, super::Interrupted> {
    let Some(id) = session.id() else { return Ok(None) };
    let Some(taken) = identity.take_from_session(&id, ATTEMPT, "state", state).await? else {
        return Ok(None);
    };
    session.remove_value(ATTEMPT).await?;
    let attempt: Option<Attempt> = serde_json::from_value(taken).ok();
    Ok(attempt.filter(|attempt| is_within(attempt.begun, PATIENCE)))
}

/// Under another id: whoever knew the session until now does not get the account.
pub(super) async fn welcome(session: &Session, newcomer: &Newcomer) -> Result<(), Error> {
    session.cycle_id().await?;
    session.insert(NEWCOMER, newcomer).await
}

/// Who came to this session and is nobody here yet.
pub(crate) async fn newcomer(session: &Session) -> Result<Option<Newcomer>, Error> {
    let newcomer: Option<Newcomer> = session.get(NEWCOMER).await?;
    Ok(newcomer.filter(|newcomer| is_within(newcomer.since, PATIENCE)))
}

/// Somebody has just come to this session from the provider, and whether that is all they can show.
pub(super) async fn note(session: &Session, is_only_way: bool) -> Result<(), Error> {
    session.remove_value(NEWCOMER).await?;
    match is_only_way {
        true => session.insert(BEGUN, Timestamp::now()).await,
        false => session.remove_value(BEGUN).await.map(|_| ()),
    }
}

/// What pages are to know of a session that was begun by the provider, of somebody who has no password.
pub(in crate::server) async fn begun(session: &Session) -> Option<ByGoogle> {
    let since: Timestamp = session.get(BEGUN).await.ok().flatten()?;
    Some(ByGoogle { is_fresh: is_within(since, FRESH) })
}

fn is_within(since: Timestamp, time: SignedDuration) -> bool {
    let age = Timestamp::now().duration_since(since);
    (SignedDuration::ZERO..=time).contains(&age)
}
