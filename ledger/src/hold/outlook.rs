//! What would become of a payment: told beforehand. What becomes of it is decided when it is made, under the
//! locks (migrations/0011).

use domain::view::{CoolingOff, HoldReason, Outlook};
use domain::{Amount, Paise, TransferRefusal, UserId};

use jiff::Timestamp;

use super::repo;
use crate::Ledger;

impl Ledger {
    /// What would become of a payment that is made now, with the payer's usual time to undo it.
    pub async fn outlook(&self, from: UserId, to: UserId, amount: Amount) -> sqlx::Result<Outlook> {
        let row = repo::outlook(&self.0.pool, from, to, amount.paise()).await?;
        let wait = match (row.is_large_and_new, u32::try_from(row.seconds)) {
            (_, Ok(0) | Err(_)) => None,
            (true, Ok(seconds)) => Some((seconds, HoldReason::FirstPayment)),
            (false, Ok(seconds)) => Some((seconds, HoldReason::Undo)),
        };
        let refusal = self.would_refuse(from, amount.paise()).await?;
        let approve_above = self.approval_limit(from).await?.filter(|above| *above < amount.paise());
        Ok(Outlook { first_time: row.is_first, wait, approve_above, refusal })
    }

    /// Above this a payment waits to somebody who is not known yet: never paid, or not an hour ago.
    pub async fn large_first_payment(&self) -> sqlx::Result<Paise> {
        repo::large_first_payment(&self.0.pool).await.map(Paise::new)
    }

    async fn would_refuse(&self, from: UserId, amount: Paise) -> sqlx::Result<Option<TransferRefusal>> {
        if self.freeze_of(from).await?.is_frozen(Timestamp::now()) {
            return Ok(Some(TransferRefusal::Frozen));
        }
        let limits = self.limits(from).await?;
        if let Some(limit) = limits.iter().find(|limit| limit.left() < amount) {
            let (period, most, remains) = (limit.period, limit.most, limit.left());
            return Ok(Some(TransferRefusal::AboveLimit { period, most, remains }));
        }
        if let Some(CoolingOff { most, left, until }) = self.cooling_off(from).await?
            && left < amount
        {
            return Ok(Some(TransferRefusal::CoolingOff { most, remains: left, until }));
        }
        let available = self.balance_now(from).await?.available;
        Ok((available < amount).then_some(TransferRefusal::NotEnoughMoney { available }))
    }
}
