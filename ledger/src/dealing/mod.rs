//! What lies between two people: that they have dealt with each other, everything that moved, what it comes to.

mod repo;

use domain::{
    UserId,
    view::{ActivityPage, Dealing, Position},
};

use crate::{
    Ledger, account,
    activity::{self, Cursor, MAX_PAGE},
};

/// The most people that [`Ledger::dealings`] tells of.
pub const MAX_DEALINGS: i64 = 200;

impl Ledger {
    /// Whom somebody has paid or was paid by, or whose payment waits in sight, the latest first. Whoever has dealt with very many is told of those
    /// they met last, and of those among their newest movements.
    pub async fn dealings(&self, person: UserId) -> sqlx::Result<Vec<Dealing<UserId>>> {
        repo::latest(&self.0.pool, person, MAX_DEALINGS).await
    }

    /// Whether money has moved between two people, or waits to in sight of the first.
    pub async fn has_dealt(&self, person: UserId, other: UserId) -> sqlx::Result<bool> {
        repo::has_dealt(&self.0.pool, person, other).await
    }

    /// A page of what moved or tried to between two people, newest first, of that before the cursor; as the
    /// first of them sees it.
    pub async fn between(
        &self,
        person: UserId,
        other: UserId,
        before: Option<Cursor>,
        limit: usize,
    ) -> sqlx::Result<ActivityPage<UserId>> {
        let limit = limit.clamp(1, MAX_PAGE);
        let mine = account::repo::id(&self.0.pool, person).await?;
        let theirs = account::repo::id(&self.0.pool, other).await?;
        let rows = repo::between(&self.0.pool, mine, theirs, before, limit + 1).await?;
        activity::page(rows, limit)
    }

    /// What everything between two people comes to, as the first of them sees it.
    pub async fn position(&self, person: UserId, other: UserId) -> sqlx::Result<Position> {
        let mine = account::repo::id(&self.0.pool, person).await?;
        let theirs = account::repo::id(&self.0.pool, other).await?;
        repo::position(&self.0.pool, mine, theirs).await
    }
}
