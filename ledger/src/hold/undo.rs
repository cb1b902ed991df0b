//! The time that somebody gives themselves to undo what they pay. It counts where a payment does not say a time
//! of its own ([`Undo::AsUsual`](crate::transfer::Undo)).

use domain::{UndoWindow, UserId};

use super::repo;
use crate::Ledger;

impl Ledger {
    /// How long this person's payments can be undone, as they set it.
    pub async fn undo_window(&self, person: UserId) -> sqlx::Result<UndoWindow> {
        let seconds = repo::undo_window(&self.0.pool, person).await?;
        let known = seconds.map_or(Ok(0), u16::try_from).ok().and_then(UndoWindow::of_seconds);
        known.ok_or_else(|| sqlx::Error::Decode(format!("unknown time to undo {seconds:?}").into()))
    }

    /// Sets it, for payments from now on; what waits already keeps its time.
    pub async fn set_undo_window(&self, person: UserId, window: UndoWindow) -> sqlx::Result<()> {
        repo::set_undo_window(&self.0.pool, person, window).await
    }
}
