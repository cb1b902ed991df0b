//! Whether somebody signs in where they have signed in before.

use domain::UserId;

use super::{Event, repo};
use crate::{Identity, session::Device};

impl Identity {
    /// Notes where a session was begun, and tells its person where the device or the network is new to them. By the names
    /// that the page of sessions shows: a browser that is updated, or another address of one's network, is nothing new,
    /// nor is what was used within ninety days. Whoever has just signed up is told nothing of it.
    pub fn signed_in(&self, person: UserId, device: Device) {
        let identity = self.clone();
        self.0.telling.spawn(async move {
            match repo::is_news(&identity.0.pool, person, &device).await {
                Ok(true) => identity.tell(person, Event::SignedIn, Some(device)),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "where somebody signed in could not be noted"),
            }
        });
    }
}
