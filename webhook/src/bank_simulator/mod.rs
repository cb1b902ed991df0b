//! A bank that is not one: pages for people, an API for the wallet, signed callbacks, and a bench of
//! faults for developers.
//!
//! It plays three fictional banks and shares nothing with OKANE but the form of a signature: not its
//! look, not its database, not its code for reading callbacks. Never part of a production deployment.

mod api;
mod bench;
mod book;
mod brand;
mod courier;
mod page;
mod pay;
mod payment;
mod round;

use std::{io, path::Path, sync::Arc};

use axum::Router;
use reqwest::Url;
use service::{
    edge, health,
    problem::{method_not_allowed, not_found},
};

pub use self::courier::Pace;
use self::{book::Book, courier::Courier};
use crate::signature::Secrets;

/// What a simulator needs to know.
#[derive(Debug)]
pub struct Settings {
    /// Where callbacks go.
    pub webhook_url: Url,
    /// The first signs.
    pub secrets: Secrets,
    /// The address people reach its pages at, without a slash at the end.
    pub origin: String,
    /// How impatient it is.
    pub pace: Pace,
}

/// A running bank.
#[derive(Debug)]
pub struct Simulator {
    book: Book,
    courier: Courier,
    origin: String,
}

impl Simulator {
    /// Opens the bank, with the payments it had where `state` names a file. Callbacks that were not
    /// delivered before are taken up again, so this must run inside Tokio.
    pub fn open(settings: Settings, state: Option<&Path>) -> io::Result<Arc<Self>> {
        let simulator = Arc::new(Simulator {
            book: Book::open(state)?,
            courier: Courier::new(settings.webhook_url, settings.secrets, settings.pace)?,
            origin: settings.origin,
        });
        for payment in simulator.book.all().into_iter().filter(|payment| payment.owes_callback()) {
            tokio::spawn(round::run(Arc::clone(&simulator), payment, None));
        }
        Ok(simulator)
    }

    /// Everything `okane-bank` serves.
    pub fn router(self: &Arc<Self>) -> Router {
        let routes = Router::new()
            .merge(api::routes())
            .merge(pay::routes())
            .with_state(Arc::clone(self))
            .merge(health::alive())
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed);
        edge::around(routes)
    }

    fn page_of(&self, id: &str) -> String {
        format!("{}/pay/{id}", self.origin)
    }
}
