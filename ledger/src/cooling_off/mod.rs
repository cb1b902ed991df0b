//! Cooling off: for a day after a change of its owner's number or address little leaves a wallet. It begins where that is
//! changed, and is decided where payments are (`cool_off` and `pay`, migrations/0023 and 0024); here it is read.

mod repo;

use domain::{Paise, UserId, view::CoolingOff};

use crate::Ledger;

impl Ledger {
    /// What leaves a wallet that cools off, at most and together.
    pub async fn cooling_off_most(&self) -> sqlx::Result<Paise> {
        repo::most(&self.0.pool).await.map(Paise::new)
    }

    /// What may still leave a person's wallet while it cools off, as Postgres has it now; `None` where it does not.
    pub async fn cooling_off(&self, person: UserId) -> sqlx::Result<Option<CoolingOff>> {
        let row = repo::of(&self.0.pool, person).await?;
        Ok(row.map(|row| CoolingOff {
            most: Paise::new(row.most),
            left: Paise::new(row.left),
            until: row.until.to_jiff(),
        }))
    }
}
