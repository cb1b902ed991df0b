//! Everything that moved or tried to: entries, and the transfers and top-ups that have not become some.
//!
//! Read from the ledger by keyset: a page begins where the one before it ended, by time and id, so
//! nothing is missed or shown twice while new movements arrive on top.

mod changes;
mod cursor;
mod recent;
mod repo;
mod warm;

pub use changes::{Changes, NotAPlace, Place};
pub use cursor::Cursor;
use domain::view::{ActivityPage, Counterparty, Movement, OnRampStatus};
use domain::{Bank, Note, OnRampId, Paise, TransferId, UserId};
pub(crate) use recent::Fresh;
pub use recent::Recent;
pub(crate) use repo::Row;
use uuid::Uuid;
pub use warm::Warmed;

use crate::{Ledger, account, transfer};

/// The most movements on a page.
pub const MAX_PAGE: usize = 100;

impl Ledger {
    /// A page of a person's movements, newest first, of those before the cursor. The first page may come from the
    /// cache.
    pub async fn activity(
        &self,
        person: UserId,
        before: Option<Cursor>,
        limit: usize,
    ) -> sqlx::Result<ActivityPage<UserId>> {
        let limit = limit.clamp(1, MAX_PAGE);
        if before.is_none() && limit <= recent::KEPT {
            return self.recent(person).await.map(|recent| recent::beginning(recent.page, limit));
        }
        self.activity_now(person, before, limit).await
    }

    /// The same as Postgres has it now.
    pub async fn activity_now(
        &self,
        person: UserId,
        before: Option<Cursor>,
        limit: usize,
    ) -> sqlx::Result<ActivityPage<UserId>> {
        let account = account::repo::id(&self.0.pool, person).await?;
        let rows = repo::page(&self.0.pool, account, before, limit + 1).await?;
        page(rows, limit)
    }
}

/// A page of at most `limit` of these rows; one more than that tells that there is a next.
pub(crate) fn page(mut rows: Vec<Row>, limit: usize) -> sqlx::Result<ActivityPage<UserId>> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Cursor::new(row.at.to_jiff(), row.id).to_string());
    let movements = rows.into_iter().map(movement).collect::<sqlx::Result<_>>()?;
    Ok(ActivityPage { movements, next })
}

fn movement(row: Row) -> sqlx::Result<Movement<UserId>> {
    let at = row.at.to_jiff();
    let note = Note::parse(&row.note).unwrap_or_default();
    Ok(match (row.balance_after, row.bank.as_deref().and_then(|code| Bank::parse(code).ok())) {
        (Some(balance_after), _) => Movement::Entry {
            transfer: TransferId::new(row.id),
            counterparty: counterparty(row.other_owner, row.bank.as_deref()),
            amount: Paise::new(row.amount),
            balance_after: Paise::new(balance_after),
            note,
            at,
        },
        (None, None) => Movement::Hold {
            transfer: TransferId::new(row.id),
            counterparty: counterparty(row.other_owner, None),
            amount: Paise::new(row.amount),
            status: transfer::status(Some(&row.status), row.release_at, row.reason.as_deref())?,
            note,
            at,
        },
        (None, Some(bank)) => Movement::Attempt {
            on_ramp: OnRampId::new(row.id),
            bank,
            amount: Paise::new(row.amount),
            status: OnRampStatus::parse(&row.status).ok_or(sqlx::Error::RowNotFound)?,
            at,
        },
    })
}

/// Who stands on the other side: a person, the bank of the intent, or else ourselves.
pub(crate) fn counterparty(owner: Option<Uuid>, bank: Option<&str>) -> Counterparty<UserId> {
    match (owner, bank.and_then(|code| Bank::parse(code).ok())) {
        (Some(owner), _) => Counterparty::Person(UserId::new(owner)),
        (None, Some(bank)) => Counterparty::Bank(bank),
        (None, None) => Counterparty::Okane,
    }
}
