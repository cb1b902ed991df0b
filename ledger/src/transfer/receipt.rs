//! A transfer as one of its two people may see it.

use domain::view::Receipt;
use domain::{Note, OnRampId, Paise, TransferId, UserId, id::reference};

use super::repo;
use crate::Ledger;
use crate::activity::counterparty;

impl Ledger {
    /// The receipt, or `None` for a stranger, exactly as for a transfer that does not exist.
    pub async fn receipt(
        &self,
        reader: UserId,
        transfer: TransferId,
    ) -> sqlx::Result<Option<Receipt<UserId>>> {
        let Some(row) = repo::receipt(&self.0.pool, reader, transfer).await? else { return Ok(None) };
        let ended_at = row.posted_at.or(row.ended_at);
        let made_at = row.held_at.or(ended_at).ok_or(sqlx::Error::RowNotFound)?;
        Ok(Some(Receipt {
            transfer,
            reference: reference(transfer.uuid()),
            counterparty: counterparty(row.other_owner, row.bank.as_deref()),
            amount: Paise::new(row.amount),
            status: repo::status(row.hold_status.as_deref(), row.release_at, row.reason.as_deref())?,
            balance_after: row.balance_after.map(Paise::new),
            note: Note::parse(&row.note).unwrap_or_default(),
            made_at: made_at.to_jiff(),
            ended_at: ended_at.map(|at| at.to_jiff()),
            on_ramp: row.on_ramp_id.map(OnRampId::new),
        }))
    }
}
