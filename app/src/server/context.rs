//! What every page and server function can ask for.

use std::sync::Arc;

use axum::extract::FromRef;
use axum::http::request::Parts;
use domain::{Amount, Phone};
use identity::session::Device;
use identity::{Identity, Network};
use ledger::Ledger;
use leptos::prelude::*;

use super::{BankClient, openid::Provider};

/// The handles of this process.
#[derive(Clone)]
pub struct Handles {
    /// Money.
    pub ledger: Ledger,
    /// People.
    pub identity: Identity,
    /// The bank's API.
    pub bank: Arc<BankClient>,
    /// By whom people can sign in besides us, where one is configured.
    pub openid: Option<Arc<Provider>>,
    /// Our own origin, `http://127.0.0.1:3000`: for addresses given to others.
    pub origin: Arc<str>,
    /// Given once to each person, where it is configured.
    pub welcome: Option<Amount>,
    /// In development: whose account the landing page opens in one click.
    pub demo: Option<Phone>,
    /// In development: what is sent to people can be read at `/dev/inbox`.
    pub has_inbox: bool,
}

/// The state of the page router.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) handles: Handles,
    pub(super) options: LeptosOptions,
}

impl FromRef<Pages> for LeptosOptions {
    fn from_ref(pages: &Pages) -> Self {
        pages.options.clone()
    }
}

/// Where the request comes from, inside a server function or page: as the server around it found out.
pub fn network() -> Network {
    of_request().unwrap_or(Network::UNKNOWN)
}

/// On what and from where the request comes, the same.
pub(crate) fn device() -> Option<Device> {
    of_request()
}

/// What the layers around this page or server function have found out about its request. The request is looked at where
/// it stands: a copy of it is one of every header.
pub(super) fn of_request<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_context::<Parts, _>(|parts| parts.extensions.get().cloned()).flatten()
}

/// The handles, inside a server function or page.
pub fn handles() -> Handles {
    expect_context()
}
