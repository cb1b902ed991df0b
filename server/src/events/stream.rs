//! `GET /events`: one person's changes, as Server-Sent Events.

use std::convert::Infallible;
use std::time::Duration;

use app::server::{AuthSession, Handles, announcement, movements};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use domain::UserId;
use identity::session::PostgresStore;
use ledger::activity::{Changes, Place};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};

use super::{Heard, Watchers};
use crate::api::activity::{ItemBody, item};
use crate::api::problem::{Problem, ProblemBody};
use crate::api::request::Signed;

/// Between two signs of life, which tell a browser that it is still connected.
const BEAT: Duration = Duration::from_secs(15);
/// What an event says that has nothing to say: a browser drops an event without data (HTML, 9.2.6).
const NOTHING: &str = "{}";
/// After this a browser connects anew, and shows its session anew.
const LIFE: Duration = Duration::from_secs(300);

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Since {
    /// The id of the last event that was seen, for whoever cannot send `Last-Event-ID`.
    since: Option<String>,
}

/// What is new.
#[derive(Serialize, ToSchema)]
#[schema(as = Change)]
struct ChangeBody {
    /// Of the account; a higher one is a newer truth.
    version: i64,
    /// Paise.
    available_minor: i64,
    /// Paise.
    held_minor: i64,
    /// What moved since the last event, the oldest first: each movement once.
    movements: Vec<ItemBody>,
    /// The same in a sentence each.
    sentences: Vec<String>,
}

/// Changes of the wallet as they happen: events `change` (the first tells how it stands), `renewed` (one shows oneself
/// in another way, or keeps others: nothing moved) and `beat`.
#[utoipa::path(
    get, path = "/events", tag = "wallet", security(("session" = [])), params(Since),
    responses(
        (status = 200, content_type = "text/event-stream", body = ChangeBody),
        (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)
    )
)]
pub(crate) async fn follow(
    State(handles): State<Handles>,
    Extension(watchers): Extension<Watchers>,
    Extension(store): Extension<PostgresStore>,
    Signed(person): Signed,
    auth: AuthSession,
    Query(Since { since }): Query<Since>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let place = last.or(since).and_then(|place| place.parse().ok());
    let woken = watchers.join(person);
    let woken = woken.ok_or_else(|| {
        Problem::TooMany(60, "You have many pages open. Close some, then this one goes on.".to_owned())
    })?;
    // What is so now is no news; the page was drawn a moment ago.
    watchers.know(handles.identity.catch_up(&[person]).await?);
    let (told, events) = mpsc::channel(4);
    let follower = Follower { handles, person, auth, store, headers, told };
    tokio::spawn(async move {
        tokio::select! {
            () = follower.told.closed() => {}
            _ = tokio::time::timeout(LIFE, follower.run(woken, place)) => {}
        }
    });
    // A stream says `no-cache` by itself, and would let somebody keep it.
    Ok(([(header::CACHE_CONTROL, "no-store")], Sse::new(ReceiverStream::new(events))))
}

struct Follower {
    handles: Handles,
    person: UserId,
    auth: AuthSession,
    store: PostgresStore,
    headers: HeaderMap,
    told: mpsc::Sender<Result<Event, Infallible>>,
}

impl Follower {
    /// Tells what is new whenever there is something, until the session ends or nobody listens. Where the ledger
    /// cannot be read the stream ends, and the browser comes again.
    async fn run(
        &self,
        mut woken: tokio::sync::watch::Receiver<Heard>,
        mut place: Option<Place>,
    ) -> Option<()> {
        let mut told = None;
        let mut before = *woken.borrow();
        loop {
            let heard = *woken.borrow_and_update();
            if !heard.is_like(before) {
                self.send(Event::default().event("renewed").data(NOTHING)).await?;
            }
            before = heard;
            if told.is_none_or(|told| heard.money > told) {
                let changes = self.handles.ledger.changes(self.person, place).await.ok()?;
                if !self.is_signed_in().await? {
                    return None;
                }
                (place, told) = (Some(changes.place), Some(changes.balance.version));
                let more = changes.more;
                if more {
                    // A history is read by this road as by any other, and counted so.
                    self.handles.identity.take_older_page(self.person).await.ok()?;
                }
                self.send(self.event(changes).await?).await?;
                if more {
                    told = None;
                    continue;
                }
            }
            match tokio::time::timeout(BEAT, woken.changed()).await {
                Ok(changed) => changed.ok()?,
                Err(_) if self.is_signed_in().await? => {
                    self.send(Event::default().event("beat").data(NOTHING)).await?
                }
                Err(_) => return None,
            }
        }
    }

    async fn event(&self, changes: Changes) -> Option<Event> {
        let movements = movements(&self.handles.identity, changes.movements).await.ok()?;
        let sentences = movements.iter().map(|movement| announcement(movement, &self.headers)).collect();
        let body = ChangeBody {
            version: changes.balance.version,
            available_minor: changes.balance.available.get(),
            held_minor: changes.balance.held.get(),
            movements: movements.into_iter().map(item).collect(),
            sentences,
        };
        Event::default().event("change").id(changes.place.to_string()).json_data(body).ok()
    }

    /// Looks without using the session: a page that is merely open does not keep it alive.
    async fn is_signed_in(&self) -> Option<bool> {
        match self.auth.session.id() {
            Some(id) => self.store.is_alive(&id).await.ok(),
            None => Some(false),
        }
    }

    async fn send(&self, event: Event) -> Option<()> {
        self.told.send(Ok(event)).await.ok()
    }
}
