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
        let Some(row) = repo::receipt(&self.pool, reader, transfer).await? else { return Ok(None) };
        Ok(Some(Receipt {
            transfer,
            reference: reference(transfer.uuid()),
            counterparty: counterparty(row.other_owner, row.bank.as_deref()),
            amount: Paise::new(row.amount),
            balance_after: Paise::new(row.balance_after),
            note: Note::parse(&row.note).unwrap_or_default(),
            at: row.created_at.to_jiff(),
            on_ramp: row.on_ramp_id.map(OnRampId::new),
        }))
    }
}
